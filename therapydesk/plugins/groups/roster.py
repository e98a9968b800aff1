"""Who is on the roster of a group: members, those who come with them, helpers; waiting, tasters, planned absence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import Db, NotFound, Person, Relation, UserError, allowed, tidy, today, tr
from therapydesk.plugins.groups.models import Group, Member, PlannedAbsence, Ring, Training
from therapydesk.plugins.groups.names import told_apart
from therapydesk.plugins.groups.rules import MEMBER_ROLES, ROLES, STATES, TRAVEL, VOICES, balance
from therapydesk.plugins.groups.slips import take_back

MOST_SEATS = 60  # a coach
GOES = ("member", "taster")  # states in which somebody is expected


@dataclass(frozen=True)
class MemberDetails:
    """What is written down of somebody on a roster. A register expects them from the day that they joined on."""

    role: str = "member"
    state: str = "member"
    with_member: UUID | None = None
    voice: str = ""
    travel: str = ""
    lift_with: UUID | None = None
    seats: int = 0
    skill: str = ""
    emergency_id: UUID | None = None
    joined_on: date | None = None


@dataclass(frozen=True)
class MemberView:
    """Somebody on a roster. `pair_id` is the member whom a supporter comes with; `away_until` a planned absence today."""

    id: UUID
    person_id: UUID
    name: str
    role: str
    state: str
    pair_id: UUID | None
    voice: str
    travel: str
    lift_with: UUID | None
    seats: int
    skill: str
    emergency_id: UUID | None
    joined_on: date | None
    left_on: date | None
    waiting_since: date | None
    tasters_left: int
    away_until: date | None
    row_version: int


def details_of(member: MemberView) -> MemberDetails:
    """What is written of somebody on a roster, as it would be written again."""
    return MemberDetails(
        role=member.role,
        state=member.state,
        with_member=member.pair_id,
        voice=member.voice,
        travel=member.travel,
        lift_with=member.lift_with,
        seats=member.seats,
        skill=member.skill,
        emergency_id=member.emergency_id,
        joined_on=member.joined_on,
    )


@allowed("groups.read")
def list_members(db: Db, group_id: UUID, *, left: bool = False) -> list[MemberView]:
    """The roster: pairs first, a supporter behind the member they come with, then people on their own, then the team."""
    query = select(Member, Person).join(Person, Person.id == Member.person_id)
    query = query.where(Member.group_id == group_id)
    rows = list(db.execute(query if left else query.where(Member.state != "left")).all())
    away = _away(db, [m.id for m, _ in rows], today())
    names = told_apart(person for _, person in rows)
    views = [_view(m, names[person.id], away.get(m.id)) for m, person in rows]
    return in_order(views)


def in_order(views: Sequence[MemberView]) -> list[MemberView]:
    """Pairs, people on their own, the team; each by name."""
    with_someone = {v.pair_id for v in views if v.pair_id is not None}
    supporters: dict[UUID, list[MemberView]] = {}
    for view in views:
        if view.pair_id is not None:
            supporters.setdefault(view.pair_id, []).append(view)
    ordered: list[MemberView] = []
    heads = [v for v in views if v.pair_id is None]
    key = lambda v: (v.id not in with_someone, v.role not in MEMBER_ROLES, v.name.casefold())  # noqa: E731
    for head in sorted(heads, key=key):
        ordered += [head, *sorted(supporters.pop(head.id, []), key=lambda v: v.name.casefold())]
    return ordered + [v for rest in supporters.values() for v in rest]


def _view(m: Member, name: str, away_until: date | None) -> MemberView:
    kept = {n: getattr(m, n) for n in MemberView.__dataclass_fields__ if n not in ("name", "away_until")}
    return MemberView(name=name, away_until=away_until, **kept)


def _away(db: Db, member_ids: Sequence[UUID], day: date) -> dict[UUID, date]:
    query = select(PlannedAbsence.member_id, func.max(PlannedAbsence.until_on)).where(
        PlannedAbsence.member_id.in_(member_ids),
        PlannedAbsence.from_on <= day,
        PlannedAbsence.until_on >= day,
    )
    return dict(db.execute(query.group_by(PlannedAbsence.member_id)).all())


@allowed("groups.edit_roster")
def add_member(db: Db, group_id: UUID, person_id: UUID, details: MemberDetails | None = None) -> UUID:
    """Put somebody on the roster. Raises UserError when they are on it, the group is full, or a navigator has no training.

    A full group is no reason to turn somebody away: the sentence offers the waiting list (`state="waiting"`).
    """
    details = details or MemberDetails()
    group = db.get(Group, group_id)
    if group is None or group.ended_on is not None:
        raise NotFound(tr("That group is not here any more."))
    if group.independent:
        raise UserError(tr("This group is run by others. Its members are not kept here."))
    there = select(Member).where(
        Member.group_id == group_id, Member.person_id == person_id, Member.state != "left"
    )
    if db.scalars(there).first() is not None:
        raise UserError(tr("They are on the roster already."))
    _check(details)
    if details.role in MEMBER_ROLES and details.state in GOES and _is_full(db, group):
        raise UserError(tr("The group is full."), tr("Put them on the waiting list."))
    _check_trained(details.role, person_id, db)
    row = Member(group_id=group_id, person_id=person_id)
    _put(row, details, group)
    db.add(row)
    db.flush()
    return row.id


def _check(details: MemberDetails) -> None:
    known = ((details.role, ROLES), (details.state, STATES))
    may_be_empty = ((details.voice, VOICES), (details.travel, TRAVEL))
    for value, codes in (*known, *((v, c) for v, c in may_be_empty if v)):
        if value not in codes:
            raise UserError(tr("There is no “{code}” here.").format(code=value))
    if not 0 <= details.seats <= MOST_SEATS:
        raise UserError(tr("Write a number of seats from 0 to {n}.").format(n=MOST_SEATS))


def _check_trained(role: str, person_id: UUID, db: Db) -> None:
    if role == "peer_navigator" and not has_training(person_id, today(), db):
        raise UserError(
            tr("A peer navigator needs a finished training that has not run out."),
            tr("Add the training first."),
        )


def _is_full(db: Db, group: Group) -> bool:
    if group.capacity is None:
        return False
    query = select(func.count()).where(
        Member.group_id == group.id, Member.role.in_(MEMBER_ROLES), Member.state.in_(GOES)
    )
    return (db.scalar(query) or 0) >= group.capacity


def _put(row: Member, details: MemberDetails, group: Group) -> None:
    row.role, row.state, row.pair_id = details.role, details.state, details.with_member
    row.voice, row.travel, row.seats = details.voice, details.travel, details.seats
    row.lift_with = details.lift_with if details.travel == "lift_needed" else None
    row.skill, row.emergency_id = details.skill, details.emergency_id
    if row.state == "waiting":
        row.waiting_since = row.waiting_since or today()
    else:
        row.joined_on = details.joined_on or row.joined_on or today()
    if row.state == "taster":
        row.tasters_left = row.tasters_left or max(1, group.taster_places)


@allowed("groups.edit_roster")
def change_member(db: Db, member_id: UUID, details: MemberDetails) -> None:
    """Change what is written of somebody on the roster; from the waiting list to a place, too."""
    row = _find(db, member_id)
    _check(details)
    if details.role != row.role:
        _check_trained(details.role, row.person_id, db)
    group = db.get(Group, row.group_id)
    if group is None:
        raise NotFound(tr("That group is not here any more."))
    gets_place = details.state in GOES and row.state not in GOES and details.role in MEMBER_ROLES
    if gets_place and _is_full(db, group):
        raise UserError(tr("The group is full."), tr("Somebody has to leave first, or make it larger."))
    _put(row, details, group)
    row.left_on = None
    db.flush()


@allowed("groups.edit_roster")
def set_emergency(db: Db, member_id: UUID, relation_id: UUID | None) -> UUID | None:
    """Whom to ring for somebody on the roster: one of the relations around them; None goes by the person's record. Returns
    what stood before. Each of a pair has their own.
    """
    row = _find(db, member_id)
    if relation_id is not None:
        relation = db.get(Relation, relation_id)
        if relation is None or relation.person_id != row.person_id:
            raise NotFound(tr("They are not among the people around them any more."))
    before, row.emergency_id = row.emergency_id, relation_id
    db.flush()
    return before


@allowed("groups.edit_roster")
def leave_group(db: Db, member_id: UUID, left_on: date) -> None:
    """Somebody left. Whoever came with them stays on the roster until they say so; what was counted stays."""
    row = _find(db, member_id)
    row.state, row.left_on = "left", left_on


@allowed("groups.edit_roster")
def rejoin_group(db: Db, member_id: UUID) -> None:
    """Take back that somebody left."""
    row = _find(db, member_id)
    row.state, row.left_on = "member", None


def _find(db: Db, member_id: UUID) -> Member:
    row = db.get(Member, member_id)
    if row is None:
        raise NotFound(tr("They are not on the roster any more."))
    return row


def expected_people(
    group_id: UUID, day: date, db: Db, changed_since: datetime | None = None
) -> tuple[list[UUID], list[UUID]]:
    """Who is expected on a day: people, and those who come along. Whoever is away by plan is left in: they are marked so.

    With `changed_since` (UTC) only those of whom something was changed on the roster after it.
    """
    query = select(Member.person_id, Member.role).where(
        Member.group_id == group_id,
        Member.state.in_(GOES),
        (Member.joined_on.is_(None)) | (Member.joined_on <= day),
    )
    if changed_since is not None:
        query = query.where(Member.changed_at > changed_since)
    rows = list(db.execute(query).all())
    people = [person for person, role in rows if role in MEMBER_ROLES]
    return people, [person for person, role in rows if role == "supporter"]


@allowed("groups.edit_roster")
def plan_absence(db: Db, member_id: UUID, from_on: date, until_on: date) -> UUID:
    """Somebody said that they will be away; days are inclusive. Raises UserError when it ends before it starts."""
    if until_on < from_on:
        raise UserError(tr("An absence ends after it starts."))
    member = _find(db, member_id)
    row = PlannedAbsence(member_id=member_id, person_id=member.person_id, from_on=from_on, until_on=until_on)
    db.add(row)
    db.flush()
    return row.id


@allowed("groups.edit_roster")
def drop_absence(db: Db, absence_id: UUID) -> None:
    """They will be there after all."""
    take_back(db, PlannedAbsence, absence_id)


@allowed("groups.edit_roster")
def record_ring(db: Db, member_id: UUID, outcome: str, rung_on: date | None = None) -> UUID:
    """Somebody who was missed was rung: reached, left_word or no_answer."""
    if outcome not in ("reached", "left_word", "no_answer"):
        raise UserError(tr("There is no “{code}” here.").format(code=outcome))
    member = _find(db, member_id)
    row = Ring(member_id=member_id, person_id=member.person_id, rung_on=rung_on or today(), outcome=outcome)
    db.add(row)
    db.flush()
    return row.id


@allowed("groups.read")
def voice_balance(db: Db, group_id: UUID) -> list[tuple[str, int]]:
    """The parts of a choir with how many sing each."""
    query = select(Member.voice, func.count()).where(
        Member.group_id == group_id, Member.state.in_(GOES), Member.voice != ""
    )
    return balance(dict(db.execute(query.group_by(Member.voice)).all()))


# --- training of helpers (OT06, OT07) ---


def has_training(person_id: UUID, day: date, db: Db) -> bool:
    """Whether somebody finished a course that has not run out by that day."""
    query = select(Training.id).where(
        Training.person_id == person_id,
        Training.done_on <= day,
        (Training.expires_on.is_(None)) | (Training.expires_on >= day),
    )
    return db.scalars(query.limit(1)).first() is not None


@allowed("groups.edit_roster")
def add_training(db: Db, person_id: UUID, course: str, done_on: date, expires_on: date | None = None) -> UUID:
    """A helper finished a course. Raises UserError for one without a name, or that runs out before it was finished."""
    if not tidy(course):
        raise UserError(tr("Say which course it was."))
    if expires_on is not None and expires_on < done_on:
        raise UserError(tr("A training runs out after it was finished."))
    row = Training(person_id=person_id, course=tidy(course), done_on=done_on, expires_on=expires_on)
    db.add(row)
    db.flush()
    return row.id


@allowed("groups.read")
def trained(db: Db, since: date, until: date) -> list[tuple[str, int]]:
    """How many people finished each course in a period (OT07), by course. Days are inclusive."""
    query = select(Training.course, func.count(func.distinct(Training.person_id))).where(
        Training.done_on >= since, Training.done_on <= until
    )
    return list(db.execute(query.group_by(Training.course).order_by(Training.course)).all())
