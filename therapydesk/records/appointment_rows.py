"""Rows of sessions for those who change them.

Parts, not service functions: they take `db` last and ask no permission.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from therapydesk.core import dates
from therapydesk.core.errors import NotFound, PermissionDenied, StaleRecord
from therapydesk.core.permissions import only_own
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.appointment_tables import Appointment
from therapydesk.records.appointment_words import state_word
from therapydesk.records.episodes import Episode


def load_sessions(appointment_ids: Sequence[UUID], db: Db) -> list[Appointment]:
    """The rows, in order of time. Raises NotFound, and PermissionDenied for somebody else's diary."""
    query = select(Appointment).where(Appointment.id.in_(appointment_ids)).order_by(Appointment.starts_at)
    rows = list(db.scalars(query))
    if len(rows) < len(set(appointment_ids)):
        raise NotFound(tr("That session is not in the diary any more."))
    if only_own(db) and any(row.therapist_id != db.info["user"].id for row in rows):
        raise PermissionDenied(
            tr("This session is in somebody else’s diary."), tr("Ask the owner or an admin.")
        )
    return rows


def load_session(appointment_id: UUID, row_version: int | None, db: Db) -> Appointment:
    """One row. Raises StaleRecord, saying what it is now, when it is not the version that was seen."""
    row = load_sessions([appointment_id], db)[0]
    check_version(row, row_version)
    return row


def check_version(row: Appointment, row_version: int | None) -> None:
    """Raise StaleRecord when the row is not the version that was seen."""
    if row_version is not None and row.row_version != row_version:
        raise StaleRecord(
            tr("This session was changed meanwhile. It is {state}, on {day} at {time}.").format(
                state=state_word(row.state).lower(),
                day=dates.show_day(row.starts_at.date(), short=True),
                time=dates.show_time(row.starts_at.time()),
            ),
            tr("Look at it again."),
        )


def in_scope(row: Appointment, scope: str, db: Db, since: datetime | None = None) -> list[Appointment]:
    """The row and, for following or all, the other booked sessions of its series, in order of time.

    `since`: what following counts from, if not from where the row is now.
    """
    if scope == "this" or row.series_id is None:
        return [row]
    query = select(Appointment).where(
        Appointment.series_id == row.series_id, Appointment.state == "booked", Appointment.id != row.id
    )
    if scope == "following":
        query = query.where(Appointment.starts_at > (since or row.starts_at))
    return sorted([row, *db.scalars(query)], key=lambda r: r.starts_at)


def nearness(person_ids: Sequence[UUID], db: Db) -> dict[UUID, int]:
    """2 for people on the signed-in user's caseload, 1 for those on somebody's or waiting.

    Others are left out.
    """
    query = select(Episode.person_id, Episode.therapist_id).where(
        Episode.person_id.in_(person_ids), Episode.stage != "closed"
    )
    found: dict[UUID, int] = {}
    for person_id, therapist_id in db.execute(query):
        found[person_id] = max(found.get(person_id, 0), 2 if therapist_id == db.info["user"].id else 1)
    return found
