"""What a typed line means, whether it can be booked, and booking it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from therapydesk.api import (
    Db,
    UserError,
    allowed,
    appointments,
    bank_holidays,
    list_users,
    local_now,
    ntr,
    practice_card,
    show_day,
    show_time,
    today,
    tr,
)
from therapydesk.plugins.diary.days import Hours, division, read_hours
from therapydesk.plugins.diary.finding import Candidate, Found, find_person
from therapydesk.plugins.diary.rules import Line, read_line


@dataclass(frozen=True)
class Understood:
    """What a line was understood as.

    `sentence` says it in full; `problem` why it cannot be booked (nothing when `booking` is there and no
    clash blocks
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
class Known:
    """What a line is read with."""

    rooms: dict[str, UUID]
    users: dict[UUID, str]
    therapists: dict[str, UUID]
    hours: Hours
    holidays: Mapping[date, str]

    def room(self, room_id: UUID | None) -> str:
        return next((name for name, found in self.rooms.items() if found == room_id), "")


@allowed("appointments.book", filters=True)
def know(db: Db) -> Known:
    """What lines are read with: rooms, users, hours, bank holidays. Ask once while one line is typed."""
    users = list_users(db)
    return Known(
        {r.name: r.id for r in appointments.list_rooms(db)},
        {u.id: u.name for u in users},
        {u.name: u.id for u in users if "therapist" in u.roles},
        read_hours(db),
        bank_holidays(division(practice_card(db).nation)),
    )


@allowed("appointments.book", filters=True)
def understand(
    db: Db, text: str, chosen: Mapping[str, UUID] | None = None, known: Known | None = None
) -> Understood:
    """What the line means, and whether it can be booked. `chosen`: normal name → the person picked for it."""
    if not text.strip():
        return Understood(text)
    known = known or know(db)
    line = read_line(text, today(), list(known.rooms), list(known.therapists))
    people = _find_people(line, chosen or {}, db)
    lost = next((f for f in people if f.person is None), None)
    if lost is not None:
        return Understood(text, line, problem=lost.problem, asked=lost.typed, choices=lost.choices)
    missing = _missing(line, people)
    booking = _booking(line, people, known, db)
    if missing or booking is None:
        said = _partly(line, people)
        return Understood(text, line, None, _heading(line, people), sentence=said, problem=missing)
    heading, room = _heading(line, people), known.room(booking.room_id)
    found = Understood(text, line, booking, heading, room, sentence=_describe(booking, heading, known, db))
    return _checked(found, booking, known, db)


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


def _booking(line: Line, people: list[Found], known: Known, db: Db) -> appointments.Booking | None:
    if line.starts_at is None:
        return None
    ids = tuple(dict.fromkeys(f.person.person_id for f in people if f.person))
    room_id = known.rooms.get(line.room)
    if room_id is None and not line.place and len(ids) == 1:
        usual = appointments.usual_room(db, ids[0])
        room_id = usual if usual in known.rooms.values() else None
    place = tr("At home") if line.place.lower() == "home" else line.place[:1].upper() + line.place[1:]
    return appointments.Booking(
        line.starts_at,
        minutes=line.minutes or known.hours.minutes,
        person_ids=ids,
        kind=line.kind or ("together" if len(ids) > 1 else "one_to_one"),
        therapist_id=known.therapists.get(line.with_whom),
        room_id=room_id,
        place=place,
        title=_heading(line, people) if line.kind in ("group", "own_time") else "",
        weeks=line.weeks,
        every_weeks=line.every_weeks,
    )


def _partly(line: Line, people: list[Found]) -> str:
    when = [show_day(line.day)] if line.day is not None else []
    when += [show_time(line.at)] if line.at is not None else []
    return " · ".join([*when, *([_heading(line, people)] if people or line.kind else [])])


def _describe(booking: appointments.Booking, heading: str, known: Known, db: Db) -> str:
    """Such as “Thu 7 May 2026, 14:00 to 14:45 · Kit · Music room · every week, 6 sessions”."""
    ends = appointments.wall_end(booking.starts_at, booking.minutes)
    when = tr("{day}, {start} to {end}").format(
        day=show_day(booking.starts_at.date()),
        start=show_time(booking.starts_at.time()),
        end=show_time(ends.time()),
    )
    kind = appointments.kind_word(booking.kind) if booking.kind not in ("one_to_one", "together") else ""
    other = booking.therapist_id if booking.therapist_id != db.user.id else None
    whom = tr("with {name}").format(name=known.users.get(other, "")) if other is not None else ""
    room = known.room(booking.room_id)
    parts = [when, heading, kind if kind != heading else "", whom, room, booking.place]
    return " · ".join(p for p in (*parts, _series_words(booking)) if p)


def _series_words(booking: appointments.Booking) -> str:
    if booking.weeks < 2:
        return ""
    every = ntr("every week", "every {n} weeks", booking.every_weeks)
    last = show_day(booking.starts[-1].date(), short=True)
    return tr("{every}, {n} sessions, the last on {day}").format(every=every, n=booking.weeks, day=last)


def _checked(found: Understood, booking: appointments.Booking, known: Known, db: Db) -> Understood:
    try:
        appointments.check_booking(db, booking)
    except UserError as error:
        return replace(found, problem=str(error))
    clashes = tuple(appointments.find_clashes(db, booking))
    blocking = [c for c in clashes if c.blocks]
    problem = blocking[0].sentence if blocking else ""
    if len(blocking) > 1:
        problem += " " + ntr("And one more clash.", "And {n} more clashes.", len(blocking) - 1)
    warnings = [c.sentence for c in clashes if not c.blocks][:1] + _warnings(booking, known.holidays)
    return replace(found, clashes=clashes, problem=problem, warnings=tuple(warnings))


def _warnings(booking: appointments.Booking, holidays: Mapping[date, str]) -> list[str]:
    found = [tr("This is in the past.")] if booking.starts_at < local_now() else []
    closed = [at.date() for at in booking.starts if at.date() in holidays]
    if closed:
        day = show_day(closed[0], short=True)
        found.append(tr("{day} is a bank holiday ({name}).").format(day=day, name=holidays[closed[0]]))
    return found


@allowed("appointments.book", filters=True)
def book_line(db: Db, text: str, chosen: Mapping[str, UUID] | None = None) -> tuple[list[UUID], Understood]:
    """Book what the line says. Raises ClashError, or UserError with what is missing or not found."""
    found = understand(db, text, chosen)
    if found.booking is None:
        raise UserError(found.problem or tr("Write who, which day and what time, like “tue 2pm Carys 45”."))
    return appointments.book(db, found.booking), found
