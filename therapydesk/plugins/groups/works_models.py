"""What members made, and where it was performed; all in core.

A title, its makers and a programme are what an audience reads, so they say nothing of anybody's health; the screens ask for
that. Files of a work may hold such words: they are documents of the clinical zone, found by `ref`.
"""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.api import NO_PERSONAL_DATA, CoreBase, Erase, Keyed, Privacy, Stamped, mark
from therapydesk.plugins.groups.words import several
from therapydesk.plugins.groups.works_rules import CREDITS, KINDS, USES, credit_words, kind_words, use_words


class Work(Stamped, CoreBase):
    """Something that members made. `kind`: a code of works_rules.KINDS; `appointment_id`: the session it came out of;
    `piece_id`: the song of the repertoire that it is, if it is sung; `uses`: what it is meant for, codes of works_rules.USES
    with spaces between.
    """

    __tablename__ = "groups_work"
    log_name = mark("Work")
    code_words = {"kind": several(KINDS, kind_words), "uses": several(USES, use_words)}
    privacy = NO_PERSONAL_DATA

    title: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="song")
    made_on: Mapped[date | None]
    appointment_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointment.id"), index=True)
    piece_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups_piece.id"), index=True)
    uses: Mapped[str] = mapped_column(String(60), default="", server_default="")
    ended_on: Mapped[date | None]


class Maker(Stamped, CoreBase):
    """Somebody who made a work, and how they want to be named: `credit` is a code of works_rules.CREDITS, empty before they
    were asked; `credit_text` is the name they chose.
    """

    __tablename__ = "groups_maker"
    log_name = mark("Maker of a work")
    code_words = {"credit": several(CREDITS, credit_words)}
    privacy = Privacy("Music you made", "contact", Erase.DELETE, "so that it is yours and named as you wish")

    work_id: Mapped[UUID] = mapped_column(ForeignKey("groups_work.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    credit: Mapped[str] = mapped_column(String(10), default="")
    credit_text: Mapped[str] = mapped_column(String(100), default="")


class WorkUse(Keyed, CoreBase):
    """What a work is to be used for (a code of works_rules.USES), resting on one maker's consent by `rest_id`."""

    __tablename__ = "groups_work_use"
    log_name = mark("Use of a work")
    privacy = NO_PERSONAL_DATA

    maker_id: Mapped[UUID] = mapped_column(ForeignKey("groups_maker.id", ondelete="CASCADE"), index=True)
    use: Mapped[str] = mapped_column(String(10))
    rest_id: Mapped[UUID]


class Event(Stamped, CoreBase):
    """A performance. `venue_id` or `place`: where; `audience`: heads, counted or guessed, without those who performed."""

    __tablename__ = "groups_event"
    log_name = mark("Performance")
    privacy = NO_PERSONAL_DATA

    title: Mapped[str] = mapped_column(String(200))
    on_day: Mapped[date] = mapped_column(index=True)
    starts_at: Mapped[time | None]
    venue_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    place: Mapped[str] = mapped_column(String(200), default="")
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups_group.id"), index=True)
    audience: Mapped[int | None]


class Performer(Stamped, CoreBase):
    """Somebody who performs at an event; `credit` as with a maker. `rest_id`: what rests on their consent."""

    __tablename__ = "groups_performer"
    log_name = mark("Performer")
    code_words = {"credit": several(CREDITS, credit_words)}
    privacy = Privacy(
        "Performances you were in", "contact", Erase.DELETE, "so that you are named as you wish"
    )

    event_id: Mapped[UUID] = mapped_column(ForeignKey("groups_event.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    credit: Mapped[str] = mapped_column(String(10), default="")
    credit_text: Mapped[str] = mapped_column(String(100), default="")
    rest_id: Mapped[UUID | None]


class EventItem(Keyed, CoreBase):
    """A line of a programme: a work, a song of the repertoire, or words such as “Interval”."""

    __tablename__ = "groups_event_item"
    log_name = mark("Line of a programme")
    privacy = NO_PERSONAL_DATA

    event_id: Mapped[UUID] = mapped_column(ForeignKey("groups_event.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    work_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups_work.id"), index=True)
    piece_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups_piece.id"), index=True)
    words: Mapped[str] = mapped_column(String(200), default="")


class ProgrammeName(Stamped, CoreBase):
    """Somebody whose name or work stands in a programme as it was printed or saved last, for a use (works_rules.USES)."""

    __tablename__ = "groups_programme_name"
    log_name = mark("Name in a printed programme")
    code_words = {"use": several(USES, use_words)}
    privacy = Privacy(
        "Programmes that you stand in", "contact", Erase.DELETE, "so that copies are taken away if you say no"
    )

    event_id: Mapped[UUID] = mapped_column(ForeignKey("groups_event.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    use: Mapped[str] = mapped_column(String(10))
    made_on: Mapped[date]
