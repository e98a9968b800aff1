"""Tables of erasure: what was asked for, what of it is done in which part of the vault, and what stands against it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.core.tables import (
    NO_PERSONAL_DATA,
    ClinicalBase,
    CoreBase,
    Erase,
    Privacy,
    SafeguardingBase,
    Stamped,
)
from therapydesk.core.words import mark, tr
from therapydesk.records.coded_lists import in_words, word_of
from therapydesk.records.retention_rules import class_words

HIDDEN = ("people", "erasure_id")  # ids


def task_state_words() -> dict[str, str]:
    """How far the part of an erasure is that somebody decides: code and words."""
    return {"waiting": tr("Waits"), "done": tr("Erased"), "kept": tr("Kept")}


class Erasure(Stamped, CoreBase):
    """An erasure that was begun: ids, a day and codes, nothing else. `subject` is the person's id.

    `classes`: the retention classes it is about, separated by spaces; empty: everything.
    """

    __tablename__ = "erasure"
    log_name = mark("Erasure")
    privacy = NO_PERSONAL_DATA  # who it was is not told by an id that leads nowhere

    subject: Mapped[UUID] = mapped_column(index=True)
    basis: Mapped[str] = mapped_column(String(20))
    happened_on: Mapped[date]
    classes: Mapped[str] = mapped_column(String(100), default="")


class ErasurePart(Stamped, CoreBase):
    """How far an erasure is in one part of the vault. `state`: waiting, done, kept; `reason`: why it was kept."""

    __tablename__ = "erasure_part"
    log_name = mark("Part of an erasure")
    __table_args__ = (UniqueConstraint("erasure_id", "zone"),)
    privacy = NO_PERSONAL_DATA

    erasure_id: Mapped[UUID] = mapped_column(ForeignKey("erasure.id"), index=True)
    part: Mapped[str] = mapped_column("zone", String(20))  # `zone` says where the table lies
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    reason: Mapped[str] = mapped_column(String(40), default="")
    decided_on: Mapped[date | None]
    decided_by: Mapped[UUID | None]


TASK_WORDS: dict[str, Callable[[Any], str]] = {
    "basis": partial(in_words, "erasure_bases"),
    "classes": lambda codes: ", ".join(map(class_words, codes.split())),
    "state": word_of(task_state_words),
}


class _Task(Stamped):
    person_id: Mapped[UUID] = mapped_column(index=True)
    erasure_id: Mapped[UUID] = mapped_column(unique=True)
    people: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(20))
    classes: Mapped[str] = mapped_column(String(100), default="")
    who: Mapped[str] = mapped_column(String(400), default="")
    state: Mapped[str] = mapped_column(String(10), default="waiting")


class ClinicalErasureTask(_Task, ClinicalBase):
    """The clinical part of an erasure, for a therapist to decide. `people`: ids, of joined records too; `who`: the name,
    so that the therapist knows whose notes these are, until it is decided.
    """

    __tablename__ = "erasure_task"
    log_name = mark("Erasure of notes")
    code_words = TASK_WORDS
    privacy = Privacy(
        "Erasing your notes", "clinical", Erase.KEEP, "the record that it was decided", hide=HIDDEN
    )


class SafeguardingErasureTask(_Task, SafeguardingBase):
    """The safeguarding part of an erasure, for a lead to decide."""

    __tablename__ = "erasure_task"
    log_name = mark("Erasure of concerns")
    code_words = TASK_WORDS
    privacy = Privacy(
        "Erasing concerns", "safeguarding", Erase.KEEP, "the record that it was decided", hide=HIDDEN
    )


class LegalHold(Stamped, CoreBase):
    """Nothing about this person may be destroyed while it stands. `reason` is a code of hold_reasons.csv."""

    __tablename__ = "legal_hold"
    log_name = mark("Legal hold")
    code_words = {"reason": partial(in_words, "hold_reasons")}
    privacy = Privacy(
        "Why your record must be kept for now", "contact", Erase.DELETE, "an inquiry or a case needs it"
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(String(40))
    placed_on: Mapped[date]
    lifted_on: Mapped[date | None]


class RetentionItem(Stamped, CoreBase):
    """One class of one person's records whose time has come. `state`: proposed, agreed (by the first of two), done,
    kept.

    `rule` is a code of retention_rules.csv, `counted_from` the day its clock began. What is done stays: it is the log of
    what was destroyed.
    """

    __tablename__ = "retention_item"
    log_name = mark("Record whose time has come")
    privacy = NO_PERSONAL_DATA  # ids, days and codes; what is destroyed leaves this line behind, and it leads nowhere

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    keep: Mapped[str] = mapped_column(String(20))
    rule: Mapped[str] = mapped_column(String(40))
    counted_from: Mapped[date | None]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="proposed", index=True)
    reason: Mapped[str] = mapped_column(String(40), default="")
    first_by: Mapped[UUID | None]
    first_on: Mapped[date | None]
    second_by: Mapped[UUID | None]
    second_on: Mapped[date | None]
    erasure_id: Mapped[UUID | None] = mapped_column(ForeignKey("erasure.id"), index=True)


class PrivacyNotice(Stamped, CoreBase):
    """A person was told what we hold and why. `how` is a code of told_ways.csv."""

    __tablename__ = "privacy_notice"
    log_name = mark("What somebody was told we hold")
    code_words = {"how": partial(in_words, "told_ways")}
    privacy = Privacy("When you were told what we hold", "contact", Erase.KEEP, "proof that you were told")

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    told_on: Mapped[date]
    how: Mapped[str] = mapped_column(String(20))
    large_print: Mapped[bool] = mapped_column(default=False)
