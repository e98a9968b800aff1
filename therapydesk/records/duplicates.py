"""Who may be the same person. Nothing here joins anybody: people decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, String, select, type_coerce

from therapydesk.core import text
from therapydesk.core.errors import UserError
from therapydesk.core.permissions import allowed
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.people import ContactPoint, Person, all_names
from therapydesk.records.people_details import PersonDetails

CHUNK = 5_000
SURE, LIKE = (
    100,
    84,
)  # rapidfuzz token_sort_ratio: "jon price" and "john price" are 95, "ann rees" and "alan rees" 94
SPREAD = 50  # a block in which more than this many rows meet is a shared telephone, not a person


@dataclass(frozen=True)
class Sought:
    """Somebody as far as known, in stored form (NHS number checked, telephones E.164)."""

    name: str
    born_on: date | None = None
    nhs_number: str = ""
    postcode: str = ""
    ways: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """The sought person number `row` may be this person. `why` in words; `score` 0 to 100, 100 the same NHS
    number.
    """

    row: int
    person_id: UUID
    score: int
    why: str


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
_Known = tuple[str, date | None, str | None]  # normal name, born on, NHS number


@dataclass
class _Blocks:
    """Pairs of row and person that have a mark in common, and what is known of those people."""

    db: Db
    people: dict[_Key, _Known] = field(default_factory=dict)
    pairs: dict[int, dict[_Key, bool]] = field(default_factory=lambda: defaultdict(dict))

    def add(
        self,
        rows: Sequence[Sought],
        marks: Callable[[Sought], Iterable[Hashable]],
        column: Any,
        *only: ColumnElement[bool],
        way: bool = False,
    ) -> None:
        """Meet rows and people on one column; `way` remembers that they share a way to be reached."""
        wanted: dict[Hashable, list[int]] = defaultdict(list)
        for number, row in enumerate(rows):
            for mark in marks(row):
                wanted[mark].append(number)
        for value, key, normal, born_on, nhs_number in self._read(column, list(wanted), only):
            self.people[key] = (normal, born_on, nhs_number)
            for number in wanted[value][:SPREAD]:
                pairs = self.pairs[number]
                pairs[key] = way or pairs.get(key, False)

    def _read(self, column: Any, values: Sequence[Any], only: Sequence[ColumnElement[bool]]) -> Iterator[Any]:
        key = type_coerce(Person.id, String)
        for start in range(0, len(values), CHUNK):
            query = select(column, key, Person.normal_name, Person.born_on, Person.nhs_number).where(
                column.in_(values[start : start + CHUNK]), Person.merged_into.is_(None), *only
            )
            if column is ContactPoint.value:
                query = query.join(Person, Person.id == ContactPoint.person_id)
            yield from self.db.connection().execute(query)


@allowed("people.read")
def match_many(db: Db, rows: Sequence[Sought]) -> list[Match]:
    """For each row the people it may be, the likeliest first: a handful of queries for 10,000 rows.

    Looked up by NHS number, birth date, telephone and e-mail, postcode, and the very name; names are compared
    letter by letter only inside such a block.
    """
    names = [all_names(row.name, "") for row in rows]
    blocks = _Blocks(db)
    blocks.add(rows, lambda r: [r.nhs_number] if r.nhs_number else [], Person.nhs_number)
    blocks.add(rows, lambda r: r.ways, ContactPoint.value, way=True)
    blocks.add(rows, lambda r: [r.postcode] if r.postcode else [], Person.postcode, way=True)
    blocks.add(rows, lambda r: [r.born_on] if r.born_on else [], Person.born_on)
    blocks.add(rows, lambda r: [] if r.born_on else [all_names(r.name, "")], Person.normal_name)
    # Of one name and another birth date is another person, so only those without a date are looked at here.
    undated = Person.born_on.is_(None)
    blocks.add(rows, lambda r: [all_names(r.name, "")] if r.born_on else [], Person.normal_name, undated)
    found: list[Match] = []
    for number in sorted(blocks.pairs):
        row, name, best = rows[number], names[number], []
        for key, shares_way in blocks.pairs[number].items():
            score, why = _judge(row, name, blocks.people[key], shares_way)
            if score:
                best.append(Match(number, key if isinstance(key, UUID) else UUID(key), score, why))
        found += sorted(best, key=lambda m: (-m.score, m.person_id))
    return found


def _judge(row: Sought, name: str, known: _Known, shares_way: bool) -> tuple[int, str]:
    normal, born_on, nhs_number = known
    if row.nhs_number and row.nhs_number == nhs_number:
        return SURE, tr("Same NHS number")
    same_birth = row.born_on is not None and row.born_on == born_on
    if not same_birth:
        if row.nhs_number and nhs_number:
            return 0, ""
        if row.born_on and born_on and not shares_way:
            return 0, ""
    like = _likeness(name, normal)
    if not like:
        return 0, ""
    same_name = like >= 99
    if same_birth and shares_way:
        return 98 if same_name else 92, tr("Like name, same birth date, same way to reach them")
    if same_birth:
        return 94 if same_name else 86, tr("Like name, same birth date")
    if shares_way:
        return 88 if same_name else 80, tr("Like name, same way to reach them")
    return (75, tr("Same name")) if same_name else (0, "")


def _likeness(a: str, b: str) -> float:
    """0 when unlike. The words of one name within the other ("harjit s sandhu") count as the same name."""
    if a == b:
        return 100.0
    score = fuzz.token_sort_ratio(a, b, score_cutoff=LIKE)
    first, second = set(a.split()), set(b.split())
    if first <= second or second <= first:
        return 99.0 if min(len(first), len(second)) > 1 else 90.0  # one name only may be anybody's
    return score


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
    sought = Sought(name, details.born_on, number, postcode, tuple(w for w in ways if w))
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
