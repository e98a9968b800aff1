"""What was found wrong with a log: told in core's log, so that it stays visible until somebody explains it.

A break never stops reading (security §6). What is explained is not told again; what is found behind it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from therapydesk.core import audit, dates
from therapydesk.core.audit import AuditEntry
from therapydesk.core.audit_check import VerifyResult
from therapydesk.core.tables import Zone

if TYPE_CHECKING:
    from therapydesk.core.vault.session import Db

LATELY = 5000  # entries: what was written after the clock was set back does not hide what was written before
FOUND, EXPLAINED, CHECKED = "log broken", "log break explained", "log checked"


@dataclass(frozen=True)
class LogBreak:
    """An entry that does not fit: in which zone's log, its number, how, and when that was found."""

    zone: Zone
    entry: int
    why: str
    found_at: datetime


def open_breaks(db: Db) -> list[LogBreak]:
    """What was found and not explained yet, oldest first."""
    return list(_told(db)[0].values())


def note(db: Db, results: Iterable[VerifyResult]) -> list[VerifyResult]:
    """Tell core's log of the breaks it does not know; returns those. `db` writes core."""
    opened, explained = _told(db)
    news = []
    for result in (r for r in results if not r.sound):
        key = (result.zone, int(result.broken_at or 0))
        if key not in opened and key not in explained:
            audit.record(db, FOUND, None, {"zone": key[0], "entry": key[1], "why": result.why})
            explained.add(key)
            news.append(result)
    return news


def explain(db: Db, found: LogBreak, reason: str) -> None:
    """Say why an entry does not fit; it is not shown as open any more. `db` writes core."""
    audit.record(db, EXPLAINED, None, {"zone": found.zone, "entry": found.entry, "reason": reason})


def last_full_check(db: Db, zone: Zone) -> datetime | None:
    """When all of a zone's log was last walked through, as the log itself tells."""
    entry: Any = audit.ENTRIES[zone].__table__
    query = select(entry.c.at).where(entry.c.action == CHECKED).order_by(entry.c.seq.desc()).limit(1)
    found: datetime | None = db.connection().scalar(query)
    return found


def clock_is_behind(db: Db, zone: Zone = "core") -> bool:
    """Whether the clock stands before what the log has written down lately: no day can be relied on then (security §6)."""
    entry: Any = audit.ENTRIES[zone].__table__
    lately = select(entry.c.at).order_by(entry.c.seq.desc()).limit(LATELY).subquery()
    last: datetime | None = db.connection().scalar(select(func.max(lately.c.at)))
    return last is not None and last - dates.now() > audit.CLOCK_BACK


def _told(db: Db) -> tuple[dict[tuple[Zone, int], LogBreak], set[tuple[Zone, int]]]:
    opened: dict[tuple[Zone, int], LogBreak] = {}
    explained: set[tuple[Zone, int]] = set()
    entry = AuditEntry
    query = select(entry.action, entry.at, entry.detail).where(entry.action.in_((FOUND, EXPLAINED)))
    for action, at, text in db.execute(query.order_by(entry.seq)):
        try:
            detail = json.loads(text)
            key, why = (detail["zone"], int(detail["entry"])), str(detail.get("why", ""))
        except (ValueError, TypeError, KeyError, AttributeError):
            continue  # it was tampered with itself: walking through the log tells that
        if action == FOUND:
            opened[key] = LogBreak(*key, why, at or dates.now())
        else:
            opened.pop(key, None)
            explained.add(key)
    return opened, explained
