"""A week at the practice: Tuesday 5 May 2026 and the days around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from therapydesk.api import Answers, DueItem, Fact, Link, Person, appointments, hooks, new_id, normal_name
from therapydesk.core import dates
from therapydesk.testing import open_page
from therapydesk.ui.kit import looks, style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.jobs import Runner
from therapydesk.ui.kit.messages import undo_list

__all__ = ["open_page"]


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


@dataclass
class Window:
    """A desk for pages under test, and the links that were followed."""

    desk: Any
    host: Host
    links: list[Link] = field(default_factory=list)


@pytest.fixture
def window(qtbot: Any, qapp: Any, vault: Any) -> Iterator[Window]:
    looks.apply_theme(qapp, style.Theme.LIGHT)
    host, links = Host(), list[Link]()
    jobs = Runner()
    desk = Desk(vault, vault.user, SimpleNamespace(single_keys=True), host, jobs, vault.changes, links.append)
    jobs.watch(vault.changes)
    undo_list.clear()
    yield Window(desk, host, links)
    jobs.close()
