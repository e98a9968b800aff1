"""The lines of the People list: people, and what they work towards where the user may read it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import (
    Appointment,
    Attendance,
    Db,
    Episode,
    PeopleFound,
    PeopleQuery,
    PersonRow,
    allowed,
    appointments,
    find_people,
    local_now,
    mark_people,
    read_people,
)
from therapydesk.plugins.caseload import service

OPEN_STAGES = ("active", "waiting", "paused")
DEEP = 2000  # beyond so many, rows are found by marks


@dataclass(frozen=True)
class CaseloadRow:
    """A line of the People list. `more` is the full name where others nearby have the same name to say."""

    id: UUID
    name: str
    full_name: str
    more: str
    towards: str
    next_at: datetime | None
    therapist: str
    stage: str
    stage_text: str


class PeopleList:
    """What a query found, read a window at a time: the rows in one go, their statements in one query."""

    def __init__(self, vault: Any, query: PeopleQuery, *, with_towards: bool) -> None:
        self._vault, self._with_towards = vault, with_towards
        with vault.read() as db:
            self.found: PeopleFound = find_people(db, query)

    @property
    def count(self) -> int:
        """How many rows there are to scroll through."""
        return self.found.count

    @property
    def needs_marks(self) -> bool:
        """Whether jumps to rows far down would take long without marks."""
        return self.found.ids is None and self.found.count > DEEP

    def read_marks(self) -> dict[int, tuple[str, UUID]]:
        """The marks for `found.marks`. It takes a while with very many people: call it in a job."""
        with self._vault.read() as db:
            return mark_people(db, self.found.query)

    def fetch(self, offset: int, limit: int) -> list[CaseloadRow]:
        """A window of rows, with what they work towards."""
        with self._vault.read() as db:
            rows = read_people(db, self.found, offset, min(limit, self.count - offset))
            towards = towards_of(db, [r.id for r in rows]) if self._with_towards else {}
        names = Counter(r.name for r in rows)
        return [_row(r, towards.get(r.id, ""), named=names[r.name]) for r in rows]


def _row(row: PersonRow, towards: str, named: int) -> CaseloadRow:
    return CaseloadRow(
        row.id,
        row.name,
        row.full_name,
        row.full_name if named > 1 and row.full_name != row.name else "",
        towards[:1].upper() + towards[1:],
        row.next_at,
        row.therapist.split()[0] if row.therapist else "",
        row.stage,
        row.stage_text,
    )


def towards_of(db: Db, person_ids: list[UUID]) -> dict[UUID, str]:
    """What each works towards; nothing where the zone or the role is missing."""
    if not db.allows("caseload.read_statements"):
        return {}
    said = service.statements_of_many(db, person_ids, ("working_towards",))
    return {person_id: each[0].text for person_id, each in said.items()}


@allowed("appointments.read", filters=True)
def count_unseen(db: Db, days: int = 31) -> int:
    """How many people with active support by the user have not come to a session for so many days."""
    since = local_now() - timedelta(days=days)
    came = (
        select(Attendance.id)
        .join(Appointment, Appointment.id == Attendance.appointment_id)
        .where(
            Attendance.person_id == Episode.person_id,
            Attendance.state.in_(appointments.CAME),
            Appointment.starts_at >= since,
        )
    )
    query = select(func.count(Episode.person_id.distinct())).where(
        Episode.therapist_id == db.user.id,
        Episode.stage == "active",
        Episode.opened_on < since.date(),
        ~came.exists(),
    )
    return db.scalar(query) or 0
