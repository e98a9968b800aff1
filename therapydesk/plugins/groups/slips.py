"""Taking a row back that was written down by a slip, and whose sessions somebody may write about.

Parts, not service functions: they ask no permission of their own.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Base, Db, PermissionDenied, appointments, only_own, tr
from therapydesk.plugins.groups.models import Group


def take_back(db: Db, table: type[Base], row_id: UUID) -> None:
    """Remove one row. One that is gone already is no fault: undo may be asked for twice.

    Raises PermissionDenied when it belongs to a session in somebody else's diary, and the user has only their own.
    """
    row: Any = db.get(table, row_id)
    if row is not None:
        if hasattr(row, "appointment_id"):
            check_session(db, row.appointment_id)
        db.delete(row)


def check_session(db: Db, appointment_id: UUID) -> None:
    """Refuse a session in somebody else's diary to whoever has only their own. One that is not there is not told apart."""
    if only_own(db):
        query = select(appointments.Appointment.therapist_id).where(
            appointments.Appointment.id == appointment_id
        )
        if db.scalar(query) != db.user.id:
            raise PermissionDenied(
                tr("This session is in somebody else’s diary."), tr("Ask the owner or an admin.")
            )


def check_visit(db: Db, attendance_id: UUID) -> None:
    """The same for one attendance of a session."""
    attended = appointments.Attendance
    if only_own(db):
        session = db.scalar(select(attended.appointment_id).where(attended.id == attendance_id))
        if session is not None:
            check_session(db, session)


def check_group(db: Db, group: Group) -> None:
    """Refuse a group that somebody else leads to whoever has only their own."""
    if only_own(db) and group.therapist_id not in (None, db.user.id):
        raise PermissionDenied(tr("That is somebody else’s group."), tr("Ask them, the owner or an admin."))
