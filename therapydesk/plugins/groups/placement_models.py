"""What people are beyond coming along: placements as helpers, levels of skill, meetings, people sent on to a network."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.api import NO_PERSONAL_DATA, CoreBase, Erase, Privacy, Stamped, mark
from therapydesk.plugins.groups import words


class Placement(Stamped, CoreBase):
    """Somebody is a volunteer, peer navigator, role model or helper for a while, be they a member, too, or not (KC19,
    KC37). `ends_on` None: still. `supported_by` is the person of the team whom they turn to.
    """

    __tablename__ = "groups_placement"
    log_name = mark("Placement of a helper")
    code_words = {"role": words.chosen(words.roles)}
    privacy = Privacy("What you did as a helper", "contact", Erase.DELETE, "needed to support helpers")

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("groups_group.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    supported_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))


class SkillLevel(Stamped, CoreBase):
    """How far somebody is in an activity, from beginner to professional, at the start or at a review (KC16). It opens and
    closes no door: nothing asks for a level before somebody may come.
    """

    __tablename__ = "groups_skill"
    log_name = mark("Level of skill")
    code_words = {"level": words.level_word, "at": words.of(words.TIMES)}
    privacy = Privacy("How far you were in music", "contact", Erase.DELETE, "record of the support given")

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    activity: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(20))
    at: Mapped[str] = mapped_column(String(10), default="start")  # start, review
    noted_on: Mapped[date]


class Agreed(Stamped, CoreBase):
    """What a meeting decided, or an action with who does it and until when (LW21). An action is a user's, or of somebody of
    the group or its helpers (`person_id`), or of an outsider whom `owner` names.
    """

    __tablename__ = "groups_agreed"
    log_name = mark("Agreed at a meeting")
    code_words = {"kind": words.of(words.AGREED)}
    privacy = Privacy(
        "What you took on at a meeting",
        "contact",
        Erase.BLANK,
        "what was agreed stays, without you",
        ("person_id",),
    )

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # decision, action
    text: Mapped[str] = mapped_column(String(400))
    owner: Mapped[str] = mapped_column(String(100), default="")
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]


class HandOff(Stamped, CoreBase):
    """So many people were told of a network that others run (OT11, opening 26): a number, and no name."""

    __tablename__ = "groups_hand_off"
    log_name = mark("Told of a network")
    privacy = NO_PERSONAL_DATA

    group_id: Mapped[UUID] = mapped_column(ForeignKey("groups_group.id"), index=True)
    happened_on: Mapped[date]
    people: Mapped[int]
