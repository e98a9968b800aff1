"""The list of concerns, as leads read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import Db, Person, allowed, now
from therapydesk.plugins.safeguarding.models import Action, Concern
from therapydesk.plugins.safeguarding.rules import Urgency, urgency
from therapydesk.plugins.safeguarding.views import UNDECIDED, known_person, staff_names

_SHOWN = (
    Concern.id,
    Concern.number,
    Concern.about_name,
    Concern.raised_at,
    Concern.raiser_name,
    Concern.due_at,
    Concern.state,
    Concern.lead_id,
)


@dataclass(frozen=True)
class ConcernRow:
    """A concern in a list. `name` is how the person is called; `urgency` of the decision, empty once it was taken.

    `state`: new, read, decided, closed. Instants are UTC. `lead` is empty until somebody has read it.
    """

    id: UUID
    number: int
    name: str
    raised_at: datetime
    raiser: str
    due_at: datetime
    urgency: Urgency | None
    state: str
    lead_id: UUID | None
    lead: str
    open_actions: int


@allowed("safeguarding.read")
def list_concerns(
    db: Db, which: str = "open", *, person_id: UUID | None = None, offset: int = 0, limit: int | None = None
) -> list[ConcernRow]:
    """Concerns, those whose decision is due first at the top, closed ones last. `which`: open, closed, mine, all.

    `mine` are the open ones that the signed-in lead holds. Raises ZoneClosed.
    """
    waiting = select(func.count()).where(Action.concern_id == Concern.id, Action.state == "todo")
    called = (Person.full_name, Person.preferred_name, waiting.scalar_subquery().label("actions"))
    query = select(*_SHOWN, *called)  # columns: a list reads a thousand
    query = query.outerjoin(Person, known_person())
    if which in ("open", "mine"):
        query = query.where(Concern.state != "closed")
    if which == "mine":
        query = query.where(Concern.lead_id == db.user.id)
    if which == "closed":
        query = query.where(Concern.state == "closed")
    if person_id is not None:
        query = query.where(Concern.person_id == person_id)
    decided = Concern.state.in_(("decided", "closed"))
    query = query.order_by(Concern.state == "closed", decided, Concern.due_at, Concern.number)
    staff = staff_names(db)
    at = now()
    return [
        ConcernRow(
            row.id,
            row.number,
            row.preferred_name or row.full_name or row.about_name,
            row.raised_at,
            row.raiser_name,
            row.due_at,
            urgency(row.due_at, at) if row.state in UNDECIDED else None,
            row.state,
            row.lead_id,
            staff.get(row.lead_id, "") if row.lead_id else "",
            row.actions,
        )
        for row in db.execute(query.offset(offset).limit(limit))
    ]


@allowed("safeguarding.read")
def count_undecided(db: Db) -> int:
    """How many concerns wait for a decision."""
    return db.scalar(select(func.count()).where(Concern.state.in_(UNDECIDED))) or 0
