"""The diary: what a typed line means, booking it, what a stretch of days holds, why somebody did not come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    Db,
    HandedOver,
    UserError,
    allowed,
    appointments,
    bank_holidays,
    list_users,
    local_now,
    normal_name,
    ntr,
    only_own,
    practice_card,
    setting,
    show_day,
    show_time,
    today,
    tr,
)
from therapydesk.plugins.diary.finding import Candidate, Found, find_person
from therapydesk.plugins.diary.models import AbsenceNote
from therapydesk.plugins.diary.rules import Line, name_fits, read_line

MINUTES = 45
REASON_KIND = "diary.reason"


@dataclass(frozen=True)
class Understood:
    """What a line was understood as.

    `sentence` says it in full; `problem` why it cannot be booked (nothing when `booking` is there and no clash blocks
    it); `choices` are people to pick from for the name `asked`; `warnings` do not hinder.
    """

    text: str
    line: Line = Line()
    booking: appointments.Booking | None = None
    heading: str = ""
    room: str = ""
    sentence: str = ""
    problem: str = ""
    asked: str = ""
    choices: tuple[Candidate, ...] = ()
    clashes: tuple[appointments.Clash, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def can_book(self) -> bool:
        """Whether Enter books it."""
        return self.booking is not None and not self.problem


@dataclass(frozen=True)
class Days:
    """A stretch of the diary: its sessions and the bank holidays in it."""

    first: date
    count: int
    sessions: list[appointments.AppointmentView]
    holidays: dict[date, str] = field(default_factory=dict)

    @property
    def last(self) -> date:
        """The last day of it."""
        return self.first + timedelta(days=self.count - 1)


@dataclass(frozen=True)
class Hours:
    """The hours and days that the diary shows at least, and how long a session usually is."""

    first: int = 9
    last: int = 17
    weekend: bool = False
    minutes: int = MINUTES


@allowed("appointments.read", filters=True)
def read_hours(db: Db) -> Hours:
    """The practice's settings for the diary."""
    first, last = int(setting(db, "diary.first_hour", 9)), int(setting(db, "diary.last_hour", 17))
    weekend = bool(setting(db, "diary.weekend", False))
    minutes = int(setting(db, "diary.session_minutes", MINUTES))
    return Hours(min(max(0, first), 22), min(max(first + 1, last), 24), weekend, minutes)


@allowed("appointments.read", filters=True)
def read_days(
    db: Db, first: date, count: int = 7, *, therapist_id: UUID | None = None, cancelled: bool = False
) -> Days:
    """Sessions and bank holidays of `count` days from `first`."""
    sessions = appointments.list_sessions(
        db, first, first + timedelta(days=count - 1), therapist_id=therapist_id
    )
    if not cancelled:
        sessions = [s for s in sessions if s.state != "cancelled"]
    return Days(first, count, sessions, holidays_between(first, count, db))


def holidays_between(first: date, count: int, db: Db) -> dict[date, str]:
    """The bank holidays of the practice's nation in these days."""
    known = bank_holidays(division(practice_card(db).nation))
    days = (first + timedelta(days=n) for n in range(count))
    return {d: known[d] for d in days if d in known}


def division(nation: str) -> str:
    """The division of GOV.UK's list that a nation belongs to."""
    bare = nation.strip().lower().replace(" ", "-").replace("_", "-")
    return bare if bare in ("scotland", "northern-ireland") else "england-and-wales"


@allowed("appointments.read", filters=True)
def list_therapists(db: Db) -> list[tuple[UUID, str]]:
    """Whose diaries the user may look at, by name; only the own one for a therapist without further roles."""
    found = [(u.id, u.name) for u in list_users(db) if "therapist" in u.roles]
    return [pair for pair in found if not only_own(db) or pair[0] == db.info["user"].id]


# The add line -----------------------------------------------------------------------------------------------------------


