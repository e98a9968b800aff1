"""What the diary shows: sessions with names, room and attendance, each list in one query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from therapydesk.core import dates
from therapydesk.core.errors import NotFound, PermissionDenied
from therapydesk.core.permissions import allowed, only_own
from therapydesk.core.vault.session import Db
from therapydesk.core.words import ntr, tr
from therapydesk.records.appointment_tables import Appointment, Attendance, Room, Series, wall_end
from therapydesk.records.appointment_words import CAME, kind_word
from therapydesk.records.people import Person
from therapydesk.records.users import User


@dataclass(frozen=True)
class AttendeeView:
    """Somebody who is expected at a session, or a headcount without a name."""

    attendance_id: UUID
    person_id: UUID | None
    name: str
    role: str
    headcount: int
    state: str
    reason: str
    died_on: date | None = None

    @property
    def came(self) -> bool:
        """Whether they were there, for all or part of it."""
        return self.state in CAME


@dataclass(frozen=True)
class AppointmentView:
    """A session as shown. Times are local wall time; `row_version` goes back into changes."""

    id: UUID
    starts_at: datetime
    minutes: int
    kind: str
    title: str
    state: str
    cancel_reason: str
    therapist_id: UUID | None
    therapist: str
    room_id: UUID | None
    room: str
    place: str
    series_id: UUID | None
    series_count: int
    episode_id: UUID | None
    row_version: int
    time_zone: str = dates.LONDON
    attendees: tuple[AttendeeView, ...] = ()

    @property
    def ends_at(self) -> datetime:
        """Local wall time of the end."""
        return wall_end(self.starts_at, self.minutes, self.time_zone)

    @property
    def person_ids(self) -> tuple[UUID, ...]:
        """The people of the session, carers too."""
        return tuple(a.person_id for a in self.attendees if a.person_id)

    @property
    def heading(self) -> str:
        """What to call the session: its title, else the names of who comes, else its kind."""
        return self.title or join_names([a.name for a in self.attendees if a.name]) or kind_word(self.kind)

    @property
    def where(self) -> str:
        """The room, the place, or both."""
        return ", ".join(p for p in (self.room, self.place) if p)

    @property
    def expected(self) -> int:
        """How many are expected."""
        return sum(a.headcount for a in self.attendees)

    @property
    def stopped(self) -> tuple[AttendeeView, ...]:
        """Those who died before a session that is still booked: stop and ask (AH26)."""
        if self.state != "booked":
            return ()
        return tuple(a for a in self.attendees if a.died_on is not None and a.died_on < self.starts_at.date())


def join_names(names: Sequence[str]) -> str:
    """Such as “Ffion and Osian”, “Ann, Bob and Cai”, “Ann and 4 others”."""
    if len(names) > 3:
        return tr("{name} and {n} others").format(name=names[0], n=len(names) - 1)
    if len(names) < 2:
        return "".join(names)
    return tr("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])


def _columns() -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(
                Appointment.id,
                Appointment.starts_at,
                Appointment.minutes,
                Appointment.kind,
                Appointment.title,
            ),
            *(Appointment.state, Appointment.cancel_reason, Appointment.therapist_id),
            func.coalesce(User.name, "").label("therapist"),
            Appointment.room_id,
            func.coalesce(Room.name, "").label("room"),
            *(Appointment.place, Appointment.series_id),
            func.coalesce(Series.count, 0).label("series_count"),
            *(Appointment.episode_id, Appointment.row_version, Appointment.time_zone),
            *(
                Attendance.id.label("attendance_id"),
                Attendance.person_id,
                Attendance.role,
                Attendance.headcount,
            ),
            *(Attendance.state.label("mark"), Attendance.reason),
            *(Person.full_name, Person.preferred_name, Person.died_on),
        )
        .outerjoin(User, User.id == Appointment.therapist_id)
        .outerjoin(Room, Room.id == Appointment.room_id)
        .outerjoin(Series, Series.id == Appointment.series_id)
        .outerjoin(Attendance, Attendance.appointment_id == Appointment.id)
        .outerjoin(Person, Person.id == Attendance.person_id)
    )


_OF_APPOINTMENT = tuple(AppointmentView.__dataclass_fields__)[:-1]


def _views(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[AppointmentView]:
    heads: dict[UUID, Row[*tuple[Any, ...]]] = {}
    found: dict[UUID, list[AttendeeView]] = {}
    for row in rows:
        heads.setdefault(row.id, row)
        inside = found.setdefault(row.id, [])
        if row.attendance_id is not None:
            name = row.preferred_name or row.full_name or ""
            inside.append(
                AttendeeView(
                    *(row.attendance_id, row.person_id, name, row.role, row.headcount),
                    *(row.mark, row.reason, row.died_on),
                )
            )
    return [
        AppointmentView(**{name: getattr(row, name) for name in _OF_APPOINTMENT}, attendees=tuple(found[key]))
        for key, row in heads.items()
    ]


def _in_scope(db: Db) -> ColumnElement[bool]:
    if only_own(db):
        mine: ColumnElement[bool] = Appointment.therapist_id == db.info["user"].id
        return mine
    return Appointment.id.is_not(None)


def _between(
    db: Db, start: datetime, end: datetime, *conditions: ColumnElement[bool]
) -> list[AppointmentView]:
    query = _columns().where(
        Appointment.starts_at >= start, Appointment.starts_at < end, _in_scope(db), *conditions
    )
    return _views(db.execute(query.order_by(Appointment.starts_at, Appointment.id, Attendance.position)))


@allowed("appointments.read", filters=True)
def week(
    db: Db, monday: date, therapist_id: UUID | None = None, *, cancelled: bool = False
) -> list[AppointmentView]:
    """Sessions of the seven days from `monday`, by time; of one therapist or of all that the user may see."""
    return _days(db, monday, 7, therapist_id, cancelled)


@allowed("appointments.read", filters=True)
def day(
    db: Db, day: date, therapist_id: UUID | None = None, *, cancelled: bool = False
) -> list[AppointmentView]:
    """Sessions of one day, by time."""
    return _days(db, day, 1, therapist_id, cancelled)


def _days(db: Db, first: date, n: int, therapist_id: UUID | None, cancelled: bool) -> list[AppointmentView]:
    start = datetime.combine(first, time())
    conditions = [] if therapist_id is None else [Appointment.therapist_id == therapist_id]
    if not cancelled:
        conditions.append(Appointment.state != "cancelled")
    return _between(db, start, start + timedelta(days=n), *conditions)


@allowed("appointments.read", filters=True)
def list_sessions(
    db: Db,
    start: date,
    end: date,
    *,
    person_id: UUID | None = None,
    therapist_id: UUID | None = None,
    state: str = "",
) -> list[AppointmentView]:
    """Sessions from `start` to `end`, both days included, cancelled ones too; by time."""
    conditions: list[ColumnElement[bool]] = []
    if person_id is not None:
        conditions.append(Appointment.id.in_(_of_person(person_id)))
    if therapist_id is not None:
        conditions.append(Appointment.therapist_id == therapist_id)
    if state:
        conditions.append(Appointment.state == state)
    after = datetime.combine(end + timedelta(days=1), time())
    return _between(db, datetime.combine(start, time()), after, *conditions)


def _of_person(person_id: UUID) -> Select[UUID]:
    return select(Attendance.appointment_id).where(Attendance.person_id == person_id)


@allowed("appointments.read", person="person_id")
def sessions_of(db: Db, person_id: UUID, limit: int = 100) -> list[AppointmentView]:
    """The latest `limit` sessions of a person, cancelled ones too, in order of time."""
    latest = (
        select(Appointment.id)
        .where(Appointment.id.in_(_of_person(person_id)))
        .order_by(Appointment.starts_at.desc(), Appointment.id)
        .limit(limit)
    )
    query = _columns().where(Appointment.id.in_(latest))
    return _views(db.execute(query.order_by(Appointment.starts_at, Appointment.id, Attendance.position)))


@allowed("appointments.read", person="person_id")
def count_sessions(db: Db, person_id: UUID) -> int:
    """How many sessions a person has had or has booked, cancelled ones left out."""
    query = select(func.count()).where(
        Appointment.id.in_(_of_person(person_id)), Appointment.state != "cancelled"
    )
    return db.scalar(query) or 0


@allowed("appointments.read", person="person_id")
def sessions_around(
    db: Db, person_id: UUID, moment: datetime, before: int = 8, after: int = 8
) -> list[AppointmentView]:
    """The last `before` and next `after` sessions of a person around a local moment, for the rhythm line."""
    mine = Appointment.id.in_(_of_person(person_id))
    ids = select(Appointment.id).where(mine)
    past = (
        ids.where(Appointment.starts_at < moment)
        .order_by(Appointment.starts_at.desc())
        .limit(before)
        .subquery()
    )
    coming = (
        ids.where(Appointment.starts_at >= moment).order_by(Appointment.starts_at).limit(after).subquery()
    )
    both = or_(Appointment.id.in_(select(past.c.id)), Appointment.id.in_(select(coming.c.id)))
    query = _columns().where(both)
    return _views(db.execute(query.order_by(Appointment.starts_at, Appointment.id, Attendance.position)))


@allowed("appointments.read", filters=True)
def get_session(db: Db, appointment_id: UUID) -> AppointmentView:
    """One session. Raises NotFound, and PermissionDenied when it is in somebody else's diary."""
    query = _columns().where(Appointment.id == appointment_id).order_by(Attendance.position)
    found = _views(db.execute(query))
    if not found:
        raise NotFound(tr("That session is not in the diary any more."))
    if only_own(db) and found[0].therapist_id != db.info["user"].id:
        raise PermissionDenied(tr("This session is in somebody else’s diary."))
    return found[0]


