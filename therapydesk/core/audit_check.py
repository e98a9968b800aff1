"""Walking the log: whether an entry was changed, cut or put in between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from therapydesk.core import audit
from therapydesk.core.tables import Zone
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.vault.session import Db


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


def verify(db: Db, zone: Zone, *, since: int = 0) -> VerifyResult:
    """Walk the chain of a zone, from entry `since` on, and check hashes, order and signatures."""
    entry: Any = audit.ENTRIES[zone].__table__
    query = select(entry).where(entry.c.seq >= since).order_by(entry.c.seq)
    count, prev, seq = 0, audit.START, max(since, 1)
    for found in db.connection().execute(query.execution_options(yield_per=1000)).mappings():
        row = dict(found)
        if count == 0 and since > 1:
            prev = row["prev"]
        why = _fault(row, seq, prev)
        if not why and row["action"] == audit.CHECKPOINT:
            why = _checkpoint_fault(db, zone, row)
        if why:
            return VerifyResult(zone, count, prev, row["seq"], why)
        count, prev, seq = count + 1, row["hash"], seq + 1
    return VerifyResult(zone, count, prev)


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


def _fault(row: Mapping[str, Any], seq: int, prev: str) -> str:
    if row["seq"] != seq:
        return tr("an entry is missing")
    if row["prev"] != prev:
        return tr("it does not follow the entry before")
    return "" if audit.digest(row) == row["hash"] else tr("it was changed")


def _checkpoint_fault(db: Db, zone: Zone, row: Mapping[str, Any]) -> str:
    detail, unlocked = json.loads(row["detail"]), db.info["vault"].unlocked
    if detail["head"] != row["prev"] or detail["seq"] != row["seq"] - 1:
        return tr("its signature is for another entry")
    message = audit.checkpoint_message(unlocked.users.vault, zone, detail["seq"], detail["head"])
    return (
        ""
        if unlocked.signed_by(row["actor"], message, bytes.fromhex(detail["signature"]))
        else tr("its signature is wrong")
    )
