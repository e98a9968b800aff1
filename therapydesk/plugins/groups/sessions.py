"""The sessions of a group as its page lists them: when, and how many came; no names. Those of the diary become its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import Db, NotFound, UserError, allowed, appointments, only_own, today, tr
from therapydesk.plugins.groups.models import Group, GroupSession
from therapydesk.plugins.groups.rules import CAME
from therapydesk.plugins.groups.slips import check_session

MOST_LOOSE = 500  # of the diary that are looked through for sessions of no group


@dataclass(frozen=True)
class SessionLine:
    """One session, by the clock on the wall; `came` are heads."""

    id: UUID
    starts_at: datetime
    state: str
    came: int


@allowed("groups.read")
def list_sessions(
    db: Db, group_id: UUID, past: int = 3, coming: int = 3, *, cancelled: bool = True
) -> list[SessionLine]:
    """The last sessions, today's with them, and the next ones, in order of time; whoever's diary they are in."""
    booked, attended = appointments.Appointment, appointments.Attendance
    came = (
        select(func.coalesce(func.sum(attended.headcount), 0))
        .where(attended.appointment_id == booked.id, attended.state.in_(CAME))
        .scalar_subquery()
    )
    query = (
        select(booked.id, booked.starts_at, booked.state, came)
        .join(GroupSession, GroupSession.appointment_id == booked.id)
        .where(GroupSession.group_id == group_id)
    )
    if not cancelled:
        query = query.where(booked.state != "cancelled")
    tomorrow = datetime.combine(today() + timedelta(days=1), time())
    last = query.where(booked.starts_at < tomorrow).order_by(booked.starts_at.desc()).limit(past)
    following = query.where(booked.starts_at >= tomorrow).order_by(booked.starts_at).limit(coming)
    rows = [*reversed(db.execute(last).all()), *db.execute(following).all()]
    return [SessionLine(*row) for row in rows]


def choose_session(found: Sequence[SessionLine], at: datetime) -> SessionLine | None:
    """Whose register is taken now: today's, else the last that is not finished, else the next, else the last."""
    todays = [s for s in found if s.starts_at.date() == at.date()]
    open_ = [s for s in found if s.starts_at <= at and s.state == "booked"]
    coming = [s for s in found if s.starts_at > at]
    for choice in (todays[:1], open_[-1:], coming[:1], found[-1:]):
        if choice:
            return choice[0]
    return None


@allowed("groups.book", filters=True)
def loose_sessions(db: Db, since: date) -> list[tuple[UUID, datetime, str]]:
    """Group sessions in the diary from a day on that belong to no group: id, wall clock, title; one of each series."""
    row = appointments.Appointment
    query = (
        select(row.id, row.starts_at, row.title, row.series_id)
        .outerjoin(GroupSession, GroupSession.appointment_id == row.id)
        .where(row.kind == "group", row.state == "booked", GroupSession.appointment_id.is_(None))
        .where(row.starts_at >= datetime.combine(since, time()))
        .order_by(row.starts_at)
    )
    if only_own(db):
        query = query.where(row.therapist_id == db.user.id)
    first: dict[UUID, tuple[UUID, datetime, str]] = {}
    for session_id, starts_at, title, series_id in db.execute(query.limit(MOST_LOOSE)):
        first.setdefault(series_id or session_id, (session_id, starts_at, title))
    return list(first.values())


@allowed("groups.book", filters=True)
def adopt_session(db: Db, group_id: UUID, appointment_id: UUID) -> list[UUID]:
    """Say that a session in the diary, and the others of its series, belong to a group. Returns those that are new to it."""
    group = db.get(Group, group_id)
    if group is None:
        raise NotFound(tr("That group is not here any more."))
    session = appointments.get_session(db, appointment_id)
    row = appointments.Appointment
    query = select(row.id).where(row.id == appointment_id)
    if session.series_id is not None:
        query = select(row.id).where(row.series_id == session.series_id)
    ids = list(db.scalars(query))
    there = set(db.scalars(select(GroupSession.appointment_id).where(GroupSession.appointment_id.in_(ids))))
    new = [each for each in ids if each not in there]
    db.add_all([GroupSession(appointment_id=each, group_id=group_id) for each in new])
    db.flush()
    appointments.set_note_each(db, new, group.note_each)
    return new


@allowed("groups.book", filters=True)
def let_sessions_go(db: Db, appointment_ids: Sequence[UUID]) -> None:
    """They belong to no group after all, and whoever came needs a note of their own again, as the diary books them.

    Raises UserError when the register of one of them was begun.
    """
    rows = list(db.scalars(select(GroupSession).where(GroupSession.appointment_id.in_(appointment_ids))))
    if any(row.opened_at is not None or row.finished_at is not None for row in rows):
        raise UserError(tr("The register of one of these sessions was begun. They stay with the group."))
    for row in rows:
        check_session(db, row.appointment_id)
        db.delete(row)
    db.flush()
    appointments.set_note_each(db, appointment_ids, True)
