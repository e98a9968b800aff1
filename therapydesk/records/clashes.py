"""Two sessions at once in one room, with one therapist, or of one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from therapydesk.core import dates
from therapydesk.core.errors import UserError
from therapydesk.core.permissions import only_own
from therapydesk.core.vault.session import Db
from therapydesk.core.words import ntr, tr
from therapydesk.records.appointment_tables import Appointment, Attendance, Room, wall_end
from therapydesk.records.appointment_views import join_names
from therapydesk.records.appointment_words import kind_word
from therapydesk.records.people import Person
from therapydesk.records.users import User

LONGEST = 12 * 60

What = Literal["room", "therapist", "person"]


@dataclass(frozen=True)
class Slot:
    """A stretch of time that is wanted, and for whom."""

    starts_at: datetime
    minutes: int
    therapist_id: UUID | None = None
    room_id: UUID | None = None
    person_ids: tuple[UUID, ...] = ()

    @property
    def ends_at(self) -> datetime:
        """Local wall time of the end."""
        return wall_end(self.starts_at, self.minutes)


@dataclass(frozen=True)
class Clash:
    """A session that is in the way.

    `what` is double booked, `name` says which room, therapist or person; `heading` is what the session is,
    empty when
    it is in a diary that the user may not see. Only clashes of room and therapist block a booking.
    """

    what: What
    name: str
    starts_at: datetime
    ends_at: datetime
    appointment_id: UUID
    heading: str
    wanted_at: datetime

    @property
    def blocks(self) -> bool:
        """Whether the booking is refused for it."""
        return self.what != "person"

    @property
    def sentence(self) -> str:
        """Such as “Music room is taken on Thu 7 May from 14:00 to 14:45: Kit.”."""
        said = {
            "room": tr("{name} is taken on {day} from {start} to {end}: {session}."),
            "therapist": tr("{name} has another session on {day} from {start} to {end}: {session}."),
            "person": tr("{name} has another session on {day} from {start} to {end}: {session}."),
        }
        return said[self.what].format(
            name=self.name,
            day=dates.show_day(self.starts_at.date(), short=True),
            start=dates.show_time(self.starts_at.time()),
            end=dates.show_time(self.ends_at.time()),
            session=self.heading or tr("somebody else’s session"),
        )


class ClashError(UserError):
    """A room or therapist is taken at that time.

    `clashes` are the sessions in the way; nothing was booked or moved.
    """

    def __init__(self, clashes: Sequence[Clash]) -> None:
        more = len(clashes) - 1
        message = clashes[0].sentence
        if more:
            message += " " + ntr("And one more clash.", "And {n} more clashes.", more)
        super().__init__(message, tr("Choose another time or room."))
        self.clashes = tuple(clashes)


@dataclass(frozen=True)
class _Taken:
    id: UUID
    starts_at: datetime
    ends_at: datetime
    therapist_id: UUID | None
    room_id: UUID | None


def search_clashes(slots: Sequence[Slot], db: Db, without: Collection[UUID] = ()) -> list[Clash]:
    """Sessions in the way of `slots`, in order of time: one query, and one more for names when there are any.

    `without` are the sessions being moved.
    """
    if not slots:
        return []
    by_day: dict[date, list[_Taken]] = defaultdict(list)
    for one in _taken(slots, db):
        if one.id not in without:
            for day in {one.starts_at.date(), one.ends_at.date()}:
                by_day[day].append(one)
    pairs = [
        (slot, one) for slot in sorted(slots, key=lambda s: s.starts_at) for one in _in_the_way(slot, by_day)
    ]
    if not pairs:
        return []
    words = _words({one.id for _slot, one in pairs}, db)
    return [clash for slot, one in pairs for clash in _compare(slot, one, words[one.id])]


def _in_the_way(slot: Slot, by_day: dict[date, list[_Taken]]) -> list[_Taken]:
    near = {t.id: t for day in {slot.starts_at.date(), slot.ends_at.date()} for t in by_day.get(day, ())}
    return sorted(
        (t for t in near.values() if t.starts_at < slot.ends_at and slot.starts_at < t.ends_at),
        key=lambda t: t.starts_at,
    )


def _taken(slots: Sequence[Slot], db: Db) -> list[_Taken]:
    before = timedelta(minutes=LONGEST + 60)
    windows = [
        and_(Appointment.starts_at > s.starts_at - before, Appointment.starts_at < s.ends_at) for s in slots
    ]
    query = select(
        *(Appointment.id, Appointment.starts_at, Appointment.minutes),
        *(Appointment.therapist_id, Appointment.room_id),
    ).where(or_(*windows), Appointment.state != "cancelled", _wanted(slots))
    return [_Taken(r[0], r[1], wall_end(r[1], r[2]), r[3], r[4]) for r in db.execute(query)]


def _wanted(slots: Sequence[Slot]) -> ColumnElement[bool]:
    therapists = {s.therapist_id for s in slots} - {None}
    rooms = {s.room_id for s in slots} - {None}
    people = {p for s in slots for p in s.person_ids}
    of_people = select(Attendance.appointment_id).where(Attendance.person_id.in_(people))
    return or_(
        Appointment.therapist_id.in_(therapists),
        Appointment.room_id.in_(rooms),
        Appointment.id.in_(of_people),
    )


@dataclass(frozen=True)
class _Words:
    """What to say of a session in the way."""

    therapist: str
    room: str
    heading: str
    people: dict[UUID, str]


def _words(ids: Collection[UUID], db: Db) -> dict[UUID, _Words]:
    query = (
        select(
            *(Appointment.id, Appointment.kind, Appointment.title, Appointment.therapist_id),
            *(func.coalesce(User.name, "").label("therapist"), func.coalesce(Room.name, "").label("room")),
            *(Attendance.person_id, Person.full_name, Person.preferred_name),
        )
        .outerjoin(User, User.id == Appointment.therapist_id)
        .outerjoin(Room, Room.id == Appointment.room_id)
        .outerjoin(Attendance, Attendance.appointment_id == Appointment.id)
        .outerjoin(Person, Person.id == Attendance.person_id)
        .where(Appointment.id.in_(ids))
        .order_by(Attendance.position)
    )
    grouped: dict[UUID, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in db.execute(query):
        grouped[row.id].append(row)
    only_of = db.info["user"].id if only_own(db) else None
    found = {}
    for appointment_id, rows in grouped.items():
        head = rows[0]
        people = {r.person_id: r.preferred_name or r.full_name for r in rows if r.person_id is not None}
        heading = head.title or join_names(list(people.values())) or kind_word(head.kind)
        hidden = only_of is not None and head.therapist_id != only_of
        found[appointment_id] = _Words(head.therapist, head.room, "" if hidden else heading, people)
    return found


def _compare(slot: Slot, one: _Taken, words: _Words) -> Iterator[Clash]:
    rest = (one.starts_at, one.ends_at, one.id, words.heading, slot.starts_at)
    if slot.room_id is not None and slot.room_id == one.room_id:
        yield Clash("room", words.room, *rest)
    if slot.therapist_id is not None and slot.therapist_id == one.therapist_id:
        yield Clash("therapist", words.therapist, *rest)
    for person_id in slot.person_ids:
        if person_id in words.people:
            yield Clash("person", words.people[person_id], *rest)


def clash_within(slots: Sequence[Slot]) -> tuple[Slot, Slot] | None:
    """Two of the slots that would be in one another's way."""
    ordered = sorted(slots, key=lambda s: s.starts_at)
    for number, one in enumerate(ordered):
        for other in ordered[number + 1 :]:
            if other.starts_at >= one.ends_at:
                break
            same_room = one.room_id is not None and one.room_id == other.room_id
            if same_room or (one.therapist_id is not None and one.therapist_id == other.therapist_id):
                return one, other
    return None
