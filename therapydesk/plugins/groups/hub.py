"""A hub day: who is on, what people came for, who waits, and short conversations that begin with strengths."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import Db, NotFound, Person, UserError, allowed, now, tidy, tr
from therapydesk.plugins.groups.models import Conversation, Shift, VisitActivity, Waiting
from therapydesk.plugins.groups.slips import check_session, take_back


@dataclass(frozen=True)
class ShiftView:
    """Somebody of the team on a day."""

    id: UUID
    person_id: UUID
    name: str
    role: str


@dataclass(frozen=True)
class WaitingView:
    """Somebody who waits for a service."""

    id: UUID
    person_id: UUID | None
    name: str
    activity: str
    since: datetime


@allowed("groups.register", filters=True)
def put_on_shift(db: Db, appointment_id: UUID, person_id: UUID, role: str, minutes: int = 0) -> UUID:
    """Somebody of the team is on, as what (OT05). Doing it again changes the role."""
    if not tidy(role):
        raise UserError(tr("Say as what they are on."))
    check_session(db, appointment_id)
    query = select(Shift).where(Shift.appointment_id == appointment_id, Shift.person_id == person_id)
    row = db.scalars(query).first()
    if row is None:
        row = Shift(appointment_id=appointment_id, person_id=person_id)
        db.add(row)
    row.role, row.minutes = tidy(role), minutes
    db.flush()
    return row.id


@allowed("groups.register", filters=True)
def take_off_shift(db: Db, shift_id: UUID) -> None:
    """They were not on after all."""
    take_back(db, Shift, shift_id)


@allowed("groups.read")
def list_shift(db: Db, appointment_id: UUID) -> list[ShiftView]:
    """Who was on, by name."""
    query = select(Shift, Person).join(Person, Person.id == Shift.person_id)
    rows = db.execute(query.where(Shift.appointment_id == appointment_id))
    return sorted((ShiftView(s.id, p.id, p.name, s.role) for s, p in rows), key=lambda v: v.name.casefold())


@allowed("groups.register", filters=True)
def wait_for(
    db: Db, appointment_id: UUID, activity: str, *, person_id: UUID | None = None, name: str = ""
) -> UUID:
    """Somebody waits for a service; a name that only they would know is enough."""
    check_session(db, appointment_id)
    if person_id is None and not tidy(name):
        raise UserError(tr("Say who waits, or what to call them by."))
    row = Waiting(appointment_id=appointment_id, person_id=person_id, name=tidy(name), activity=activity)
    db.add(row)
    db.flush()
    return row.id


@allowed("groups.register", filters=True)
def seen(db: Db, waiting_id: UUID) -> None:
    """They do not wait any more."""
    row = db.get(Waiting, waiting_id)
    if row is None:
        raise NotFound(tr("They do not wait any more."))
    check_session(db, row.appointment_id)
    row.seen_at = now()


@allowed("groups.read")
def list_waiting(db: Db, appointment_id: UUID) -> list[WaitingView]:
    """Who waits, longest first."""
    query = select(Waiting, Person).outerjoin(Person, Person.id == Waiting.person_id)
    query = query.where(Waiting.appointment_id == appointment_id, Waiting.seen_at.is_(None))
    return [
        WaitingView(w.id, w.person_id, p.name if p is not None else w.name, w.activity, w.created_at)
        for w, p in db.execute(query.order_by(Waiting.created_at))
    ]


@allowed("groups.read")
def activities_of(db: Db, attendance_ids: list[UUID]) -> list[tuple[str, int]]:
    """How many of these visits were for each activity, most first."""
    query = select(VisitActivity.activity, func.count()).where(
        VisitActivity.attendance_id.in_(attendance_ids)
    )
    rows = db.execute(
        query.group_by(VisitActivity.activity).order_by(func.count().desc(), VisitActivity.activity)
    )
    return [(activity, n) for activity, n in rows]


@allowed("groups.converse")
def record_conversation(
    db: Db,
    appointment_id: UUID,
    strengths: str,
    wants: str,
    hard: str = "",
    *,
    person_id: UUID | None = None,
    worker_id: UUID | None = None,
) -> UUID:
    """A short conversation (OT08): what they are good at and what they want come first; what is hard may stay empty."""
    if not strengths.strip() or not wants.strip():
        raise UserError(
            tr("Begin with what they are good at, and what they want."), tr("What is hard may stay empty.")
        )
    row = Conversation(
        appointment_id=appointment_id,
        person_id=person_id,
        worker_id=worker_id,
        strengths=strengths.strip(),
        wants=wants.strip(),
        hard=hard.strip(),
    )
    db.add(row)
    db.flush()
    return row.id


@allowed("groups.read_notes")
def list_conversations(db: Db, appointment_id: UUID) -> list[Conversation]:
    """The conversations of a day, in order."""
    query = select(Conversation).where(Conversation.appointment_id == appointment_id)
    return list(db.scalars(query.order_by(Conversation.created_at)))
