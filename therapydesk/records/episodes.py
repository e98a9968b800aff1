"""Episodes: one piece of support each, from acceptance to closing. No stage requires the one before (OT20)."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.core.tables import CoreBase, Erase, Privacy, Stamped
from therapydesk.core.words import mark, tr
from therapydesk.records.coded_lists import in_words, word_of


def stage_titles() -> dict[str, str]:
    """The stages of support: code and words."""
    return {"waiting": tr("Waiting"), "active": tr("Active"), "paused": tr("Paused"), "closed": tr("Closed")}


def priority_titles() -> dict[int, str]:
    """How soon support is to begin: code and words."""
    return {1: tr("Soon"), 2: tr("Usual"), 3: tr("Can wait")}


def _step_titles() -> dict[str, str]:
    return {"stage": tr("How far the support is"), "therapist": tr("Music therapist")}


class Episode(Stamped, CoreBase):
    """One piece of support. `stage`: waiting, active, paused, closed; `priority`: 1 soon, 2 usual, 3 can
    wait.
    """

    __tablename__ = "episode"
    log_name = mark("Episode of support")
    code_words = {
        "stage": word_of(stage_titles),
        "priority": word_of(priority_titles),
        "close_reason": partial(in_words, "close_reasons"),
    }
    __table_args__ = (
        Index("ix_episode_stage_priority", "stage", "priority", "opened_on", "person_id"),
        Index("ix_episode_person", "person_id", "therapist_id", "stage", "opened_on"),
        Index("ix_episode_therapist", "therapist_id", "stage", "person_id"),
        Index("ix_episode_review", "review_on"),
    )
    privacy = Privacy("Your support from us", "clinical", Erase.KEEP, "record of the support given")

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    stage: Mapped[str] = mapped_column(String(10), default="waiting")
    priority: Mapped[int] = mapped_column(default=2)
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    paused_until: Mapped[date | None]
    close_reason: Mapped[str] = mapped_column(String(40), default="")
    therapist_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    referral_id: Mapped[UUID | None] = mapped_column(index=True)
    review_on: Mapped[date | None]


class EpisodeChange(Stamped, CoreBase):
    """One dated move of an episode: stage or therapist. Who and when are the stamps."""

    __tablename__ = "episode_change"
    log_name = mark("Step of an episode of support")
    code_words = {
        "what": word_of(_step_titles),
        "before": word_of(stage_titles),
        "after": word_of(stage_titles),
    }
    privacy = Privacy("Steps of your support", "clinical", Erase.KEEP, "record of the support given")

    episode_id: Mapped[UUID] = mapped_column(ForeignKey("episode.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    happened_on: Mapped[date]
    what: Mapped[str] = mapped_column(String(20))  # stage or therapist
    before: Mapped[str] = mapped_column(String(40), default="")
    after: Mapped[str] = mapped_column(String(40), default="")