@allowed("appointments.book", filters=True)
def understand(db: Db, text: str, chosen: Mapping[str, UUID] | None = None) -> Understood:
    """What the line means, and whether it can be booked. `chosen`: normal name → the person picked for it."""
    rooms = {r.name: r.id for r in appointments.list_rooms(db)}
    therapists = {u.name: u.id for u in list_users(db) if "therapist" in u.roles}
    line = read_line(text, today(), list(rooms), list(therapists))
    if not text.strip():
        return Understood(text)
    people = _find_people(line, chosen or {}, db)
    lost = next((f for f in people if f.person is None), None)
    if lost is not None:
        return Understood(text, line, problem=lost.problem, asked=lost.typed, choices=lost.choices)
    missing = _missing(line, people)
    booking = _booking(line, people, rooms.get(line.room), therapists.get(line.with_whom), db)
    if missing or booking is None:
        said = _partly(line, people)
        return Understood(text, line, None, _heading(line, people), sentence=said, problem=missing)
    return _checked(Understood(text, line, booking, _heading(line, people), _room_name(booking, rooms)), db)


def _find_people(line: Line, chosen: Mapping[str, UUID], db: Db) -> list[Found]:
    if line.kind in ("group", "own_time"):
        return []
    return [find_person(name, chosen, db) for name in line.names]


def _missing(line: Line, people: list[Found]) -> str:
    if not people and line.kind not in ("group", "own_time", "consultation"):
        return tr("Write who the session is for.")
    if line.day is None:
        return tr("Write the day, like tue or 12 May.")
    if line.at is None:
        return tr("Write the time, like 2pm or 14:00.")
    return ""


def _heading(line: Line, people: list[Found]) -> str:
    if line.kind in ("group", "own_time"):
        title = " ".join(re.sub(r"^group\s*", "", name, flags=re.I) for name in line.names).strip()
        return title or appointments.kind_word(line.kind)
    return appointments.join_names([f.person.name for f in people if f.person])


def _booking(
    line: Line, people: list[Found], room_id: UUID | None, therapist_id: UUID | None, db: Db
) -> appointments.Booking | None:
    if line.starts_at is None:
        return None
    ids = tuple(dict.fromkeys(f.person.person_id for f in people if f.person))
    if room_id is None and not line.place and len(ids) == 1:
        room_id = appointments.usual_room(db, ids[0])
        room_id = room_id if room_id in {r.id for r in appointments.list_rooms(db)} else None
    title = _heading(line, people) if line.kind in ("group", "own_time") else ""
    place = line.place[:1].upper() + line.place[1:]
    if line.place.lower() == "home":
        place = tr("At home")
    return appointments.Booking(
        line.starts_at,
        minutes=line.minutes or read_hours(db).minutes,
        person_ids=ids,
        kind=line.kind or ("together" if len(ids) > 1 else "one_to_one"),
        therapist_id=therapist_id,
        room_id=room_id,
        place=place,
        title=title,
        weeks=line.weeks,
        every_weeks=line.every_weeks,
    )


def _partly(line: Line, people: list[Found]) -> str:
    parts = [_heading(line, people)] if people or line.kind else []
    if line.day is not None:
        parts.insert(0, show_day(line.day))
    if line.at is not None:
        parts.insert(1 if line.day else 0, show_time(line.at))
    return " · ".join(parts)


def _room_name(booking: appointments.Booking, rooms: Mapping[str, UUID]) -> str:
    return next((name for name, room_id in rooms.items() if room_id == booking.room_id), "")


def _checked(found: Understood, db: Db) -> Understood:
    booking = found.booking
    if booking is None:
        return found
    found = replace(found, sentence=describe(booking, found.heading, db))
    try:
        appointments.check_booking(db, booking)
    except UserError as error:
        return replace(found, problem=str(error))
    clashes = tuple(appointments.find_clashes(db, booking))
    blocking = [c for c in clashes if c.blocks]
    problem = blocking[0].sentence if blocking else ""
    if len(blocking) > 1:
        problem += " " + ntr("And one more clash.", "And {n} more clashes.", len(blocking) - 1)
    return replace(found, clashes=clashes, problem=problem, warnings=tuple(_warnings(booking, clashes, db)))


def _warnings(booking: appointments.Booking, clashes: tuple[appointments.Clash, ...], db: Db) -> list[str]:
    found = [c.sentence for c in clashes if not c.blocks][:1]
    if booking.starts_at < local_now():
        found.append(tr("This is in the past."))
    known = bank_holidays(division(practice_card(db).nation))
    closed = [at.date() for at in booking.starts if at.date() in known]
    if closed:
        day = show_day(closed[0], short=True)
        found.append(tr("{day} is a bank holiday ({name}).").format(day=day, name=known[closed[0]]))
    return found


