"""Who of the people here a row may be about: looked up in blocks, so that 10,000 rows need a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, select

from therapydesk.api import ContactPoint, Db, Person, normal_name, tr
from therapydesk.plugins.referrals.rules.draft import RowDraft

CHUNK = 5_000
ALIKE = (
    86  # rapidfuzz token_sort_ratio; "jon price" and "john price" are 94.7, "ann rees" and "alan rees" 94.1
)
MOST = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody the row may be about. `sure`: alike enough to ask, even when the rules see nothing certain."""

    person_id: UUID
    sure: bool = False
    why: str = ""


def find_candidates(db: Db, drafts: Sequence[tuple[int, RowDraft]]) -> dict[int, list[Candidate]]:
    """For each row, at most five people: by NHS number, by birthday and like name, by contact, by name and
    postcode.
    """
    found: dict[int, dict[UUID, Candidate]] = defaultdict(dict)
    by_number = _rows_by(drafts, lambda d: [d.nhs_number] if d.nhs_number else [])
    for number, person_id in _pairs(db, Person.nhs_number, Person.id, by_number):
        for key in by_number[number]:
            found[key].setdefault(person_id, Candidate(person_id))
    _by_birthday(db, drafts, found)
    by_way = _rows_by(drafts, lambda d: [*d.phones, *d.emails])
    for way, person_id in _pairs(db, ContactPoint.value, ContactPoint.person_id, by_way):
        for key in by_way[way][:50]:
            found[key].setdefault(person_id, Candidate(person_id))
    _by_name(db, drafts, found)
    return {key: list(options.values())[:MOST] for key, options in found.items()}


def _rows_by(drafts: Sequence[tuple[int, RowDraft]], marks: Any) -> dict[Any, list[int]]:
    rows: dict[Any, list[int]] = defaultdict(list)
    for key, draft in drafts:
        for mark in marks(draft):
            rows[mark].append(key)
    return rows


def _pairs(db: Db, column: Any, wanted: Any, values: Iterable[Any]) -> Iterable[tuple[Any, UUID]]:
    live: list[ColumnElement[bool]] = (
        [] if wanted is ContactPoint.person_id else [Person.merged_into.is_(None)]
    )
    listed = list(values)
    for start in range(0, len(listed), CHUNK):
        query = select(column, wanted).where(column.in_(listed[start : start + CHUNK]), *live)
        yield from db.execute(query).all()


def _by_birthday(
    db: Db, drafts: Sequence[tuple[int, RowDraft]], found: dict[int, dict[UUID, Candidate]]
) -> None:
    rows = _rows_by(drafts, lambda d: [d.born_on] if d.born_on else [])
    names = {key: normal_name(draft.name) for key, draft in drafts}
    people: dict[Any, list[tuple[str, UUID]]] = defaultdict(list)
    days = list(rows)
    for start in range(0, len(days), CHUNK):
        query = select(Person.born_on, Person.normal_name, Person.id)
        query = query.where(Person.born_on.in_(days[start : start + CHUNK]), Person.merged_into.is_(None))
        for born_on, name, person_id in db.execute(query):
            people[born_on].append((name, person_id))
    why = tr("Like name, same birth")
    for born_on, keys in rows.items():
        for name, person_id in people.get(born_on, ()):
            for key in keys:
                if fuzz.token_sort_ratio(names[key], name, score_cutoff=ALIKE) or _inside(names[key], name):
                    found[key].setdefault(person_id, Candidate(person_id, True, why))


def _inside(a: str, b: str) -> bool:
    """Whether all words of the shorter name stand in the longer ("harjit sandhu", "harjit s sandhu")."""
    first, second = set(a.split()), set(b.split())
    return min(len(first), len(second)) > 1 and (first <= second or second <= first)


def _by_name(db: Db, drafts: Sequence[tuple[int, RowDraft]], found: dict[int, dict[UUID, Candidate]]) -> None:
    """Rows without a birthday: the very name, and a postcode or nothing against it."""
    rows = _rows_by([pair for pair in drafts if pair[1].born_on is None], lambda d: [normal_name(d.name)])
    drafts_by_key = dict(drafts)
    names = [name for name in rows if " " in name]
    for start in range(0, len(names), CHUNK):
        query = select(Person.normal_name, Person.id, Person.postcode)
        query = query.where(
            Person.normal_name.in_(names[start : start + CHUNK]), Person.merged_into.is_(None)
        )
        for name, person_id, postcode in db.execute(query):
            for key in rows[name]:
                here = drafts_by_key[key].postcode
                if not here or not postcode or here == postcode:
                    found[key].setdefault(person_id, Candidate(person_id, True, tr("Same name")))
