"""What is written of one member beyond coming: how far they are in an activity, and what was reported of their health."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, NotFound, Person, UserError, allowed, appointments, tidy, tr
from therapydesk.plugins.groups.measure_models import Reported
from therapydesk.plugins.groups.models import GroupSession
from therapydesk.plugins.groups.placement_models import SkillLevel
from therapydesk.plugins.groups.rules import CAME
from therapydesk.plugins.groups.slips import take_back
from therapydesk.plugins.groups.words import LEVELS, REPORTED


@dataclass(frozen=True)
class Skill:
    """A level that was written down; `at`: start or review."""

    id: UUID
    activity: str
    level: str
    at: str
    noted_on: date


@dataclass(frozen=True)
class Report:
    """What was reported, by whom, and when."""

    id: UUID
    kind: str
    said_by: str
    said_on: date
    words: str


@dataclass(frozen=True)
class Participation:
    """How somebody took part in groups in a period (OT15): sessions, minutes, groups, the first and the last day."""

    sessions: int
    minutes: int
    groups: int
    first_on: date | None
    last_on: date | None


@allowed("groups.edit_roster")
def note_level(db: Db, person_id: UUID, activity: str, level: str, noted_on: date) -> UUID:
    """Write down how far somebody is in an activity (KC16): the first time it is their start, later a review.

    Any level will do, and none is asked before somebody may come.
    """
    if level not in LEVELS:
        raise UserError(tr("There is no “{code}” here.").format(code=level))
    if not tidy(activity):
        raise UserError(tr("Say in what."))
    if db.get(Person, person_id) is None:
        raise NotFound(tr("That person is not in the records any more."))
    before = any(s.activity.casefold() == tidy(activity).casefold() for s in list_levels(db, person_id))
    row = SkillLevel(
        person_id=person_id,
        activity=tidy(activity)[:40],
        level=level,
        at="review" if before else "start",
        noted_on=noted_on,
    )
    db.add(row)
    db.flush()
    return row.id


@allowed("groups.edit_roster")
def drop_level(db: Db, level_id: UUID) -> None:
    """Take back a level that was written down by a slip."""
    take_back(db, SkillLevel, level_id)


@allowed("groups.read")
def list_levels(db: Db, person_id: UUID) -> list[Skill]:
    """The levels of a person, the oldest first."""
    query = select(SkillLevel).where(SkillLevel.person_id == person_id)
    rows = db.scalars(query.order_by(SkillLevel.noted_on, SkillLevel.created_at))
    return [Skill(r.id, r.activity, r.level, r.at, r.noted_on) for r in rows]


@allowed("groups.write_notes", person="person_id")
def report(db: Db, person_id: UUID, kind: str, said_by: str, said_on: date, words: str = "") -> UUID:
    """Write down an admission or a change of medication as it was reported (AH14). Who said it is asked, always."""
    if kind not in REPORTED:
        raise UserError(tr("There is no “{code}” here.").format(code=kind))
    if not tidy(said_by):
        raise UserError(tr("Say who said it."), tr("It is kept as what they reported, never as proof."))
    row = Reported(
        person_id=person_id, kind=kind, said_by=tidy(said_by)[:100], said_on=said_on, words=words.strip()
    )
    db.add(row)
    db.flush()
    return row.id


@allowed("groups.write_notes", filters=True)
def drop_report(db: Db, report_id: UUID) -> None:
    """Take back what was written down by a slip."""
    take_back(db, Reported, report_id)


@allowed("groups.read_notes", person="person_id")
def list_reports(db: Db, person_id: UUID) -> list[Report]:
    """What was reported of a person, the newest first."""
    query = select(Reported).where(Reported.person_id == person_id)
    rows = db.scalars(query.order_by(Reported.said_on.desc(), Reported.created_at.desc()))
    return [Report(r.id, r.kind, r.said_by, r.said_on, r.words) for r in rows]


@allowed("groups.read", person="person_id")
def participation(db: Db, person_id: UUID, since: date, until: date) -> Participation:
    """How somebody took part in groups in a period, from the registers alone: no form asks for it (OT15)."""
    booked, attended = appointments.Appointment, appointments.Attendance
    query = (
        select(booked.id, booked.starts_at, booked.minutes, GroupSession.group_id)
        .join(attended, attended.appointment_id == booked.id)
        .join(GroupSession, GroupSession.appointment_id == booked.id)
        .where(
            attended.person_id == person_id,
            attended.state.in_(CAME),
            booked.state == "completed",
            booked.starts_at >= datetime.combine(since, time()),
            booked.starts_at <= datetime.combine(until, time.max),
        )
        .order_by(booked.starts_at)
    )
    rows = list(db.execute(query).all())
    days = [at.date() for _, at, _, _ in rows]
    return Participation(
        len(rows),
        sum(minutes for _, _, minutes, _ in rows),
        len({group for *_, group in rows}),
        days[0] if days else None,
        days[-1] if days else None,
    )
