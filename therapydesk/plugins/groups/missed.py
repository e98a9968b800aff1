"""Who to ring: members who were not there without a word, several sessions in a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import Db, Person, allowed, appointments, today
from therapydesk.plugins.groups.models import GroupSession, Member, PlannedAbsence, Ring
from therapydesk.plugins.groups.roster import GOES
from therapydesk.plugins.groups.rules import MEMBER_ROLES, SILENT, SILENT_LIMIT, silent_run


@dataclass(frozen=True)
class Missed:
    """A member who was not there without a word, so many sessions in a row."""

    member_id: UUID
    person_id: UUID
    name: str
    times: int


@allowed("groups.register", filters=True)
def to_ring(db: Db, group_id: UUID) -> list[Missed]:
    """Members who missed two sessions in a row or more without a word. A planned absence softens it, a call since then ends
    it, and so does one session that they came to.
    """
    booked, attended = appointments.Appointment, appointments.Attendance
    query = (
        select(Member.id, Member.person_id, attended.state, booked.starts_at)
        .join(attended, attended.person_id == Member.person_id)
        .join(booked, booked.id == attended.appointment_id)
        .join(GroupSession, GroupSession.appointment_id == booked.id)
        .where(
            Member.group_id == group_id,
            GroupSession.group_id == group_id,
            Member.state.in_(GOES),
            Member.role.in_(MEMBER_ROLES),
            booked.state == "completed",
            booked.starts_at >= datetime.combine(today() - timedelta(days=182), time()),
        )
        .order_by(Member.id, booked.starts_at.desc())
    )
    seen: dict[tuple[UUID, UUID], list[tuple[str, datetime]]] = {}
    for member_id, person_id, state, at in db.execute(query):
        seen.setdefault((member_id, person_id), []).append((state, at))
    away = _spans(db, group_id)
    rung = dict(db.execute(select(Ring.member_id, func.max(Ring.rung_on)).group_by(Ring.member_id)).all())
    found = []
    for (member_id, person_id), marks in seen.items():
        said = [any(a <= at.date() <= b for a, b in away.get(member_id, [])) for _, at in marks]
        times = silent_run([state for state, _ in marks], said)
        last = next((at.date() for state, at in marks if state == SILENT), None)
        called = rung.get(member_id)
        if times >= SILENT_LIMIT and not (called is not None and last is not None and called >= last):
            found.append((member_id, person_id, times))
    people = {p.id: p.name for p in db.scalars(select(Person).where(Person.id.in_([f[1] for f in found])))}
    return sorted(
        (Missed(m, p, people.get(p, ""), n) for m, p, n in found), key=lambda x: (-x.times, x.name.casefold())
    )


def _spans(db: Db, group_id: UUID) -> dict[UUID, list[tuple[date, date]]]:
    spans: dict[UUID, list[tuple[date, date]]] = {}
    query = (
        select(PlannedAbsence.member_id, PlannedAbsence.from_on, PlannedAbsence.until_on)
        .join(Member, Member.id == PlannedAbsence.member_id)
        .where(Member.group_id == group_id)
    )
    for member_id, from_on, until_on in db.execute(query):
        spans.setdefault(member_id, []).append((from_on, until_on))
    return spans
