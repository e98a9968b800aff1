"""The register of a session: who is expected, who came, who came unexpected or without a name; saved at each key."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import delete, select

from therapydesk.api import (
    AccessNeed,
    Db,
    NotFound,
    allowed,
    appointments,
    audit,
    in_words,
    now,
    tr,
)
from therapydesk.plugins.groups import pair_words, register_weeks
from therapydesk.plugins.groups.models import (
    Group,
    GroupSession,
    Member,
    PlannedAbsence,
    Visit,
    VisitActivity,
)
from therapydesk.plugins.groups.roster import MemberView, expected_people, in_order, list_members
from therapydesk.plugins.groups.rules import CAME, Count, Head, count
from therapydesk.plugins.groups.slips import check_session, check_visit


@dataclass(frozen=True)
class Row:
    """One line of a register. `person_id` is None for heads without a name; `with_row` is the attendance of the member whom
    this one comes with, `relation` what they are to them ("her partner"; "" where it is not known, or not for this user).
    `before` are the marks of the last six sessions, oldest first ("" where they were not expected).
    """

    attendance_id: UUID
    person_id: UUID | None
    name: str
    role: str
    state: str
    headcount: int
    member_id: UUID | None
    with_row: UUID | None
    relation: str
    walk_in: bool
    away_until: datetime | None
    activities: tuple[str, ...]
    before: tuple[str, ...]

    @property
    def came(self) -> bool:
        """Whether they were there for all or part of it."""
        return self.state in CAME

    @property
    def marked(self) -> bool:
        """Whether something was said of them."""
        return self.state != "expected"


@dataclass(frozen=True)
class Register:
    """The register of one session. `count` is what is in the room now; `members` are the roster, who left too."""

    appointment_id: UUID
    group_id: UUID
    name: str
    shape: str
    starts_at: datetime
    ends_at: datetime
    where: str
    finished: bool
    rows: tuple[Row, ...]
    count: Count
    row_version: int
    members: tuple[MemberView, ...] = ()

    @property
    def left(self) -> int:
        """How many are not marked yet."""
        return sum(not row.marked for row in self.rows if row.person_id is not None)


@allowed("groups.register", filters=True)
def open_register(db: Db, appointment_id: UUID) -> Register:
    """The register of a session as it stands; reads only, and asks the same few questions however many are on it."""
    link = db.get(GroupSession, appointment_id)
    if link is None:
        raise NotFound(tr("This session belongs to no group."), tr("Say in Groups which one it belongs to."))
    session = appointments.get_session(db, appointment_id)
    group = db.get(Group, link.group_id)
    if group is None:
        raise NotFound(tr("That group is not here any more."))
    roster = list_members(db, link.group_id, left=True)
    members = {m.person_id: m for m in roster}
    ids = [a.attendance_id for a in session.attendees]
    walk_ins = set(db.scalars(select(Visit.attendance_id).where(Visit.attendance_id.in_(ids), Visit.walk_in)))
    before = register_weeks.marks_before(db, link.group_id, session)
    relations = pair_words.relations_of(db, pair_words.pairs_of(roster))
    rows = tuple(_rows(session, members, walk_ins, _activities(db, ids), before, relations))
    away = _away(db, link.group_id, session.starts_at)
    return Register(
        appointment_id,
        group.id,
        session.heading or group.name,
        group.shape,
        session.starts_at,
        session.ends_at,
        session.where,
        session.state == "completed",
        rows,
        count(heads_of(rows, appointment_id, away)),
        session.row_version,
        tuple(roster),
    )


def heads_of(rows: Sequence[Row], appointment_id: UUID, away: Container[UUID | None] = ()) -> Iterator[Head]:
    """What rules.count makes of the rows of one register; `away` are those who had said that they would be."""
    with_someone = {row.with_row for row in rows if row.with_row is not None}
    for row in rows:
        pair = row.with_row or (row.attendance_id if row.attendance_id in with_someone else None)
        half, said = frozenset([pair] if pair is not None else []), row.person_id in away
        yield Head(appointment_id, row.person_id, row.role, row.state, row.headcount, half, said)


def _rows(
    session: appointments.AppointmentView,
    members: dict[UUID, MemberView],
    walk_ins: set[UUID],
    activities: dict[UUID, tuple[str, ...]],
    before: dict[UUID, tuple[str, ...]],
    relations: dict[UUID, str],
) -> Iterable[Row]:
    """Pairs, people on their own, those who are not on the roster, heads without a name."""
    by_person = {a.person_id: a for a in session.attendees if a.person_id is not None}
    known = in_order([m for person, m in members.items() if person in by_person])
    by_member = {m.id: by_person[m.person_id].attendance_id for m in known}
    seen: list[tuple[appointments.AttendeeView, MemberView | None]] = [
        (by_person[m.person_id], m) for m in known
    ]
    seen += [(a, None) for a in session.attendees if a.person_id is None or a.person_id not in members]
    for attendee, member in seen:
        pair = by_member.get(member.pair_id) if member is not None and member.pair_id is not None else None
        yield Row(
            attendee.attendance_id,
            attendee.person_id,
            member.name if member is not None else attendee.name,
            attendee.role,
            attendee.state,
            attendee.headcount,
            member.id if member is not None else None,
            pair,
            relations.get(member.person_id, "") if member is not None and pair is not None else "",
            attendee.attendance_id in walk_ins,
            datetime.combine(member.away_until, time()) if member is not None and member.away_until else None,
            activities.get(attendee.attendance_id, ()),
            before.get(attendee.person_id, ()) if attendee.person_id is not None else (),
        )


def _activities(db: Db, ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    found: dict[UUID, tuple[str, ...]] = {}
    query = select(VisitActivity.attendance_id, VisitActivity.activity).where(
        VisitActivity.attendance_id.in_(ids)
    )
    for attendance_id, activity in db.execute(query.order_by(VisitActivity.id)):
        found[attendance_id] = (*found.get(attendance_id, ()), activity)
    return found


@allowed("groups.register", filters=True)
def needs_of(db: Db, person_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What helps each of these people take part, in words. One query for all."""
    found: dict[UUID, list[str]] = {}
    query = select(AccessNeed.person_id, AccessNeed.code).where(AccessNeed.person_id.in_(person_ids))
    for person_id, code in db.execute(query.order_by(AccessNeed.person_id, AccessNeed.code)):
        found.setdefault(person_id, []).append(in_words("access_needs", code))
    return {person_id: ", ".join(words) for person_id, words in found.items()}


