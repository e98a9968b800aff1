"""What rests on a consent, and the one question that is asked before it is used (KC11).

A module says `rest_on_consent` for each person whose consent a thing of its needs (a picture with three people: three
times), and asks `require_consents` before the thing leaves the practice for that use. Nothing else is needed: withdrawing
a consent, or letting it run out, stops all that rests on it from that moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from therapydesk.core import dates
from therapydesk.core.contributions import Link
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.permissions import allowed, is_own, only_own
from therapydesk.core.text import tidy
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.coded_lists import coded_list, in_words
from therapydesk.records.consent_lists import is_live, last_answers
from therapydesk.records.consents import Consent, ConsentUse
from therapydesk.records.people import Person
from therapydesk.records.people_details import find_person

BY_HAND = "records.by_hand"


class ConsentMissing(UserError):
    """A person has not agreed to this use, or does not any more."""


@dataclass(frozen=True)
class UseView:
    """Something that rests on a consent. `allowed`: it may be used, today; `why` says why not."""

    id: UUID
    person_id: UUID
    purpose: str
    purpose_text: str
    kind: str
    ref: UUID
    label: str
    since: date
    allowed: bool
    why: str
    link: Link | None


@allowed("consents.rest", person="person_id")
def rest_on_consent(
    db: Db,
    person_id: UUID,
    purpose: str,
    label: str,
    *,
    kind: str = BY_HAND,
    ref: UUID | None = None,
    page: str = "",
) -> UUID:
    """Say that something rests on a person's consent for a purpose; returns the id of this tie.

    `label`: what it is, neutrally, since everybody may read it ("Recording, 6 May"); `kind`, `ref` and `page`: whose it
    is, its id, and the page that shows it; without `ref` it is something on paper or elsewhere. Raises UserError.
    """
    if purpose not in dict(coded_list("consent_purposes")):
        raise UserError(tr("There is no such consent."), tr("Choose one from the list."))
    if not tidy(label):
        raise UserError(tr("A name for it is missing."), tr("Say what it is in a few words."))
    person = find_person(db, person_id)
    row = ConsentUse(person_id=person.id, purpose=purpose, kind=kind, label=tidy(label)[:100], page=page)
    row.ref = ref if ref is not None else person.id
    db.add(row)
    db.flush()
    return row.id


def _person_of(db: Db, use_id: UUID) -> UUID | None:
    return db.scalar(select(ConsentUse.person_id).where(ConsentUse.id == use_id))


@allowed("consents.rest", person=_person_of)
def end_consent_use(db: Db, use_id: UUID) -> None:
    """It does not rest on the consent any more: it was taken down or destroyed. Raises NotFound."""
    row = db.get(ConsentUse, use_id)
    if row is None or row.ended_on is not None:
        raise NotFound(tr("That is not here any more."))
    row.ended_on = dates.today()
    db.flush()


@allowed("consents.rest", person=_person_of)
def put_back_consent_use(db: Db, use_id: UUID) -> None:
    """Ending it was a slip. Raises NotFound."""
    row = db.get(ConsentUse, use_id)
    if row is None:
        raise NotFound(tr("That is not here any more."))
    row.ended_on = None
    db.flush()


@allowed("consents.read", person="person_id")
def list_consent_uses(db: Db, person_id: UUID, purpose: str = "") -> list[UseView]:
    """All that rests on what a person agreed to (for one purpose, if given), what must not be used first."""
    query = select(ConsentUse).where(ConsentUse.person_id == person_id, ConsentUse.ended_on.is_(None))
    rows = list(db.scalars(query.where(ConsentUse.purpose == purpose) if purpose else query))
    answers = {name: last_answers([person_id], name, db).get(person_id) for name in {r.purpose for r in rows}}
    views = [_view(row, answers[row.purpose]) for row in rows]
    return sorted(views, key=lambda v: (v.allowed, v.purpose_text, v.since, v.label))


def _view(row: ConsentUse, answer: Consent | None) -> UseView:
    link = Link(row.page, row.ref) if row.page else None
    day = dates.to_local(row.created_at).date()
    words = in_words("consent_purposes", row.purpose)
    told = (row.id, row.person_id, row.purpose, words, row.kind, row.ref, row.label, day)
    return UseView(*told, is_live(answer), why_not(answer), link)


def why_not(answer: Consent | None) -> str:
    """Why an answer does not let us, in a sentence; empty when it does."""
    if is_live(answer):
        return ""
    if answer is None or answer.state == "not_asked":
        return tr("They have not been asked.")
    if answer.state == "no":
        return tr("They said no.")
    if answer.state == "withdrawn":
        return tr("They do not agree any more.")
    return tr("Their consent ran out on {day}.").format(
        day=dates.show_day(answer.expires_on) if answer.expires_on else ""
    )


@allowed("consents.read", person="person_id")
def require_consent(db: Db, person_id: UUID, purpose: str) -> None:
    """Raise ConsentMissing unless the person agrees to this, today."""
    _require(db, [person_id], purpose)


@allowed("consents.read", filters=True)
def require_consents(db: Db, ref: UUID, purpose: str, people: Sequence[UUID] = ()) -> None:
    """Raise ConsentMissing unless everybody agrees whose consent the thing `ref` needs for this purpose, today.

    `people`: who is known to be in it, whether or not somebody said so by `rest_on_consent`. A thing about which nothing
    is known must not be used either. Asked by whatever lets a thing out, for each use; it says who did not agree to those
    who may know it.
    """
    tied = select(ConsentUse.person_id).where(
        ConsentUse.ref == ref, ConsentUse.purpose == purpose, ConsentUse.ended_on.is_(None)
    )
    wanted = list(dict.fromkeys([*people, *db.scalars(tied)]))
    if not wanted:
        raise ConsentMissing(
            tr("Nobody has been asked about this use of it."),
            tr("Say whose it is, and ask them: {purpose}.").format(
                purpose=in_words("consent_purposes", purpose)
            ),
        )
    _require(db, wanted, purpose)


@allowed("consents.read", filters=True)
def who_agrees(db: Db, people: Sequence[UUID], purpose: str) -> set[UUID]:
    """Who of these people agrees to this, today; one query for all. For what leaves out those who do not: a programme."""
    wanted = [p for p in people if not only_own(db) or is_own(db, p)]
    answers = last_answers(wanted, purpose, db)
    return {person_id for person_id in wanted if is_live(answers.get(person_id))}


def _require(db: Db, people: Sequence[UUID], purpose: str) -> None:
    answers = last_answers(list(people), purpose, db)
    missing = [person_id for person_id in people if not is_live(answers.get(person_id))]
    if not missing:
        return
    told = [p for p in missing if not only_own(db) or is_own(db, p)]
    names = {p.id: p.name for p in db.scalars(select(Person).where(Person.id.in_(told)))}
    parts = [
        tr("{name}: {why}").format(name=names.get(p, tr("Somebody")), why=why_not(answers.get(p)))
        for p in missing
    ]
    words = in_words("consent_purposes", purpose)
    raise ConsentMissing(
        tr("This must not be used so: there is no consent ({purpose}).").format(purpose=words),
        " ".join(parts),
    )
