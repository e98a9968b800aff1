"""Who pays, and what stands in the way of an invoice. Parts: they take `db` last and ask no permission."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select

from therapydesk.api import Db, Organisation, Person, Relation, show_day, tr
from therapydesk.plugins.invoicing.models import OrderNumber

PAYER = "payer"


@dataclass(frozen=True)
class Payer:
    """A person or an organisation that pays. Exactly one of the two ids is set."""

    person_id: UUID | None = None
    organisation_id: UUID | None = None

    @property
    def key(self) -> UUID:
        """The id of whichever it is."""
        found = self.organisation_id or self.person_id
        if found is None:
            raise ValueError("a payer is a person or an organisation")
        return found


@dataclass(frozen=True)
class PayerFacts:
    """Name, address, order number. `blocked`: why no invoice can go out; `ask`: think of it first."""

    payer: Payer
    name: str
    address: str = ""
    reference: str = ""
    blocked: str = ""
    ask: str = ""


def find_payers(people: Select[UUID | None], db: Db) -> dict[UUID, Payer]:
    """Who pays for each of the people that has somebody who does; the latest relation counts."""
    query = (
        select(Relation.person_id, Relation.other_person_id, Relation.organisation_id)
        .where(Relation.kind == PAYER, Relation.person_id.in_(people))
        .order_by(Relation.created_at, Relation.id)
    )
    found: dict[UUID, Payer] = {}
    for person_id, other_id, organisation_id in db.execute(query):
        if organisation_id is not None:
            found[person_id] = Payer(organisation_id=organisation_id)
        elif other_id is not None:
            found[person_id] = Payer(person_id=other_id)
    return found


def follow_merges(db: Db) -> dict[UUID, UUID]:
    """Joined records: the id that is gone → the id that is kept. Undoing the merge undoes this too."""
    query = select(Person.id, Person.merged_into).where(Person.merged_into.is_not(None))
    return {gone: kept for gone, kept in db.execute(query) if kept is not None}


def payer_facts(payers: Iterable[Payer], on: date, db: Db) -> dict[UUID, PayerFacts]:
    """Facts about payers by key; two queries whatever their number."""
    wanted = set(payers)
    found: dict[UUID, PayerFacts] = {}
    people = [p.person_id for p in wanted if p.person_id is not None]
    columns = (Person.id, Person.full_name, Person.address, Person.postcode, Person.died_on)
    for ids in _portions(people):
        for person_id, name, address, postcode, died_on in db.execute(
            select(*columns).where(Person.id.in_(ids))
        ):
            ask = tr("Died on {day}: ask first").format(day=show_day(died_on)) if died_on is not None else ""
            found[person_id] = PayerFacts(Payer(person_id), name, _address(address, postcode), ask=ask)
    numbers = _order_numbers(on, db)
    organisations = [p.organisation_id for p in wanted if p.organisation_id is not None]
    for ids in _portions(organisations):
        for row in db.scalars(select(Organisation).where(Organisation.id.in_(ids))):
            number = numbers.get(row.id, "")
            blocked = tr("Needs an order number") if row.needs_order_number and not number else ""
            address = _address(row.address, row.postcode)
            found[row.id] = PayerFacts(Payer(organisation_id=row.id), row.name, address, number, blocked)
    return found


def _portions(ids: list[UUID], size: int = 5000) -> Iterable[list[UUID]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _address(address: str, postcode: str) -> str:
    lines = [line.strip() for line in address.replace(",", "\n").splitlines() if line.strip()]
    if postcode and postcode not in address:
        lines.append(postcode)
    return "\n".join(lines)


def _order_numbers(on: date, db: Db) -> dict[UUID, str]:
    query = select(OrderNumber.organisation_id, OrderNumber.number).where(OrderNumber.from_on <= on)
    rows = db.execute(query.order_by(OrderNumber.from_on, OrderNumber.id))
    return {row.organisation_id: row.number for row in rows}
