"""Who may be the same person, looked for among all. Nothing here joins anybody: people decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, func, select, type_coerce

from therapydesk.core import text
from therapydesk.core.errors import UserError
from therapydesk.core.permissions import allowed
from therapydesk.core.vault.session import Db
from therapydesk.records.likeness import Ground, Likeness, Name, Sought, ground_words, judge, name_likeness
from therapydesk.records.people import ContactPoint, Person, all_names
from therapydesk.records.people_details import PersonDetails

CHUNK = 5_000
SPREAD = 50  # rows that meet in one mark: more is the telephone of an office, not of a person
SHARED = 20  # people who have one way to be reached: more is a house or an office, which tells nobody
TWICE = 20  # rows of one list that are compared with the next one of the same mark


@dataclass(frozen=True)
class Match:
    """The sought person number `row` may be this person: how likely (100 at most), on what ground, and whether it is
    sure.
    """

    row: int
    person_id: UUID
    score: int
    ground: Ground
    sure: bool

    @property
    def why(self) -> str:
        """The ground in words."""
        return ground_words(self.ground)


@dataclass(frozen=True)
class Twice:
    """The rows number `row` and `earlier` of one list may be about the same person."""

    row: int
    earlier: int
    ground: Ground
    sure: bool


@dataclass(frozen=True)
class Duplicate:
    """Somebody who may be the person described, as shown beside them."""

    person_id: UUID
    name: str
    full_name: str
    born_on: date | None
    postcode: str
    score: int
    why: str


_Key = str | UUID  # as the driver gives it: 100,000 candidates are not worth 100,000 UUID objects
_KEY = type_coerce(Person.id, String)
_WAYS = ContactPoint.kind.in_(("phone", "email"))


@allowed("people.read")
def match_many(db: Db, rows: Sequence[Sought]) -> list[Match]:
    """For each row the people it may be, the likeliest first: a handful of queries for 10,000 rows.

    Looked up by NHS number, birth date, telephone and e-mail, postcode, and the very name; names are compared
    letter by letter only inside such a block.
    """
    pairs = _meet(db, rows)
    people = _describe(db, {key for keys in pairs.values() for key in keys})
    found: list[Match] = []
    for number in sorted(pairs):
        judged = [(key, judge(rows[number], people[key])) for key in pairs[number]]
        best = [_match(number, key, likeness) for key, likeness in judged if likeness is not None]
        found += sorted(best, key=lambda m: (not m.sure, -m.score, m.person_id))
    return found


def _match(row: int, key: _Key, likeness: Likeness) -> Match:
    return Match(row, _uuid(key), likeness.score, likeness.ground, likeness.sure)


def _uuid(key: _Key) -> UUID:
    return key if isinstance(key, UUID) else UUID(key)


# --- Blocks: rows and people that have a mark in common ---


def _meet(db: Db, rows: Sequence[Sought]) -> dict[int, dict[_Key, None]]:
    """Row → the people of whom it has a mark, and a name like enough or the very NHS number."""
    blocks = _Blocks(db, rows, [Name(all_names(row.name, row.called)) for row in rows])
    for start in range(0, len(rows), CHUNK):
        part = range(start, min(start + CHUNK, len(rows)))
        if dated := [number for number in part if rows[number].born_on]:
            # Of like name and another birth date is another person. So here only those without a date are looked at,
            # or of the very name.
            undated, called_so = Person.born_on.is_(None), blocks.called_so(dated)
            blocks.add(dated, lambda row: row.ways, ContactPoint.value, undated | called_so)
            blocks.add(dated, lambda row: (row.postcode,), Person.postcode, undated | called_so)
            blocks.add(dated, lambda row: (row.born_on,), Person.born_on)
            blocks.add_by_name(dated, undated)
        if rest := [number for number in part if not rows[number].born_on]:
            blocks.add(rest, lambda row: row.ways, ContactPoint.value)
            blocks.add(rest, lambda row: (row.postcode,), Person.postcode)
            blocks.add_by_name(rest)
        blocks.add(part, lambda row: (row.nhs_number,), Person.nhs_number)
    return blocks.met


@dataclass
class _Blocks:
    """People found by one mark after the other."""

    db: Db
    rows: Sequence[Sought]
    names: Sequence[Name]
    met: dict[int, dict[_Key, None]] = field(default_factory=lambda: defaultdict(dict))
    _ready: dict[str, Name] = field(default_factory=dict)

    def add(
        self,
        part: Iterable[int],
        marks: Callable[[Sought], Iterable[Hashable]],
        column: Any,
        *only: ColumnElement[bool],
    ) -> None:
        """Meet these rows and people on one column."""
        self._add(
            [(mark, number) for number in part for mark in marks(self.rows[number]) if mark], column, only
        )

    def add_by_name(self, part: Iterable[int], *only: ColumnElement[bool]) -> None:
        """Meet these rows and people on the very name."""
        self._add([(name, n) for n in part for name in self._spelt(n)], Person.normal_name, only)

    def called_so(self, part: Iterable[int]) -> ColumnElement[bool]:
        """The condition that somebody has the name of one of these rows."""
        return Person.normal_name.in_({name for number in part for name in self._spelt(number)})

    def _spelt(self, number: int) -> set[str]:
        """With and without what somebody is called besides."""
        row, normal = self.rows[number], self.names[number].normal
        return {normal, all_names(row.name, "")} - {""} if row.called else {normal} - {""}

    def _add(
        self, marked: Sequence[tuple[Hashable, int]], column: Any, only: Sequence[ColumnElement[bool]]
    ) -> None:
        wanted: dict[Hashable, list[int]] = defaultdict(list)
        for mark, number in marked:
            wanted[mark].append(number)
        if not wanted:
            return
        query = _having(column, list(wanted)).where(Person.merged_into.is_(None), *only)
        for value, key, normal in self.db.connection().execute(query).all():
            name = self._ready.get(normal) or self._ready.setdefault(normal, Name(normal))
            for number in wanted[value][:SPREAD]:
                if column is Person.nhs_number or name_likeness(self.names[number], name):
                    self.met[number][key] = None


def _having(column: Any, values: Sequence[Any]) -> Select[Any, _Key, str]:
    """People by a column. Of ways to be reached and postcodes only those that few share."""
    query = select(column, _KEY, Person.normal_name)
    if column is Person.postcode:
        few = select(column.label("mark")).where(column.in_(values)).group_by(column)
        own = few.having(func.count() <= SHARED).subquery()
        return query.select_from(own).join(Person, column == own.c.mark)
    if column is ContactPoint.value:
        way = (ContactPoint.kind, column)
        own = (
            select(*way)
            .where(_WAYS, column.in_(values))
            .group_by(*way)
            .having(func.count() <= SHARED)
            .subquery()
        )
        same = (ContactPoint.kind == own.c.kind) & (column == own.c.value)
        return (
            query.select_from(own).join(ContactPoint, same).join(Person, Person.id == ContactPoint.person_id)
        )
    return query.where(column.in_(values))


def _describe(db: Db, keys: Iterable[_Key]) -> dict[_Key, Sought]:
    """All that is known of these people to compare them by."""
    wanted = [_uuid(key) for key in keys]
    ways: dict[_Key, list[str]] = defaultdict(list)
    found: dict[_Key, Sought] = {}
    who = type_coerce(ContactPoint.person_id, String)
    columns = (
        _KEY,
        Person.full_name,
        Person.preferred_name,
        Person.born_on,
        Person.nhs_number,
        Person.postcode,
    )
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        for key, value in db.connection().execute(
            select(who, ContactPoint.value).where(ContactPoint.person_id.in_(part))
        ):
            ways[key].append(value)
        for key, name, called, born_on, number, postcode in db.connection().execute(
            select(*columns).where(Person.id.in_(part))
        ):
            found[key] = Sought(name, born_on, number or "", postcode, tuple(ways[key]), called)
    return found


# --- One list ---


def match_rows(rows: Sequence[Sought]) -> list[Twice]:
    """For each row of a list the earlier row about the same person: the first that is sure, else the first that may
    be.
    """
    names = [Name(all_names(row.name, row.called)) for row in rows]
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    found: list[Twice] = []
    for number, (row, name) in enumerate(zip(rows, names, strict=True)):
        marks = [mark for mark in _marks(row, name) if mark]
        earlier = dict.fromkeys(other for mark in marks for other in blocks[mark][:TWICE])
        near = [
            n for n in earlier if row.nhs_number == rows[n].nhs_number != "" or name_likeness(name, names[n])
        ]
        judged = ((other, judge(row, rows[other])) for other in near)
        alike = [Twice(number, other, like.ground, like.sure) for other, like in judged if like is not None]
        if alike:
            found.append(next((twice for twice in alike if twice.sure), alike[0]))
        for mark in marks:
            blocks[mark].append(number)
    return found


def _marks(row: Sought, name: Name) -> Iterator[Hashable]:
    yield row.nhs_number
    yield row.born_on
    yield row.postcode and (name.normal, row.postcode)
    yield from row.ways


# --- One person ---


@allowed("people.read")
def find_duplicates(db: Db, details: PersonDetails, limit: int = 5) -> list[Duplicate]:
    """Who may be the person being entered. Half-typed numbers are passed over, not refused."""
    name = details.full_name or details.preferred_name
    if not text.normal_name(name) and not details.nhs_number.strip():
        return []
    number = _read(text.check_nhs_number, details.nhs_number)
    ways = [_read(text.check_phone, p) for p in details.phones]
    ways += [_read(text.check_email, e) for e in details.emails]
    postcode = _read(text.check_postcode, details.postcode)
    called = details.preferred_name if details.full_name else ""
    sought = Sought(name, details.born_on, number, postcode, tuple(w for w in ways if w), called)
    matches = match_many(db, [sought])[:limit]
    people = {
        p.id: p for p in db.scalars(select(Person).where(Person.id.in_([m.person_id for m in matches])))
    }
    return [
        Duplicate(p.id, p.name, p.full_name, p.born_on, p.postcode, m.score, m.why)
        for m in matches
        if (p := people.get(m.person_id)) is not None
    ]


def _read(check: Callable[[str], str], typed: str) -> str:
    try:
        return check(typed) if typed.strip() else ""
    except UserError:
        return ""
