"""People the practice knows: on the caseload, carers, parents, members, volunteers."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from therapydesk.core.tables import CoreBase, Erase, Keyed, Privacy, Stamped
from therapydesk.core.text import normal_name as normal
from therapydesk.core.words import mark, tr
from therapydesk.records.coded_lists import in_words


def all_names(full_name: str, preferred_name: str) -> str:
    """The words of all names, each once, as `Person.normal_name` holds them."""
    return " ".join(dict.fromkeys(normal(f"{full_name} {preferred_name}").split()))[:800]


def list_name(full_name: str, preferred_name: str) -> str:
    """What lists go by, as `Person.sort_name` holds it: the name to say, and among those of one name the full one.

    Two spaces stand between them, so that "Ann" comes before "Ann Price".
    """
    full = normal(full_name)
    return (f"{normal(preferred_name)}  {full}" if preferred_name else full)[:400]


def _sorted_by(context: Any) -> str:
    """The place in lists of a row that is written by a statement, not as an object."""
    given = context.get_current_parameters()
    return list_name(
        given.get("full_name") or given.get("normal_name") or "", given.get("preferred_name") or ""
    )


class Person(Stamped, CoreBase):
    """Anyone the practice knows. One name and a way to reach them is enough (LW07).

    `nhs_number` holds only numbers whose check digit is right; anything else typed is kept apart in
    `nhs_number_unchecked`. `normal_name` is `all_names`, for matching, `sort_name` is `list_name`, for
    lists; both follow the names by themselves. `merged_into` points at the record kept when two turned out to be
    one person; such rows are left out everywhere. It points at the row itself when the person was erased: an empty
    row stays for what must be kept (invoices, say) to point at.
    """

    __tablename__ = "person"
    log_name = mark("Person")
    log_changes = {"died_on": mark("Wrote down that somebody died")}
    __table_args__ = (
        Index(
            "ix_person_listed",
            *("sort_name", "id", "normal_name", "merged_into"),  # all that finding needs: no row is read
            sqlite_where=text("merged_into IS NULL"),
            postgresql_where=text("merged_into IS NULL"),
        ),
        # Of the few joined records only: else it would be taken for the way to all others.
        Index(
            "ix_person_merged_into",
            "merged_into",
            sqlite_where=text("merged_into IS NOT NULL"),
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
    )
    privacy = Privacy(
        "Who you are",
        "contact",
        Erase.BLANK,
        "needed to offer support",
        blank=(
            *("full_name", "preferred_name", "normal_name", "sort_name", "pronouns", "born_on", "died_on"),
            *("nhs_number", "nhs_number_unchecked", "no_nhs_number_reason", "ask_me_about", "language"),
            *("address", "postcode", "best_way", "preferred_place", "preferred_time"),
        ),
    )

    full_name: Mapped[str] = mapped_column(String(400))
    preferred_name: Mapped[str] = mapped_column(String(400), default="")
    normal_name: Mapped[str] = mapped_column(String(800), index=True)
    sort_name: Mapped[str] = mapped_column(String(400), default=_sorted_by)
    pronouns: Mapped[str] = mapped_column(String(60), default="")
    born_on: Mapped[date | None] = mapped_column(index=True)
    died_on: Mapped[date | None]
    nhs_number: Mapped[str | None] = mapped_column(String(10), index=True)
    nhs_number_unchecked: Mapped[str] = mapped_column(String(40), default="")
    no_nhs_number_reason: Mapped[str] = mapped_column(String(40), default="")
    ask_me_about: Mapped[str] = mapped_column(String(400), default="")
    language: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(400), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="", index=True)
    best_way: Mapped[str] = mapped_column(String(200), default="")
    preferred_place: Mapped[str] = mapped_column(String(200), default="")
    preferred_time: Mapped[str] = mapped_column(String(200), default="")
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    contacts: Mapped[list[ContactPoint]] = relationship(
        back_populates="person", order_by="ContactPoint.position", cascade="all, delete-orphan"
    )
    needs: Mapped[list[AccessNeed]] = relationship(back_populates="person", cascade="all, delete-orphan")

    @property
    def name(self) -> str:
        """The name to say: preferred, else full."""
        return self.preferred_name or self.full_name


def _keep_names(_mapper: object, _connection: object, person: Person) -> None:
    preferred = person.preferred_name or ""
    person.normal_name = all_names(person.full_name, preferred)
    person.sort_name = list_name(person.full_name, preferred)


event.listen(Person, "before_insert", _keep_names)
event.listen(Person, "before_update", _keep_names)


def contact_word(kind: str) -> str:
    """What a way to reach somebody is, in words."""
    words = {"phone": tr("Telephone"), "email": tr("E-mail"), "other": tr("Another way")}
    return words.get(kind, kind)


class ContactPoint(Keyed, CoreBase):
    """A phone number (E.164 where it could be read), e-mail or other way to reach somebody."""

    __tablename__ = "contact_point"
    log_name = mark("Telephone, e-mail or address")
    code_words = {"kind": contact_word}
    __table_args__ = (Index("ix_contact_point_kind_value", "kind", "value"),)
    privacy = Privacy("How to reach you", "contact", Erase.DELETE, "needed to reach you")

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # phone, email, other
    value: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(100), default="")
    position: Mapped[int] = mapped_column(default=0)
    person: Mapped[Person] = relationship(back_populates="contacts")


class AccessNeed(CoreBase):
    """An access or communication need, as a code from `access_needs.csv` (no free text in core)."""

    __tablename__ = "access_need"
    log_name = mark("Access need")
    code_words = {"code": partial(in_words, "access_needs")}
    privacy = Privacy("What helps you take part", "contact", Erase.DELETE, "so that sessions work for you")

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    person: Mapped[Person] = relationship(back_populates="needs")