@allowed("appointments.read", filters=True)
def count_following(db: Db, appointment_id: UUID) -> int:
    """How many booked sessions of the same series come after this one."""
    view = get_session(db, appointment_id)
    if view.series_id is None:
        return 0
    query = select(func.count()).where(
        Appointment.series_id == view.series_id,
        Appointment.state == "booked",
        Appointment.starts_at > view.starts_at,
    )
    return db.scalar(query) or 0


@allowed("appointments.read", filters=True)
def next_sessions(db: Db, person_ids: Sequence[UUID], moment: datetime) -> dict[UUID, tuple[datetime, UUID]]:
    """The next booked session of each person from `moment` on: when it starts (both local), and its id; one query."""
    first = (
        select(Attendance.person_id, func.min(Appointment.starts_at).label("at"))
        .join(Appointment, Appointment.id == Attendance.appointment_id)
        .where(
            Attendance.person_id.in_(person_ids),
            Appointment.starts_at >= moment,
            Appointment.state == "booked",
            _in_scope(db),
        )
        .group_by(Attendance.person_id)
        .subquery()
    )
    query = (
        select(Attendance.person_id, Appointment.starts_at, Appointment.id)
        .join(Appointment, Appointment.id == Attendance.appointment_id)
        .join(first, and_(first.c.person_id == Attendance.person_id, first.c.at == Appointment.starts_at))
        .where(Appointment.state == "booked", _in_scope(db))
        .order_by(Appointment.id.desc())
    )
    rows = db.execute(query)
    return {person: (starts_at, found) for person, starts_at, found in rows if person is not None}


@allowed("appointments.read", filters=True)
def stopped_sessions(db: Db, moment: datetime) -> list[AppointmentView]:
    """Booked sessions from `moment` on of people who have died.

    Somebody has to decide what becomes of each (AH26).
    """
    died = select(Person.id).where(Person.died_on.is_not(None))
    theirs = select(Attendance.appointment_id).where(Attendance.person_id.in_(died))
    query = _columns().where(
        Appointment.id.in_(theirs),
        Appointment.state == "booked",
        Appointment.starts_at >= moment,
        _in_scope(db),
    )
    return _views(db.execute(query.order_by(Appointment.starts_at, Appointment.id, Attendance.position)))


def count_words(views: Sequence[AppointmentView]) -> str:
    """Such as “10 sessions and 3 groups”; own time is not counted."""
    groups = sum(v.kind == "group" for v in views)
    others = sum(v.kind not in ("group", "own_time") for v in views)
    parts = [ntr("one session", "{n} sessions", others)] if others or not groups else []
    parts += [ntr("one group", "{n} groups", groups)] if groups else []
    return join_names(parts)
