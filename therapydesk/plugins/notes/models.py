"""Notes, their answers, the music used and what was added after signing. All clinical."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from therapydesk.api import ClinicalBase, Erase, Keyed, Privacy, Stamped, mark, tr


def state_word(state: str) -> str:
    """How far a note is."""
    return {"draft": tr("Draft"), "signed": tr("Signed")}.get(state, state)


class Note(Stamped, ClinicalBase):
    """A note on one person. `state` is draft or signed; a signed note is never changed, only added to.

    `warning` names what is painful to read in it; the note then opens behind that warning (LW30).
    `happened_on` is the day it is about, `created_at` when it was begun, `signed_at` when it was signed.
    """

    __tablename__ = "notes_note"
    log_name = mark("Session note")
    code_words = {"state": state_word}
    log_changes = {"signed_at": mark("Signed a note")}
    __table_args__ = (
        Index("ix_notes_note_person_happened", "person_id", "happened_on"),
        # Whole, or each session is looked for among all that are signed.
        Index("ix_notes_note_session", "appointment_id", "person_id", "state"),
    )
    privacy = Privacy("Notes about your sessions", "clinical", Erase.DELETE, "record of the support given")

    person_id: Mapped[UUID] = mapped_column(index=True)
    appointment_id: Mapped[UUID | None]
    template: Mapped[str] = mapped_column(String(40))
    happened_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="draft", index=True)
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[UUID | None]
    signer_name: Mapped[str] = mapped_column(String(200), default="")
    warning: Mapped[str] = mapped_column(String(200), default="")
    answers: Mapped[list[Answer]] = relationship(order_by="Answer.position", cascade="all, delete-orphan")
    music: Mapped[list[Music]] = relationship(order_by="Music.position", cascade="all, delete-orphan")
    addenda: Mapped[list[Addendum]] = relationship(
        order_by="Addendum.created_at", cascade="all, delete-orphan"
    )


class Answer(Keyed, ClinicalBase):
    """What was written under one prompt; the prompt's title is kept as it was shown."""

    __tablename__ = "notes_answer"
    log_name = mark("Text of a session note")
    privacy = Privacy("Notes about your sessions", "clinical", Erase.DELETE, "record of the support given")

    person_id: Mapped[UUID] = mapped_column(index=True)
    note_id: Mapped[UUID] = mapped_column(ForeignKey("clinical.notes_note.id"), index=True)
    prompt: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text, default="")


class Music(Keyed, ClinicalBase):
    """A song, piece or instrument that was used, and how ("sung together, F major")."""

    __tablename__ = "notes_music"
    log_name = mark("Music of a session note")
    privacy = Privacy("Music used in your sessions", "clinical", Erase.DELETE, "record of the support given")

    person_id: Mapped[UUID] = mapped_column(index=True)
    note_id: Mapped[UUID] = mapped_column(ForeignKey("clinical.notes_note.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    how: Mapped[str] = mapped_column(String(200), default="")


class Addendum(Stamped, ClinicalBase):
    """Text added to a signed note, with who and when (the stamps and `signer_name`)."""

    __tablename__ = "notes_addendum"
    log_name = mark("Addition to a signed note")
    privacy = Privacy("Additions to notes", "clinical", Erase.DELETE, "record of the support given")

    person_id: Mapped[UUID] = mapped_column(index=True)
    note_id: Mapped[UUID] = mapped_column(ForeignKey("clinical.notes_note.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    signer_name: Mapped[str] = mapped_column(String(200))
