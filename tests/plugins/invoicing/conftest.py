"""A practice with a few sessions in April 2026; it is Wednesday 6 May 2026."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from tests.plugins.conftest import OpenDesk, People, Window
from therapydesk.api import (
    Link,
    Money,
    Organisation,
    Relation,
    appointments,
    find_or_add_organisation,
    put_setting,
)
from therapydesk.plugins.invoicing import service
from therapydesk.ui.kit.desk import Desk

APRIL, TODAY = date(2026, 4, 1), date(2026, 5, 6)


@dataclass
class Practice(People):
    """Short ways to put in people, payers, prices and completed sessions."""

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


@pytest.fixture
def month(practice: Practice) -> Practice:
    """April: Ann twice (and once she did not come), Bob once, a charity without its order number."""
    practice.price("52")
    charity = practice.organisation("Llandough Hospital Charity", needs_order_number=True)
    practice.pays("Dee D", organisation=charity)
    practice.session(date(2026, 4, 1), "Ann A")
    practice.session(date(2026, 4, 8), "Ann A")
    practice.session(date(2026, 4, 15), "Ann A", all="no_word")
    practice.session(date(2026, 4, 1), "Bob B")
    practice.session(date(2026, 4, 1), "Dee D")
    return practice


@pytest.fixture
def window(open_desk: OpenDesk) -> Window:
    return open_desk(SimpleNamespace(is_on=lambda _plugin: True))


@pytest.fixture
def desk(window: Window) -> Desk:
    made: Desk = window.desk
    return made


@pytest.fixture
def links(window: Window) -> list[Link]:
    return window.links