# --- what is done in it ---


@allowed("groups.register", filters=True)
def start_register(db: Db, appointment_id: UUID) -> None:
    """Open the register of a booked session: whoever joined the group since it was booked is expected too, who has left is
    not, and who is away by plan has sent apologies already. Doing it again only adds whom the roster has got meanwhile.
    """
    link = _link(db, appointment_id)
    check_session(db, appointment_id)
    session = appointments.get_session(db, appointment_id)
    if session.state != "booked":
        return
    people, carers = expected_people(link.group_id, session.starts_at.date(), db, link.opened_at)
    there = {a.person_id: a for a in session.attendees if a.person_id is not None}
    new = [(p, r) for r, ids in (("person", people), ("carer", carers)) for p in ids if p not in there]
    for person_id, role in new:
        appointments.add_attendee(db, appointment_id, person_id, role=role)
    if link.opened_at is not None:
        link.opened_at = now() if new else link.opened_at
        return
    expected = {*people, *carers}
    on_roster = set(db.scalars(select(Member.person_id).where(Member.group_id == link.group_id)))
    for person_id, attendee in there.items():
        if person_id in on_roster and person_id not in expected and attendee.state == "expected":
            appointments.remove_attendee(db, appointment_id, person_id)
    away = _away(db, link.group_id, session.starts_at)
    for attendee in appointments.get_session(db, appointment_id).attendees if away else ():
        if attendee.person_id in away and attendee.state == "expected":
            appointments.mark_attendance(db, appointment_id, attendee.attendance_id, "sent_apologies")
    link.opened_at = now()


def _away(db: Db, group_id: UUID, at: datetime) -> set[UUID]:
    query = (
        select(PlannedAbsence.person_id)
        .join(Member, Member.id == PlannedAbsence.member_id)
        .where(
            Member.group_id == group_id,
            PlannedAbsence.from_on <= at.date(),
            PlannedAbsence.until_on >= at.date(),
        )
    )
    return set(db.scalars(query))


