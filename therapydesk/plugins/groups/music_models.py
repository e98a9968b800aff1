"""Music of groups, all in core: what is sung says nothing of anybody's health, and neither may a tag."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.api import NO_PERSONAL_DATA, CoreBase, Erase, Keyed, Privacy, Stamped, mark
from therapydesk.plugins.groups import words


class Piece(Stamped, CoreBase):
    """A piece of the repertoire. `text`: its sections in ChordPro, without what is known of it in the other columns.

    `key` is the one of the chords as written, `capo` the fret they are played at (0: none); `tempo` as said ("96", "slow");
    `range` from lowest to highest note ("A3–D5"). `own`: words by members or by us; else it is our own copy of somebody's,
    and `licence` says what allows it. `rests_until`: not to be sung before that day.
    """

    __tablename__ = "groups_piece"
    log_name = mark("Song")
    privacy = NO_PERSONAL_DATA

    title: Mapped[str] = mapped_column(String(200), index=True)
    by: Mapped[str] = mapped_column(String(200), default="")
    key: Mapped[str] = mapped_column(String(4), default="")
    capo: Mapped[int] = mapped_column(default=0)
    tempo: Mapped[str] = mapped_column(String(30), default="")
    time: Mapped[str] = mapped_column(String(10), default="")
    range: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(40), default="")
    mood: Mapped[str] = mapped_column(String(60), default="")
    rights: Mapped[str] = mapped_column(String(300), default="")
    licence: Mapped[str] = mapped_column(String(500), default="")
    own: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(Text, default="")
    rests_until: Mapped[date | None]
    ended_on: Mapped[date | None]


class PieceTag(Keyed, CoreBase):
    """What a piece is good for or who sings it ("warm-up", "Tuneful Wednesdays")."""

    __tablename__ = "groups_piece_tag"
    log_name = mark("Tag of a song")
    __table_args__ = (Index("ix_groups_piece_tag_once", "piece_id", "tag", unique=True),)
    privacy = NO_PERSONAL_DATA

    piece_id: Mapped[UUID] = mapped_column(ForeignKey("groups_piece.id", ondelete="CASCADE"))
    tag: Mapped[str] = mapped_column(String(60), index=True)


class Sung(Stamped, CoreBase):
    """A piece was sung at a session; `key` is the one it was sung in, `position` counts from 1."""

    __tablename__ = "groups_sung"
    log_name = mark("Song that was sung")
    __table_args__ = (Index("ix_groups_sung_once", "appointment_id", "piece_id", unique=True),)
    privacy = NO_PERSONAL_DATA

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"))
    piece_id: Mapped[UUID] = mapped_column(ForeignKey("groups_piece.id"), index=True)
    key: Mapped[str] = mapped_column(String(4), default="")
    position: Mapped[int]


class SungPerson(Stamped, CoreBase):
    """Somebody liked a piece at a session, or led it: `part` is liked or led."""

    __tablename__ = "groups_sung_person"
    log_name = mark("Who liked or led a song")
    code_words = {"part": words.of(words.PARTS)}
    privacy = Privacy("Songs you liked or led", "contact", Erase.DELETE, "needed to choose what is sung")

    sung_id: Mapped[UUID] = mapped_column(ForeignKey("groups_sung.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    part: Mapped[str] = mapped_column(String(10))


class SetList(Stamped, CoreBase):
    """Pieces in an order, for a session or a concert."""

    __tablename__ = "groups_set_list"
    log_name = mark("Set list")
    privacy = NO_PERSONAL_DATA

    title: Mapped[str] = mapped_column(String(100))
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups_group.id"), index=True)
    on_day: Mapped[date | None]


class SetItem(Keyed, CoreBase):
    """A piece of a set list; `key` when it is sung in another than its own."""

    __tablename__ = "groups_set_item"
    log_name = mark("Song of a set list")
    privacy = NO_PERSONAL_DATA

    set_id: Mapped[UUID] = mapped_column(ForeignKey("groups_set_list.id", ondelete="CASCADE"), index=True)
    piece_id: Mapped[UUID] = mapped_column(ForeignKey("groups_piece.id"), index=True)
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(4), default="")


class PieceCopies(Stamped, CoreBase):
    """Copies of a piece's words were printed; a licence may want to know how many."""

    __tablename__ = "groups_piece_copies"
    log_name = mark("Copies of a song")
    privacy = NO_PERSONAL_DATA

    piece_id: Mapped[UUID] = mapped_column(ForeignKey("groups_piece.id", ondelete="CASCADE"), index=True)
    made_on: Mapped[date]
    copies: Mapped[int]
