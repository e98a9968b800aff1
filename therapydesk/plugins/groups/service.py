"""Groups: what they are called, where and when they meet, what they are for. Who is on the roster: roster.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import (
    Db,
    Money,
    NotFound,
    Organisation,
    StaleRecord,
    UserError,
    allowed,
    appointments,
    may,
    normal_name,
    tidy,
    today,
    tr,
)
from therapydesk.plugins.groups.kinds import Kind, kind
from therapydesk.plugins.groups.models import Aim, Group, GroupProfile, GroupSession, Member, Term
from therapydesk.plugins.groups.roster import expected_people
from therapydesk.plugins.groups.rules import SHAPES
from therapydesk.plugins.groups.slips import check_group

SEE_HIDDEN = "groups.see_hidden"
LONGEST = 100


@dataclass(frozen=True)
class GroupDetails:
    """What is written down of a group. `name` is neutral: everybody in the practice may read it."""

    name: str
    shape: str = "single"
    hidden: bool = False
    independent: bool = False
    capacity: int | None = None
    taster_places: int = 0
    helpers_needed: int = 0
    fee: Money | None = None
    payer_id: UUID | None = None
    venue_id: UUID | None = None
    room_id: UUID | None = None
    place: str = ""
    access: str = ""
    therapist_id: UUID | None = None
    note_each: bool | None = None
    lent: str = ""
    result: str = ""

    @property
    def notes_for_each(self) -> bool:
        """Whether everybody who came needs a note of their own: if nobody said, not at a hub or meeting."""
        return self.shape not in ("hub", "meeting") if self.note_each is None else self.note_each


@dataclass(frozen=True)
class ProfileDetails:
    """What a group is for; clinical."""

    kind: str
    name: str = ""
    warning_signs: str = ""
    aims: tuple[str, ...] = ()


@dataclass(frozen=True)
class GroupView:
    """A group as this user may see it. `kind` and `aims` are None and empty without the clinical zone."""

    id: UUID
    name: str
    details: GroupDetails
    members: int
    waiting: int
    next_at: datetime | None
    kind: Kind | None
    aims: tuple[tuple[UUID, str], ...]
    warning_signs: str
    ended_on: date | None
    row_version: int
    venue: str = ""
    terms: tuple[Term, ...] = field(default=(), compare=False)
    payer: str = ""

    @property
    def full(self) -> bool:
        """Whether nobody more has a place."""
        return self.details.capacity is not None and self.members >= self.details.capacity

    @property
    def where(self) -> str:
        """The place in words."""
        return ", ".join(part for part in (self.venue, self.details.place) if part)


def sees(group: Group, db: Db) -> bool:
    """Whether name and kind of a group are this user's to see: of a hidden one only for who leads it, and leads."""
    user = db.info["user"]
    return not group.hidden or group.therapist_id == user.id or may(user, SEE_HIDDEN)


@allowed("groups.read")
def list_groups(db: Db, *, ended: bool = False) -> list[GroupView]:
    """The groups, by name; a hidden one stands under its neutral name for who may not see more. Five queries for all."""
    query = select(Group).order_by(Group.name)
    rows = list(db.scalars(query if ended else query.where(Group.ended_on.is_(None))))
    return _views(db, rows)


@allowed("groups.read")
def find_groups(db: Db, text: str, limit: int = 8) -> list[GroupView]:
    """Running groups with these letters in their name as this user sees it. Only those are read in full: it is asked at each
    key that is typed.
    """
    wanted = normal_name(text)
    if not wanted:
        return []
    rows = list(db.scalars(select(Group).where(Group.ended_on.is_(None)).order_by(Group.name)))
    real: dict[UUID, str] = {}
    if db.allows("groups.read_profile"):
        real = dict(db.execute(select(GroupProfile.group_id, GroupProfile.name)).all())
    shown = [(row, (sees(row, db) and real.get(row.id)) or row.name) for row in rows]
    return _views(db, [row for row, name in shown if wanted in normal_name(name)][:limit])


@allowed("groups.read")
def get_group(db: Db, group_id: UUID) -> GroupView:
    """One group with its terms. Raises NotFound."""
    return _views(db, [_find(db, group_id)])[0]


