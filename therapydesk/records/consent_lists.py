"""Record, list, withdraw and take back consents. Purpose and state are in core; the words that belong to one are sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import case, select

from therapydesk.core import dates
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.events import Event, HandedOver
from therapydesk.core.permissions import allowed
from therapydesk.core.text import tidy
from therapydesk.core.vault.outbox import hand_over, publish, subscribe
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.coded_lists import coded_list, in_words
from therapydesk.records.consents import Consent, ConsentDetail
from therapydesk.records.events import ConsentTakenBack, ConsentWithdrawn
from therapydesk.records.people_details import find_person
from therapydesk.records.users import User

STATES = ("yes", "no", "not_asked", "withdrawn")
KIND = "records.consents.detail"
TAKER = "records"


@dataclass(frozen=True)
class ConsentView:
    """A consent as shown. `holds`: the person agreed, and it has not run out. `by`: the user who wrote the answer down.
    `detail`: the words that belong to it, empty for whoever does not hold the clinical zone.
    """

    id: UUID
    purpose: str
    purpose_text: str
    state: str
    asked_on: date | None
    expires_on: date | None
    holds: bool
    by: str = ""
    detail: str = ""


@allowed("consents.record", person="person_id")
def record_consent(
    db: Db,
    person_id: UUID,
    purpose: str,
    state: str,
    *,
    asked_on: date | None = None,
    expires_on: date | None = None,
    detail: str = "",
) -> UUID:
    """Write down what a person agreed to, or did not. `purpose` is a code of consent_purposes.csv.

    `detail` goes sealed to the clinical zone. Raises UserError for a purpose or state that is not known, or a day
    that is still to come.
    """
    if purpose not in dict(coded_list("consent_purposes")) or state not in STATES:
        raise UserError(tr("There is no such consent."), tr("Choose one from the list."))
    if asked_on is not None and asked_on > dates.today():
        raise UserError(tr("That day is still to come."), tr("Check when they were asked."))
    person = find_person(db, person_id)
    row = Consent(person_id=person.id, purpose=purpose, state=state)
    row.asked_on, row.expires_on = asked_on or dates.today(), expires_on
    db.add(row)
    db.flush()
    if tidy(detail):
        hand_over(db, "clinical", KIND, row.id, {"person": str(person.id), "text": tidy(detail, lines=True)})
    return row.id


@allowed("consents.read", person="person_id")
def list_consents(db: Db, person_id: UUID) -> list[ConsentView]:
    """What the person was asked, the last answer first."""
    writer = case((Consent.state == "withdrawn", Consent.changed_by), else_=Consent.created_by)
    query = (
        select(Consent, User.name).outerjoin(User, User.id == writer).where(Consent.person_id == person_id)
    )
    rows = db.execute(query.order_by(Consent.asked_on.desc(), Consent.id.desc())).all()
    details = _details(db, [row.id for row, _name in rows])
    return [_view(row, name or "", details.get(row.id, "")) for row, name in rows]


def _details(db: Db, consents: list[UUID]) -> dict[UUID, str]:
    if not db.holds("clinical"):
        return {}
    found = select(ConsentDetail.consent_id, ConsentDetail.text).where(ConsentDetail.consent_id.in_(consents))
    return {row.consent_id: row.text for row in db.execute(found)}


def _view(row: Consent, by: str, detail: str) -> ConsentView:
    over = row.expires_on is not None and row.expires_on < dates.today()
    return ConsentView(
        row.id,
        row.purpose,
        in_words("consent_purposes", row.purpose),
        row.state,
        row.asked_on,
        row.expires_on,
        row.state == "yes" and not over,
        by,
        detail,
    )


def _person_of(db: Db, consent_id: UUID) -> UUID | None:
    return db.scalar(select(Consent.person_id).where(Consent.id == consent_id))


@allowed("consents.record", person=_person_of)
def withdraw_consent(db: Db, consent_id: UUID) -> None:
    """The person does not agree any more, from today on. Raises NotFound, UserError when they never agreed."""
    row = _find(db, consent_id)
    if row.state != "yes":
        raise UserError(tr("There is nothing to withdraw: they have not agreed."))
    row.state, row.expires_on = "withdrawn", dates.today()
    db.flush()
    publish(db, ConsentWithdrawn(row.id, row.person_id))


@allowed("consents.record", person=_person_of)
def restore_consent(db: Db, consent_id: UUID, expires_on: date | None = None) -> None:
    """Withdrawing was a slip: they still agree, until the day it was to run out. Raises NotFound, UserError when
    it was not withdrawn.
    """
    row = _find(db, consent_id)
    if row.state != "withdrawn":
        raise UserError(tr("There is nothing to put back: it was not withdrawn."))
    row.state, row.expires_on = "yes", expires_on
    db.flush()


@allowed("consents.record", person=_person_of)
def take_back_consent(db: Db, consent_id: UUID) -> None:
    """Writing this answer down was a slip: it goes, and the words that belong to it. Raises NotFound."""
    row = _find(db, consent_id)
    person_id = row.person_id
    db.delete(row)
    db.flush()
    publish(db, ConsentTakenBack(consent_id, person_id))


def _find(db: Db, consent_id: UUID) -> Consent:
    row = db.get(Consent, consent_id)
    if row is None:
        raise NotFound(tr("That is not here any more."))
    return row


def take_in_detail(db: Db, event: Event) -> None:
    """The words of a consent arrive in the clinical zone, or go with an answer that was taken back."""
    if isinstance(event, ConsentTakenBack):
        for detail in db.scalars(select(ConsentDetail).where(ConsentDetail.consent_id == event.consent_id)):
            db.delete(detail)
    elif isinstance(event, HandedOver) and event.kind == KIND and db.get(Consent, event.ref) is not None:
        person_id, text = UUID(event.content["person"]), event.content["text"]
        db.add(ConsentDetail(consent_id=event.ref, person_id=person_id, text=text))


subscribe(TAKER, ("clinical",), take_in_detail, (HandedOver, ConsentTakenBack))
