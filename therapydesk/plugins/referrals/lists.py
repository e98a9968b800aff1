"""Lists of referrals and one referral as shown. What they say is added only for those who hold the clinical
zone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from therapydesk.api import (
    AccessNeed,
    ClinicalDocument,
    ContactPoint,
    Db,
    NotFound,
    Organisation,
    PermissionDenied,
    Person,
    User,
    allowed,
    may,
    normal_name,
    only_own,
    show_phone,
    today,
    tr,
)
from therapydesk.plugins.referrals.models import Batch, Reason, Referral
from therapydesk.plugins.referrals.rules.fields import TEXTS
from therapydesk.plugins.referrals.words import OPEN

# "to_answer": open referrals that wait for the practice; asked-for-more waits for the sender.
MOST_TYPED = 200  # letters of a name that is looked for
GROUPS = {"open": OPEN, "to_answer": ("new", "talk_first")}


@dataclass(frozen=True)
class ReferralRow:
    """A referral in the list. `matters` is empty for those who may not read what referrals say."""

    id: UUID
    person_id: UUID
    name: str
    received_on: date
    days: int
    sent_by: str
    state: str
    agreed: str
    priority: int
    format: str
    batch_id: UUID | None
    episode_id: UUID | None
    answered_on: date | None
    reason_code: str
    row_version: int
    matters: str = ""


@dataclass(frozen=True)
class ReferralView:
    """One referral, opened. `readable`: whether `texts` and `original` could be read at all."""

    row: ReferralRow
    full_name: str
    born_on: date | None
    nhs_number: str
    nhs_number_unchecked: str
    postcode: str
    best_way: str
    contacts: tuple[tuple[str, str], ...]
    needs: tuple[str, ...]
    referred_on: date | None
    referrer: str
    organisation: str
    external_id: str
    answered_by: str
    readable: bool = False
    texts: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    original: str = ""
    original_from: str = ""
    document_id: UUID | None = None


@dataclass(frozen=True)
class BatchRow:
    """An import, in the list of imports."""

    id: UUID
    received_on: date
    sender: str
    format: str
    rows: int
    people_added: int
    state: str


def _columns() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Referral.id,
            Referral.person_id,
            Referral.received_on,
            Referral.state,
            Referral.agreed,
            Referral.priority,
            Referral.format,
            Referral.batch_id,
            Referral.episode_id,
            Referral.answered_on,
            Referral.reason_code,
            Referral.row_version,
            Referral.referrer,
            Person.full_name,
            Person.preferred_name,
            func.coalesce(Organisation.name, "").label("organisation"),
        )
        .join(Person, Person.id == Referral.person_id)
        .outerjoin(Organisation, Organisation.id == Referral.organisation_id)
    )


def _row(row: Any, day: date, matters: str = "") -> ReferralRow:
    return ReferralRow(
        row.id,
        row.person_id,
        row.preferred_name or row.full_name,
        row.received_on,
        (day - row.received_on).days,
        row.organisation or row.referrer or tr("Not recorded"),
        row.state,
        row.agreed,
        row.priority,
        row.format,
        row.batch_id,
        row.episode_id,
        row.answered_on,
        row.reason_code,
        row.row_version,
        matters,
    )


def _wanted(state: str | None, text: str, sender: str, db: Db) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if only_own(db):
        conditions.append(Referral.created_by == db.user.id)
    if state in GROUPS:
        conditions.append(Referral.state.in_(GROUPS[state]))
    elif state is not None:
        conditions.append(Referral.state == state)
    if text.strip():
        for word in normal_name(text.strip()[:MOST_TYPED]).split():
            conditions.append(Person.normal_name.contains(word, autoescape=True))
    if sender:
        conditions.append(func.coalesce(Organisation.name, Referral.referrer) == sender)
    return conditions


@allowed("referrals.read", filters=True)
def list_referrals(
    db: Db, state: str | None = None, *, text: str = "", sender: str = "", offset: int = 0, limit: int = 2_000
) -> list[ReferralRow]:
    """Referrals, longest waiting first. `state`: one of them, "open" for all without a final answer, None for
    all.
    """
    query = _columns().where(*_wanted(state, text, sender, db))
    newest = state in ("accepted", "declined", None)
    order = Referral.received_on.desc() if newest else Referral.received_on
    rows = db.execute(query.order_by(order, Referral.id).offset(offset).limit(limit)).all()
    said = _matters(db, [row.id for row in rows])
    day = today()
    return [_row(row, day, said.get(row.id, "")) for row in rows]


@allowed("referrals.read", filters=True)
def count_referrals(db: Db, state: str | None = None, *, text: str = "", sender: str = "") -> int:
    """How many referrals `list_referrals` finds in all."""
    query = select(func.count()).select_from(Referral).join(Person, Person.id == Referral.person_id)
    query = query.outerjoin(Organisation, Organisation.id == Referral.organisation_id)
    return db.scalar(query.where(*_wanted(state, text, sender, db))) or 0


@allowed("referrals.read", filters=True)
def count_to_answer(db: Db) -> int:
    """Open referrals that wait for the practice (asked-for-more waits for the sender); 0 for who may not
    answer.
    """
    if not may(db.user, "referrals.triage"):
        return 0
    query = select(func.count()).select_from(Referral).where(Referral.state.in_(GROUPS["to_answer"]))
    return db.scalar(query) or 0


@allowed("referrals.read", filters=True)
def list_senders(db: Db) -> list[str]:
    """Who has sent referrals, by name."""
    query = select(func.coalesce(Organisation.name, Referral.referrer)).select_from(Referral)
    query = query.outerjoin(Organisation, Organisation.id == Referral.organisation_id).distinct()
    if only_own(db):
        query = query.where(Referral.created_by == db.user.id)
    return sorted({name for name in db.scalars(query) if name}, key=normal_name)


def _readable(db: Db) -> bool:
    return db.allows("referrals.read_reason")


def _matters(db: Db, ids: list[UUID]) -> dict[UUID, str]:
    if not _readable(db):
        return {}
    said: dict[UUID, str] = {}
    for start in range(0, len(ids), 5_000):
        query = select(Reason.referral_id, Reason.matters, Reason.would_like)
        for key, matters, would_like in db.execute(
            query.where(Reason.referral_id.in_(ids[start : start + 5_000]))
        ):
            said[key] = (matters or would_like).split("\n")[0]
    return said


@allowed("referrals.read", filters=True)
def read_referral(db: Db, referral_id: UUID) -> ReferralView:
    """One referral with all that the user may read of it. Raises NotFound, and PermissionDenied for somebody
    else's.
    """
    found = db.execute(_columns().where(Referral.id == referral_id)).first()
    referral = db.get(Referral, referral_id)
    if found is None or referral is None:
        raise NotFound(tr("That referral is not here any more."))
    if only_own(db) and referral.created_by != db.user.id:
        raise PermissionDenied(tr("Somebody else brought this referral."), tr("Ask a therapist about it."))
    person = db.get_one(Person, referral.person_id)
    ways = select(ContactPoint.kind, ContactPoint.value).where(ContactPoint.person_id == person.id)
    contacts = tuple(
        (kind, show_phone(value) if kind == "phone" else value)
        for kind, value in db.execute(ways.order_by(ContactPoint.position))
    )
    needs = tuple(db.scalars(select(AccessNeed.code).where(AccessNeed.person_id == person.id)))
    by = db.get(User, referral.answered_by) if referral.answered_by else None
    organisation = db.get(Organisation, referral.organisation_id) if referral.organisation_id else None
    more = _said(db, referral)
    return ReferralView(
        _row(found, today(), more.get("texts", {}).get("matters", "")),
        person.full_name,
        person.born_on,
        person.nhs_number or "",
        person.nhs_number_unchecked,
        person.postcode,
        person.best_way,
        contacts,
        needs,
        referral.referred_on,
        referral.referrer,
        organisation.name if organisation else "",
        referral.external_id,
        by.name if by else "",
        **more,
    )


def _said(db: Db, referral: Referral) -> dict[str, Any]:
    if not _readable(db):
        return {}
    reason = db.scalars(select(Reason).where(Reason.referral_id == referral.id)).first()
    if reason is None:
        return {"readable": True}
    document = None
    if referral.batch_id is not None:
        query = select(ClinicalDocument.id).where(
            ClinicalDocument.ref == referral.batch_id, ClinicalDocument.kind == "referral_file"
        )
        document = db.scalars(query).first()
    return {
        "readable": True,
        "texts": {name: getattr(reason, name) for name in (*TEXTS, "answer")},
        "sources": json.loads(reason.sources),
        "original": reason.original,
        "original_from": reason.original_from,
        "document_id": document,
    }


@allowed("referrals.read_reason")
def read_file(db: Db, document_id: UUID) -> tuple[str, str, bytes]:
    """The file that a referral came in: title, media type, content."""
    found = db.get(ClinicalDocument, document_id)
    if found is None or found.kind != "referral_file":
        raise NotFound(tr("That file is not here any more."))
    return found.title, found.media_type, found.content or b""


@allowed("referrals.read", filters=True)
def list_batches(db: Db, limit: int = 50) -> list[BatchRow]:
    """The last imports, newest first."""
    query = select(Batch).order_by(Batch.id.desc()).limit(limit)
    if only_own(db):
        query = query.where(Batch.created_by == db.user.id)
    return [
        BatchRow(b.id, b.received_on, b.sender, b.format, b.rows, b.people_added, b.state)
        for b in db.scalars(query)
    ]


@allowed("referrals.read", filters=True)
def referrals_of(db: Db, person_ids: Iterable[UUID]) -> dict[UUID, list[ReferralRow]]:
    """The referrals of each of these people, newest first, with one query."""
    query = _columns().where(Referral.person_id.in_(list(person_ids)))
    if only_own(db):
        query = query.where(Referral.created_by == db.user.id)
    rows = db.execute(query.order_by(Referral.received_on.desc(), Referral.id.desc())).all()
    said = _matters(db, [row.id for row in rows])
    found: dict[UUID, list[ReferralRow]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(_row(row, today(), said.get(row.id, "")))
    return found


def moment_of(day: date) -> datetime:
    """Noon of a day, for a timeline."""
    return datetime(day.year, day.month, day.day, 12)
