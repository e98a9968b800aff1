"""Helpers, volunteers, peer navigators and role models: placements, hours, training and when it runs out (KC19, KC37, OT06,
OT07, OT13).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import Db, NotFound, Person, UserError, allowed, appointments, tidy, today, tr
from therapydesk.plugins.groups.models import Group, Member, Shift, Training
from therapydesk.plugins.groups.placement_models import Placement
from therapydesk.plugins.groups.roster import GOES, has_training
from therapydesk.plugins.groups.rules import MEMBER_ROLES, PLACEMENT_ROLES, TEAM_ROLES
from therapydesk.plugins.groups.slips import take_back

SOON = timedelta(days=30)  # before a training runs out, from when Today tells it


@dataclass(frozen=True)
class TrainingView:
    """A course that somebody finished. `expires_on` None: it does not run out."""

    id: UUID
    person_id: UUID
    course: str
    done_on: date
    expires_on: date | None

    def expired(self, day: date) -> bool:
        """Whether it has run out by a day."""
        return self.expires_on is not None and self.expires_on < day


@dataclass(frozen=True)
class PlacementView:
    """Somebody is or was something for a while; `group` is "" for the whole practice."""

    id: UUID
    person_id: UUID
    role: str
    group_id: UUID | None
    group: str
    starts_on: date
    ends_on: date | None
    supporter: str

    def runs_on(self, day: date) -> bool:
        """Whether it runs on a day."""
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


@dataclass(frozen=True)
class Helper:
    """Somebody who helps. `minutes` are those on shift in the period asked for; `member`: they come for themselves, too."""

    person_id: UUID
    name: str
    roles: tuple[str, ...]
    member: bool
    minutes: int
    shifts: int
    trainings: tuple[TrainingView, ...] = ()
    placements: tuple[PlacementView, ...] = field(default=())

    @property
    def id(self) -> UUID:
        return self.person_id

    def training(self, day: date) -> TrainingView | None:
        """The one that counts: the last to run out; among those that have not, one that never does."""
        if not self.trainings:
            return None
        return max(self.trainings, key=lambda t: (t.expires_on or date.max, t.done_on))

    def supporters(self, day: date) -> list[str]:
        """Whom they turn to now."""
        return list(dict.fromkeys(p.supporter for p in self.placements if p.supporter and p.runs_on(day)))


@allowed("groups.read")
def list_helpers(db: Db, since: date, until: date, person_id: UUID | None = None) -> list[Helper]:
    """Who is of a team, has a placement, or was on shift in a period, by name. Days are inclusive. Six queries for all."""
    roles: dict[UUID, set[str]] = {}
    members: set[UUID] = set()
    on_roster = select(Member.person_id, Member.role).where(Member.state.in_(GOES))
    for person, role in db.execute(on_roster):
        if role in TEAM_ROLES or role == "role_model":
            roles.setdefault(person, set()).add(role)
        if role in MEMBER_ROLES:
            members.add(person)
    placed = list_placements(db, person_id=person_id)
    for each in placed:
        if each.starts_on <= until and (each.ends_on is None or each.ends_on >= since):
            roles.setdefault(each.person_id, set()).add(each.role)
    hours = _hours(db, since, until)
    for person in hours:
        roles.setdefault(person, set())
    wanted = [p for p in roles if person_id in (None, p)]
    trainings: dict[UUID, list[TrainingView]] = {}
    for row in list_trainings(db, wanted):
        trainings.setdefault(row.person_id, []).append(row)
    people = db.scalars(select(Person).where(Person.id.in_(wanted), Person.merged_into.is_(None)))
    found = [
        Helper(
            p.id,
            p.name,
            tuple(sorted(roles[p.id])),
            p.id in members,
            *hours.get(p.id, (0, 0)),
            tuple(trainings.get(p.id, ())),
            tuple(each for each in placed if each.person_id == p.id),
        )
        for p in people
    ]
    return sorted(found, key=lambda helper: helper.name.casefold())


def _hours(db: Db, since: date, until: date) -> dict[UUID, tuple[int, int]]:
    """Minutes and shifts by person: as written down, else as long as the session was. Cancelled sessions do not count."""
    booked = appointments.Appointment
    query = (
        select(Shift.person_id, Shift.minutes, booked.minutes)
        .join(booked, booked.id == Shift.appointment_id)
        .where(
            booked.state != "cancelled",
            booked.starts_at >= datetime.combine(since, time()),
            booked.starts_at <= datetime.combine(until, time.max),
        )
    )
    found: dict[UUID, tuple[int, int]] = {}
    for person, minutes, whole in db.execute(query):
        before = found.get(person, (0, 0))
        found[person] = (before[0] + (minutes or whole), before[1] + 1)
    return found


# --- placements ---


@allowed("groups.read")
def list_placements(db: Db, *, person_id: UUID | None = None) -> list[PlacementView]:
    """Placements, the newest first."""
    query = select(Placement, Group.name).outerjoin(Group, Group.id == Placement.group_id)
    if person_id is not None:
        query = query.where(Placement.person_id == person_id)
    rows = list(db.execute(query.order_by(Placement.starts_on.desc(), Placement.id)))
    ids = {row.supported_by for row, _ in rows if row.supported_by is not None}
    names = {p.id: p.name for p in db.scalars(select(Person).where(Person.id.in_(ids)))} if ids else {}
    return [
        PlacementView(
            *(row.id, row.person_id, row.role, row.group_id, group or "", row.starts_on, row.ends_on),
            names.get(row.supported_by, "") if row.supported_by is not None else "",
        )
        for row, group in rows
    ]


@allowed("groups.edit_roster")
def start_placement(
    db: Db,
    person_id: UUID,
    role: str,
    starts_on: date,
    *,
    group_id: UUID | None = None,
    supported_by: UUID | None = None,
) -> UUID:
    """Somebody begins as a volunteer, peer navigator, role model or helper; whether they are a member is asked by nobody.

    Raises UserError for a peer navigator without a training that has not run out (OT06), or when the same runs already.
    """
    if role not in PLACEMENT_ROLES:
        raise UserError(tr("There is no “{code}” here.").format(code=role))
    if db.get(Person, person_id) is None:
        raise NotFound(tr("That person is not in the records any more."))
    if role == "peer_navigator" and not has_training(person_id, starts_on, db):
        raise UserError(
            tr("A peer navigator needs a finished training that has not run out."),
            tr("Add the training first."),
        )
    for each in list_placements(db, person_id=person_id):
        if (each.role, each.group_id) == (role, group_id) and each.runs_on(starts_on):
            raise UserError(tr("They are that already."))
    row = Placement(
        person_id=person_id, role=role, group_id=group_id, starts_on=starts_on, supported_by=supported_by
    )
    db.add(row)
    db.flush()
    return row.id


@allowed("groups.edit_roster")
def end_placement(db: Db, placement_id: UUID, ends_on: date | None) -> None:
    """A placement ends; None takes that back. Its hours stay. Raises UserError when it ends before it starts."""
    row = db.get(Placement, placement_id)
    if row is None:
        raise NotFound(tr("That placement is not here any more."))
    if ends_on is not None and ends_on < row.starts_on:
        raise UserError(tr("A placement ends after it starts."))
    row.ends_on = ends_on


@allowed("groups.edit_roster")
def drop_placement(db: Db, placement_id: UUID) -> None:
    """Take back a placement that was written down by a slip."""
    take_back(db, Placement, placement_id)


@allowed("groups.read")
def moves(db: Db, since: date, until: date) -> list[PlacementView]:
    """Members who began as a helper in a period (OT13): they had joined a group, or been on its list, before that day.

    Somebody who only ever helped is no move; a second placement of the same person is not another.
    """
    first: dict[UUID, PlacementView] = {}
    for each in reversed(list_placements(db)):
        first.setdefault(each.person_id, each)
    began = [each for each in first.values() if since <= each.starts_on <= until]
    joined = select(Member.person_id, func.min(Member.joined_on)).where(
        Member.person_id.in_([each.person_id for each in began]), Member.role.in_(MEMBER_ROLES)
    )
    member_since = dict(db.execute(joined.group_by(Member.person_id)).all())
    found = [e for e in began if (since_on := member_since.get(e.person_id)) and since_on <= e.starts_on]
    return sorted(found, key=lambda each: each.starts_on)


# --- training ---


@allowed("groups.read")
def list_trainings(db: Db, person_ids: Sequence[UUID] | None = None) -> list[TrainingView]:
    """Finished courses, the newest first."""
    query = select(Training).order_by(Training.done_on.desc(), Training.id)
    if person_ids is not None:
        query = query.where(Training.person_id.in_(person_ids))
    return [TrainingView(t.id, t.person_id, t.course, t.done_on, t.expires_on) for t in db.scalars(query)]


@allowed("groups.edit_roster")
def drop_training(db: Db, training_id: UUID) -> None:
    """Take back a training that was written down by a slip."""
    take_back(db, Training, training_id)


@allowed("groups.read")
def trainings_due(db: Db, day: date) -> list[tuple[TrainingView, str]]:
    """Trainings of helpers that run out within 30 days or have run out, with whose; one that was done anew is not told."""
    helpers = [h for h in list_helpers(db, day, day) if h.roles]
    found = []
    for helper in helpers:
        newest: dict[str, TrainingView] = {}
        for each in helper.trainings:  # the newest first
            newest.setdefault(tidy(each.course).casefold(), each)
        for each in newest.values():
            if each.expires_on is not None and each.expires_on - SOON <= day:
                found.append((each, helper.name))
    return sorted(found, key=lambda pair: (pair[0].expires_on or date.max, pair[1].casefold()))


@allowed("groups.read")
def trained_people(db: Db, since: date, until: date) -> list[tuple[str, str, date]]:
    """Who finished which course in a period: course, name, day. `roster.trained` counts the same (OT07)."""
    query = select(Training, Person).join(Person, Person.id == Training.person_id)
    query = query.where(Training.done_on >= since, Training.done_on <= until)
    rows = [(t.course, p.name, t.done_on) for t, p in db.execute(query)]
    return sorted(rows, key=lambda row: (row[0].casefold(), row[1].casefold()))


def now_placed(helper: Helper) -> list[PlacementView]:
    """What somebody is today."""
    return [each for each in helper.placements if each.runs_on(today())]
