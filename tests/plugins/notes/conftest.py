"""A practice with two people, sessions that took place, and a desk for pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from tests.plugins.conftest import OpenDesk, People, Window
from therapydesk.api import Answers, appointments
from therapydesk.core import dates
from therapydesk.plugins.notes import service
from therapydesk.plugins.notes.service import NoteView

NOON = datetime(2026, 5, 6, 11, 15)


@pytest.fixture(autouse=True)
def _clock(stopped_clock: datetime) -> None:
    """An hour and four minutes after noon."""
    dates.set_clock(lambda: datetime(2026, 5, 6, 12, 6, tzinfo=UTC))


@dataclass
class Practice(People):
    """People by name, sessions that took place, and notes on them."""

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


@pytest.fixture
def window(open_desk: OpenDesk) -> Window:
    return open_desk(SimpleNamespace(is_on=lambda _id: True, ask=lambda *_a, **_k: Answers()))
