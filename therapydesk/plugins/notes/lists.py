"""Lists of notes, and the sessions that have none yet. One query each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from therapydesk.api import Db, Person, allowed, appointments, is_own, local_now, only_own
from therapydesk.plugins.notes.finding import holds, words_of
from therapydesk.plugins.notes.models import Addendum, Answer, Note
from therapydesk.plugins.notes.rules import first_words
from therapydesk.plugins.notes.templates import template

LEAST_TYPED = 3  # letters of a word, for notes to be offered beside people and pages
Appointment, Attendance = appointments.Appointment, appointments.Attendance


@dataclass(frozen=True)
class NoteRow:
    """A line of the list of notes. `state`: draft, signed, added_to. Behind a `warning` there are no first words."""

    id: UUID
    person_id: UUID
    name: str
    happened_on: date
    kind: str
    state: str
    author: str
    first_words: str
    warning: str = ""


@dataclass(frozen=True)
class FoundNote:
    """A note that a search found: whose, of which day and of what kind. Nothing that is written in it."""

    id: UUID
    name: str
    happened_on: date
    kind: str


@dataclass(frozen=True)
class Unwritten:
    """A session that took place and has no note on this person yet; `note_id` when a draft was begun."""

    appointment_id: UUID
    person_id: UUID
    name: str
    starts_at: datetime
    kind: str
    note_id: UUID | None


def _rows(db: Db, query: Select[Note, Person], limit: int, offset: int = 0) -> list[NoteRow]:
    found = db.execute(
        query.order_by(Note.happened_on.desc(), Note.id.desc()).limit(limit).offset(offset)
    ).all()
    ids = [note.id for note, _person in found]
    added = set(db.scalars(select(Addendum.note_id).where(Addendum.note_id.in_(ids)).distinct()))
    texts: dict[UUID, list[str]] = {}
    answers = select(Answer.note_id, Answer.text).where(Answer.note_id.in_(ids))
    for note_id, text in db.execute(answers.order_by(Answer.position)):
        texts.setdefault(note_id, []).append(text)
    return [
        NoteRow(
            note.id,
            note.person_id,
            person.name,
            note.happened_on,
            template(note.template).title,
            "added_to" if note.id in added else note.state,
            note.signer_name,
            "" if note.warning else first_words(texts.get(note.id, [])),
            note.warning,
        )
        for note, person in found
    ]


def _list_query(db: Db, text: str, state: str, *, in_text: bool = False) -> Select[Note, Person]:
    query = select(Note, Person).join(Person, Person.id == Note.person_id)
    if in_text or text.strip():
        query = query.where(holds(words_of(text), in_text=in_text))
    if state:
        query = query.where(Note.state == state)
    if only_own(db):
        query = query.where(or_(Note.created_by == db.user.id, Note.signed_by == db.user.id))
    return query


@allowed("notes.read", filters=True)
def list_notes(
    db: Db, text: str = "", state: str = "", *, offset: int = 0, limit: int = 200
) -> list[NoteRow]:
    """Notes the user may read, newest first; each word of `text` is in the note or in the person's name."""
    return _rows(db, _list_query(db, text, state), limit, offset)


@allowed("notes.read", filters=True)
def find_notes(db: Db, text: str, limit: int = 20) -> list[FoundNote]:
    """The newest notes the user may read with a word of `text` in what is written, for a list that shows none of it.

    One or two letters are in so many notes that they find none here.
    """
    if not any(len(word) >= LEAST_TYPED for word in text.split()):
        return []
    found = _list_query(db, text, "", in_text=True)
    shown = (Note.id, Note.happened_on, Note.template, Person.full_name, Person.preferred_name)
    rows = db.execute(
        found.with_only_columns(*shown).order_by(Note.happened_on.desc(), Note.id.desc()).limit(limit)
    )
    return [
        FoundNote(row.id, row.preferred_name or row.full_name, row.happened_on, template(row.template).title)
        for row in rows
    ]


@allowed("notes.read", filters=True)
def count_listed(db: Db, text: str = "", state: str = "") -> int:
    """How many notes `list_notes` would give in all."""
    return db.scalar(select(func.count()).select_from(_list_query(db, text, state).subquery())) or 0


@allowed("notes.read", person="person_id")
def notes_of(db: Db, person_id: UUID, limit: int = 200) -> list[NoteRow]:
    """Notes on one person, newest first."""
    query = select(Note, Person).join(Person, Person.id == Note.person_id).where(Note.person_id == person_id)
    return _rows(db, query, limit)


@allowed("notes.read", filters=True)
def last_notes(db: Db, person_ids: Sequence[UUID]) -> dict[UUID, NoteRow]:
    """The newest note on each of these people, as far as the user may read it."""
    place = func.row_number().over(
        partition_by=Note.person_id, order_by=(Note.happened_on.desc(), Note.id.desc())
    )
    wanted = [i for i in person_ids if not only_own(db) or is_own(db, i)]
    ranked = select(Note.id, place.label("place")).where(Note.person_id.in_(wanted)).subquery()
    newest = select(ranked.c.id).where(ranked.c.place == 1)
    query = select(Note, Person).join(Person, Person.id == Note.person_id).where(Note.id.in_(newest))
    return {row.person_id: row for row in _rows(db, query, len(wanted))}


@allowed("notes.write", filters=True)
def unwritten(db: Db, days: int = 60) -> list[Unwritten]:
    """The user's own sessions of the last `days` days that took place and have no signed note, oldest first.

    A session counts once it was completed and the person came, unless it is one of which nobody needs a note of their own
    (`Appointment.note_each`), such as a drop-in.
    """
    about = _about()
    draft = (
        select(func.max(Note.id)).where(about, Note.state == "draft").correlate(Appointment, Attendance)
    ).scalar_subquery()
    query = _without_note(db, select(Appointment, Person, draft), days).order_by(Appointment.starts_at)
    found = db.execute(query).all()
    return [Unwritten(a.id, p.id, p.name, a.starts_at, a.kind, note_id) for a, p, note_id in found]


@allowed("notes.write", filters=True)
def count_unwritten(db: Db, days: int = 60) -> int:
    """How many `unwritten` would give."""
    return db.scalar(_without_note(db, select(func.count()).select_from(Appointment), days)) or 0


def _about() -> ColumnElement[bool]:
    return and_(Note.appointment_id == Appointment.id, Note.person_id == Attendance.person_id)


def _without_note(db: Db, what: Select[*tuple[Any, ...]], days: int) -> Select[*tuple[Any, ...]]:
    signed = select(Note.id).where(_about(), Note.state == "signed").correlate(Appointment, Attendance)
    return (
        what.join(Attendance, Attendance.appointment_id == Appointment.id)
        .join(Person, Person.id == Attendance.person_id)
        .where(
            Appointment.therapist_id == db.user.id,
            Appointment.state == "completed",
            Appointment.kind != "own_time",
            Appointment.note_each,
            Appointment.starts_at >= local_now() - timedelta(days=days),
            Attendance.state.in_(appointments.CAME),
            Attendance.role == "person",
            ~signed.exists(),
        )
    )


@allowed("notes.read", person="person_id")
def session_number(db: Db, person_id: UUID, starts_at: datetime) -> int:
    """Which session of this person it was: how many they came to up to then (local wall time)."""
    query = (
        select(func.count(Appointment.id.distinct()))
        .join(Attendance, Attendance.appointment_id == Appointment.id)
        .where(
            Attendance.person_id == person_id,
            Attendance.state.in_(appointments.CAME),
            Appointment.starts_at <= starts_at,
        )
    )
    return db.scalar(query) or 0
