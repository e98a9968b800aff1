"""What members say of themselves: measures in a term, and what they report of admissions and medication."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.api import ClinicalBase, Erase, Privacy, Stamped, mark
from therapydesk.plugins.groups.words import WHO_SAID, listed, of, reported_word


class Measure(Stamped, ClinicalBase):
    """One answer to one question of measures.csv, 0 to 10, with the day and who said it (themselves, supporter, staff).

    Repeatable: the first and the last of a term are compared (AH13). Each of a pair has their own.
    """

    __tablename__ = "groups_measure"
    log_name = mark("Measure in a group")
    code_words = {"measure": listed("measures", "question"), "said_by": of(WHO_SAID)}
    __table_args__ = (Index("ix_groups_measure_group_taken", "group_id", "taken_on"),)
    privacy = Privacy("What you said in groups", "clinical", Erase.DELETE, "record of the support given")

    group_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(index=True)
    appointment_id: Mapped[UUID | None]
    measure: Mapped[str] = mapped_column(String(40))
    value: Mapped[int]
    taken_on: Mapped[date]
    said_by: Mapped[str] = mapped_column(String(20), default="themselves")


class Reported(Stamped, ClinicalBase):
    """An admission or a change of medication as somebody reported it, with who said so (AH14). It is what was said, never
    proof, and is never counted as an effect of a group.
    """

    __tablename__ = "groups_reported"
    log_name = mark("Reported change of health")
    code_words = {"kind": reported_word}
    privacy = Privacy("What was reported of your health", "clinical", Erase.DELETE, "record of what was said")

    person_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(30))
    said_by: Mapped[str] = mapped_column(String(100))
    said_on: Mapped[date]
    words: Mapped[str] = mapped_column(Text, default="")
