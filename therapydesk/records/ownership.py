"""When a person is the signed-in user's own (security §4): what the scope `own` of permissions.csv means."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select

from therapydesk.core.permissions import set_ownership_rule
from therapydesk.core.vault.session import Db
from therapydesk.records.appointment_tables import Appointment, Attendance
from therapydesk.records.episodes import Episode


def owns(db: Db, person_id: UUID) -> bool:
    """Whether the user has an open episode of the person, or a session with them in the diary."""
    episode = select(Episode.id).where(
        Episode.person_id == person_id, Episode.therapist_id == db.user.id, Episode.stage != "closed"
    )
    session = (
        select(Attendance.id)
        .join(Appointment, Appointment.id == Attendance.appointment_id)
        .where(Attendance.person_id == person_id, Appointment.therapist_id == db.user.id)
    )
    return bool(db.scalar(select(or_(episode.exists(), session.exists()))))


set_ownership_rule(owns)
