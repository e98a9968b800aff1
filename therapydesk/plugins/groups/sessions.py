"""The sessions of a group as its page lists them: when, and how many came; no names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import Db, allowed, appointments, today
from therapydesk.plugins.groups.models import GroupSession
from therapydesk.plugins.groups.rules import CAME


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
