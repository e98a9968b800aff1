"""The safeguarding zone's tables, and the three that lie in core.

What happened is told in `Entry`, and only there: a row is written once, never changed, and chained to the one before
(docs/decisions/0012). The other rows of the zone are what lists and clocks are made from.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.api import (
    NO_PERSONAL_DATA,
    CoreBase,
    Erase,
    Keyed,
    Privacy,
    SafeguardingBase,
    Stamped,
    mark,
    now,
    word_of,
)
from therapydesk.plugins.safeguarding import words

WHY_KEPT = (
    "kept so that you and other people stay safe; what the law asks for may be told by the safeguarding lead"
)


class Concern(Stamped, SafeguardingBase):
    """A concern, as far as it has got. `state`: new, read, decided, closed.

    `person_id` is empty for somebody whom the practice does not know; `about_name` is the name as it was written.
    `source_kind` and `source_ref` say from where it was raised, by id only. `due_at` is when a decision is due.
    `entries` and `head` are the length of its record and the hash of the last entry.
    """

    __tablename__ = "safeguarding_concern"
    log_name = mark("Concern")
    code_words = {
        "danger": word_of(words.danger_words),
        "nation": word_of(words.nation_words),
        "pathway": word_of(words.pathway_words),
        "state": word_of(words.concern_words),
    }
    __table_args__ = (Index("ix_safeguarding_concern_state_due", "state", "due_at"),)
    privacy = Privacy(
        "Safeguarding concerns",
        "safeguarding",
        Erase.KEEP,
        WHY_KEPT,
        hide=("handover_id", "source_kind", "source_ref", "head", "weighed"),  # an entry has it in words
    )

    number: Mapped[int] = mapped_column(unique=True)
    handover_id: Mapped[UUID] = mapped_column(unique=True)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    about_name: Mapped[str] = mapped_column(String(200), default="")
    about_details: Mapped[str] = mapped_column(Text, default="")
    raised_by: Mapped[UUID]
    raiser_name: Mapped[str] = mapped_column(String(200))
    raised_at: Mapped[datetime]
    source_kind: Mapped[str] = mapped_column(String(40), default="")
    source_ref: Mapped[UUID | None] = mapped_column(index=True)
    danger: Mapped[str] = mapped_column(String(10), default="unsure")
    nation: Mapped[str] = mapped_column(String(20), default="")
    pathway: Mapped[str] = mapped_column(String(10), default="")
    weighed: Mapped[str] = mapped_column(Text, default="{}")
    state: Mapped[str] = mapped_column(String(10), default="new")
    lead_id: Mapped[UUID | None] = mapped_column(index=True)
    due_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    talked_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    entries: Mapped[int] = mapped_column(default=0)
    head: Mapped[str] = mapped_column(String(64), default="")


class Entry(Keyed, SafeguardingBase):
    """One thing that happened, was said, decided or done. Triggers refuse changing and deleting it.

    `happened_on` and `happened_time` ("15:50" or empty) are wall clock; not `exact` reads "About". `at` is when it was
    written (UTC). `detail` is JSON and depends on `kind` (recording.py). `about_id` is the entry that this one corrects,
    adds to or answers. `hash` is SHA-256 over the entry before and this one, without `person_id`: two records of one
    person may be joined. `warning` names what is painful in it.
    """

    __tablename__ = "safeguarding_entry"
    log_name = mark("Entry in the record of a concern")
    code_words = {"kind": word_of(words.entry_words)}
    __table_args__ = (Index("ix_safeguarding_entry_concern_seq", "concern_id", "seq", unique=True),)
    privacy = Privacy(
        "Safeguarding record", "safeguarding", Erase.KEEP, WHY_KEPT, hide=("prev", "hash", "detail")
    )

    concern_id: Mapped[UUID] = mapped_column(
        ForeignKey("safeguarding.safeguarding_concern.id", ondelete="CASCADE")
    )
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20), index=True)
    happened_on: Mapped[date]
    happened_time: Mapped[str] = mapped_column(String(5), default="")
    exact: Mapped[bool] = mapped_column(default=True)
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID]
    author: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(100), default="")
    says: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    impact: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[str] = mapped_column(Text, default="")
    warning: Mapped[str] = mapped_column(String(200), default="")
    detail: Mapped[str] = mapped_column(Text, default="{}")
    about_id: Mapped[UUID | None]
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Action(Stamped, SafeguardingBase):
    """Something to be done by a moment (UTC). `state`: todo, done, dropped; each change is an entry, too.

    `tell_owner`: its text is shown to the owner, who is no lead (`Task`).
    `decision` and `clock` say which clock of the nation's pack it comes from, if any.
    """

    __tablename__ = "safeguarding_action"
    log_name = mark("Something to be done about a concern")
    code_words = {"state": word_of(words.action_words)}
    __table_args__ = (Index("ix_safeguarding_action_state_due", "state", "due_at"),)
    privacy = Privacy(
        "Safeguarding: what is to be done",
        "safeguarding",
        Erase.KEEP,
        WHY_KEPT,
        hide=("decision", "clock"),  # `text` has it in words
    )

    concern_id: Mapped[UUID] = mapped_column(
        ForeignKey("safeguarding.safeguarding_concern.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[UUID | None]
    owner_name: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="todo")
    done_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(Text, default="")
    tell_owner: Mapped[bool] = mapped_column(default=False)
    plan_id: Mapped[UUID | None]
    decision: Mapped[str] = mapped_column(String(40), default="")
    clock: Mapped[str] = mapped_column(String(40), default="")


class PersonLink(Stamped, SafeguardingBase):
    """Another person in a concern: somebody the practice knows, or a name. `role` is a code (words.role_words)."""

    __tablename__ = "safeguarding_person_link"
    log_name = mark("Person in a concern")
    code_words = {"role": word_of(words.role_words)}
    privacy = Privacy("Safeguarding concerns you are named in", "safeguarding", Erase.KEEP, WHY_KEPT)

    concern_id: Mapped[UUID] = mapped_column(
        ForeignKey("safeguarding.safeguarding_concern.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))


class ConcernLink(Stamped, SafeguardingBase):
    """Two concerns that belong together; why stands in an entry of both."""

    __tablename__ = "safeguarding_concern_link"
    log_name = mark("Link between concerns")
    privacy = NO_PERSONAL_DATA

    concern_id: Mapped[UUID] = mapped_column(
        ForeignKey("safeguarding.safeguarding_concern.id", ondelete="CASCADE"), index=True
    )
    other_id: Mapped[UUID] = mapped_column(
        ForeignKey("safeguarding.safeguarding_concern.id", ondelete="CASCADE"), index=True
    )


# --- In core: nothing here says about whom a concern is, or what it says ---


class Handover(Keyed, CoreBase):
    """That something was handed over to the leads. `state`: sent, received, decided, closed.

    `source` (from where it was raised) is sealed to the sender's own key: whose session it was would tell about whom it is.
    """

    __tablename__ = "safeguarding_handover"
    log_name = mark("Concern that was handed over")
    privacy = NO_PERSONAL_DATA

    number: Mapped[int] = mapped_column(unique=True)
    sent_at: Mapped[datetime]
    by: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10), default="sent")
    source: Mapped[bytes | None] = mapped_column(LargeBinary)


class Task(Keyed, CoreBase):
    """Something that a lead gave to somebody who is none: the action's id, and its text sealed to its owner alone."""

    __tablename__ = "safeguarding_task"
    log_name = mark("Something to be done for the safeguarding lead")
    privacy = NO_PERSONAL_DATA

    owner: Mapped[UUID] = mapped_column(index=True)
    due_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Notice(Stamped, CoreBase):
    """What a lead chose to tell everybody who meets a person ("Speak to Bethan before a visit"); ended, not deleted."""

    __tablename__ = "safeguarding_notice"
    log_name = mark("Notice of the safeguarding lead")
    privacy = Privacy(
        "Notices of the safeguarding lead", "contact", Erase.DELETE, "so that those who meet you take care"
    )

    person_id: Mapped[UUID] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(String(200))
    lead_name: Mapped[str] = mapped_column(String(200))
    from_on: Mapped[date]
    review_on: Mapped[date] = mapped_column(index=True)
    ended_on: Mapped[date | None]


class RiskNote(Stamped, CoreBase):
    """Lone-worker and risk information that everybody who meets a person needs. `kind` is a code (notices.RISK_KINDS)."""

    __tablename__ = "safeguarding_risk_note"
    log_name = mark("Risk note")
    code_words = {"kind": word_of(words.risk_words)}
    privacy = Privacy(
        "Safety information for those who visit", "contact", Erase.DELETE, "so that visits are safe"
    )

    person_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(300))
    author_name: Mapped[str] = mapped_column(String(200))
    noted_on: Mapped[date]
    review_on: Mapped[date] = mapped_column(index=True)
    ended_on: Mapped[date | None]
