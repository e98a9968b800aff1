"""What is kept of a request for one's own data: the request and its clock in core, copies and decisions in their zone.

Core tells nobody whether there is anything in another zone: a part is waiting or ready, and no more.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.core.tables import (
    ClinicalBase,
    CoreBase,
    Erase,
    Privacy,
    SafeguardingBase,
    Stamped,
    Zone,
)
from therapydesk.core.words import mark
from therapydesk.records import subject_words as words
from therapydesk.records.coded_lists import word_of
from therapydesk.records.staff import zone_heading

PROOF = "proof that your request was answered"
COPIES = "copies of records, made for your request"


class SubjectRequest(Stamped, CoreBase):
    """Somebody asked for what is held about them. Codes only: `state` open, sent, cancelled or refused; `how_received`,
    `asked_by`, `extension_reason`, `how_sent` and `end_reason` are codes of subject_words.
    """

    __tablename__ = "subject_request"
    log_name = mark("Request for data")
    code_words = {
        "how_received": word_of(words.received_words),
        "asked_by": word_of(words.asker_words),
        "state": word_of(words.state_words),
        "extension_reason": word_of(words.extension_words),
        "how_sent": word_of(words.sent_words),
        "end_reason": word_of(words.end_words),
    }
    privacy = Privacy("When you asked for your data", "contact", Erase.KEEP, PROOF)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    received_on: Mapped[date]
    how_received: Mapped[str] = mapped_column(String(20))
    asked_by: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), default="open", index=True)
    more_months: Mapped[int] = mapped_column(default=0)
    extension_reason: Mapped[str] = mapped_column(String(20), default="")
    extension_told_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    how_sent: Mapped[str] = mapped_column(String(20), default="")
    end_reason: Mapped[str] = mapped_column(String(20), default="")


class SubjectPause(Stamped, CoreBase):
    """The clock stands: we asked who they are (`identity`) or what they mean (`clarification`)."""

    __tablename__ = "subject_pause"
    log_name = mark("Stopped clock of a request for data")
    code_words = {"why": word_of(words.pause_words)}
    privacy = Privacy("What we asked you about your request", "contact", Erase.KEEP, PROOF)

    request_id: Mapped[UUID] = mapped_column(ForeignKey("subject_request.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    why: Mapped[str] = mapped_column(String(20))
    asked_on: Mapped[date]
    answered_on: Mapped[date | None]


class SubjectPart(Stamped, CoreBase):
    """The part of one zone: `waiting` or `ready`; `packed_on` once it was put into a pack."""

    __tablename__ = "subject_part"
    log_name = mark("Part of an answer to a request for data")
    code_words = {"part": zone_heading, "state": words.part_state_word}
    privacy = Privacy("Parts of the answer to your request", "contact", Erase.KEEP, PROOF)

    request_id: Mapped[UUID] = mapped_column(ForeignKey("subject_request.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    part: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    packed_on: Mapped[date | None]


class _Item(Stamped):
    """A copy of one row (or file) as it stood when it was collected, and what is decided about it.

    `fields` is JSON: a list of [column, label, text]. `marks` is JSON: a list of what may have to be made unreadable
    (records.subject_marks); `to_decide` how many of them, with the item itself, wait for a decision. `decision`: give,
    withhold, or empty while a file waits to be looked at.
    """

    request_id: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    position: Mapped[int]
    source: Mapped[str] = mapped_column(String(80))
    row_id: Mapped[UUID | None]
    title: Mapped[str] = mapped_column(String(200))
    happened_on: Mapped[date | None]
    fields: Mapped[str] = mapped_column(Text)
    marks: Mapped[str] = mapped_column(Text, default="[]")
    to_decide: Mapped[int] = mapped_column(default=0)
    decision: Mapped[str] = mapped_column(String(10), default="give")
    reason: Mapped[str] = mapped_column(String(30), default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class CoreSubjectItem(_Item, CoreBase):
    """A copy from core."""

    __tablename__ = "subject_item"
    log_name = mark("Copy for a request for data")
    privacy = Privacy("Copies made for your request", "contact", Erase.DELETE, COPIES)


class ClinicalSubjectItem(_Item, ClinicalBase):
    """A copy from the clinical zone."""

    __tablename__ = "subject_item"
    log_name = mark("Copy for a request for data")
    privacy = Privacy("Copies made for your request", "clinical", Erase.DELETE, COPIES)


class SafeguardingSubjectItem(_Item, SafeguardingBase):
    """A copy from the safeguarding zone."""

    __tablename__ = "subject_item"
    log_name = mark("Copy for a request for data")
    privacy = Privacy("Copies made for your request", "safeguarding", Erase.DELETE, COPIES)


class _Decision(Stamped):
    """Who decided what about a whole part, and why. The last one counts; the others stay.

    `kind`: serious_harm (by a health professional) or release (by a safeguarding lead); `outcome`: none, some, all
    (withheld). `decided_by` and `decided_as` keep name and role as they were.
    """

    request_id: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(String(200))
    decided_as: Mapped[str] = mapped_column(String(100))


class ClinicalSubjectDecision(_Decision, ClinicalBase):
    """The serious-harm decision (Data Protection Act 2018, Schedule 3)."""

    __tablename__ = "subject_decision"
    log_name = mark("Decision about a request for data")
    code_words = {"kind": word_of(words.decision_words), "outcome": word_of(words.harm_words)}
    privacy = Privacy("Decisions about your request", "clinical", Erase.KEEP, PROOF, hide=("reason",))


class SafeguardingSubjectDecision(_Decision, SafeguardingBase):
    """What a safeguarding lead decided to give."""

    __tablename__ = "subject_decision"
    log_name = mark("Decision about a request for data")
    code_words = {"kind": word_of(words.decision_words), "outcome": word_of(words.release_words)}
    privacy = Privacy("Decisions about your request", "safeguarding", Erase.KEEP, PROOF, hide=("reason",))


ITEMS: dict[Zone, type[CoreSubjectItem] | type[ClinicalSubjectItem] | type[SafeguardingSubjectItem]] = {
    "core": CoreSubjectItem,
    "clinical": ClinicalSubjectItem,
    "safeguarding": SafeguardingSubjectItem,
}
DECISIONS: dict[Zone, type[ClinicalSubjectDecision] | type[SafeguardingSubjectDecision]] = {
    "clinical": ClinicalSubjectDecision,
    "safeguarding": SafeguardingSubjectDecision,
}
