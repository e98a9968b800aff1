"""Text being typed, sealed to its author's own key, so that a crash or a lock loses at most 5 s (security
§3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.core import dates
from therapydesk.core.errors import Busy, DiskFull, ReadOnlyZone
from therapydesk.core.tables import NO_PERSONAL_DATA, CoreBase
from therapydesk.core.vault.keys import seal

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

WAIT = 1.0


class SealedDraft(CoreBase):
    """A draft that only its author can open. Not logged: it is a crash copy, not a record."""

    __tablename__ = "draft"
    audited = False
    privacy = NO_PERSONAL_DATA  # nobody but the author can read it, and it goes when the text is saved

    author: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=dates.now)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True)
class Draft:
    """A draft of the signed-in user: what it belongs to, and when it was kept."""

    key: str
    at: datetime


def save(vault: Vault, key: str, text: str) -> None:
    """Keep a draft. On a full or busy disk, or in a damaged vault, it stays in memory, sealed, and is written with the next
    one.
    """
    sealed = seal(vault.unlocked.ring.own.paper_key, text.encode())
    vault.unsaved_drafts[(vault.user.id, key)] = (dates.now(), sealed)
    try:
        write_unsaved(vault)
    except (Busy, DiskFull, ReadOnlyZone):
        return


def write_unsaved(vault: Vault) -> None:
    """Write the drafts still in memory. Raises Busy or DiskFull."""
    waiting = dict(vault.unsaved_drafts)
    if not waiting:
        return
    with vault.write("core", wait=WAIT) as db:
        for (author, key), (at, sealed) in waiting.items():
            db.merge(SealedDraft(author=author, key=key, at=at, sealed=sealed))
    for name, value in waiting.items():
        if vault.unsaved_drafts.get(name) == value:
            del vault.unsaved_drafts[name]


def load(vault: Vault, key: str) -> str | None:
    """The text of a draft of the signed-in user, or None."""
    waiting = vault.unsaved_drafts.get((vault.user.id, key))
    if waiting is not None:
        return vault.unlocked.ring.own.open(waiting[1]).decode()
    with vault.read() as db:
        row = db.get(SealedDraft, (vault.user.id, key))
        return None if row is None else vault.unlocked.ring.own.open(row.sealed).decode()


def drop(vault: Vault, key: str) -> None:
    """Forget a draft: its text was saved, or given up."""
    vault.unsaved_drafts.pop((vault.user.id, key), None)
    if "core" in vault.read_only:
        return
    with vault.read() as db:
        if db.get(SealedDraft, (vault.user.id, key)) is None:
            return
    with vault.write("core", wait=WAIT) as db:
        row = db.get(SealedDraft, (vault.user.id, key))
        if row is not None:
            db.delete(row)


def all_of(vault: Vault) -> list[Draft]:
    """The drafts of the signed-in user, newest first."""
    with vault.read() as db:
        query = select(SealedDraft.key, SealedDraft.at).where(SealedDraft.author == vault.user.id)
        found = {key: Draft(key, at) for key, at in db.execute(query)}
    found |= {k: Draft(k, at) for (who, k), (at, _) in vault.unsaved_drafts.items() if who == vault.user.id}
    return sorted(found.values(), key=lambda d: d.at, reverse=True)


class DraftDoor:
    """The part of the vault that keeps what is being typed."""

    unsaved_drafts: dict[tuple[UUID, str], tuple[datetime, bytes]]

    def save_draft(self, key: str, text: str) -> None:
        """Keep text being typed, sealed to the signed-in user. `key` says what it belongs to
        ("notes.<id>").
        """
        save(self, key, text)  # type: ignore[arg-type]  # a Vault

    def load_draft(self, key: str) -> str | None:
        """The text kept under a key, or None."""
        return load(self, key)  # type: ignore[arg-type]  # a Vault

    def drop_draft(self, key: str) -> None:
        """Forget a draft."""
        drop(self, key)  # type: ignore[arg-type]  # a Vault

    def drafts(self) -> list[Draft]:
        """The signed-in user's drafts, newest first."""
        return all_of(self)  # type: ignore[arg-type]  # a Vault
