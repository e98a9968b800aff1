"""Lists of people by name: found by any part of it, read a window at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_

from therapydesk.core import dates
from therapydesk.core.errors import UserError
from therapydesk.core.permissions import allowed
from therapydesk.core.text import normal_name
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.appointment_tables import Appointment, Attendance
from therapydesk.records.episodes import Episode
from therapydesk.records.name_search import few_named, holds, numbered, words_of
from therapydesk.records.people import Person
from therapydesk.records.people_details import STAGE_ORDER, stage_words
from therapydesk.records.users import User

MOST_FOUND = 500
OPEN_STAGES = ("active", "waiting", "paused")
SHOWN = (Person.full_name, Person.preferred_name, Person.born_on, Person.died_on)


@dataclass(frozen=True)
class PeopleQuery:
    """What to list: a text in any name, people with an episode in one of the stages, one therapist's people."""

    text: str = ""
    stages: tuple[str, ...] = ()
    therapist_id: UUID | None = None


@dataclass(frozen=True)
class PersonRow:
    """A line of the People list. `therapist` is the name of who holds the episode that counts most."""

    id: UUID
    name: str
    full_name: str
    born_on: date | None
    died_on: date | None
    stage: str
    stage_text: str
    therapist: str
    next_at: datetime | None


@dataclass
class PeopleFound:
    """What a query found. `more`: there are more than `count`, which the list does not go on to.

    `ids` are all of them in order when few are called what was looked for. Else they are None and windows are
    read by the last row before them, as far as `marks` (row number → sort key of the row before it) knows
    one; `words` then stand in each name.
    """

    query: PeopleQuery
    count: int
    more: bool = False
    ids: list[UUID] | None = None
    words: tuple[str, ...] = ()
    marks: dict[int, tuple[str, UUID]] = field(default_factory=dict)


@allowed("people.read")
def find_people(db: Db, query: PeopleQuery) -> PeopleFound:
    """Find whom a query means, without reading their rows yet. At most 500 are found for a text."""
    if not query.text.strip():
        return PeopleFound(query, _count(query, db))
    words = words_of(query.text)
    ids = _few_for_text(words, query, db)
    if ids is not None:
        return PeopleFound(query, len(ids), ids=ids)
    held = _listed(query).where(holds(words)).limit(MOST_FOUND + 1).subquery()
    count = db.scalar(select(func.count()).select_from(held)) or 0
    return PeopleFound(query, min(count, MOST_FOUND), count > MOST_FOUND, words=tuple(words))


@allowed("people.read")
def read_people(db: Db, found: PeopleFound, offset: int, limit: int) -> list[PersonRow]:
    """A window of the rows that were found."""
    if found.ids is not None:
        return people_rows(found.ids[offset : offset + limit], db)
    if found.words:
        limit = min(limit, max(0, found.count - offset))
    start = max((n for n in found.marks if n <= offset), default=0)
    query = _listed(found.query, *SHOWN).where(holds(found.words)).limit(limit).offset(offset - start)
    if start:
        query = query.where(tuple_(Person.sort_name, Person.id) > tuple_(*found.marks[start]))
    people = db.execute(query).all()
    if people and len(people) == limit:
        found.marks[offset + limit] = (people[-1].sort_name, people[-1].id)
    return _with_episodes(people, db)


@allowed("people.read")
def person_called(db: Db, name: str) -> UUID | None:
    """The one person with this full or preferred name, None when there is nobody. Raises UserError for several."""
    wanted = normal_name(name)
    rows = list_people(db, PeopleQuery(name), 0, 50) if wanted else []
    same = [row.id for row in rows if wanted in (normal_name(row.full_name), normal_name(row.name))]
    if len(same) > 1:
        raise UserError(tr("Several people are called that."), tr("Write the full name."))
    return same[0] if same else None


@allowed("people.read")
def mark_people(db: Db, query: PeopleQuery, every: int = 200) -> dict[int, tuple[str, UUID]]:
    """The sort key of every 200th row: with these in `PeopleFound.marks` a jump to any row costs the same."""
    number = func.row_number().over(order_by=(Person.sort_name, Person.id)).label("number")
    listed = select(Person.sort_name, Person.id, number).where(_in_list(query)).subquery()
    query_ = select(listed.c.number, listed.c.sort_name, listed.c.id).where(listed.c.number % every == 0)
    return {row.number: (row.sort_name, row.id) for row in db.execute(query_)}


@allowed("people.read")
def list_people(db: Db, query: PeopleQuery, offset: int = 0, limit: int = 200) -> list[PersonRow]:
    """A window of the people that a query means, by the name to say."""
    if not query.text.strip():
        return read_people(db, PeopleFound(query, 0), offset, limit)
    return read_people(db, find_people(db, query), offset, limit)


