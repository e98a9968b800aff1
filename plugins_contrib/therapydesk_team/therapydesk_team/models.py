"""People of the practice, what they hold, and the hours they put in. All core: nothing here is clinical."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.api import CoreBase, Erase, Privacy, Stamped, word_of
from therapydesk_team import rules

_WHY = "so that those who support people are known, cleared and trained"


class Member(Stamped, CoreBase):
    """Somebody who works or volunteers here. The id of somebody who signs in is their user's, and so is the name.

    `person_id` is set when the practice also knows them as a person: one may be supported and volunteer at once.
    """

    __tablename__ = "team_member"
    privacy = Privacy("Your work here", "contact", Erase.DELETE, _WHY)

    user_id: Mapped[UUID | None] = mapped_column(unique=True)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    places: Mapped[list[str]] = mapped_column(JSON, default=list)
    skills: Mapped[list[str]] = mapped_column(JSON, default=list)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    left_on: Mapped[date | None]


class Credential(Stamped, CoreBase):
    """A clearance or a training that was given on `held_on`; what the practice itself holds has no member.

    `ends_on` is the last day it counts, None when it has no end.
    """

    __tablename__ = "team_credential"
    code_words = {"kind": word_of(lambda: {kind.id: kind.title for kind in rules.kinds().values()})}
    privacy = Privacy("Your clearances and training", "contact", Erase.DELETE, _WHY)

    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("team_member.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    held_on: Mapped[date]
    ends_on: Mapped[date | None]
    reference: Mapped[str] = mapped_column(String(100), default="")
    remark: Mapped[str] = mapped_column(Text, default="")


class Hours(Stamped, CoreBase):
    """Supervision, learning, placement or a step forward, on one day. `minutes` may be 0 for a step forward."""

    __tablename__ = "team_hours"
    code_words = {"kind": word_of(lambda: dict(rules.hour_kinds()))}
    privacy = Privacy("Your hours and progress", "contact", Erase.DELETE, _WHY)

    member_id: Mapped[UUID] = mapped_column(ForeignKey("team_member.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(40))
    day: Mapped[date] = mapped_column(index=True)
    minutes: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    with_whom: Mapped[str] = mapped_column(String(200), default="")
    remark: Mapped[str] = mapped_column(Text, default="")
