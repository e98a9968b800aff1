"""What matters and what helps, in whose words. Clinical: an admin does not have it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.api import ClinicalBase, Erase, Privacy, Stamped, mark, tr


def kind_words(kind: str) -> str:
    """The heading of a kind of statement."""
    words = {
        "enjoys": tr("Enjoys and does well"),
        "matters": tr("What matters"),
        "helps": tr("What helps"),
        "hard": tr("What makes it hard"),
        "would_like": tr("Would like"),
        "working_towards": tr("Working towards"),
        "alert": tr("Alert"),
    }
    return words.get(kind, kind)


def whose_word(whose: str) -> str:
    """Whose words a statement is in: the person's own, or the names of those who said it."""
    return tr("Their own words") if whose == "person" else whose


class Statement(Stamped, ClinicalBase):
    """One thing somebody said about a person's life or support.

    `kind`: enjoys, matters, helps, hard, would_like, working_towards, alert. `whose_words` is "person" for their own
    words, else the names of those who said it. `shared`: the person agreed that an alert is shown wherever they are
    shown. `ended_on`: since when it no longer holds; it then stays in the history only.
    """

    __tablename__ = "caseload_statement"
    log_name = mark("What matters or helps")
    code_words = {"kind": kind_words, "whose_words": whose_word}
    privacy = Privacy(
        "What matters to you and what helps", "clinical", Erase.DELETE, "so that support fits you"
    )

    person_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    whose_words: Mapped[str] = mapped_column(String(200), default="person")
    said_on: Mapped[date]
    shared: Mapped[bool] = mapped_column(default=False)
    review_on: Mapped[date | None] = mapped_column(index=True)
    ended_on: Mapped[date | None]