@allowed("people.read")
def count_people(db: Db, query: PeopleQuery) -> int:
    """How many people a query means; for a text at most 501."""
    if not query.text.strip():
        return _count(query, db)
    return len(_ids_for_text(words_of(query.text), query, db))


def ids_named(typed: str, most: int, db: Db) -> list[UUID]:
    """The first people in order of name who are called that, or who have that very number or address."""
    return _ids_for_text(words_of(typed), PeopleQuery(typed), db, most)


def _ids_for_text(words: list[str], query: PeopleQuery, db: Db, most: int = MOST_FOUND + 1) -> list[UUID]:
    few = _few_for_text(words, query, db)
    if few is not None:
        return few[:most]
    return [person_id for _name, person_id in db.execute(_listed(query).where(holds(words)).limit(most))]


def _few_for_text(words: list[str], query: PeopleQuery, db: Db) -> list[UUID] | None:
    """The people a text means, in order of name; None when it stands in very many names."""
    few = few_named(words, MOST_FOUND, db) if words else []
    if few is None:
        return None
    exact = numbered(query.text)
    given = list(db.scalars(exact)) if exact is not None else []
    wanted = list(dict.fromkeys([*given, *few]))
    if not wanted:
        return []
    keys = select(Person.id, Person.sort_name).where(_in_list(query), Person.id.in_(wanted))
    return [row[0] for row in sorted(db.execute(keys).all(), key=lambda r: (r[1], r[0].hex))]


def _listed(query: PeopleQuery, *columns: Any) -> Select[Any]:
    """Those in the list in order of name: sort key, id and the columns asked for."""
    listed = select(Person.sort_name, Person.id, *columns).where(_in_list(query))
    return listed.order_by(Person.sort_name, Person.id)


def _in_list(query: PeopleQuery) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [Person.merged_into.is_(None)]
    if episode := _episode(query):
        parts.append(select(Episode.id).where(Episode.person_id == Person.id, *episode).exists())
    return and_(*parts)


def _episode(query: PeopleQuery) -> list[ColumnElement[bool]]:
    parts: list[ColumnElement[bool]] = []
    if set(query.stages) == set(OPEN_STAGES):
        parts.append(Episode.stage != "closed")
    elif query.stages:
        parts.append(Episode.stage.in_(query.stages))
    if query.therapist_id is not None:
        parts.append(Episode.therapist_id == query.therapist_id)
    return parts


def _count(query: PeopleQuery, db: Db) -> int:
    if episode := _episode(query):  # merged records have no episodes: those went to the record kept
        return db.scalar(select(func.count(Episode.person_id.distinct())).where(*episode)) or 0
    merged = select(func.count()).select_from(Person).where(Person.merged_into.is_not(None))
    every = select(func.count()).select_from(Person)  # told from the size of the table, without a walk
    return db.scalar(select(every.scalar_subquery() - merged.scalar_subquery())) or 0


# --- The rows ---


def people_rows(ids: list[UUID], db: Db) -> list[PersonRow]:
    """Rows of these people in this order."""
    if not ids:
        return []
    people = {p.id: p for p in db.execute(select(Person.id, *SHOWN).where(Person.id.in_(ids)))}
    return _with_episodes([people[i] for i in ids if i in people], db)


def _with_episodes(people: Sequence[Any], db: Db) -> list[PersonRow]:
    """Add to people's own columns their stages (one query) and next sessions (one query)."""
    ids = [p.id for p in people]
    if not ids:
        return []
    stages, coming = stages_of(ids, db), _next(ids, db)
    return [_row(p, *stages.get(p.id, ("", "")), coming.get(p.id)) for p in people]


def _row(person: Any, stage: str, therapist: str, next_at: datetime | None) -> PersonRow:
    return PersonRow(
        person.id,
        person.preferred_name or person.full_name,
        person.full_name,
        person.born_on,
        person.died_on,
        stage,
        tr("Died") if person.died_on else stage_words(stage),
        therapist,
        next_at,
    )


def stages_of(ids: list[UUID], db: Db) -> dict[UUID, tuple[str, str]]:
    """Stage and therapist of each person's episode that counts most: active, paused, waiting, closed; then
    the newest.
    """
    query = (
        select(Episode.person_id, Episode.stage, User.name)
        .outerjoin(User, User.id == Episode.therapist_id)
        .where(Episode.person_id.in_(ids))
        .order_by(Episode.opened_on)
    )
    rows = sorted(db.execute(query), key=lambda r: STAGE_ORDER.index(r[1]), reverse=True)
    return {person_id: (stage, name or "") for person_id, stage, name in rows}


def _next(ids: list[UUID], db: Db) -> dict[UUID, datetime]:
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
    return {person_id: at for person_id, at in db.execute(query) if person_id is not None}
