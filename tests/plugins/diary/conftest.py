"""A week at the practice: Tuesday 5 May 2026 and the days around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.plugins.conftest import OpenDesk, People, Window
from therapydesk.api import Answers, DueItem, Fact, appointments, hooks


@dataclass
class Practice(People):
    """People by name, made when first asked for, and short ways to book and look."""

    def person(self, name: str, preferred: str = "", **more: Any) -> UUID:
        return super().person(name, preferred_name=preferred, **more)

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


@dataclass
class Host:
    """A plugin host that answers with what a test put in."""

    towards: dict[UUID, str] = field(default_factory=dict)
    due: list[DueItem] = field(default_factory=list)
    on: bool = True

    def is_on(self, _plugin_id: str) -> bool:
        return self.on

    def ask(self, hook: Any, **asked: Any) -> Answers[Any]:
        if hook is hooks.person_facts:
            known = {
                i: [Fact("working_towards", self.towards[i])]
                for i in asked["person_ids"]
                if i in self.towards
            }
            return Answers([known])
        return Answers(list(self.due))


@pytest.fixture
def window(open_desk: OpenDesk) -> Window:
    return open_desk(Host())
