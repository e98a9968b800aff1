"""The people and places around a person."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.permissions import allowed
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.organisations import Organisation
from therapydesk.records.people import ContactPoint, Person
from therapydesk.records.relations import Relation, relation_words

KINDS = (
    "carer",
    "parent",
    "partner",
    "sibling",
    "friend",
    "gp",
    "school",
    "payer",
    "care_home",
    "worker",
    "supporter",
)


@dataclass(frozen=True)
class RelationView:
    """Somebody, or an organisation, around a person. `phone` is the first known one."""

    id: UUID
    kind: str
    kind_text: str
    name: str
    other_person_id: UUID | None
    organisation_id: UUID | None
    may_contact: bool
    leads_on: str
    phone: str


@allowed("relations.edit", person="person_id")
def add_relation(
    db: Db,
    person_id: UUID,
    kind: str,
    other_person_id: UUID | None = None,
    organisation_id: UUID | None = None,
    *,
    may_contact: bool = False,
    leads_on: str = "",
) -> UUID:
    """Say who or what is `kind` to the person. Raises UserError when neither or both are named."""
    if (other_person_id is None) == (organisation_id is None):
        raise UserError(tr("Choose a person or an organisation."))
    if other_person_id == person_id:
        raise UserError(tr("That is the same person."), tr("Choose another."))
    row = Relation(
        person_id=person_id, kind=kind, other_person_id=other_person_id, organisation_id=organisation_id
    )
    row.may_contact, row.leads_on = may_contact, leads_on.strip()
    db.add(row)
    db.flush()
    return row.id


@allowed("relations.read")
def list_relations(db: Db, person_id: UUID) -> list[RelationView]:
    """The people and places around a person, in one query."""
    other = aliased(Person)
    first_phone = (
        select(ContactPoint.value)
        .where(ContactPoint.person_id == Relation.other_person_id, ContactPoint.kind == "phone")
        .order_by(ContactPoint.position)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(Relation, other, Organisation, first_phone)
        .outerjoin(other, other.id == Relation.other_person_id)
        .outerjoin(Organisation, Organisation.id == Relation.organisation_id)
        .where(Relation.person_id == person_id)
        .order_by(Relation.kind, Relation.id)
    )
    return [_view(*row) for row in db.execute(query).all()]


def _view(
    relation: Relation, other: Person | None, organisation: Organisation | None, phone: str | None
) -> RelationView:
    name = other.full_name if other is not None else organisation.name if organisation is not None else ""
    reached = organisation.phone if organisation is not None else phone or ""
    return RelationView(
        relation.id,
        relation.kind,
        relation_words(relation.kind),
        name,
        relation.other_person_id,
        relation.organisation_id,
        relation.may_contact,
        relation.leads_on,
        reached,
    )


def _person_of(db: Db, relation_id: UUID) -> UUID | None:
    return db.scalar(select(Relation.person_id).where(Relation.id == relation_id))


@allowed("relations.edit", person=_person_of)
def end_relation(db: Db, relation_id: UUID) -> None:
    """Take a relation away. Raises NotFound."""
    row = db.get(Relation, relation_id)
    if row is None:
        raise NotFound(tr("That is not here any more."))
    db.delete(row)
    db.flush()
