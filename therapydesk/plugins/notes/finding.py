"""Which notes hold what was typed: each word of it in the text of the note, or in the name of whom it is on.

Accents, case and signs make no difference; the last word may be the beginning of one. The text of notes is read from
the full-text table of the clinical zone, which triggers keep (revision 0004). Parts, not service functions.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, column, false, or_, select, table, true

from therapydesk.api import Person, normal_name
from therapydesk.plugins.notes.models import Note

MOST_TYPED, MOST_WORDS = 200, 12  # of a page that was pasted, its beginning
_SEARCH = table("notes_search", column("rowid"), column("notes_search"), schema="clinical")
_PIECE = table("notes_search_piece", column("number"), column("note_id", Uuid()), schema="clinical")


@dataclass(frozen=True)
class Wanted:
    """A word that is looked for: as names are compared, and as the full text is asked for it."""

    name: str
    query: str


def words_of(typed: str) -> list[Wanted]:
    """The words typed. Whatever stands in them is looked for as it is; nothing is an order to the full text."""
    clean = unicodedata.normalize("NFC", typed[:MOST_TYPED].encode("utf-8", "ignore").decode())
    words = [w for w in clean.replace("\0", " ").split() if any(c.isalnum() for c in w)][:MOST_WORDS]
    quoted = ['"' + word.replace('"', '""') + '"' for word in words]
    quoted[-1:] = [f"{last} *" for last in quoted[-1:]]
    return [Wanted(normal_name(word), query) for word, query in zip(words, quoted, strict=True)]


def holds(words: list[Wanted], *, in_text: bool = False) -> ColumnElement[bool]:
    """The condition that each word is found; with `in_text`, at least one of them in the text. Never true without words."""
    if not words:
        return false()
    named = [_notes_on(word) for word in words]
    written = [_notes_with(word) for word in words]
    found = [Note.id.in_(text.union_all(name)) for name, text in zip(named, written, strict=True)]
    return and_(*found, or_(*(Note.id.in_(text) for text in written)) if in_text else true())


def _notes_with(word: Wanted) -> Select[UUID]:
    match = _SEARCH.c.notes_search.op("MATCH")(word.query)
    return select(_PIECE.c.note_id).where(_PIECE.c.number.in_(select(_SEARCH.c.rowid).where(match)))


def _notes_on(word: Wanted) -> Select[UUID]:
    called = select(Person.id).where(Person.normal_name.contains(word.name, autoescape=True))
    return select(Note.id).where(Note.person_id.in_(called))
