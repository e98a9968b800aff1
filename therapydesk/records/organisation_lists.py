"""Add, change, find and list organisations."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from therapydesk.core import text
from therapydesk.core.errors import NotFound, StaleRecord, UserError
from therapydesk.core.permissions import allowed
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.organisations import Organisation

FLAGS = frozenset(("is_setting", "is_referrer", "is_payer", "needs_order_number"))


@dataclass(frozen=True)
class OrganisationDetails:
    """What is known of an organisation; the flags may all be true at once."""

    name: str
    kind: str = ""
    is_setting: bool = False
    is_referrer: bool = False
    is_payer: bool = False
    ods_code: str = ""
    address: str = ""
    postcode: str = ""
    phone: str = ""
    email: str = ""
    needs_order_number: bool = False


@dataclass(frozen=True)
class OrganisationView:
    """An organisation as shown."""

    id: UUID
    name: str
    kind: str
    is_setting: bool
    is_referrer: bool
    is_payer: bool
    row_version: int


@allowed("organisations.edit")
def save_organisation(
    db: Db, details: OrganisationDetails, organisation_id: UUID | None = None, row_version: int | None = None
) -> UUID:
    """Add an organisation, or change the one with this id. Raises UserError without a name, StaleRecord,
    NotFound.
    """
    if not text.tidy(details.name):
        raise UserError(tr("The organisation’s name is missing."))
    row = (
        Organisation(name="", normal_name="")
        if organisation_id is None
        else db.get(Organisation, organisation_id)
    )
    if row is None:
        raise NotFound(tr("That organisation is not here."))
    if row_version is not None and row.row_version != row_version:
        raise StaleRecord(tr("Somebody changed this organisation meanwhile."), tr("Reload to see it."))
    for name, value in vars(details).items():
        setattr(row, name, value)
    row.name = text.tidy(details.name)
    row.normal_name = text.normal_name(details.name)
    db.add(row)
    db.flush()
    return row.id


@allowed("organisations.edit")
def find_or_add_organisation(db: Db, name: str, ods_code: str = "", **flags: bool) -> UUID:
    """The organisation of that ODS code, else of that name, added if it is new; flags given are switched on."""
    if unknown := flags.keys() - FLAGS:
        raise TypeError(f"an organisation has no flag {', '.join(sorted(unknown))}")
    code = ods_code.strip().upper()
    by_code = select(Organisation).where(Organisation.ods_code == code)
    by_name = select(Organisation).where(Organisation.normal_name == text.normal_name(name))
    row = db.scalars(by_code).first() if code else None
    row = row or db.scalars(by_name.order_by(Organisation.id)).first()
    if row is None:
        row = db.get_one(Organisation, save_organisation(db, OrganisationDetails(name, ods_code=code)))
    for flag, value in flags.items():
        if value:
            setattr(row, flag, True)
    row.ods_code = row.ods_code or code
    db.flush()
    return row.id


@allowed("organisations.read")
def list_organisations(db: Db, typed: str = "") -> list[OrganisationView]:
    """Organisations by name; `typed` filters by any part of it."""
    query = select(Organisation).order_by(Organisation.normal_name)
    if typed:
        query = query.where(Organisation.normal_name.contains(text.normal_name(typed), autoescape=True))
    return [
        OrganisationView(o.id, o.name, o.kind, o.is_setting, o.is_referrer, o.is_payer, o.row_version)
        for o in db.scalars(query)
    ]
