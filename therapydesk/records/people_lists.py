"""Lists of people, a window at a time; search by any part of a name; possible duplicates at entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, column, func, or_, select, text, true

from therapydesk.core import dates
from therapydesk.core import text as words
from therapydesk.core.contributions import Hit, Link
from therapydesk.core.permissions import allowed
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.appointment_tables import Appointment, Attendance
from therapydesk.records.episodes import Episode
from therapydesk.records.people import ContactPoint, Person
from therapydesk.records.people_details import PersonDetails, stage_words
from therapydesk.records.users import User


@dataclass(frozen=True)
class PeopleQuery:
    """What to list: text in any name, one stage, one therapist's people, or everybody known."""

    text: str = ""
    stage: str = ""
    therapist_id: UUID | None = None
    everybody: bool = True


@dataclass(frozen=True)
class PersonRow:
    """A line of the People list."""

    id: UUID
    name: str
    full_name: str
    born_on: date | None
    stage: str
    stage_text: str
    therapist: str
    next_at: datetime | None


@dataclass(frozen=True)
class Duplicate:
    """Somebody who may be the same person; `why` in words, `score` 0 to 100."""

    person_id: UUID
    name: str
    born_on: date | None
    postcode: str
    score: int
    why: str


def _matches(typed: str) -> ColumnElement[bool]:
    """Any part of a name, by the trigram table; under three letters by the beginning of a name."""
    normal = words.normal_name(typed)
    if not normal:
        return true()
    if len(normal) < 3:
        return or_(
            Person.normal_name.startswith(normal, autoescape=True), Person.normal_name.contains(f" {normal}")
        )
    phrase = " AND ".join('"' + part.replace('"', "") + '"' for part in normal.split() if len(part) >= 3)
    if not phrase:
        return Person.normal_name.contains(normal, autoescape=True)
    found = text("SELECT person_id FROM person_search WHERE person_search MATCH :phrase").bindparams(
        phrase=phrase
    )
    return Person.id.in_(found.columns(column("person_id", Uuid())))


def _where(query: PeopleQuery) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [Person.merged_into.is_(None), _matches(query.text)]
    episode: list[ColumnElement[bool]] = []
    if query.stage:
        episode.append(Episode.stage == query.stage)
    if query.therapist_id is not None:
        episode.append(Episode.therapist_id == query.therapist_id)
    if episode:
        parts.append(select(Episode.id).where(Episode.person_id == Person.id, *episode).exists())
    return and_(*parts)


@allowed("people.read")
def count_people(db: Db, query: PeopleQuery) -> int:
    """How many people the query finds."""
    return db.scalar(select(func.count()).select_from(Person).where(_where(query))) or 0


@allowed("people.read")
def list_people(db: Db, query: PeopleQuery, offset: int = 0, limit: int = 200) -> list[PersonRow]:
    """A window of the people found, by name: one query for names, one for stages, one for next sessions."""
    page = (
        select(Person.id)
        .where(_where(query))
        .order_by(Person.normal_name, Person.id)
        .limit(limit)
        .offset(offset)
    )
    ids = list(db.scalars(page))
    return _rows(db, ids)


def _rows(db: Db, ids: list[UUID]) -> list[PersonRow]:
    people = {p.id: p for p in db.execute(select(*_columns()).where(Person.id.in_(ids))).all()}
    stages = _stages(db, ids)
    upcoming = _next(db, ids)
    return [_row(people[i], *stages.get(i, ("", "")), upcoming.get(i)) for i in ids if i in people]


def _columns() -> tuple[Any, ...]:
    return (Person.id, Person.full_name, Person.preferred_name, Person.born_on, Person.died_on)


def _row(person: Any, stage: str, therapist: str, next_at: datetime | None) -> PersonRow:
    word = tr("Died") if person.died_on else stage_words(stage)
    name = person.preferred_name or person.full_name
    return PersonRow(person.id, name, person.full_name, person.born_on, stage, word, therapist, next_at)


