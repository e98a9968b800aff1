"""Text that one user alone can read, kept in core by service functions."""

from __future__ import annotations

from uuid import UUID

from therapydesk.core.errors import VaultError
from therapydesk.core.vault.keys import seal
from therapydesk.core.vault.session import Db


def seal_to_self(db: Db, text: str) -> bytes:
    """Seal a text to the key of the user whose unit of work `db` is."""
    return seal(db.info["vault"].unlocked.ring.own.paper_key, text.encode())


def seal_to_user(db: Db, user_id: UUID, text: str) -> bytes | None:
    """Seal a text to the key of another user; None for somebody who cannot sign in."""
    entry = db.info["vault"].unlocked.users.entries.get(user_id)
    return None if entry is None or entry.left else seal(entry.box_key, text.encode())


def open_own(db: Db, sealed: bytes) -> str | None:
    """What was sealed to the user; None when it was to somebody else, or the user has another key now."""
    try:
        return bytes(db.info["vault"].unlocked.ring.own.open(sealed)).decode()
    except VaultError:
        return None
