"""What of whose record is due to be destroyed, what is held, and why (opening 21). Looks only; retention_runs.py acts.

One query for each clock over all people, never one for each person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Table, func, or_, select

from therapydesk.core import audit, dates
from therapydesk.core.errors import UserError
from therapydesk.core.permissions import allowed
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.appointment_tables import Appointment, Attendance
from therapydesk.records.coded_lists import in_words
from therapydesk.records.episodes import Episode
from therapydesk.records.erasing_looks import marked_tables
from therapydesk.records.erasure_tables import LegalHold
from therapydesk.records.people import Person
from therapydesk.records.practice import put_setting, setting
from therapydesk.records.retention_rules import Dates, Due, Kind, add_years, all_due, rules

RULES_SETTING = "privacy.retention_rules"
CAME = ("came", "came_late", "left_early")
HAPPENED = ("happened_on", "received_on", "paid_on", "issued_on", "closed_on", "opened_on", "from_on")


@dataclass(frozen=True)
class DueView:
    """A class of a person's record: due since `due_on`, or held, and then `why` says why. `open`: their support is."""

    person_id: UUID
    name: str
    due: Due
    why: str
    open: bool = False

    @property
    def held(self) -> bool:
        """Whether it is kept, whatever its clock says."""
        return bool(self.why)


@dataclass(frozen=True)
class RulesConfirmed:
    """Which rules the practice has agreed to: `kind` general or mental_health. `on` is None until it has."""

    kind: Kind
    on: date | None
    by: UUID | None


@allowed("settings.read")
def confirmed_rules(db: Db) -> RulesConfirmed:
    """What the practice agreed to."""
    found = setting(db, RULES_SETTING, {})
    kind: Kind = "mental_health" if found.get("kind") == "mental_health" else "general"
    on, by = found.get("on"), found.get("by")
    return RulesConfirmed(kind, date.fromisoformat(on) if on else None, UUID(by) if by else None)


@allowed("privacy.propose_retention")
def confirm_rules(db: Db, kind: Kind) -> None:
    """The practice agrees to the times of retention_rules.csv. `kind`: whether its records are mental health records."""
    put_setting(db, RULES_SETTING, {"kind": kind, "on": dates.today().isoformat(), "by": str(db.user.id)})


@allowed("settings.read")
def check_clock(db: Db) -> None:
    """Raise UserError when the log has an entry that is later than now: no date can be relied on then."""
    for zone in (z for z in ZONES if db.holds(z)):
        entry: Any = audit.ENTRIES[zone].__table__
        last: datetime | None = db.connection().scalar(select(func.max(entry.c.at)))
        if last is not None and last - dates.now() > audit.CLOCK_BACK:
            raise UserError(
                tr("The clock of this computer is behind the log, so nothing can be called due."),
                tr("Put the clock right, then look again."),
            )


@allowed("privacy.see_retention")
def list_due(db: Db, on: date | None = None, *, held: bool = False) -> list[DueView]:
    """What is due on a day (today), the longest due first; with `held` instead what is kept though its time is over, or
    since no clock can run, and why. Raises UserError when the clock cannot be right.
    """
    check_clock(db)
    day = min(on, dates.today()) if on is not None else dates.today()
    found = [view for view in _all(db) if _belongs(view, day, held)]
    return sorted(found, key=lambda v: (v.due.due_on or date.max, v.name, v.due.keep))


def _belongs(view: DueView, day: date, held: bool) -> bool:
    over = view.due.due_on is not None and view.due.due_on <= day
    if held:  # not whoever is supported now, nor a name that is kept along with something else
        stands = view.due.due_on is None and view.due.keep != "contact" and not view.open
        return view.held and (over or (stands and _long_ago(view.due, day)))
    return over and not view.held


def _long_ago(due: Due, day: date) -> bool:
    """Whether the time of an adult would be over: before that nobody asks why a record is still there."""
    began = due.counted_from
    return began is None or add_years(began, rules()["adult"].years) <= day


