"""Text that only the signed-in user can read again, kept in core by service functions."""

from __future__ import annotations

from therapydesk.core.errors import VaultError
from therapydesk.core.vault.keys import seal
from therapydesk.core.vault.session import Db


def seal_to_self(db: Db, text: str) -> bytes:
    """Seal a text to the key of the user whose unit of work `db` is."""
    return seal(db.info["vault"].unlocked.ring.own.paper_key, text.encode())


def open_own(db: Db, sealed: bytes) -> str | None:
    """What the user sealed; None when it was somebody else, or the user has another key now."""
    try:
        return bytes(db.info["vault"].unlocked.ring.own.open(sealed)).decode()
    except VaultError:
        return None
