"""Consents: purpose and answer in core, detail in clinical; and what rests on them."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.core.tables import ClinicalBase, CoreBase, Erase, Keyed, Privacy, Stamped
from therapydesk.core.words import mark, tr
from therapydesk.records.coded_lists import in_words, word_of


def consent_words() -> dict[str, str]:
    """What somebody said about a purpose: code and words."""
    return {
        "yes": tr("Agreed"),
        "no": tr("Said no"),
        "withdrawn": tr("Does not agree any more"),
        "not_asked": tr("Not asked yet"),
    }


class Consent(Stamped, CoreBase):
    """One answer of a person about one purpose; a later answer is a row of its own, nothing is written over.

    `purpose`: a code of consent_purposes.csv; `state`: yes, no, not_asked, withdrawn. `answered_by`: who gave the answer
    (consent_answerers.csv); `how`: said, signed, written … (consent_ways.csv). `expires_on` is the last day it holds.
    """

    __tablename__ = "consent"
    log_name = mark("Consent")
    code_words = {
        "purpose": partial(in_words, "consent_purposes"),
        "state": word_of(consent_words),
        "answered_by": partial(in_words, "consent_answerers"),
        "how": partial(in_words, "consent_ways"),
    }
    privacy = Privacy("What you agreed to", "contact", Erase.KEEP, "proof of consent")

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    asked_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    answered_by: Mapped[str] = mapped_column(String(20), default="", server_default="")
    how: Mapped[str] = mapped_column(String(20), default="", server_default="")


class ConsentDetail(Keyed, ClinicalBase):
    """The words that belong to a consent."""

    __tablename__ = "consent_detail"
    log_name = mark("What was said about consent")
    privacy = Privacy("What you said about consent", "clinical", Erase.DELETE, "proof of consent")

    consent_id: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    text: Mapped[str]


class ConsentUse(Stamped, CoreBase):
    """Something that may be used for a purpose only while the person agrees to it: a recording, a picture, a piece of
    work, a letter.

    `ref` is the thing's id, `kind` a code of the module it belongs to ("works.work"); `label` says neutrally what it is
    (everybody may read it), `page` where it is opened. `ended_on`: since when it no longer rests on it.
    """

    __tablename__ = "consent_use"
    log_name = mark("Something that rests on consent")
    __table_args__ = (Index("ix_consent_use_person_purpose", "person_id", "purpose"),)
    code_words = {"purpose": partial(in_words, "consent_purposes")}
    privacy = Privacy(
        "What rests on what you agreed to",
        "contact",
        Erase.DELETE,
        "so that it stops when you say so",
        hide=("kind", "page"),  # where the program shows it; `label` says what it is
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(60))
    ref: Mapped[UUID] = mapped_column(index=True)
    label: Mapped[str] = mapped_column(String(100))
    page: Mapped[str] = mapped_column(String(60), default="")
    ended_on: Mapped[date | None]
