"""A practice with a few sessions in April 2026; it is Wednesday 6 May 2026."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from therapydesk.api import (
    Money,
    Organisation,
    Person,
    Relation,
    appointments,
    find_or_add_organisation,
    new_id,
    normal_name,
    put_setting,
)
from therapydesk.core import dates
from therapydesk.plugins.invoicing import service

NOW = datetime(2026, 5, 6, 10, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    dates.set_clock(lambda: NOW)
    yield
    dates.set_clock(None)


@dataclass
class Practice:
    """Short ways to put in people, payers, prices and completed sessions."""

    vault: Any
    people: dict[str, UUID] = field(default_factory=dict)

    def person(self, name: str, **more: Any) -> UUID:
        if name not in self.people:
            with self.vault.write("core") as db:
                person = Person(id=new_id(), full_name=name, normal_name=normal_name(name), **more)
                db.add(person)
                self.people[name] = person.id
        return self.people[name]

    def organisation(self, name: str, **more: Any) -> UUID:
        with self.vault.write("core") as db:
            found = find_or_add_organisation(db, name, is_payer=True)
            for key, value in more.items():
                setattr(db.get_one(Organisation, found), key, value)
        return found

    def pays(self, person: str, *, organisation: UUID | None = None, other: str = "") -> None:
        person_id, other_id = self.person(person), self.person(other) if other else None
        with self.vault.write("core") as db:
            db.add(
                Relation(
                    person_id=person_id, kind="payer", organisation_id=organisation, other_person_id=other_id
                )
            )

    def price(self, amount: str, **more: Any) -> None:
        with self.vault.write("core") as db:
            service.save_rate(db, Money(amount), more.pop("from_on", date(2025, 1, 1)), **more)

    def book(self, day: date, *people: str, minutes: int = 45, **more: Any) -> UUID:
        ids = tuple(self.person(name) for name in people)
        taken = sum(1 for _ in self.sessions_on(day))
        at = datetime(day.year, day.month, day.day, 8 + taken * 2)
        with self.vault.write("core") as db:
            return appointments.book(db, appointments.Booking(at, minutes, ids, **more))[0]

    def sessions_on(self, day: date) -> list[Any]:
        with self.vault.read() as db:
            return list(appointments.list_sessions(db, day, day))

    def complete(self, session: UUID, **states: str) -> None:
        with self.vault.write("core") as db:
            view = appointments.get_session(db, session)
            marks = [
                appointments.AttendanceMark(
                    states.get(one.name.split()[0], states.get("all", "came")),
                    attendance_id=one.attendance_id,
                )
                for one in view.attendees
            ]
            appointments.complete(db, session, marks)

    def session(
        self, day: date, *people: str, minutes: int = 45, kind: str = "one_to_one", **states: str
    ) -> UUID:
        """A session that took place."""
        made = self.book(day, *people, minutes=minutes, kind=kind)
        self.complete(made, **states)
        return made

    def drafts(self, *days: date) -> list[service.DraftPayer]:
        with self.vault.read() as db:
            return service.list_drafts(db, *days)

    def issue(self, drafts: list[service.DraftPayer], on: date = date(2026, 5, 6)) -> list[UUID]:
        with self.vault.write("core") as db:
            return service.raise_invoices(db, [line.id for d in drafts for line in d.ready], on)

    def view(self, invoice_id: UUID) -> service.InvoiceView:
        with self.vault.read() as db:
            return service.invoice_view(db, invoice_id)

    def set(self, **settings: Any) -> None:
        with self.vault.write("core") as db:
            for name, value in settings.items():
                put_setting(db, name.replace("__", "."), value)


@pytest.fixture
def practice(vault: Any) -> Practice:
    return Practice(vault)