def describe(booking: appointments.Booking, heading: str, db: Db) -> str:
    """ "Thu 7 May 2026, 14:00 to 14:45 · Kit · Music room · every week, 6 sessions, the last on Thu 11 Jun"."""
    ends = appointments.wall_end(booking.starts_at, booking.minutes)
    when = tr("{day}, {start} to {end}").format(
        day=show_day(booking.starts_at.date()),
        start=show_time(booking.starts_at.time()),
        end=show_time(ends.time()),
    )
    kind = appointments.kind_word(booking.kind) if booking.kind not in ("one_to_one", "together") else ""
    rooms = {r.id: r.name for r in appointments.list_rooms(db)}
    user = db.info["user"]
    other = booking.therapist_id if booking.therapist_id != user.id else None
    whom = (
        next((tr("with {name}").format(name=u.name) for u in list_users(db) if u.id == other), "")
        if other
        else ""
    )
    room = rooms.get(booking.room_id, "") if booking.room_id else ""
    parts = [
        when,
        heading,
        kind if kind != heading else "",
        whom,
        room,
        booking.place,
        _series_words(booking),
    ]
    return " · ".join(p for p in parts if p)


def _series_words(booking: appointments.Booking) -> str:
    if booking.weeks < 2:
        return ""
    every = ntr("every week", "every {n} weeks", booking.every_weeks)
    last = show_day(booking.starts[-1].date(), short=True)
    return tr("{every}, {n} sessions, the last on {day}").format(every=every, n=booking.weeks, day=last)


@allowed("appointments.book", filters=True)
def book_line(db: Db, text: str, chosen: Mapping[str, UUID] | None = None) -> tuple[list[UUID], Understood]:
    """Book what the line says. Raises ClashError, or UserError with what is missing or not found."""
    found = understand(db, text, chosen)
    if found.booking is None:
        raise UserError(found.problem or tr("Write who, which day and what time, like “tue 2pm Carys 45”."))
    return appointments.book(db, found.booking), found


@allowed("rooms.read")
def find_room(db: Db, name: str) -> UUID:
    """The room of that name. Raises UserError with the names there are."""
    rooms = appointments.list_rooms(db)
    for room in rooms:
        if normal_name(room.name) == normal_name(name) or str(room.id) == name:
            return room.id
    names = ", ".join(r.name for r in rooms) or tr("none yet")
    raise UserError(
        tr("There is no room called “{name}”.").format(name=name), tr("Rooms: {names}.").format(names=names)
    )


@allowed("users.read")
def find_therapist(db: Db, name: str) -> UUID:
    """The therapist of that name, the first name is enough. Raises UserError when there is none, or more than one."""
    found: list[UUID] = [u.id for u in list_users(db) if name_fits(name, u.name, "") or str(u.id) == name]
    if len(found) != 1:
        raise UserError(tr("There is no single therapist called “{name}”.").format(name=name))
    return found[0]


# Why somebody did not come ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AbsenceReason:
    """The words about one attendee of a session."""

    attendance_id: UUID
    person_id: UUID
    text: str


def take_in_reason(message: HandedOver, db: Db) -> None:
    """Keep the words that came sealed; a newer text about the same attendee replaces the older one."""
    if (
        db.scalars(select(AbsenceNote.id).where(AbsenceNote.message_id == message.message_id)).first()
        is not None
    ):
        return
    content = message.content
    attendance_id = UUID(content["attendance_id"])
    note = db.scalars(select(AbsenceNote).where(AbsenceNote.attendance_id == attendance_id)).first()
    if note is None:
        note = AbsenceNote(attendance_id=attendance_id, appointment_id=message.ref)
        db.add(note)
    note.message_id = message.message_id
    note.person_id = UUID(content["person_id"])
    note.happened_on = date.fromisoformat(content["happened_on"])
    note.text = content["text"]


@allowed("diary.read_absence_notes", filters=True)
def absence_notes(db: Db, appointment_id: UUID) -> list[AbsenceReason]:
    """The words about those who did not come to a session; empty without the clinical zone."""
    if not db.holds("clinical"):
        return []
    if only_own(db):
        appointments.get_session(db, appointment_id)
    rows = db.scalars(select(AbsenceNote).where(AbsenceNote.appointment_id == appointment_id))
    return [AbsenceReason(r.attendance_id, r.person_id, r.text) for r in rows]
