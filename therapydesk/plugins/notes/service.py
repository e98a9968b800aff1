"""Start, save, sign and add to notes. Nothing here can change a signed note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from therapydesk.api import (
    Db,
    NotFound,
    PermissionDenied,
    Person,
    StaleRecord,
    UserError,
    allowed,
    appointments,
    now,
    today,
    tr,
)
from therapydesk.plugins.notes.models import Addendum, Answer, Music, Note
from therapydesk.plugins.notes.rules import LONGEST_MUSIC, is_empty, split_music
from therapydesk.plugins.notes.templates import template


@dataclass(frozen=True)
class AnswerView:
    """One prompt and what stands under it."""

    prompt: str
    title: str
    text: str


@dataclass(frozen=True)
class MusicView:
    """A song, piece or instrument, and how it was used (may be empty)."""

    id: UUID
    name: str
    how: str


@dataclass(frozen=True)
class AddendumView:
    """An addition: who wrote it and when (UTC)."""

    text: str
    signer_name: str
    written_at: datetime


@dataclass(frozen=True)
class NoteView:
    """A note as it is shown. Times are UTC, `happened_on` is the day it is about; `mine`: by the user."""

    id: UUID
    person_id: UUID
    name: str
    appointment_id: UUID | None
    template: str
    title: str
    happened_on: date
    state: str
    written_at: datetime
    signed_at: datetime | None
    signer_name: str
    answers: tuple[AnswerView, ...]
    music: tuple[MusicView, ...]
    addenda: tuple[AddendumView, ...]
    row_version: int
    mine: bool
    warning: str = ""


def _view(db: Db, note: Note) -> NoteView:
    answers = tuple(AnswerView(a.prompt, a.title, a.text) for a in note.answers)
    addenda = tuple(AddendumView(a.text, a.signer_name, a.created_at) for a in note.addenda)
    music = tuple(MusicView(m.id, m.name, m.how) for m in note.music)
    title = template(note.template).title
    person = db.get(Person, note.person_id)
    return NoteView(
        note.id,
        note.person_id,
        person.name if person is not None else "",
        note.appointment_id,
        note.template,
        title,
        note.happened_on,
        note.state,
        note.created_at,
        note.signed_at,
        note.signer_name,
        answers,
        music,
        addenda,
        note.row_version,
        note.created_by == db.user.id,
        note.warning,
    )


def _find(db: Db, note_id: UUID) -> Note:
    note = db.get(Note, note_id)
    if note is None:
        raise NotFound(tr("That note is not here."))
    return note


def _person_of(db: Db, note_id: UUID, *_args: object, **_more: object) -> UUID | None:
    return db.scalar(select(Note.person_id).where(Note.id == note_id))


def _own_draft(db: Db, note_id: UUID) -> Note:
    note = _find(db, note_id)
    if note.state == "signed":
        raise UserError(tr("This note is signed."), tr("Use “Add to note” to add something."))
    if note.created_by != db.user.id:
        raise PermissionDenied(tr("Only the person who wrote this note can change or sign it."))
    return note


def _check_version(note: Note, row_version: int | None) -> None:
    if row_version is not None and note.row_version != row_version:
        raise StaleRecord(
            tr("This note was saved in another window meanwhile."), tr("Reload it to see both.")
        )


def _check_session(db: Db, person_id: UUID, appointment_id: UUID) -> None:
    if person_id not in appointments.get_session(db, appointment_id).person_ids:
        raise UserError(tr("This person is not on that session’s list."))


@allowed("notes.write", person="person_id")
def start_note(
    db: Db,
    person_id: UUID,
    happened_on: date,
    *,
    appointment_id: UUID | None = None,
    template_id: str = "session",
) -> NoteView:
    """The user's own unsigned note for this person and session, begun now if there is none.

    Raises UserError for a day that is still to come, or a person who was not at the session.
    """
    if happened_on > today():
        raise UserError(tr("That day is still to come."), tr("A note is about what has happened."))
    if appointment_id is not None:
        _check_session(db, person_id, appointment_id)
    found = db.scalars(
        select(Note).where(
            Note.person_id == person_id,
            Note.appointment_id == appointment_id,
            Note.state == "draft",
            Note.created_by == db.user.id,
            Note.happened_on == happened_on,
        )
    ).first()
    if found is None:
        found = Note(
            person_id=person_id, appointment_id=appointment_id, template=template_id, happened_on=happened_on
        )
        prompts = template(template_id).prompts
        found.answers = [
            Answer(person_id=person_id, prompt=p.id, title=p.title, position=i) for i, p in enumerate(prompts)
        ]
        db.add(found)
        db.flush()
    return _view(db, found)


@allowed("notes.write", person=_person_of)
def save_note(db: Db, note_id: UUID, answers: Mapping[str, str], row_version: int) -> NoteView:
    """Keep what was typed, by prompt id. Raises StaleRecord when the note was saved elsewhere meanwhile."""
    note = _own_draft(db, note_id)
    _check_version(note, row_version)
    for answer in note.answers:
        answer.text = answers.get(answer.prompt, answer.text)
    note.changed_at = now()
    flag_modified(note, "changed_at")  # the version must move even within one tick of the clock
    db.flush()
    return _view(db, note)


@allowed("notes.write", person=_person_of)
def add_music(db: Db, note_id: UUID, text: str) -> NoteView:
    """Add a song, piece or instrument to an unsigned note of one's own. What stands after the first comma of `text` is
    how it was used. Raises UserError when nothing is named, or the text is longer than 200 letters.
    """
    note = _own_draft(db, note_id)
    name, how = split_music(text)
    if not name:
        raise UserError(tr("Name the song, piece or instrument first."))
    if max(len(name), len(how)) > LONGEST_MUSIC:
        raise UserError(tr("That is too long."), tr("Write it under a heading of the note."))
    position = max((m.position for m in note.music), default=-1) + 1
    note.music.append(Music(person_id=note.person_id, position=position, name=name, how=how))
    db.flush()
    return _view(db, note)


@allowed("notes.write", person=_person_of)
def remove_music(db: Db, note_id: UUID, music_id: UUID) -> NoteView:
    """Take a song, piece or instrument out of an unsigned note of one's own. Raises NotFound."""
    note = _own_draft(db, note_id)
    found = next((m for m in note.music if m.id == music_id), None)
    if found is None:
        raise NotFound(tr("That is not in the note any more."))
    note.music.remove(found)
    db.flush()
    return _view(db, note)


