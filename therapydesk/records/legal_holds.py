"""A legal hold: while it stands, nothing about the person may be destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from therapydesk.core import dates
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.permissions import allowed
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.coded_lists import coded_list, in_words
from therapydesk.records.erasure_tables import LegalHold
from therapydesk.records.people import Person
from therapydesk.records.people_details import find_person


@dataclass(frozen=True)
class HoldView:
    """A hold; `lifted_on` is None while it stands."""

    id: UUID
    person_id: UUID
    name: str
    reason: str
    placed_on: date
    lifted_on: date | None


@allowed("privacy.hold", person="person_id")
def place_hold(db: Db, person_id: UUID, reason: str) -> UUID:
    """Place a legal hold. `reason`: a code of hold_reasons.csv. Raises UserError when one of that reason stands."""
    if reason not in dict(coded_list("hold_reasons")):
        raise UserError(tr("There is no such reason."), tr("Choose one from the list."))
    person = find_person(db, person_id)
    standing = select(LegalHold.id).where(
        LegalHold.person_id == person.id, LegalHold.reason == reason, LegalHold.lifted_on.is_(None)
    )
    if db.scalar(standing) is not None:
        raise UserError(tr("A hold for this reason stands already."))
    row = LegalHold(person_id=person.id, reason=reason, placed_on=dates.today())
    db.add(row)
    db.flush()
    return row.id


def _person_of(db: Db, hold_id: UUID) -> UUID | None:
    return db.scalar(select(LegalHold.person_id).where(LegalHold.id == hold_id))


@allowed("privacy.hold", person=_person_of)
def lift_hold(db: Db, hold_id: UUID) -> None:
    """The reason is over. Raises NotFound."""
    row = db.get(LegalHold, hold_id)
    if row is None or row.lifted_on is not None:
        raise NotFound(tr("This hold was lifted already."))
    row.lifted_on = dates.today()
    db.flush()


@allowed("privacy.hold", person=_person_of)
def put_back_hold(db: Db, hold_id: UUID) -> None:
    """Lifting it was a slip. Raises NotFound."""
    row = db.get(LegalHold, hold_id)
    if row is None or row.lifted_on is None:
        raise NotFound(tr("This hold stands."))
    row.lifted_on = None
    db.flush()


@allowed("privacy.see_retention")
def list_holds(db: Db, *, lifted: bool = False) -> list[HoldView]:
    """The holds that stand, the oldest first; with `lifted` also those that are over."""
    query = select(LegalHold, Person.full_name).join(Person, Person.id == LegalHold.person_id)
    if not lifted:
        query = query.where(LegalHold.lifted_on.is_(None))
    rows = db.execute(query.order_by(LegalHold.placed_on, LegalHold.id)).all()
    return [
        HoldView(
            row.id, row.person_id, name, in_words("hold_reasons", row.reason), row.placed_on, row.lifted_on
        )
        for row, name in rows
    ]
