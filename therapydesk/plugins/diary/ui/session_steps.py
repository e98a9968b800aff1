"""Steps that can be undone: each an ordinary service call, and the call that takes it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from therapydesk.api import appointments, ntr, show_day, show_time, tr

Done = Callable[..., None]  # done(text, undo=…, redo=…)


@dataclass
class Placings:
    """Sessions that were moved: where they were and where they are. Undo and redo change the two about."""

    vault: Any
    before: list[appointments.Placing]
    after: list[appointments.Placing]

    def swap(self) -> None:
        """Put the sessions where they were. Refused when somebody moved one of them since."""
        with self.vault.write("core") as db:
            appointments.place(db, self.before, self.after)
        self.before, self.after = self.after, self.before


class _Seen:
    """How a session was last seen: whatever changed it from elsewhere since then stops the next step."""

    def __init__(self, view: appointments.AppointmentView) -> None:
        self._id, self._last = view.id, view

    @contextmanager
    def step(self, db: Any) -> Iterator[int]:
        """Give a step the version it may change, and keep what it made."""
        there = appointments.get_session(db, self._id)
        yield there.row_version if _looks(there) == _looks(self._last) else self._last.row_version
        self._last = appointments.get_session(db, self._id)


def _looks(view: appointments.AppointmentView) -> tuple[object, ...]:
    who = sorted((a.attendance_id, a.state, a.reason) for a in view.attendees)
    return view.state, view.starts_at, view.ends_at, view.room_id, who


def _held(vault: Any, before: list[appointments.Placing], db: Any) -> Placings:
    return Placings(vault, before, appointments.placings_of([p.appointment_id for p in before], db))


def when_words(at: datetime) -> str:
    """Such as “Thu 7 May 14:00”."""
    return f"{show_day(at.date(), short=True)} {show_time(at.time())}"


def move(vault: Any, view: appointments.AppointmentView, to: datetime, done: Done) -> None:
    """Move one session. Raises what `appointments.move` raises."""
    with vault.write("core") as db:
        steps = _held(vault, appointments.move(db, view.id, to, "this", view.row_version), db)
    text = tr("{name} moved to {when}.").format(name=view.heading, when=when_words(to))
    done(text, undo=steps.swap, redo=steps.swap)


def move_others(
    vault: Any, appointment_id: UUID, was_at: datetime, step: timedelta, scope: appointments.Scope, done: Done
) -> int:
    """Move the others of a series by the same step. Answers how many."""
    with vault.write("core") as db:
        steps = _held(vault, appointments.move_others(db, appointment_id, was_at, step, scope), db)
    count = len(steps.before)
    if count:
        text = ntr("One more session of the series moved.", "{n} more sessions of the series moved.", count)
        done(text, undo=steps.swap, redo=steps.swap)
    return count


def change(
    vault: Any,
    view: appointments.AppointmentView,
    wanted: appointments.Change,
    scope: appointments.Scope,
    done: Done,
) -> None:
    """Change time, length, room or place."""
    with vault.write("core") as db:
        steps = _held(vault, appointments.change(db, view.id, wanted, scope, view.row_version), db)
    text = ntr("Session changed.", "{n} sessions changed.", len(steps.before))
    done(text, undo=steps.swap, redo=steps.swap)


def book(vault: Any, booking: appointments.Booking, heading: str, done: Done) -> list[UUID]:
    """Book a session or a series."""
    held: list[UUID] = []

    def again() -> None:
        with vault.write("core") as db:
            held[:] = appointments.book(db, booking)

    def back() -> None:
        with vault.write("core") as db:
            appointments.unbook(db, held)

    again()
    if booking.weeks == 1:
        text = tr("{name} booked on {when}.").format(name=heading, when=when_words(booking.starts_at))
    else:
        first = when_words(booking.starts_at)
        text = tr("{n} sessions booked for {name}, the first on {when}.").format(
            n=booking.weeks, name=heading, when=first
        )
    done(text, undo=back, redo=again)
    return list(held)


def cancel(
    vault: Any, view: appointments.AppointmentView, reason: str, scope: appointments.Scope, done: Done
) -> None:
    """Cancel a session, or more of its series."""
    held, seen = list[UUID](), _Seen(view)

    def again() -> None:
        with vault.write("core") as db, seen.step(db) as version:
            held[:] = appointments.cancel(db, view.id, reason, scope, version)

    def back() -> None:
        with vault.write("core") as db, seen.step(db):
            appointments.restore(db, held)

    again()
    text = ntr("Session cancelled.", "{n} sessions cancelled.", len(held))
    done(text, undo=back, redo=again)


def complete(
    vault: Any,
    view: appointments.AppointmentView,
    marks: Sequence[appointments.AttendanceMark],
    done: Done,
) -> None:
    """Record who came. Of a completed session it is a correction, undone by the marks of before."""
    before = [
        appointments.AttendanceMark(a.state, attendance_id=a.attendance_id, reason=a.reason)
        for a in view.attendees
    ]
    was_completed, seen = view.state == "completed", _Seen(view)

    def again() -> None:
        with vault.write("core") as db, seen.step(db) as version:
            if was_completed:
                appointments.correct_attendance(db, view.id, marks, version)
            else:
                appointments.complete(db, view.id, marks, version)

    def back() -> None:
        with vault.write("core") as db, seen.step(db) as version:
            if was_completed:
                appointments.correct_attendance(db, view.id, before, version)
            else:
                appointments.reopen(db, view.id, version)

    again()
    done(tr("{name}: {what}.").format(name=view.heading, what=_came_words(marks)), undo=back, redo=again)


def _came_words(marks: Sequence[appointments.AttendanceMark]) -> str:
    if len(marks) == 1:
        return appointments.mark_word(marks[0].state).lower()
    came = sum(m.state in appointments.CAME for m in marks)
    return tr("{n} of {m} came").format(n=came, m=len(marks))


def reopen(vault: Any, view: appointments.AppointmentView, done: Done) -> None:
    """Make a completed session a booked one again."""
    marks = [
        appointments.AttendanceMark(a.state, attendance_id=a.attendance_id, reason=a.reason)
        for a in view.attendees
    ]
    seen = _Seen(view)

    def again() -> None:
        with vault.write("core") as db, seen.step(db) as version:
            appointments.reopen(db, view.id, version)

    def back() -> None:
        with vault.write("core") as db, seen.step(db) as version:
            appointments.complete(db, view.id, marks, version)

    again()
    done(tr("{name}: reopened.").format(name=view.heading), undo=back, redo=again)


def take_off(
    vault: Any, view: appointments.AppointmentView, person_id: UUID, scope: appointments.Scope, done: Done
) -> None:
    """Do not expect somebody any more; the session stays for the others."""
    held: list[UUID] = []
    role = next((a.role for a in view.attendees if a.person_id == person_id), "person")

    def again() -> None:
        with vault.write("core") as db:
            held[:] = appointments.remove_attendee(db, view.id, person_id, scope=scope)

    def back() -> None:
        with vault.write("core") as db:
            for appointment_id in held:
                appointments.add_attendee(db, appointment_id, person_id, role=role)

    again()
    name = next((a.name for a in view.attendees if a.person_id == person_id), "")
    text = ntr("{name} is taken off the session.", "{name} is taken off {n} sessions.", len(held))
    done(text.format(name=name), undo=back, redo=again)
