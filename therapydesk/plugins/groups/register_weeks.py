"""The last weeks of a group, beside the rows of a register."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, appointments
from therapydesk.plugins.groups.models import GroupSession

WEEKS = 6  # sessions before this one that a row shows


def marks_before(
    db: Db, group_id: UUID, session: appointments.AppointmentView
) -> dict[UUID, tuple[str, ...]]:
    """For each person the marks of the last sessions of the group, oldest first."""
    booked, attended = appointments.Appointment, appointments.Attendance
    last = list(
        db.scalars(
            select(booked.id)
            .join(GroupSession, GroupSession.appointment_id == booked.id)
            .where(
                GroupSession.group_id == group_id,
                booked.state == "completed",
                booked.starts_at < session.starts_at,
            )
            .order_by(booked.starts_at.desc())
            .limit(WEEKS)
        )
    )[::-1]
    found: dict[UUID, list[str]] = {}
    query = select(attended.person_id, attended.appointment_id, attended.state).where(
        attended.appointment_id.in_(last), attended.person_id.is_not(None)
    )
    place = {appointment_id: n for n, appointment_id in enumerate(last)}
    for person_id, appointment_id, state in db.execute(query):
        if person_id is None:
            continue
        found.setdefault(person_id, [""] * len(last))[place[appointment_id]] = state
    return {person: tuple(states) for person, states in found.items()}
