"""Who came: completing a session, correcting it, reopening it, and who is expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from therapydesk.core import dates
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.permissions import allowed
from therapydesk.core.vault.outbox import hand_over, publish
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.appointment_rows import in_scope, load_session
from therapydesk.records.appointment_tables import Appointment, Attendance
from therapydesk.records.appointment_words import CAME, EXPECTED, MARKS, find_reason, state_word
from therapydesk.records.booking import Scope
from therapydesk.records.events import AppointmentChanged, AppointmentCompleted, AppointmentReopened
from therapydesk.records.people import Person

REASON_KIND = "diary.reason"


@dataclass(frozen=True)
class AttendanceMark:
    """What became of one attendee: named by `attendance_id` or `person_id`.

    `state` is a key of MARKS, `reason` a code for those who did not come; `reason_text` is sealed into the
    clinical
    zone. `headcount` corrects how many came without a name.
    """

    state: str
    person_id: UUID | None = None
    attendance_id: UUID | None = None
    reason: str = ""
    reason_text: str = ""
    headcount: int | None = None


@allowed("appointments.complete", filters=True)
def complete(
    db: Db, appointment_id: UUID, attendances: Sequence[AttendanceMark], row_version: int | None = None
) -> None:
    """Record who came and complete the session.

    Raises UserError when an attendee is left out, a mark or reason is not known, or the session is not
    booked.
    """
    row = load_session(appointment_id, row_version, db)
    if row.state != "booked":
        raise UserError(
            tr("This session is {state} already.").format(state=state_word(row.state).lower()),
            tr("Reopen it to change who came.") if row.state == "completed" else "",
        )
    _complete(row, attendances, db)


@allowed("appointments.complete", filters=True)
def correct_attendance(
    db: Db, appointment_id: UUID, attendances: Sequence[AttendanceMark], row_version: int | None = None
) -> None:
    """Change who came to a completed session: reopened and completed again in one step. Raises UserError for another."""
    row = _completed(appointment_id, row_version, db)
    _reopen(row, db)
    _complete(row, attendances, db)


@allowed("appointments.complete", filters=True)
def reopen(db: Db, appointment_id: UUID, row_version: int | None = None) -> None:
    """Make a completed session a booked one again (Undo).

    Refused when something was built on it, such as an invoice.
    """
    _reopen(_completed(appointment_id, row_version, db), db)


def _completed(appointment_id: UUID, row_version: int | None, db: Db) -> Appointment:
    row = load_session(appointment_id, row_version, db)
    if row.state != "completed":
        raise UserError(tr("This session is not completed."))
    return row


def _reopen(row: Appointment, db: Db) -> None:
    row.state = "booked"
    for attendance in row.attendances:
        attendance.state, attendance.reason = EXPECTED, ""
    db.flush()
    publish(db, AppointmentReopened(row.id))


def _complete(row: Appointment, marks: Sequence[AttendanceMark], db: Db) -> None:
    pairs = _match(row, marks)
    died = _deaths(row, db)
    for attendance, mark in pairs:
        _check_mark(mark)
        day = died.get(attendance.person_id) if attendance.person_id else None
        if mark.state in CAME and day is not None and day < row.starts_at.date():
            raise UserError(
                tr("Somebody who is marked as having come had died by then."), tr("Mark them “We cancelled”.")
            )
        attendance.state = mark.state
        attendance.reason = "" if mark.state in CAME else mark.reason
        if mark.headcount is not None and attendance.person_id is None:
            attendance.headcount = max(0, mark.headcount)
    row.state = "completed"
    db.flush()
    for attendance, mark in pairs:
        _seal_text(row, attendance, mark, db)
    publish(db, AppointmentCompleted(row.id))


def _match(row: Appointment, marks: Sequence[AttendanceMark]) -> list[tuple[Attendance, AttendanceMark]]:
    by_id = {m.attendance_id: m for m in marks if m.attendance_id}
    by_person = {m.person_id: m for m in marks if m.person_id and not m.attendance_id}
    pairs, used = [], 0
    for attendance in row.attendances:
        mark = by_id.get(attendance.id) or (
            by_person.get(attendance.person_id) if attendance.person_id else None
        )
        if mark is None and attendance.person_id is None:
            mark = AttendanceMark("came")  # a headcount came unless somebody says otherwise
        elif mark is None:
            raise UserError(tr("Say for everybody who was expected whether they came."))
        else:
            used += 1
        pairs.append((attendance, mark))
    if used < len(marks):
        raise UserError(tr("Somebody is marked who was not expected at this session."), tr("Add them first."))
    return pairs


def _check_mark(mark: AttendanceMark) -> None:
    if mark.state not in MARKS:
        raise UserError(tr("There is no attendance called “{state}”.").format(state=mark.state))
    reason = find_reason(mark.reason) if mark.reason else None
    if mark.reason and (reason is None or reason.use == "cancel"):
        raise UserError(tr("There is no reason called “{reason}”.").format(reason=mark.reason))


def _deaths(row: Appointment, db: Db) -> dict[UUID, date]:
    ids = [a.person_id for a in row.attendances if a.person_id]
    query = select(Person.id, Person.died_on).where(Person.id.in_(ids), Person.died_on.is_not(None))
    return {person_id: died_on for person_id, died_on in db.execute(query) if died_on is not None}


def _seal_text(row: Appointment, attendance: Attendance, mark: AttendanceMark, db: Db) -> None:
    text = mark.reason_text.strip()
    if not text or attendance.person_id is None:
        return
    content = {
        "person_id": str(attendance.person_id),
        "attendance_id": str(attendance.id),
        "happened_on": row.starts_at.date().isoformat(),
        "text": text,
    }
    hand_over(db, "clinical", REASON_KIND, row.id, content)


@allowed("appointments.change", filters=True)
def add_attendee(
    db: Db, appointment_id: UUID, person_id: UUID, *, role: str = "person", scope: Scope = "this"
) -> list[UUID]:
    """Expect one more person at a session and the others in `scope`. Returns the ids of those changed."""
    person = db.get(Person, person_id)
    if person is None or person.merged_into is not None:
        raise NotFound(tr("That person is not in the records any more."))
    rows = in_scope(_open(appointment_id, db), scope, db)
    changed = [row for row in rows if all(a.person_id != person_id for a in row.attendances)]
    if person.died_on is not None and any(person.died_on < row.starts_at.date() for row in changed):
        raise UserError(
            tr("{name} died on {day}.").format(name=person.name, day=dates.show_day(person.died_on))
        )
    for row in changed:
        last = max((a.position for a in row.attendances), default=-1)
        row.attendances.append(Attendance(person_id=person_id, role=role, position=last + 1))
    return _tell(changed, db)


@allowed("appointments.change", filters=True)
def remove_attendee(db: Db, appointment_id: UUID, person_id: UUID, *, scope: Scope = "this") -> list[UUID]:
    """Do not expect a person at a session and the others in `scope`. Refused when nobody would be left."""
    rows = in_scope(_open(appointment_id, db), scope, db)
    changed = [row for row in rows if any(a.person_id == person_id for a in row.attendances)]
    for row in changed:
        if len(row.attendances) == 1 and row.kind != "group":
            raise UserError(tr("Nobody would be left in this session."), tr("Cancel it instead."))
        row.attendances = [a for a in row.attendances if a.person_id != person_id]
    return _tell(changed, db)


def _open(appointment_id: UUID, db: Db) -> Appointment:
    row = load_session(appointment_id, None, db)
    if row.state != "booked":
        raise UserError(tr("This session is {state} already.").format(state=state_word(row.state).lower()))
    return row


def _tell(rows: Sequence[Appointment], db: Db) -> list[UUID]:
    for row in rows:
        row.changed_at = dates.now()  # the row version counts who is expected, too
    db.flush()
    for row in rows:
        publish(db, AppointmentChanged(row.id))
    return [row.id for row in rows]


@allowed("appointments.read", filters=True)
def usual_room(db: Db, person_id: UUID, therapist_id: UUID | None = None) -> UUID | None:
    """The room of a person's latest session that had one; the add line takes it when none is written."""
    query = (
        select(Appointment.room_id)
        .join(Attendance, Attendance.appointment_id == Appointment.id)
        .where(Attendance.person_id == person_id, Appointment.room_id.is_not(None))
        .order_by(Appointment.state == "cancelled", Appointment.starts_at.desc())
    )
    if therapist_id is not None:
        query = query.where(Appointment.therapist_id == therapist_id)
    return db.scalars(query.limit(1)).first()