def _find(db: Db, group_id: UUID) -> Group:
    row = db.get(Group, group_id)
    if row is None:
        raise NotFound(tr("That group is not here any more."))
    return row


def _views(db: Db, rows: Sequence[Group]) -> list[GroupView]:
    if not rows:
        return []
    ids = [row.id for row in rows]
    counts: dict[tuple[UUID, str], int] = {}
    on_roster = select(Member.group_id, Member.state, func.count()).where(
        Member.group_id.in_(ids), Member.role.in_(("member", "role_model"))
    )
    for group_id, state, n in db.execute(on_roster.group_by(Member.group_id, Member.state)):
        counts[group_id, state] = n
    coming = (
        select(GroupSession.group_id, func.min(appointments.Appointment.starts_at))
        .join(appointments.Appointment, appointments.Appointment.id == GroupSession.appointment_id)
        .where(
            GroupSession.group_id.in_(ids),
            appointments.Appointment.state == "booked",
            appointments.Appointment.starts_at >= datetime.combine(today(), datetime.min.time()),
        )
        .group_by(GroupSession.group_id)
    )
    next_at = dict(db.execute(coming).all())
    venues = dict(db.execute(select(Organisation.id, Organisation.name)).all()) if ids else {}
    terms: dict[UUID, list[Term]] = {}
    for term in db.scalars(select(Term).where(Term.group_id.in_(ids)).order_by(Term.starts_on)):
        terms.setdefault(term.group_id, []).append(term)
    profiles, aims = _clinical(db, ids)
    return [
        _view(db, row, counts, next_at.get(row.id), venues, terms.get(row.id, []), profiles.get(row.id), aims)
        for row in rows
    ]


def _clinical(db: Db, ids: Sequence[UUID]) -> tuple[dict[UUID, GroupProfile], dict[UUID, list[Aim]]]:
    """What the groups are for, where this user holds the zone and the right to read it."""
    if not db.allows("groups.read_profile"):
        return {}, {}
    profiles = {p.group_id: p for p in db.scalars(select(GroupProfile).where(GroupProfile.group_id.in_(ids)))}
    aims: dict[UUID, list[Aim]] = {}
    query = select(Aim).where(Aim.group_id.in_(ids), Aim.ended_on.is_(None)).order_by(Aim.position)
    for aim in db.scalars(query):
        aims.setdefault(aim.group_id, []).append(aim)
    return profiles, aims


def _view(
    db: Db,
    row: Group,
    counts: dict[tuple[UUID, str], int],
    next_at: datetime | None,
    venues: dict[UUID, str],
    terms: Sequence[Term],
    profile: GroupProfile | None,
    aims: dict[UUID, list[Aim]],
) -> GroupView:
    seen = sees(row, db)
    shown = profile if seen else None
    return GroupView(
        row.id,
        shown.name if shown is not None and shown.name else row.name,
        _details(row),
        sum(counts.get((row.id, state), 0) for state in ("member", "taster")),
        counts.get((row.id, "waiting"), 0),
        next_at,
        kind(shown.kind) if shown is not None else None,
        tuple((aim.id, aim.text) for aim in aims.get(row.id, [])) if seen else (),
        shown.warning_signs if shown is not None else "",
        row.ended_on,
        row.row_version,
        venues.get(row.venue_id, "") if row.venue_id else "",
        tuple(terms),
        venues.get(row.payer_id, "") if row.payer_id else "",
    )


def _details(row: Group) -> GroupDetails:
    return GroupDetails(**{name: getattr(row, name) for name in GroupDetails.__dataclass_fields__})


