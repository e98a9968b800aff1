"""The activity log for reading: what each role may see of it, found by what is asked for, read a window at a time."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, or_, select, union_all

from therapydesk.core import dates
from therapydesk.core.audit import ENTRIES
from therapydesk.core.errors import UserError
from therapydesk.core.log_breaks import LogBreak, explain, last_full_check, open_breaks
from therapydesk.core.log_rows import LogRow, read_some
from therapydesk.core.permissions import allowed, may
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records import activity_words
from therapydesk.records.activity_lines import LogLine, line_of, plain_id, whom
from therapydesk.records.people import Person
from therapydesk.records.people_lists import ids_named
from therapydesk.records.users import User

MOST_PEOPLE = 20
_SHIFT = 48  # a line is kept as one number: which zone, and the entry's own number below it
_BELOW = (1 << _SHIFT) - 1


@dataclass(frozen=True)
class LogQuery:
    """What to list: by whom, what (a group of `activity_words.GROUPS`, or "changes"), in which zone, between two days
    (both included, by the clock in the United Kingdom), about which people. Empty means all.
    """

    user_id: UUID | None = None
    group: str = ""
    zone: Zone | None = None
    first: date | None = None
    last: date | None = None
    people: tuple[UUID, ...] | None = None


@dataclass(frozen=True)
class LogFound:
    """The lines that a query found, newest first, without what is in them."""

    query: LogQuery
    lines: array[int] = field(default_factory=lambda: array("q"))

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self.lines)


@allowed("audit.read", filters=True)
def readable_logs(db: Db) -> dict[Zone, bool]:
    """The logs that the signed-in user may read; True where only their own entries (security §4: a lead reads all, owner
    and auditor those of core, a therapist their own).
    """
    roles = db.user.roles
    found: dict[Zone, bool] = {}
    for zone in ZONES:
        whole = "lead" in roles or (zone == "core" and bool({"owner", "auditor"} & roles))
        if db.holds(zone) and (whole or "therapist" in roles):
            found[zone] = not whole
    return found


@allowed("audit.read", filters=True)
def find_log(db: Db, query: LogQuery) -> LogFound:
    """Find the lines that a query means, newest first. Reads through the logs: call it from a job."""
    parts = [
        _part(db, zone, query, own=own)
        for zone, own in readable_logs(db).items()
        if query.zone in (None, zone)
    ]
    if not parts:
        return LogFound(query)
    if len(parts) == 1:
        line = parts[0].selected_columns.line  # alone: what stands beside it may be no value at all
        found: Select[Any] | Any = parts[0].with_only_columns(line).order_by(line.desc())
    else:
        whole = union_all(*parts).subquery()
        found = select(whole.c.line).order_by(whole.c.at.desc(), whole.c.line.desc())
    lines = array("q")
    for part in db.connection().execute(found.execution_options(yield_per=5000)).partitions(5000):
        lines.extend([row[0] for row in part])
    return LogFound(query, lines)


def _part(db: Db, zone: Zone, query: LogQuery, *, own: bool) -> Select[Any]:
    c: Any = ENTRIES[zone].__table__.c
    asked: list[ColumnElement[bool]] = [c.actor == db.user.id] if own else []
    if query.user_id is not None:
        asked.append(c.actor == query.user_id)
    if query.group == "changes":
        asked.append(c.action.not_in(activity_words.GROUPED))
    elif query.group:
        asked.append(c.action.in_(activity_words.GROUPS[query.group]))
    if query.first is not None:
        asked.append(c.at >= _midnight(query.first))
    if query.last is not None:
        asked.append(c.at < _midnight(query.last + timedelta(days=1)))
    if query.people is not None:
        told = [c.detail.contains(str(person)) for person in query.people]
        asked.append(or_(c.ref.in_(query.people), *told))
    line = (literal(ZONES.index(zone) << _SHIFT) + c.seq).label("line")
    return select(line, c.at).where(*asked)


def _midnight(day: date) -> datetime:
    return dates.to_utc(datetime.combine(day, time(0)), dates.LONDON)


@allowed("audit.read", filters=True)
def read_log(db: Db, found: LogFound, offset: int, limit: int) -> list[LogLine]:
    """Some of the lines that were found, in words: three queries a window, however many lines."""
    wanted = found.lines[offset : offset + limit]
    readable = readable_logs(db)
    rows: dict[int, LogRow] = {}
    for zone in ZONES:
        numbers = [line & _BELOW for line in wanted if ZONES[line >> _SHIFT] == zone]
        if not numbers or zone not in readable:
            continue
        for row in read_some(db, zone, numbers):
            if not readable[zone] or plain_id(row.actor) == db.user.id:
                rows[ZONES.index(zone) << _SHIFT | row.seq] = row
    users, people = _user_names(db), _person_names(db, {whom(row) for row in rows.values()} - {None})
    return [line_of(ZONES[line >> _SHIFT], rows[line], users, people) for line in wanted if line in rows]


def _user_names(db: Db) -> dict[UUID, str]:
    return {row[0]: row[1] for row in db.execute(select(User.id, User.name))}


def _person_names(db: Db, ids: set[UUID | None]) -> dict[UUID, str]:
    if not ids or not may(db.user, "people.read"):
        return {}
    found = db.execute(select(Person.id, Person.preferred_name, Person.full_name).where(Person.id.in_(ids)))
    return {row[0]: row[1] or row[2] for row in found}


@allowed("audit.read", filters=True)
def log_actors(db: Db) -> list[tuple[UUID, str]]:
    """Whom the log can be listed by: all who sign in or did; only the reader, when they read their own entries."""
    if all(readable_logs(db).values()):
        return [(db.user.id, db.user.name)]
    return [(row[0], row[1]) for row in db.execute(select(User.id, User.name).order_by(User.name))]


@allowed("audit.read", filters=True)
def last_log_check(db: Db) -> datetime | None:
    """When all of the logs that may be read were last walked through; None when one never was."""
    found = [last_full_check(db, zone) for zone in readable_logs(db)]
    return None if None in found else min((at for at in found if at is not None), default=None)


@allowed("people.read")
def people_in_log(db: Db, text: str) -> tuple[UUID, ...]:
    """Whom a name that was typed may mean, the first twenty."""
    return tuple(ids_named(text, MOST_PEOPLE, db))


@allowed("audit.read", filters=True)
def log_breaks(db: Db) -> Sequence[LogBreak]:
    """What is wrong with a log and not explained yet; for owner and leads (security §6)."""
    return open_breaks(db) if may(db.user, "audit.explain") else []


@allowed("audit.explain")
def explain_log_break(db: Db, found: LogBreak, reason: str) -> None:
    """Write down why an entry does not fit. Raises UserError without a reason. The caller then marks the log anew."""
    if not reason.strip():
        raise UserError(
            tr("Say why the log does not fit together."), tr("It is written into the log itself.")
        )
    explain(db, found, reason.strip())