@allowed("notes.write", person=_person_of)
def set_warning(db: Db, note_id: UUID, warning: str) -> NoteView:
    """Name what is painful to read in an unsigned note of one's own, so that it opens behind that warning; empty takes it
    away. Raises UserError when it is longer than 200 letters.
    """
    note = _own_draft(db, note_id)
    text = " ".join(warning.split())
    if len(text) > LONGEST_MUSIC:
        raise UserError(tr("That is too long."), tr("A few words are enough, such as “loss of a child”."))
    note.warning = text
    db.flush()
    return _view(db, note)


@allowed("notes.sign", person=_person_of)
def sign_note(db: Db, note_id: UUID, row_version: int | None = None) -> NoteView:
    """Sign the note; after this it can only be added to. Raises UserError when nothing is written in it, StaleRecord
    when it is not the version that was read.
    """
    note = _own_draft(db, note_id)
    _check_version(note, row_version)
    if is_empty(a.text for a in note.answers):
        raise UserError(tr("There is nothing in this note yet."), tr("Write something before you sign it."))
    note.state, note.signed_at = "signed", now()
    note.signed_by, note.signer_name = db.user.id, db.user.name
    db.flush()
    return _view(db, note)


@allowed("notes.write", person=_person_of)
def add_addendum(db: Db, note_id: UUID, text: str) -> NoteView:
    """Add to a signed note, under the user's name and today's date."""
    note = _find(db, note_id)
    if note.state != "signed":
        raise UserError(tr("This note is not signed yet."), tr("Change the note itself."))
    if not text.strip():
        raise UserError(tr("There is nothing to add yet."))
    note.addenda.append(Addendum(person_id=note.person_id, text=text.strip(), signer_name=db.user.name))
    db.flush()
    return _view(db, note)


@allowed("notes.write", person=_person_of)
def drop_note(db: Db, note_id: UUID) -> None:
    """Take away an unsigned note of one's own that is empty."""
    note = _own_draft(db, note_id)
    if note.music or not is_empty(a.text for a in note.answers):
        raise UserError(tr("There is something in this note."))
    db.delete(note)


@allowed("notes.read", person=_person_of)
def read_note(db: Db, note_id: UUID) -> NoteView:
    """One note with its answers and additions."""
    return _view(db, _find(db, note_id))


@allowed("notes.read", person="person_id")
def previous_note(db: Db, person_id: UUID, before: date, not_id: UUID | None = None) -> NoteView | None:
    """The last signed note on this person up to that day, to stand beside the one being written."""
    found = db.scalars(
        select(Note)
        .where(
            Note.person_id == person_id, Note.state == "signed", Note.happened_on <= before, Note.id != not_id
        )
        .order_by(Note.happened_on.desc(), Note.id.desc())
        .limit(1)
    ).first()
    return None if found is None else _view(db, found)


@allowed("notes.read", person="person_id")
def count_notes(db: Db, person_id: UUID) -> int:
    """How many notes there are on a person."""
    return db.scalar(select(func.count()).select_from(Note).where(Note.person_id == person_id)) or 0
