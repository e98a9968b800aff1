"""One person's groups: which they are or were in, the marks of the last sessions, what signed notes say of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, allowed, appointments
from therapydesk.plugins.groups import service
from therapydesk.plugins.groups.models import GroupSession, Member

LAST = 12  # sessions of a group whose marks are shown


@dataclass(frozen=True)
class PersonGroup:
    """A group of a person. `marks` are those of its last finished sessions that they were on the list of, oldest first."""

    id: UUID
    name: str
    role: str
    state: str
    joined_on: date | None
    left_on: date | None
    marks: tuple[str, ...]

    @property
    def came(self) -> int:
        """To how many of them they came."""
        return sum(mark in appointments.CAME for mark in self.marks)


@allowed("groups.read")
def list_person_groups(db: Db, person_id: UUID) -> list[PersonGroup]:
    """Groups on whose roster a person is or was, and those that they dropped in to, by name. A few queries for all."""
    booked, attended = appointments.Appointment, appointments.Attendance
    query = (
        select(GroupSession.group_id, attended.state)
        .join(booked, booked.id == GroupSession.appointment_id)
        .join(attended, attended.appointment_id == booked.id)
        .where(attended.person_id == person_id, booked.state == "completed")
        .order_by(booked.starts_at)
    )
    marks: dict[UUID, list[str]] = {}
    for group_id, state in db.execute(query):
        marks.setdefault(group_id, []).append(state)
    members: dict[UUID, Member] = {}
    for member in db.scalars(
        select(Member).where(Member.person_id == person_id).order_by(Member.joined_on, Member.id)
    ):
        members[member.group_id] = member
    found = []
    for view in service.list_groups(db, ended=True):
        if view.id in members or view.id in marks:
            at, last = members.get(view.id), tuple(marks.get(view.id, ())[-LAST:])
            said = (at.role, at.state, at.joined_on, at.left_on) if at is not None else ("", "", None, None)
            found.append(PersonGroup(view.id, view.name, *said, last))
    return found
