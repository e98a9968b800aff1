"""Who came, one by one, while a session is going on: what a register saves at each key (`attendance.complete` ends it)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from therapydesk.core import dates
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.permissions import allowed, only_own
from therapydesk.core.vault.outbox import publish
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.appointment_rows import load_session
from therapydesk.records.appointment_tables import Appointment, Attendance
from therapydesk.records.appointment_words import CAME, EXPECTED, MARKS, state_word
from therapydesk.records.attendance import AttendanceMark, complete, reopen
from therapydesk.records.events import AppointmentChanged
from therapydesk.records.people import Person

ROLES = ("person", "carer", "worker")
MOST = 2000  # heads without a name at one time


@allowed("appointments.complete", filters=True)
def mark_attendance(db: Db, appointment_id: UUID, attendance_id: UUID, state: str) -> str:
    """Mark one attendee of a booked session; "expected" takes a mark back. Returns the mark before.

    Raises NotFound, and UserError for an unknown mark or a session that is over.
    """
    row = _open(appointment_id, db)
    if state not in (*MARKS, EXPECTED):
        raise UserError(tr("There is no attendance called “{state}”.").format(state=state))
    attendance = db.get(Attendance, attendance_id)  # the one alone: a register may have hundreds
    if attendance is None or attendance.appointment_id != row.id:
        raise NotFound(tr("That is not on the list any more."))
    if attendance.person_id is not None and state in CAME:
        _check_alive(attendance.person_id, row, db)
    before, attendance.state = attendance.state, state
    if state in CAME or state == EXPECTED:
        attendance.reason = ""
    db.flush()
    return before


@allowed("appointments.complete", filters=True)
def add_arrival(
    db: Db,
    appointment_id: UUID,
    *,
    person_id: UUID | None = None,
    headcount: int = 1,
    role: str = "person",
    state: str = "came",
) -> UUID:
    """Somebody came who was not expected, or `headcount` people without a name. Returns the id of the attendance.

    Raises UserError when the person is on the list already, or the number makes no sense.
    """
    row = _open(appointment_id, db)
    if role not in ROLES or state not in MARKS:
        raise UserError(tr("There is no attendance called “{state}”.").format(state=f"{role} {state}"))
    if person_id is None and not 1 <= headcount <= MOST:
        raise UserError(tr("Write a number from 1 to {n}.").format(n=MOST))
    if person_id is not None:
        if any(a.person_id == person_id for a in row.attendances):
            raise UserError(tr("They are on the list already."), tr("Mark them there."))
        _check_alive(person_id, row, db)
    last = max((a.position for a in row.attendances), default=-1)
    made = Attendance(
        person_id=person_id,
        role=role,
        headcount=1 if person_id is not None else headcount,
        state=state,
        position=last + 1,
    )
    row.attendances.append(made)
    _tell(row, db)
    return made.id


@allowed("appointments.complete", filters=True)
def remove_arrival(db: Db, appointment_id: UUID, attendance_id: UUID) -> None:
    """Take back an arrival that was written down by a slip. The session must still be going on."""
    row = _open(appointment_id, db)
    gone = _find(row, attendance_id)
    row.attendances = [a for a in row.attendances if a is not gone]
    _tell(row, db)


@allowed("appointments.complete", filters=True)
def name_arrival(db: Db, appointment_id: UUID, attendance_id: UUID, person_id: UUID) -> UUID:
    """Give one head without a name to a person, also long after the session. Returns the id of their attendance.

    How many were there does not change: of several heads one is taken out and named. Raises UserError when there is no
    head left without a name, or the person was there under their own name.
    """
    row = load_session(appointment_id, None, db)
    attendance = _find(row, attendance_id)
    if attendance.person_id is not None or attendance.headcount < 1:
        raise UserError(tr("Nobody without a name is left here."))
    if any(a.person_id == person_id for a in row.attendances):
        raise UserError(tr("They were at this session under their own name."))
    _check_alive(person_id, row, db)
    if attendance.headcount == 1:
        attendance.person_id = person_id
        _tell(row, db)
        return attendance.id
    attendance.headcount -= 1
    named = Attendance(
        person_id=person_id,
        role=attendance.role,
        state=attendance.state,
        position=max(a.position for a in row.attendances) + 1,
    )
    row.attendances.append(named)
    _tell(row, db)
    return named.id


@allowed("appointments.complete", filters=True)
def unname_arrival(db: Db, appointment_id: UUID, attendance_id: UUID) -> None:
    """Take a claim back: the head is without a name again, and how many were there stays."""
    row = load_session(appointment_id, None, db)
    _find(row, attendance_id).person_id = None
    _tell(row, db)


@allowed("appointments.complete", filters=True)
def finish_marking(db: Db, appointment_id: UUID, row_version: int | None = None) -> None:
    """Complete a session with the marks that were made. Raises UserError while somebody is not marked."""
    row = load_session(appointment_id, row_version, db)
    left = [a for a in row.attendances if a.state == EXPECTED and a.person_id is not None]
    if left:
        raise UserError(
            tr("{n} are not marked yet.").format(n=len(left)), tr("Say for everybody whether they came.")
        )
    complete(db, appointment_id, [_as_mark(a) for a in row.attendances])


@allowed("appointments.complete", filters=True)
def reopen_marking(db: Db, appointment_id: UUID) -> None:
    """Reopen a completed session and keep its marks. Refused when something was built on it, such as an invoice."""
    row = load_session(appointment_id, None, db)
    before = {a.id: (a.state, a.reason) for a in row.attendances}
    reopen(db, appointment_id)
    for attendance in row.attendances:
        attendance.state, attendance.reason = before[attendance.id]
    db.flush()


@allowed("appointments.change", filters=True)
def set_note_each(db: Db, appointment_ids: Sequence[UUID], note_each: bool) -> None:
    """Say of sessions whether everybody who came needs a note of their own. A therapist's own ones alone, where the user may
    change no others.
    """
    query = select(Appointment).where(Appointment.id.in_(appointment_ids), Appointment.note_each != note_each)
    if only_own(db):
        query = query.where(Appointment.therapist_id == db.user.id)
    for row in db.scalars(query):
        row.note_each = note_each
    db.flush()


def _as_mark(a: Attendance) -> AttendanceMark:
    state = (
        a.state if a.state != EXPECTED else "came"
    )  # heads without a name came unless somebody says otherwise
    return AttendanceMark(state, attendance_id=a.id, reason=a.reason)


def _open(appointment_id: UUID, db: Db) -> Appointment:
    row = load_session(appointment_id, None, db)
    if row.state != "booked":
        raise UserError(
            tr("This session is {state} already.").format(state=state_word(row.state).lower()),
            tr("Reopen it to change who came.") if row.state == "completed" else "",
        )
    return row


def _find(row: Appointment, attendance_id: UUID) -> Attendance:
    for attendance in row.attendances:
        if attendance.id == attendance_id:
            return attendance
    raise NotFound(tr("That is not on the list any more."))


def _check_alive(person_id: UUID, row: Appointment, db: Db) -> None:
    person = db.get(Person, person_id)
    if person is None or person.merged_into is not None:
        raise NotFound(tr("That person is not in the records any more."))
    if person.died_on is not None and person.died_on < row.starts_at.date():
        raise UserError(
            tr("{name} died on {day}.").format(name=person.name, day=dates.show_day(person.died_on))
        )


def _tell(row: Appointment, db: Db) -> None:
    row.changed_at = dates.now()  # the row version counts who is there, too
    db.flush()
    publish(db, AppointmentChanged(row.id))
