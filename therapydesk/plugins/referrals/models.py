"""The referrals' own tables: the envelope in core, what it says in the clinical zone."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.api import (
    NO_PERSONAL_DATA,
    ClinicalBase,
    CoreBase,
    Erase,
    Privacy,
    Stamped,
    format_titles,
    mark,
    word_of,
)
from therapydesk.plugins.referrals.words import agreed_word, priority_word, reason_title, state_word


class Batch(Stamped, CoreBase):
    """One import of one file. The file's name may tell who or what it is about, so core keeps only its hash.

    `undo` is JSON: the ids of organisations and sealed messages that came with it. `state`: done or undone.
    """

    __tablename__ = "referrals_batch"
    log_name = mark("Import of referrals")
    log_changes = {"undone_at": mark("Took back an import")}
    privacy = NO_PERSONAL_DATA

    received_on: Mapped[date]
    file_hash: Mapped[str] = mapped_column(String(64), index=True)
    name_hash: Mapped[str] = mapped_column(String(64), default="")
    format: Mapped[str] = mapped_column(String(20))
    sender: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(10), default="done")
    rows: Mapped[int] = mapped_column(default=0)
    people_added: Mapped[int] = mapped_column(default=0)
    people_joined: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)
    undone_at: Mapped[datetime | None]
    undo: Mapped[str] = mapped_column(Text, default="{}")


class Referral(Stamped, CoreBase):
    """The envelope of a referral: who, from whom, when, how far. What it says is `Reason`, in the clinical
    zone.

    `state`: new, asked (for more), talk_first, accepted, declined. `agreed`: yes, no, unknown. `added` is
    JSON for the undo: whether the person came with this row, and what was added to somebody who was here
    already.
    """

    __tablename__ = "referrals_referral"
    log_name = mark("Referral")
    code_words = {
        "state": state_word,
        "priority": priority_word,
        "agreed": agreed_word,
        "format": word_of(format_titles),
        "reason_code": reason_title,
    }
    log_changes = {"answered_on": mark("Answered a referral")}
    __table_args__ = (Index("ix_referrals_referral_state_received", "state", "received_on"),)
    privacy = Privacy(
        "Referrals to us",
        "clinical",
        Erase.DELETE,
        "how you came to us",
        hide=("added", "row_hash", "sender"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("referrals_batch.id"), index=True)
    received_on: Mapped[date]
    referred_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(12), default="new")
    priority: Mapped[int] = mapped_column(default=2)
    agreed: Mapped[str] = mapped_column(String(10), default="unknown")
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    referrer: Mapped[str] = mapped_column(String(200), default="")
    sender: Mapped[str] = mapped_column(String(200), default="")
    external_id: Mapped[str] = mapped_column(String(100), default="", index=True)
    format: Mapped[str] = mapped_column(String(20), default="")
    source_row: Mapped[int] = mapped_column(default=0)
    row_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    answered_on: Mapped[date | None]
    answered_by: Mapped[UUID | None]
    episode_id: Mapped[UUID | None] = mapped_column(ForeignKey("episode.id"), index=True)
    added: Mapped[str] = mapped_column(Text, default="{}")


class Mapping(Stamped, CoreBase):
    """Which column of a sender's list fills which field, remembered for the next list like it."""

    __tablename__ = "referrals_mapping"
    log_name = mark("How columns of a file are read")
    privacy = NO_PERSONAL_DATA

    signature: Mapped[str] = mapped_column(String(64), index=True)
    sender: Mapped[str] = mapped_column(String(200), default="")
    fields: Mapped[str] = mapped_column(Text)
    used_on: Mapped[date]


class Reason(Stamped, ClinicalBase):
    """What a referral says: first what the person would like, strengths next, then what makes it hard.

    `original` is the row or letter as it was sent, a line each; `sources` JSON {field: column}; `file_id` the
    document. `answer` is what was written to the sender, or noted, when the referral was answered.
    """

    __tablename__ = "referrals_reason"
    log_name = mark("Reason for a referral")
    privacy = Privacy(
        "What was written about you when you came to us",
        "clinical",
        Erase.DELETE,
        "how you came to us",
        hide=("sources",),  # which column a text stood in
    )

    referral_id: Mapped[UUID] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    batch_id: Mapped[UUID | None] = mapped_column(index=True)
    would_like: Mapped[str] = mapped_column(Text, default="")
    enjoys: Mapped[str] = mapped_column(Text, default="")
    matters: Mapped[str] = mapped_column(Text, default="")
    hard: Mapped[str] = mapped_column(Text, default="")
    helps: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    flags: Mapped[str] = mapped_column(Text, default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    original: Mapped[str] = mapped_column(Text, default="")
    original_from: Mapped[str] = mapped_column(String(300), default="")
    sources: Mapped[str] = mapped_column(Text, default="{}")
    answer: Mapped[str] = mapped_column(Text, default="")
