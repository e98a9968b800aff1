"""Who has a name like what was typed. Parts, not service functions: they take `db` last and ask no
permission.

Three letters or more may stand anywhere in a name, one or two begin a word of it; every word typed must be
found.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, column, or_, select, text, true

from therapydesk.core import text as texts
from therapydesk.core.errors import UserError
from therapydesk.core.vault.session import Db
from therapydesk.records.people import ContactPoint, Person

TRIGRAM = 3
MOST_TYPED = 200  # letters: a condition for each of very many words is more than the engine takes
NEAR, NEAR_LOOKED_AT = 70, 200
_MANY = "SELECT count(*) FROM (SELECT 1 FROM person_search WHERE person_search MATCH :wanted LIMIT :most)"
_FOUND = "SELECT person_id FROM person_search WHERE person_search MATCH :wanted LIMIT :most"
_NEAR = (
    "SELECT names, person_id FROM person_search WHERE person_search MATCH :wanted ORDER BY rank LIMIT :most"
)


def words_of(typed: str) -> list[str]:
    """What is looked for: the words typed, without case, accents and marks. Of a page that was pasted, its beginning."""
    return texts.normal_name(typed.strip()[:MOST_TYPED]).split()


def few_named(words: Sequence[str], most: int, db: Db) -> list[UUID] | None:
    """The ids of the people whose names hold all words, unsorted; None when there are more than `most`.

    In the table each word of a name stands behind two spaces, so that one or two letters find beginnings.
    """
    wanted = " AND ".join(f'"{word if len(word) >= TRIGRAM else word.rjust(TRIGRAM)}"' for word in words)
    values = {"wanted": wanted, "most": most + 1}
    if (db.connection().scalar(text(_MANY), values) or 0) > most:
        return None
    return [UUID(person_id) for person_id in db.connection().scalars(text(_FOUND), values)]


def holds(words: Sequence[str]) -> ColumnElement[bool]:
    """The same rule as a condition on each row, for words that very many names hold."""
    parts = [
        Person.normal_name.contains(w, autoescape=True)
        if len(w) >= TRIGRAM
        else or_(
            Person.normal_name.startswith(w, autoescape=True),
            Person.normal_name.contains(f" {w}", autoescape=True),
        )
        for w in words
    ]
    return and_(true(), *parts)


def near_names(words: Sequence[str], most: int, db: Db) -> list[UUID]:
    """Who is called nearly so, the likeliest first: for a slip of the finger, when nobody is called exactly so."""
    from rapidfuzz import fuzz

    pieces = {w[n : n + TRIGRAM] for w in words if len(w) > TRIGRAM for n in range(len(w) - TRIGRAM + 1)}
    if not pieces:
        return []
    query = text(_NEAR).bindparams(wanted=" OR ".join(f'"{p}"' for p in sorted(pieces)), most=NEAR_LOOKED_AT)
    found = db.connection().execute(query.columns(column("names"), column("person_id", Uuid()))).all()
    ranked = []
    for names, person_id in found:
        parts = names.split()
        score = min(max(fuzz.ratio(word, part) for part in parts) for word in words) if parts else 0
        if score >= NEAR:
            ranked.append((-score, names, person_id))
    return [person_id for _score, _names, person_id in sorted(ranked, key=lambda r: r[:2])[:most]]


def numbered(typed: str) -> Select[UUID] | None:
    """Who has this very NHS number, telephone, e-mail or postcode; None when it looks like none of them."""
    if not any(c.isdigit() or c == "@" for c in typed):
        return None
    conditions: list[ColumnElement[bool]] = []
    if texts.nhs_number_ok(typed):
        conditions.append(Person.nhs_number == texts.check_nhs_number(typed))
    for check, where in (
        (texts.check_phone, ContactPoint.value),
        (texts.check_email, ContactPoint.value),
        (texts.check_postcode, Person.postcode),
    ):
        try:
            value = check(typed)
        except UserError:
            continue
        if where is Person.postcode:
            conditions.append(Person.postcode == value)
        else:
            conditions.append(Person.id.in_(select(ContactPoint.person_id).where(where == value)))
    return select(Person.id).where(or_(*conditions)) if conditions else None
