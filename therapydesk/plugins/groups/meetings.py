"""Meetings and workshops: what was decided, and actions with who does them until when (LW21)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, NotFound, UserError, allowed, appointments, tidy, tr
from therapydesk.plugins.groups.models import Group, GroupSession
from therapydesk.plugins.groups.placement_models import Agreed
from therapydesk.plugins.groups.slips import check_session, take_back

DECISION, ACTION = "decision", "action"


@dataclass(frozen=True)
class AgreedView:
    """A decision or an action of a meeting on `met_on`; an action is open until `done_on`."""

    id: UUID
    appointment_id: UUID
    group_id: UUID
    group: str
    met_on: date
    kind: str
    text: str
    owner: str
    due_on: date | None
    done_on: date | None


@allowed("groups.register", filters=True)
def agree(
    db: Db, appointment_id: UUID, kind: str, text: str, owner: str = "", due_on: date | None = None
) -> UUID:
    """Write down what a meeting agreed. Raises UserError for an action that is nobody's."""
    if kind not in (DECISION, ACTION):
        raise UserError(tr("There is no “{code}” here.").format(code=kind))
    if not tidy(text):
        raise UserError(tr("Say what was agreed."))
    if kind == ACTION and not tidy(owner):
        raise UserError(tr("Say who does it."))
    if db.get(GroupSession, appointment_id) is None:
        raise NotFound(tr("This session belongs to no group."))
    check_session(db, appointment_id)
    row = Agreed(
        appointment_id=appointment_id,
        kind=kind,
        text=tidy(text)[:400],
        owner=tidy(owner)[:100] if kind == ACTION else "",
        due_on=due_on if kind == ACTION else None,
    )
    db.add(row)
    db.flush()
    return row.id


@allowed("groups.register", filters=True)
def action_done(db: Db, agreed_id: UUID, done_on: date | None) -> None:
    """An action is done; None opens it again."""
    row = db.get(Agreed, agreed_id)
    if row is None or row.kind != ACTION:
        raise NotFound(tr("That action is not here any more."))
    check_session(db, row.appointment_id)
    row.done_on = done_on


@allowed("groups.register", filters=True)
def drop_agreed(db: Db, agreed_id: UUID) -> None:
    """Take back what was written down by a slip."""
    take_back(db, Agreed, agreed_id)


@allowed("groups.read")
def list_agreed(db: Db, appointment_id: UUID) -> list[AgreedView]:
    """What a meeting agreed, and the actions of the group's meetings before it that were still open then, oldest first."""
    link = db.get(GroupSession, appointment_id)
    if link is None:
        return []
    at = appointments.get_session(db, appointment_id).starts_at
    rows = _read(db, link.group_id)
    return [
        each
        for each in rows
        if each.appointment_id == appointment_id
        or (
            each.kind == ACTION
            and each.met_on < at.date()
            and (each.done_on is None or each.done_on >= at.date())
        )
    ]


@allowed("groups.read")
def open_actions(db: Db, group_id: UUID | None = None, until: date | None = None) -> list[AgreedView]:
    """Actions that are not done; with `until` those that are due by then."""
    rows = [each for each in _read(db, group_id) if each.kind == ACTION and each.done_on is None]
    if until is not None:
        rows = [each for each in rows if each.due_on is not None and each.due_on <= until]
    return sorted(rows, key=lambda each: (each.due_on or date.max, each.met_on))


def _read(db: Db, group_id: UUID | None) -> list[AgreedView]:
    booked = appointments.Appointment
    query = (
        select(Agreed, Group, booked.starts_at)
        .join(booked, booked.id == Agreed.appointment_id)
        .join(GroupSession, GroupSession.appointment_id == booked.id)
        .join(Group, Group.id == GroupSession.group_id)
        .order_by(booked.starts_at, Agreed.created_at)
    )
    if group_id is not None:
        query = query.where(Group.id == group_id)
    return [
        AgreedView(
            *(a.id, a.appointment_id, group.id, group.name, at.date(), a.kind, a.text),
            *(a.owner, a.due_on, a.done_on),
        )
        for a, group, at in db.execute(query)
    ]