@allowed("groups.edit")
def save_group(
    db: Db, details: GroupDetails, group_id: UUID | None = None, row_version: int | None = None
) -> UUID:
    """Add a group, or change one. Raises UserError for a name that is empty or taken, StaleRecord."""
    name = tidy(details.name)
    if not name or len(name) > LONGEST:
        raise UserError(tr("A group needs a name of at most {n} letters.").format(n=LONGEST))
    if details.shape not in SHAPES:
        raise UserError(tr("There is no shape called “{shape}”.").format(shape=details.shape))
    if details.capacity is not None and details.capacity < 1:
        raise UserError(
            tr("A group has room for at least one."), tr("Leave it empty when there is no limit.")
        )
    taken = select(Group.id).where(func.lower(Group.name) == name.lower(), Group.ended_on.is_(None))
    if any(found != group_id for found in db.scalars(taken)):
        raise UserError(
            tr("There is a group of that name already."), tr("Add the day or the place to tell them apart.")
        )
    row = Group() if group_id is None else _find(db, group_id)
    if row_version is not None and row.row_version != row_version:
        raise StaleRecord(tr("This group was changed meanwhile."), tr("Look at it again."))
    for field_name in GroupDetails.__dataclass_fields__:
        setattr(row, field_name, getattr(details, field_name))
    row.name, row.note_each = name, details.notes_for_each
    if group_id is None:
        db.add(row)
    db.flush()
    if group_id is not None:
        ids = list(db.scalars(select(GroupSession.appointment_id).where(GroupSession.group_id == group_id)))
        appointments.set_note_each(db, ids, row.note_each)
    return row.id


@allowed("groups.edit")
def end_group(db: Db, group_id: UUID, ended_on: date | None, result: str | None = None) -> None:
    """The group has ended; None takes that back. Its sessions, roster and counts stay. `result`: what came of it (OT22)."""
    row = _find(db, group_id)
    row.ended_on = ended_on
    if result is not None:
        row.result = tidy(result)[:400]


@allowed("groups.write_profile")
def save_profile(db: Db, group_id: UUID, profile: ProfileDetails) -> None:
    """Write what a group is for, in the clinical zone. Aims that are not named any more end today and keep their ratings."""
    kind(profile.kind)
    row = db.scalars(select(GroupProfile).where(GroupProfile.group_id == group_id)).first()
    if row is None:
        row = GroupProfile(group_id=group_id)
        db.add(row)
    row.kind, row.name, row.warning_signs = profile.kind, tidy(profile.name), profile.warning_signs.strip()
    before = {
        a.text: a for a in db.scalars(select(Aim).where(Aim.group_id == group_id, Aim.ended_on.is_(None)))
    }
    wanted = [tidy(text) for text in profile.aims if tidy(text)]
    for position, text in enumerate(wanted):
        aim = before.pop(text, None)
        if aim is None:
            db.add(Aim(group_id=group_id, text=text, position=position))
        else:
            aim.position = position
    for aim in before.values():
        aim.ended_on = today()
    db.flush()


@allowed("groups.book", filters=True)
def book_sessions(
    db: Db, group_id: UUID, starts_at: datetime, minutes: int, *, weeks: int = 1, every_weeks: int = 1
) -> list[UUID]:
    """Book sessions of a group; those on the roster are expected. Raises ClashError when room or therapist are taken."""
    group = _find(db, group_id)
    check_group(db, group)
    people, carers = expected_people(group_id, starts_at.date(), db)
    booking = appointments.Booking(
        starts_at,
        minutes,
        tuple(people),
        kind="group",
        therapist_id=group.therapist_id,
        room_id=group.room_id,
        place=group.place,
        title=group.name,
        weeks=weeks,
        every_weeks=every_weeks,
        carer_ids=tuple(carers),
        note_each=group.note_each,
    )
    ids = appointments.book(db, booking)
    db.add_all([GroupSession(appointment_id=each, group_id=group_id) for each in ids])
    db.flush()
    return ids


@allowed("groups.read")
def session_ids(db: Db, group_id: UUID, since: date | None = None, until: date | None = None) -> list[UUID]:
    """The sessions of a group in order of time; days are inclusive."""
    row = appointments.Appointment
    query = select(row.id).join(GroupSession, GroupSession.appointment_id == row.id)
    query = query.where(GroupSession.group_id == group_id).order_by(row.starts_at)
    if since is not None:
        query = query.where(row.starts_at >= datetime.combine(since, datetime.min.time()))
    if until is not None:
        query = query.where(row.starts_at <= datetime.combine(until, datetime.max.time()))
    return list(db.scalars(query))