def _stages(db: Db, ids: list[UUID]) -> dict[UUID, tuple[str, str]]:
    query: Select[Any] = (
        select(Episode.person_id, Episode.stage, User.name)
        .outerjoin(User, User.id == Episode.therapist_id)
        .where(Episode.person_id.in_(ids))
    )
    found: dict[UUID, tuple[str, str]] = {}
    order = ("closed", "waiting", "paused", "active")
    for person_id, stage, name in sorted(db.execute(query).all(), key=lambda r: order.index(r[1])):
        found[person_id] = (stage, name or "")
    return found


def _next(db: Db, ids: list[UUID]) -> dict[UUID, datetime]:
    query = (
        select(Attendance.person_id, func.min(Appointment.starts_at))
        .join(Appointment, Appointment.id == Attendance.appointment_id)
        .where(
            Attendance.person_id.in_(ids),
            Appointment.state == "booked",
            Appointment.starts_at >= dates.local_now(),
        )
        .group_by(Attendance.person_id)
    )
    return {person_id: at for person_id, at in db.execute(query).all() if person_id is not None}


@allowed("people.read")
def search_people(db: Db, typed: str, limit: int = 20) -> list[Hit]:
    """People whose name holds the text; names that begin with it come first."""
    normal = words.normal_name(typed)
    first = Person.normal_name.startswith(normal, autoescape=True).desc()
    query = select(*_columns(), Person.postcode).where(Person.merged_into.is_(None), _matches(typed))
    rows = db.execute(query.order_by(first, Person.normal_name).limit(limit)).all()
    return [_hit(row) for row in rows]


def _hit(row: Any) -> Hit:
    name = row.preferred_name or row.full_name
    full = row.full_name if row.full_name != name else ""
    born = tr("born {day}").format(day=dates.show_day(row.born_on)) if row.born_on else ""
    return Hit(name, " · ".join(p for p in (full, born) if p), Link("person", row.id))


@allowed("people.read")
def find_duplicates(db: Db, details: PersonDetails, limit: int = 5) -> list[Duplicate]:
    """Who may be the same person: same NHS number, same way to reach, or a like name with the same birth date."""
    from rapidfuzz import fuzz

    number = words.check_nhs_number(details.nhs_number) if words.nhs_number_ok(details.nhs_number) else None
    ways = [_value(v) for v in (*details.phones, *details.emails) if v.strip()]
    normal = words.normal_name(details.full_name)
    blocks: list[ColumnElement[bool]] = [Person.normal_name == normal]
    if number:
        blocks.append(Person.nhs_number == number)
    if details.born_on:
        blocks.append(Person.born_on == details.born_on)
    if details.postcode.strip():
        blocks.append(Person.postcode == details.postcode.strip().upper())
    if ways:
        blocks.append(
            select(ContactPoint.id)
            .where(ContactPoint.person_id == Person.id, ContactPoint.value.in_(ways))
            .exists()
        )
    query = select(Person).where(Person.merged_into.is_(None), or_(*blocks)).limit(200)
    found = []
    for person in db.scalars(query):
        same = bool(number) and person.nhs_number == number
        score = 100 if same else round(fuzz.token_set_ratio(normal, person.normal_name))
        why = tr("Same NHS number") if same else tr("Like name")
        if not same and details.born_on is not None and person.born_on == details.born_on:
            score, why = min(99, score + 10), tr("Like name, same date of birth")
        if same or score >= 82:
            found.append(Duplicate(person.id, person.name, person.born_on, person.postcode, score, why))
    return sorted(found, key=lambda d: -d.score)[:limit]


def _value(typed: str) -> str:
    if "@" in typed:
        return typed.strip().lower()
    digits = typed.replace(" ", "")
    return f"+44{digits[1:]}" if digits.startswith("0") else digits
