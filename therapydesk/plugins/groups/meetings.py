"""Meetings and workshops: what was decided, and actions with who does them until when (LW21)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from therapydesk.api import (
    Db,
    NotFound,
    Person,
    UserError,
    allowed,
    appointments,
    list_users,
    normal_name,
    tidy,
    tr,
)
from therapydesk.plugins.groups.models import Group, GroupSession, Member
from therapydesk.plugins.groups.placement_models import Agreed, Placement
from therapydesk.plugins.groups.slips import check_session, take_back

DECISION, ACTION = "decision", "action"


@dataclass(frozen=True)
class AgreedView:
    """A decision or an action of a meeting on `met_on`; an action is open until `done_on`. `owner` is the name of who does
    it, empty once they were erased; `user_id` or `person_id` says who of those known here that is.
    """

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
    user_id: UUID | None = None
    person_id: UUID | None = None


@dataclass(frozen=True)
class Owner:
    """Somebody whose an action may be: a user, or a person of the group, of the meeting or of the helpers."""

    name: str
    user_id: UUID | None = None
    person_id: UUID | None = None
    also: str = ""


@allowed("groups.register", filters=True)
def list_owners(db: Db, appointment_id: UUID) -> list[Owner]:
    """Whose an action of a meeting may be: users first, then people of the roster, who were there, and helpers, by name.
    Anybody else is an outsider.
    """
    link = db.get(GroupSession, appointment_id)
    if link is None:
        return []
    check_session(db, appointment_id)
    attended = appointments.Attendance
    ways = (
        select(Member.person_id).where(Member.group_id == link.group_id, Member.state != "left"),
        select(attended.person_id).where(attended.appointment_id == appointment_id),
        select(Placement.person_id).where(
            or_(Placement.group_id.is_(None), Placement.group_id == link.group_id)
        ),
    )
    people = db.scalars(
        select(Person).where(or_(*(Person.id.in_(way) for way in ways)), Person.merged_into.is_(None))
    )
    known = sorted(
        (Owner(p.name, person_id=p.id, also=p.full_name) for p in people), key=lambda o: o.name.casefold()
    )
    return [*(Owner(user.name, user_id=user.id) for user in list_users(db)), *known]


def _whose(db: Db, appointment_id: UUID, name: str) -> Owner:
    """Who is called that; an outsider when nobody of those known here is. Raises UserError for several."""
    wanted = normal_name(name)
    called = [
        o for o in list_owners(db, appointment_id) if wanted in (normal_name(o.name), normal_name(o.also))
    ]
    users = [owner for owner in called if owner.user_id is not None]
    if len(users) == 1:  # who works here and sings along, too, is named as who works here
        return users[0]
    if len(called) > 1:
        raise UserError(
            tr("Several people here are called “{name}”.").format(name=tidy(name)), tr("Write the full name.")
        )
    return called[0] if called else Owner(tidy(name)[:100])


@allowed("groups.register", filters=True)
def agree(
    db: Db, appointment_id: UUID, kind: str, text: str, owner: str = "", due_on: date | None = None
) -> UUID:
    """Write down what a meeting agreed. `owner` is the name of who does it: a user, somebody of the group, the meeting or
    the helpers, else an outsider. Raises UserError for an action that is nobody's, or of one of several of that name.
    """
    if kind not in (DECISION, ACTION):
        raise UserError(tr("There is no “{code}” here.").format(code=kind))
    if not tidy(text):
        raise UserError(tr("Say what was agreed."))
    if kind == ACTION and not tidy(owner):
        raise UserError(tr("Say who does it."))
    if db.get(GroupSession, appointment_id) is None:
        raise NotFound(tr("This session belongs to no group."))
    check_session(db, appointment_id)
    whose = _whose(db, appointment_id, owner) if kind == ACTION else Owner("")
    known = whose.user_id or whose.person_id
    row = Agreed(
        appointment_id=appointment_id,
        kind=kind,
        text=tidy(text)[:400],
        owner="" if known else whose.name,
        user_id=whose.user_id,
        person_id=whose.person_id,
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
        select(Agreed, Group, booked.starts_at, Person)
        .join(booked, booked.id == Agreed.appointment_id)
        .join(GroupSession, GroupSession.appointment_id == booked.id)
        .join(Group, Group.id == GroupSession.group_id)
        .outerjoin(Person, Person.id == Agreed.person_id)
        .order_by(booked.starts_at, Agreed.created_at)
    )
    if group_id is not None:
        query = query.where(Group.id == group_id)
    users = {user.id: user.name for user in list_users(db, left=True)}
    return [
        AgreedView(
            *(a.id, a.appointment_id, group.id, group.name, at.date(), a.kind, a.text),
            (person.name if person is not None else a.owner)
            or (users.get(a.user_id, "") if a.user_id else ""),
            *(a.due_on, a.done_on, a.user_id, a.person_id),
        )
        for a, group, at, person in db.execute(query)
    ]
