"""The diary's services: days, the add line, rooms and therapists by name, why somebody did not come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    Db,
    HandedOver,
    UserError,
    allowed,
    appointments,
    list_users,
    normal_name,
    only_own,
    tr,
)
from therapydesk.plugins.diary.days import (
    Days,
    Hours,
    division,
    holidays_between,
    list_therapists,
    read_days,
    read_hours,
)
from therapydesk.plugins.diary.models import AbsenceNote
from therapydesk.plugins.diary.paper import days_pdf, paper_title
from therapydesk.plugins.diary.rules import name_fits
from therapydesk.plugins.diary.understanding import Known, Understood, book_line, know, understand

__all__ = [
    "REASON_KIND",
    "AbsenceReason",
    "Days",
    "Hours",
    "Known",
    "Understood",
    "absence_notes",
    "book_line",
    "days_pdf",
    "division",
    "find_room",
    "find_therapist",
    "holidays_between",
    "know",
    "list_therapists",
    "paper_title",
    "read_days",
    "read_hours",
    "take_in_reason",
    "understand",
]
REASON_KIND = "diary.reason"


@allowed("rooms.read")
def find_room(db: Db, name: str) -> UUID:
    """The room of that name. Raises UserError with the names there are."""
    rooms = appointments.list_rooms(db)
    for room in rooms:
        if normal_name(room.name) == normal_name(name) or str(room.id) == name:
            return room.id
    names = ", ".join(r.name for r in rooms) or tr("none yet")
    raise UserError(
        tr("There is no room called “{name}”.").format(name=name), tr("Rooms: {names}.").format(names=names)
    )


@allowed("users.read")
def find_therapist(db: Db, name: str) -> UUID:
    """The therapist of that name, the first name is enough.

    Raises UserError when there is none, or more than one.
    """
    found: list[UUID] = [u.id for u in list_users(db) if name_fits(name, u.name, "") or str(u.id) == name]
    if len(found) != 1:
        raise UserError(tr("There is no single therapist called “{name}”.").format(name=name))
    return found[0]


# Why somebody did not come
# ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AbsenceReason:
    """The words about one attendee of a session."""

    attendance_id: UUID
    person_id: UUID
    text: str


def take_in_reason(message: HandedOver, db: Db) -> None:
    """Keep the words that came sealed; a newer text about the same attendee replaces the older one."""
    if (
        db.scalars(select(AbsenceNote.id).where(AbsenceNote.message_id == message.message_id)).first()
        is not None
    ):
        return
    content = message.content
    attendance_id = UUID(content["attendance_id"])
    note = db.scalars(select(AbsenceNote).where(AbsenceNote.attendance_id == attendance_id)).first()
    if note is None:
        note = AbsenceNote(attendance_id=attendance_id, appointment_id=message.ref)
        db.add(note)
    note.message_id = message.message_id
    note.person_id = UUID(content["person_id"])
    note.happened_on = date.fromisoformat(content["happened_on"])
    note.text = content["text"]


@allowed("diary.read_absence_notes", filters=True)
def absence_notes(db: Db, appointment_id: UUID) -> list[AbsenceReason]:
    """The words about those who did not come to a session; empty without the clinical zone."""
    if not db.holds("clinical"):
        return []
    if only_own(db):
        appointments.get_session(db, appointment_id)
    rows = db.scalars(select(AbsenceNote).where(AbsenceNote.appointment_id == appointment_id))
    return [AbsenceReason(r.attendance_id, r.person_id, r.text) for r in rows]
