"""Record, list, withdraw and take back consents. Purpose and state are in core; the words that belong to one are sealed.

Each answer is a row of its own: what was said before stays. What counts for a purpose is the answer of the latest day,
and of one day the one written down last.
"""

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
    """An answer as shown. `holds`: the person agreed, and it has not run out. `by`: the user who wrote the answer down.
    `answered_by` and `how` are in words, empty when not told; `detail`: the words that belong to it, empty for whoever
    does not hold the clinical zone.
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
    answered_by: str = ""
    how: str = ""


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
    answered_by: str = "",
    how: str = "",
) -> UUID:
    """Write down what a person agreed to, or did not. `purpose`, `answered_by` and `how` are codes of
    consent_purposes.csv, consent_answerers.csv and consent_ways.csv; the last two may be empty.

    `detail` goes sealed to the clinical zone. Raises UserError for a code that is not known, or a day that is still to
    come.
    """
    known = purpose in dict(coded_list("consent_purposes")) and state in STATES
    known = known and answered_by in {"", *dict(coded_list("consent_answerers"))}
    if not known or how not in {"", *dict(coded_list("consent_ways"))}:
        raise UserError(tr("There is no such consent."), tr("Choose one from the list."))
    if asked_on is not None and asked_on > dates.today():
        raise UserError(tr("That day is still to come."), tr("Check when they were asked."))
    person = find_person(db, person_id)
    row = Consent(person_id=person.id, purpose=purpose, state=state, answered_by=answered_by, how=how)
    row.asked_on, row.expires_on = asked_on or dates.today(), expires_on
    db.add(row)
    db.flush()
    if tidy(detail):
        hand_over(db, "clinical", KIND, row.id, {"person": str(person.id), "text": tidy(detail, lines=True)})
    return row.id


@allowed("consents.read", person="person_id")
def list_consents(db: Db, person_id: UUID) -> list[ConsentView]:
    """What the person was asked, the last answer first; earlier answers about the same purpose follow."""
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
    return ConsentView(
        row.id,
        row.purpose,
        in_words("consent_purposes", row.purpose),
        row.state,
        row.asked_on,
        row.expires_on,
        is_live(row),
        by,
        detail,
        in_words("consent_answerers", row.answered_by) if row.answered_by else "",
        in_words("consent_ways", row.how) if row.how else "",
    )


def is_live(row: Consent | None) -> bool:
    """Whether an answer lets us do what it is about, today."""
    if row is None or row.state != "yes":
        return False
    return row.expires_on is None or row.expires_on >= dates.today()


def last_answers(people: list[UUID], purpose: str, db: Db) -> dict[UUID, Consent]:
    """The answer that counts, for each of these people who was asked. A part, not a service function."""
    query = select(Consent).where(Consent.person_id.in_(people), Consent.purpose == purpose)
    found: dict[UUID, Consent] = {}
    for row in db.scalars(query.order_by(Consent.asked_on, Consent.id)):
        found[row.person_id] = row
    return found


def _person_of(db: Db, consent_id: UUID) -> UUID | None:
    return db.scalar(select(Consent.person_id).where(Consent.id == consent_id))


@allowed("consents.record", person=_person_of)
def withdraw_consent(db: Db, consent_id: UUID, *, answered_by: str = "", how: str = "") -> UUID:
    """The person does not agree any more, from today on; returns the id of this new answer. Whatever rests on it must not
    be used any more (consent_uses.py). Raises NotFound, UserError when it is not what counts now, or no consent.
    """
    row = _find(db, consent_id)
    counts = last_answers([row.person_id], row.purpose, db).get(row.person_id)
    if counts is None or counts.id != row.id or row.state != "yes":
        raise UserError(tr("There is nothing to withdraw: they have not agreed."))
    withdrawn = record_consent(db, row.person_id, row.purpose, "withdrawn", answered_by=answered_by, how=how)
    publish(db, ConsentWithdrawn(row.id, row.person_id, row.purpose))
    return withdrawn


@allowed("consents.record", person=_person_of)
def take_back_consent(db: Db, consent_id: UUID) -> None:
    """Writing this answer down was a slip: it goes, and the words that belong to it; the answer before it counts again.
    Raises NotFound.
    """
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
