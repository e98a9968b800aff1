"""Walking the log: whether an entry was changed, cut or put in between."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from therapydesk.core import audit
from therapydesk.core.log_rows import STEP, LogRow, read_log
from therapydesk.core.tables import Zone
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.vault.session import Db

MOST = 20  # breaks that are worth telling apart: with more, the whole log is in doubt
Progress = Callable[[int], object]


@dataclass(frozen=True)
class VerifyResult:
    """The outcome of checking a chain: `broken_at` is the first entry that does not fit, `why` says how."""

    zone: Zone
    entries: int
    head: str
    broken_at: int | None = None
    why: str = ""

    @property
    def sound(self) -> bool:
        """Whether nothing was changed, cut or put in between."""
        return self.broken_at is None


def verify(db: Db, zone: Zone, *, since: int = 0, progress: Progress | None = None) -> VerifyResult:
    """Walk the chain of a zone, from entry `since` on, and check hashes, order and signatures, up to the first break.

    `progress(entries so far)` is called now and then; what it raises ends the walk.
    """
    walk = _Walk(db, zone, since, progress)
    first = next(walk.breaks(), None)
    return first or VerifyResult(zone, walk.entries, walk.prev)


def verify_all(db: Db, zone: Zone, *, since: int = 0, progress: Progress | None = None) -> list[VerifyResult]:
    """Like `verify`, and goes on behind a break: one outcome for each (at most 20), or one that is sound."""
    walk, found = _Walk(db, zone, since, progress), []
    for each in walk.breaks():
        found.append(each)
        if len(found) == MOST:
            break
    return found or [VerifyResult(zone, walk.entries, walk.prev)]


class _Walk:
    """One way along a chain: how many entries were met, and the hash of the last."""

    def __init__(self, db: Db, zone: Zone, since: int, progress: Progress | None) -> None:
        self.db, self.zone, self.since, self.progress = db, zone, since, progress
        self.entries, self.prev, self.seq = 0, audit.START, max(since, 1)

    def breaks(self) -> Iterator[VerifyResult]:
        """Each entry that does not fit, in order; what comes after it is measured by it."""
        for row in read_log(self.db, self.zone, self.since):
            if self.entries == 0 and self.since > 1:
                self.prev = row.prev
            why = self._fault(row)
            if why:
                yield VerifyResult(self.zone, self.entries, self.prev, row.seq, why)
            self.entries, self.prev, self.seq = self.entries + 1, row.hash, row.seq + 1
            if self.progress is not None and self.entries % STEP == 0:
                self.progress(self.entries)

    def _fault(self, row: LogRow) -> str:
        if row.seq != self.seq:
            return tr("an entry is missing")
        if row.prev != self.prev:
            return tr("it does not follow the entry before")
        if not isinstance(row.prev, str) or audit.plain_digest(row.prev, row[:7]) != row.hash:
            return tr("it was changed")
        return self._signature_fault(row) if row.action == audit.CHECKPOINT else ""

    def _signature_fault(self, row: LogRow) -> str:
        unlocked = self.db.info["vault"].unlocked
        try:
            detail = json.loads(row.detail)
            seq, head, signature = detail["seq"], detail["head"], bytes.fromhex(detail["signature"])
            actor = UUID(row.actor)
        except (ValueError, KeyError, TypeError, AttributeError):
            return tr("its signature is wrong")
        if head != row.prev or seq != row.seq - 1:
            return tr("its signature is for another entry")
        message = audit.checkpoint_message(unlocked.users.vault, self.zone, seq, head)
        return "" if unlocked.signed_by(actor, message, signature) else tr("its signature is wrong")


def check_mark(db: Db, zone: Zone, mark: audit.Head) -> VerifyResult:
    """Whether the chain still holds the entry that was marked outside the file (keyring, backup, print-out).

    SQLCipher does not notice an older file or page put back, and whoever holds the key can write a chain anew; the mark
    tells both (security §6). Mark 0 says nothing and is always met.
    """
    entry: Any = audit.ENTRIES[zone].__table__
    head = audit.read_head(db, zone)
    found = db.connection().scalar(select(entry.c.hash).where(entry.c.seq == mark.seq))
    if mark.seq == 0 or found == mark.hash:
        return VerifyResult(zone, head.seq, head.hash)
    why = tr("it is another one than before") if found else tr("it is gone: something older was put back")
    return VerifyResult(zone, head.seq, head.hash, mark.seq, why)