@allowed("groups.register", filters=True)
def mark(db: Db, appointment_id: UUID, attendance_id: UUID, state: str) -> str:
    """Mark one row: came, came_late, left_early, sent_apologies, no_word or expected. Returns the mark before."""
    return appointments.mark_attendance(db, appointment_id, attendance_id, state)


@allowed("groups.register", filters=True)
def add_walk_in(db: Db, appointment_id: UUID, person_id: UUID, role: str = "person") -> UUID:
    """Somebody known came who was not expected. Returns the attendance; `take_out` undoes it."""
    made = appointments.add_arrival(db, appointment_id, person_id=person_id, role=role)
    db.add(Visit(attendance_id=made, walk_in=True))
    db.flush()
    return made


@allowed("groups.register", filters=True)
def check_in(db: Db, appointment_id: UUID, headcount: int = 1) -> UUID:
    """Heads without a name. Each can be claimed later by somebody who joins."""
    made = appointments.add_arrival(db, appointment_id, headcount=headcount)
    db.add(Visit(attendance_id=made, walk_in=True))
    db.flush()
    return made


@allowed("groups.register", filters=True)
def take_out(db: Db, appointment_id: UUID, attendance_id: UUID) -> None:
    """Take back a walk-in or a check-in that was a slip."""
    gone = select(VisitActivity.id).where(VisitActivity.attendance_id == attendance_id)
    ids = list(db.scalars(gone))
    if ids:
        db.execute(delete(VisitActivity.__table__).where(VisitActivity.__table__.c.id.in_(ids)))  # type: ignore[arg-type]  # a table
        audit.bulk(db, VisitActivity, "delete", ids)
    visit = db.get(Visit, attendance_id)
    if visit is not None:
        db.delete(visit)
        db.flush()
    appointments.remove_arrival(db, appointment_id, attendance_id)


@allowed("groups.register", filters=True)
def claim(db: Db, appointment_id: UUID, attendance_id: UUID, person_id: UUID) -> UUID:
    """One head without a name was this person (opening 9). How many were there stays the same. Returns the attendance."""
    named = appointments.name_arrival(db, appointment_id, attendance_id, person_id)
    visit = db.get(Visit, named)
    if visit is None:
        visit = Visit(attendance_id=named, walk_in=True)
        db.add(visit)
    visit.claimed_at, visit.claimed_by = now(), db.info["user"].id
    if named != attendance_id:
        for activity in _activities(db, [attendance_id]).get(attendance_id, ()):
            db.add(VisitActivity(attendance_id=named, activity=activity))
    db.flush()
    return named


@allowed("groups.register", filters=True)
def set_activities(db: Db, attendance_id: UUID, activities: Sequence[str]) -> None:
    """What somebody came for at a hub: several against one visit."""
    check_visit(db, attendance_id)
    query = select(VisitActivity).where(VisitActivity.attendance_id == attendance_id)
    there = {row.activity: row for row in db.scalars(query)}
    part = next((row.part for row in there.values() if row.part), "")
    for code, row in there.items():
        if code not in activities:
            db.delete(row)
    for code in dict.fromkeys(activities):
        if code not in there:
            db.add(VisitActivity(attendance_id=attendance_id, activity=code, part=part))
    db.flush()


@allowed("groups.register", filters=True)
def finish(db: Db, appointment_id: UUID, row_version: int | None = None) -> None:
    """Close the register: the session is completed with its marks. Raises UserError while some are missing."""
    link = _link(db, appointment_id)
    appointments.finish_marking(db, appointment_id, row_version)
    link.finished_at = now()


@allowed("groups.register", filters=True)
def reopen(db: Db, appointment_id: UUID) -> None:
    """Open a finished register again; its marks stay. Refused when something was built on it, such as an invoice."""
    link = _link(db, appointment_id)
    appointments.reopen_marking(db, appointment_id)
    link.finished_at = None


def _link(db: Db, appointment_id: UUID) -> GroupSession:
    link = db.get(GroupSession, appointment_id)
    if link is None:
        raise NotFound(tr("This session belongs to no group."))
    return link
