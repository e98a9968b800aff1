"""Relations between a person and another person or an organisation: carer, parent, GP, school, payer …"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.core.tables import CoreBase, Erase, Privacy, Stamped
from therapydesk.core.words import mark, tr


def relation_words(kind: str) -> str:
    """The kind of relation in words."""
    words = {
        "carer": tr("Carer"),
        "parent": tr("Parent"),
        "partner": tr("Partner"),
        "sibling": tr("Brother or sister"),
        "friend": tr("Friend"),
        "gp": tr("GP surgery"),
        "school": tr("School"),
        "payer": tr("Pays for sessions"),
        "care_home": tr("Care home"),
        "worker": tr("Worker"),
        "supporter": tr("Supporter"),
    }
    return words.get(kind, kind)


class Relation(Stamped, CoreBase):
    """`other_person_id` or `organisation_id` is `kind` to the person (carer, parent, gp, school, payer,
    supporter …).
    """

    __tablename__ = "relation"
    log_name = mark("Person or place around somebody")
    code_words = {"kind": relation_words}
    privacy = Privacy("People and places around you", "contact", Erase.DELETE, "who supports you")

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    other_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    may_contact: Mapped[bool] = mapped_column(default=False)
    leads_on: Mapped[str] = mapped_column(String(200), default="")
