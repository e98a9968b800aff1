"""Move, change, cancel and bring back sessions: one, the following ones, or all of a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from therapydesk.core import dates
from therapydesk.core.errors import UserError
from therapydesk.core.permissions import allowed, only_own
from therapydesk.core.vault.outbox import publish
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.appointment_rows import check_version, in_scope, load_session, load_sessions
from therapydesk.records.appointment_tables import Appointment
from therapydesk.records.appointment_words import EXPECTED, find_reason, state_word
from therapydesk.records.booking import SCOPES, Scope, check_time
from therapydesk.records.clashes import ClashError, Slot, clash_within, search_clashes
from therapydesk.records.events import AppointmentCancelled, AppointmentChanged, AppointmentReopened
from therapydesk.records.people import Person


@dataclass(frozen=True)
class Placing:
    """Where a session is, or is to be. A list of them, as `move` and `place` return it, undoes the change."""

    appointment_id: UUID
    starts_at: datetime
    minutes: int
    therapist_id: UUID | None
    room_id: UUID | None
    place: str
    row_version: int


@dataclass(frozen=True)
class Change:
    """What is to be different; None leaves a thing as it is. `no_room` takes the room away."""

    starts_at: datetime | None = None
    minutes: int | None = None
    therapist_id: UUID | None = None
    room_id: UUID | None = None
    no_room: bool = False
    place: str | None = None


@allowed("appointments.change", filters=True)
def move(
    db: Db,
    appointment_id: UUID,
    starts_at: datetime,
    scope: Scope = "this",
    row_version: int | None = None,
) -> list[Placing]:
    """Move a session to another time.

    The others in `scope` by the same step. Returns what undoes it (see `place`).

    Raises ClashError, StaleRecord, UserError for a session that is not booked any more.
    """
    return change(db, appointment_id, Change(starts_at=starts_at), scope, row_version)


@allowed("appointments.change", filters=True)
def change(
    db: Db,
    appointment_id: UUID,
    wanted: Change,
    scope: Scope = "this",
    row_version: int | None = None,
) -> list[Placing]:
    """Change time, length, therapist or room of a session and of the others in `scope`.

    Returns what undoes it.
    """
    if scope not in SCOPES:
        raise UserError(tr("Say which sessions: this, following or all."))
    row = load_session(appointment_id, row_version, db)
    step = (wanted.starts_at or row.starts_at) - row.starts_at
    placings = []
    for one in in_scope(row, scope, db):
        old = placing(one)
        placings.append(
            replace(
                old,
                starts_at=old.starts_at + step,
                minutes=wanted.minutes or old.minutes,
                therapist_id=wanted.therapist_id or old.therapist_id,
                room_id=None if wanted.no_room else wanted.room_id or old.room_id,
                place=old.place if wanted.place is None else wanted.place,
            )
        )
    return _place(placings, db)


@allowed("appointments.change", filters=True)
def move_others(
    db: Db, appointment_id: UUID, was_at: datetime, step: timedelta, scope: Scope
) -> list[Placing]:
    """Move the others of a series by the step that one of them was moved by; `was_at` is where that one was.

    Returns what undoes it. Nothing happens, and the list is empty, when there are no others in `scope`.
    """
    row = load_session(appointment_id, None, db)
    others = [one for one in in_scope(row, scope, db, was_at) if one.id != row.id]
    wanted = [placing(one) for one in others]
    return _place([replace(p, starts_at=p.starts_at + step) for p in wanted], db) if wanted else []


@allowed("appointments.change", filters=True)
def place(db: Db, placings: Sequence[Placing], expected: Sequence[Placing] | None = None) -> list[Placing]:
    """Put sessions where `placings` say, all or none, and return what undoes that.

    Raises ClashError, and StaleRecord when one of them was changed meanwhile: by its version, or, with
    `expected`,
    when it is not where that says (so that several steps can be undone one after the other).
    """
    return _place(placings, db, expected)


def placing(row: Appointment) -> Placing:
    """Where a session is now."""
    return Placing(
        *(row.id, row.starts_at, row.minutes, row.therapist_id, row.room_id, row.place),
        row.row_version,
    )


def placings_of(appointment_ids: Sequence[UUID], db: Db) -> list[Placing]:
    """Where these sessions are now."""
    return [placing(row) for row in load_sessions(appointment_ids, db)]


def _place(placings: Sequence[Placing], db: Db, expected: Sequence[Placing] | None = None) -> list[Placing]:
    wanted = {p.appointment_id: p for p in placings}
    there = {p.appointment_id: p for p in expected or ()}
    rows = load_sessions(list(wanted), db)
    for row in rows:
        if row.id not in there:
            check_version(row, wanted[row.id].row_version)
        elif placing(row) != replace(there[row.id], row_version=row.row_version):
            check_version(row, 0)
        _check_change(row, wanted[row.id], db)
    slots = [_slot(row, wanted[row.id]) for row in rows]
    _refuse_clashes(slots, [row.id for row in rows], db)
    before = [placing(row) for row in rows]
    for row in rows:
        new = wanted[row.id]
        row.starts_at, row.minutes, row.therapist_id = new.starts_at, new.minutes, new.therapist_id
        row.room_id, row.place = new.room_id, new.place
    db.flush()
    for row in rows:
        publish(db, AppointmentChanged(row.id))
    versions = {row.id: row.row_version for row in rows}
    return [replace(old, row_version=versions[old.appointment_id]) for old in before]


def _slot(row: Appointment, new: Placing) -> Slot:
    people = tuple(a.person_id for a in row.attendances if a.person_id is not None)
    return Slot(new.starts_at, new.minutes, new.therapist_id, new.room_id, people)


def _check_change(row: Appointment, new: Placing, db: Db) -> None:
    if row.state != "booked":
        raise UserError(
            tr("A session that is {state} cannot be moved.").format(state=state_word(row.state).lower()),
            tr("Reopen it first.") if row.state == "completed" else tr("Book a new one."),
        )
    if only_own(db) and new.therapist_id != db.info["user"].id:
        raise UserError(tr("You may book in your own diary only."), tr("Ask the owner or an admin."))
    check_time(new.starts_at, new.minutes)
    if new.starts_at > row.starts_at:
        _refuse_died(row, new.starts_at, db)


def _refuse_died(row: Appointment, starts_at: datetime, db: Db) -> None:
    for one in row.attendances:
        person = db.get(Person, one.person_id) if one.person_id else None
        if person is not None and person.died_on is not None and person.died_on < starts_at.date():
            raise UserError(
                tr("{name} died on {day}.").format(name=person.name, day=dates.show_day(person.died_on)),
                tr("Cancel the session, or take {name} off it.").format(name=person.name),
            )


def _refuse_clashes(slots: Sequence[Slot], ids: Sequence[UUID], db: Db) -> None:
    blocking = [c for c in search_clashes(slots, db, without=ids) if c.blocks]
    if blocking:
        raise ClashError(blocking)
    pair = clash_within(slots)
    if pair is not None:
        raise UserError(
            tr("Two sessions of the series would both be on {day} at {time}.").format(
                day=dates.show_day(pair[1].starts_at.date(), short=True),
                time=dates.show_time(pair[1].starts_at.time()),
            )
        )


@allowed("appointments.change", filters=True)
def cancel(
    db: Db,
    appointment_id: UUID,
    reason: str,
    scope: Scope = "this",
    row_version: int | None = None,
) -> list[UUID]:
    """Cancel a session and the others in `scope`, with a code from absence_reasons.csv.

    Returns the ids, for `restore`.
    The people are marked "we cancelled", or "chose not to come" when the reason is theirs.
    """
    found = find_reason(reason)
    if found is None or found.use == "absence":
        raise UserError(tr("Choose a reason for cancelling."))
    row = load_session(appointment_id, row_version, db)
    if row.state != "booked":
        raise UserError(tr("This session is {state} already.").format(state=state_word(row.state).lower()))
    mark = "we_cancelled" if found.said_by == "us" else "sent_apologies"
    rows = in_scope(row, scope, db)
    for one in rows:
        one.state, one.cancel_reason = "cancelled", reason
        for attendance in one.attendances:
            attendance.state, attendance.reason = mark, reason
    db.flush()
    for one in rows:
        publish(db, AppointmentCancelled(one.id))
    return [one.id for one in rows]


@allowed("appointments.change", filters=True)
def restore(db: Db, appointment_ids: Sequence[UUID]) -> None:
    """Take back a cancelling. Raises ClashError when the time was given to somebody else meanwhile."""
    rows = load_sessions(appointment_ids, db)
    if any(row.state != "cancelled" for row in rows):
        raise UserError(tr("A session of these is not cancelled any more."), tr("Look at it again."))
    _refuse_clashes([_slot(row, placing(row)) for row in rows], [row.id for row in rows], db)
    for row in rows:
        _refuse_died(row, row.starts_at, db)
        row.state, row.cancel_reason = "booked", ""
        for attendance in row.attendances:
            attendance.state, attendance.reason = EXPECTED, ""
    db.flush()
    for row in rows:
        publish(db, AppointmentReopened(row.id))
