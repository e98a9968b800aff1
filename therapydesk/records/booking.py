"""Book, move, change and cancel sessions. A series is finite and stored as real sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from therapydesk.core import dates
from therapydesk.core.errors import NotFound, PermissionDenied, UserError
from therapydesk.core.ids import new_id
from therapydesk.core.permissions import allowed, is_own, only_own
from therapydesk.core.vault.outbox import publish
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.appointment_rows import load_sessions
from therapydesk.records.appointment_tables import Appointment, Attendance, Room, Series
from therapydesk.records.appointment_words import KINDS, WITHOUT_PEOPLE
from therapydesk.records.clashes import LONGEST, Clash, ClashError, Slot, search_clashes
from therapydesk.records.episodes import Episode
from therapydesk.records.events import AppointmentBooked, AppointmentCancelled
from therapydesk.records.people import Person

Scope = Literal["this", "following", "all"]
SCOPES: tuple[Scope, ...] = ("this", "following", "all")
SHORTEST = 5
MOST_SESSIONS = 104


@dataclass(frozen=True)
class Booking:
    """What is to be booked.

    `starts_at` is local wall time; `weeks` the number of sessions, `every_weeks` apart.

    `person_ids` are the people it is for, `carer_ids` those who come along, `headcount` more without a name.
    Without a
    therapist it goes to the signed-in therapist, else to the one who holds the person's episode.
    """

    starts_at: datetime
    minutes: int = 45
    person_ids: tuple[UUID, ...] = ()
    kind: str = "one_to_one"
    therapist_id: UUID | None = None
    room_id: UUID | None = None
    place: str = ""
    title: str = ""
    weeks: int = 1
    every_weeks: int = 1
    carer_ids: tuple[UUID, ...] = ()
    headcount: int = 0
    episode_id: UUID | None = None
    note_each: bool = True

    @property
    def starts(self) -> list[datetime]:
        """When each session starts: the same wall clock time whatever the season."""
        return [self.starts_at + timedelta(weeks=n * self.every_weeks) for n in range(self.weeks)]

    def slots(self, therapist_id: UUID | None) -> list[Slot]:
        """The time that the sessions take."""
        everybody = (*self.person_ids, *self.carer_ids)
        return [Slot(at, self.minutes, therapist_id, self.room_id, everybody) for at in self.starts]


@allowed("appointments.book", filters=True)
def book(db: Db, booking: Booking) -> list[UUID]:
    """Book one session or a series and return the ids in order of time.

    Raises ClashError when a room or therapist is taken, UserError for a time that does not exist, a person
    who has died,
    or a booking that lacks something, PermissionDenied for another therapist's diary or somebody else's
    person.
    """
    check_booking(db, booking)
    therapist_id = find_therapist(booking, db)
    blocking = [c for c in search_clashes(booking.slots(therapist_id), db) if c.blocks]
    if blocking:
        raise ClashError(blocking)
    series_id = _add_series(db, booking)
    episode_id = booking.episode_id or _episode_of(db, booking.person_ids)
    rows = [_add(db, booking, at, therapist_id, series_id, episode_id) for at in booking.starts]
    db.flush()
    for row in rows:
        publish(db, AppointmentBooked(row.id))
    return [row.id for row in rows]


@allowed("appointments.book", filters=True)
def check_booking(db: Db, booking: Booking) -> None:
    """Raise what `book` would raise for the booking, clashes apart."""
    _check_booking(booking)
    _check_people(booking, db)
    _check_diary(booking, find_therapist(booking, db), db)


@allowed("appointments.read", filters=True)
def find_clashes(db: Db, booking: Booking) -> list[Clash]:
    """Sessions in the way of a booking; those of a person too, which do not block it."""
    return search_clashes(booking.slots(find_therapist(booking, db)), db)


def find_therapist(booking: Booking, db: Db) -> UUID | None:
    """Who the booking is with: as it says, else the signed-in therapist, else who holds the episode."""
    user = db.info["user"]
    if booking.therapist_id is not None or booking.kind == "own_time":
        return booking.therapist_id or UUID(str(user.id))
    if "therapist" in user.roles:
        return UUID(str(user.id))
    return db.scalars(
        select(Episode.therapist_id)
        .where(Episode.person_id.in_(booking.person_ids), Episode.stage != "closed")
        .order_by(Episode.opened_on.desc())
    ).first()


def check_time(starts_at: datetime, minutes: int) -> None:
    """Raise UserError when the session cannot be at that time or cannot be that long."""
    if not SHORTEST <= minutes <= LONGEST:
        raise UserError(
            tr("A session lasts {a} minutes to {b} hours.").format(a=SHORTEST, b=LONGEST // 60),
            tr("Write how long in minutes, like 45."),
        )
    dates.to_utc(starts_at)


def _check_booking(booking: Booking) -> None:
    if booking.kind not in KINDS:
        raise UserError(tr("There is no kind of session called “{kind}”.").format(kind=booking.kind))
    if not 1 <= booking.weeks <= MOST_SESSIONS or not 1 <= booking.every_weeks <= 12:
        raise UserError(
            tr("A series has up to {n} sessions, up to 12 weeks apart.").format(n=MOST_SESSIONS),
            tr("Book the rest later."),
        )
    if not booking.person_ids and booking.kind not in WITHOUT_PEOPLE:
        raise UserError(tr("Say who the session is for."))
    for at in booking.starts:
        check_time(at, booking.minutes)


def _check_people(booking: Booking, db: Db) -> None:
    ids = (*booking.person_ids, *booking.carer_ids)
    if not ids:
        return
    found = {
        p.id: p for p in db.scalars(select(Person).where(Person.id.in_(ids), Person.merged_into.is_(None)))
    }
    if len(found) < len(set(ids)):
        raise NotFound(tr("One of the people is not in the records any more."))
    last = booking.starts[-1].date()
    for person in found.values():
        if person.died_on is not None and person.died_on < last:
            raise UserError(
                tr("{name} died on {day}. Nothing was booked.").format(
                    name=person.name, day=dates.show_day(person.died_on)
                ),
                tr("A session for the family is booked under the name of who comes."),
            )
    if only_own(db) and not all(is_own(db, person_id) for person_id in booking.person_ids):
        raise PermissionDenied(
            tr("This is not one of your own people."), tr("Ask who holds the caseload to allocate them.")
        )


def _check_diary(booking: Booking, therapist_id: UUID | None, db: Db) -> None:
    if therapist_id is None and booking.kind not in WITHOUT_PEOPLE:
        raise UserError(
            tr("Say which therapist the session is with."), tr("Or allocate the person to a therapist first.")
        )
    if only_own(db) and therapist_id != db.info["user"].id:
        raise PermissionDenied(tr("You may book in your own diary only."), tr("Ask the owner or an admin."))
    if booking.room_id is not None:
        room = db.get(Room, booking.room_id)
        if room is None or room.closed:
            raise UserError(tr("That room is not in use any more."), tr("Choose another room."))


def _add_series(db: Db, booking: Booking) -> UUID | None:
    if booking.weeks == 1:
        return None
    first = booking.starts_at.date()
    series = Series(id=new_id(), every_weeks=booking.every_weeks, count=booking.weeks, starts_on=first)
    db.add(series)
    db.flush()  # before the sessions that point at it
    return series.id


def _episode_of(db: Db, person_ids: Sequence[UUID]) -> UUID | None:
    if not person_ids:
        return None
    return db.scalars(
        select(Episode.id)
        .where(Episode.person_id == person_ids[0], Episode.stage != "closed")
        .order_by(Episode.stage == "active", Episode.opened_on.desc())
    ).first()


def _add(
    db: Db,
    booking: Booking,
    at: datetime,
    therapist_id: UUID | None,
    series_id: UUID | None,
    episode_id: UUID | None,
) -> Appointment:
    row = Appointment(
        id=new_id(),
        starts_at=at,
        minutes=booking.minutes,
        kind=booking.kind,
        title=booking.title,
        therapist_id=therapist_id,
        room_id=booking.room_id,
        place=booking.place,
        series_id=series_id,
        episode_id=episode_id,
        note_each=booking.note_each,
    )
    row.attendances = [Attendance(person_id=p, position=n) for n, p in enumerate(booking.person_ids)]
    position = len(booking.person_ids)
    row.attendances += [
        Attendance(person_id=p, role="carer", position=position + n) for n, p in enumerate(booking.carer_ids)
    ]
    if booking.headcount:
        row.attendances.append(
            Attendance(headcount=booking.headcount, position=position + len(booking.carer_ids))
        )
    db.add(row)
    return row


@allowed("appointments.change", filters=True)
def unbook(db: Db, appointment_ids: Sequence[UUID]) -> None:
    """Take back a booking that was just made (Undo).

    The rows go. Raises UserError when one was completed meanwhile.
    """
    rows = load_sessions(appointment_ids, db)
    if any(row.state == "completed" for row in rows):
        raise UserError(tr("A session of this booking has taken place."), tr("Cancel the others instead."))
    series_ids = {row.series_id for row in rows} - {None}
    for row in rows:
        publish(db, AppointmentCancelled(row.id))
        db.delete(row)
    db.flush()
    for series_id in series_ids:
        if db.scalars(select(Appointment.id).where(Appointment.series_id == series_id)).first() is None:
            db.delete(db.get_one(Series, series_id))