@allowed("privacy.see_retention")
def due_of(db: Db, person_id: UUID) -> list[DueView]:
    """Every class of one person's record, due or not."""
    return _all(db, [person_id])


def _all(db: Db, people: Iterable[UUID] | None = None) -> list[DueView]:
    kind, holds = confirmed_rules(db).kind, _holds(db)
    only = None if people is None else list(people)
    contact, money, still_open = _last(db, "clinical", only), _last(db, "financial", only), _open(db, only)
    for person_id, seen in _sessions(db, only).items():
        contact[person_id] = max(seen, contact.get(person_id, seen))
    concerned = _concerned(db)
    query = select(Person.id, Person.full_name, Person.born_on, Person.died_on, Person.created_at)
    query = query.where(Person.merged_into.is_(None))
    found = []
    for row in db.execute(query if only is None else query.where(Person.id.in_(only))):
        last = contact.get(row.id, dates.to_local(row.created_at).date())
        facts = Dates(row.born_on, row.died_on, last, money.get(row.id), row.id in still_open)
        for due in all_due(facts, kind, safeguarding=row.id in concerned):
            why = holds.get(row.id, "") or due.why
            found.append(DueView(row.id, row.full_name, due, why, facts.open))
    return found


def _holds(db: Db) -> dict[UUID, str]:
    rows = db.execute(select(LegalHold.person_id, LegalHold.reason).where(LegalHold.lifted_on.is_(None)))
    words = tr("A legal hold stands: {reason}.")
    return {person: words.format(reason=in_words("hold_reasons", reason)) for person, reason in rows}


def _sessions(db: Db, only: list[UUID] | None) -> dict[UUID, date]:
    last = func.max(Appointment.starts_at)
    query = select(Attendance.person_id, last).join(Appointment, Appointment.id == Attendance.appointment_id)
    query = query.where(Attendance.state.in_(CAME), _of(Attendance.person_id, only))
    return {p: at.date() for p, at in db.execute(query.group_by(Attendance.person_id)) if p is not None}


def _of(column: Any, only: list[UUID] | None) -> Any:
    return column.is_not(None) if only is None else column.in_(only)


def _open(db: Db, only: list[UUID] | None) -> set[UUID]:
    booked = select(Attendance.person_id).join(Appointment, Appointment.id == Attendance.appointment_id)
    booked = booked.where(Appointment.state == "booked", _of(Attendance.person_id, only))
    running = select(Episode.person_id).where(Episode.stage != "closed", _of(Episode.person_id, only))
    return {p for query in (booked, running) for p in db.scalars(query) if p is not None}


def _last(db: Db, keep: str, only: list[UUID] | None) -> dict[UUID, date]:
    """The last day of anything of a class in core, by person: a referral that came again starts the clock anew."""
    found: dict[UUID, date] = {}
    for table, privacy in marked_tables(db, "core"):
        columns = _days(table)
        if privacy.keep != keep or "person_id" not in table.c or not columns:
            continue
        query = select(table.c.person_id, *(func.max(c) for c in columns)).where(
            table.c.person_id.is_not(None), or_(*(c.is_not(None) for c in columns))
        )
        if only is not None:
            query = query.where(table.c.person_id.in_(only))
        for person_id, *days in db.connection().execute(query.group_by(table.c.person_id)):
            last = max(day for day in days if day is not None)
            found[person_id] = max(last, found.get(person_id, last))
    return found


def _days(table: Table) -> list[Any]:
    return [table.c[name] for name in HAPPENED if name in table.c and isinstance(table.c[name].type, Date)]


def _concerned(db: Db) -> set[UUID]:
    """Who has something in the safeguarding zone, for those who hold it."""
    zone: Zone = "safeguarding"
    if not db.holds(zone):
        return set()
    found: set[UUID] = set()
    for table, privacy in marked_tables(db, zone):
        if privacy.keep == "safeguarding" and "person_id" in table.c and table.name != "erasure_task":
            found.update(p for p in db.connection().scalars(select(table.c.person_id).distinct()) if p)
    return found
