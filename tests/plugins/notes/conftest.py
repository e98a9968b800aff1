"""A practice with two people, sessions that took place, and a desk for pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from therapydesk.api import Answers, Link, Person, appointments, new_id, normal_name
from therapydesk.core import dates
from therapydesk.plugins.notes import service
from therapydesk.plugins.notes.service import NoteView
from therapydesk.testing import open_page
from therapydesk.ui.kit import looks, style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.jobs import Runner
from therapydesk.ui.kit.messages import undo_list

__all__ = ["open_page"]
NOON = datetime(2026, 5, 6, 11, 15)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    dates.set_clock(lambda: datetime(2026, 5, 6, 12, 6, tzinfo=UTC))
    yield
    dates.set_clock(None)


@dataclass
class Practice:
    """People by name, sessions that took place, and notes on them."""

    vault: Any
    people: dict[str, UUID] = field(default_factory=dict)

    def person(self, name: str) -> UUID:
        if name not in self.people:
            with self.vault.write("core") as db:
                made = Person(id=new_id(), full_name=name, normal_name=normal_name(name))
                db.add(made)
                self.people[name] = made.id
        return self.people[name]

    def session(
        self, *names: str, at: datetime = NOON, state: str = "came", therapist_id: UUID | None = None
    ) -> UUID:
        """A completed session of these people."""
        ids = tuple(self.person(name) for name in names)
        therapist = therapist_id or self.vault.user.id
        kind = "together" if len(ids) > 1 else "one_to_one"
        with self.vault.write("core") as db:
            booking = appointments.Booking(at, person_ids=ids, kind=kind, therapist_id=therapist)
            (made,) = appointments.book(db, booking)
            people = appointments.get_session(db, made).attendees
            marks = [appointments.AttendanceMark(state, attendance_id=a.attendance_id) for a in people]
            appointments.complete(db, made, marks)
        return made

    def draft(self, name: str, session: UUID | None = None, **texts: str) -> NoteView:
        session = session or self.session(name)
        with self.vault.write("clinical") as db:
            day = appointments.get_session(db, session).starts_at.date()
            note = service.start_note(db, self.person(name), day, appointment_id=session)
            return service.save_note(db, note.id, texts, note.row_version) if texts else note

    def signed(self, name: str, session: UUID | None = None, **texts: str) -> NoteView:
        note = self.draft(name, session, **(texts or {"happened": "We sang."}))
        with self.vault.write("clinical") as db:
            return service.sign_note(db, note.id)

    def get(self, note_id: UUID) -> NoteView:
        with self.vault.read() as db:
            return service.read_note(db, note_id)


@pytest.fixture
def practice(vault: Any) -> Practice:
    return Practice(vault)


@dataclass
class Window:
    """A desk for pages under test, and the links that were followed."""

    desk: Any
    links: list[Link] = field(default_factory=list)


@pytest.fixture
def window(qtbot: Any, qapp: Any, vault: Any) -> Iterator[Window]:
    looks.apply_theme(qapp, style.Theme.LIGHT)
    links: list[Link] = []
    host = SimpleNamespace(is_on=lambda _id: True, ask=lambda *_a, **_k: Answers())
    jobs = Runner()
    desk = Desk(vault, vault.user, SimpleNamespace(single_keys=True), host, jobs, vault.changes, links.append)
    jobs.watch(vault.changes)
    undo_list.clear()
    yield Window(desk, links)
    jobs.close()
