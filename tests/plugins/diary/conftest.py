"""A week at the practice: Tuesday 5 May 2026 and the days around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from therapydesk.api import Person, appointments, new_id, normal_name
from therapydesk.core import dates


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    dates.set_clock(lambda: datetime(2026, 5, 6, 10, 2, tzinfo=UTC))
    yield
    dates.set_clock(None)


@dataclass
class Practice:
    """People by name, made when first asked for, and short ways to book and look."""

    vault: Any
    people: dict[str, UUID] = field(default_factory=dict)

    def person(self, name: str, preferred: str = "", **more: Any) -> UUID:
        if name not in self.people:
            with self.vault.write("core") as db:
                normal = normal_name(f"{name} {preferred}")
                person = Person(
                    id=new_id(), full_name=name, preferred_name=preferred, normal_name=normal, **more
                )
                db.add(person)
                self.people[name] = person.id
        return self.people[name]

    def room(self, name: str) -> UUID:
        with self.vault.write("core") as db:
            return appointments.save_room(db, name)

    def book(self, at: datetime, *people: str, **more: Any) -> list[UUID]:
        ids = tuple(self.person(name) for name in people)
        with self.vault.write("core") as db:
            return appointments.book(db, appointments.Booking(at, person_ids=ids, **more))

    def get(self, appointment_id: UUID) -> appointments.AppointmentView:
        with self.vault.read() as db:
            return appointments.get_session(db, appointment_id)

    def week(self) -> list[appointments.AppointmentView]:
        with self.vault.read() as db:
            return appointments.week(db, date(2026, 5, 4))


@pytest.fixture
def practice(vault: Any) -> Practice:
    return Practice(vault)
