"""Search people; what modules find is asked of them (hook `search`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from therapydesk.core import dates
from therapydesk.core.contributions import Hit, Link
from therapydesk.core.permissions import allowed
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.name_search import near_names, words_of
from therapydesk.records.people import Person
from therapydesk.records.people_lists import ids_named

CONSIDERED = 200


@allowed("people.read")
def search(db: Db, text: str, limit: int = 20) -> list[Hit]:
    """People by any part of a name, an NHS number, telephone, e-mail or postcode; else by a name nearly so.

    Names with a word that begins as typed come first.
    """
    ids = ids_named(text, CONSIDERED, db) or near_names(words_of(text), limit, db)
    if not ids:
        return []
    columns = (Person.id, Person.full_name, Person.preferred_name, Person.normal_name, Person.born_on)
    rows = db.execute(
        select(*columns, Person.died_on).where(Person.id.in_(ids), Person.merged_into.is_(None))
    ).all()
    place = {person_id: n for n, person_id in enumerate(ids)}
    words = words_of(text)
    ranked = sorted(rows, key=lambda row: (-_begins(row.normal_name, words), place[row.id]))
    return [_hit(row, words) for row in ranked[:limit]]


def _begins(name: str, words: list[str]) -> int:
    """How many of the words typed begin a word of the name; one more when the first begins the name."""
    parts = name.split()
    found = sum(any(part.startswith(word) for part in parts) for word in words)
    return found + bool(words and name.startswith(words[0]))


def _hit(row: Any, words: list[str]) -> Hit:
    name = row.preferred_name or row.full_name
    full = row.full_name if row.full_name != name else ""
    born = tr("born {day}").format(day=dates.show_day(row.born_on)) if row.born_on else ""
    died = tr("died {day}").format(day=dates.show_day(row.died_on)) if row.died_on else ""
    score = 60.0 + min(20, 10 * _begins(row.normal_name, words))
    return Hit(name, " · ".join(p for p in (full, born, died) if p), Link("person", row.id), score)
