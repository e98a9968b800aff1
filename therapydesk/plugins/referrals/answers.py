"""What referrals answer when the program asks: due, what happened to a person, facts, sample data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    Db,
    DueItem,
    Fact,
    Link,
    Moment,
    Person,
    may,
    new_id,
    to_utc,
    today,
    tr,
)
from therapydesk.plugins.referrals.lists import moment_of, referrals_of
from therapydesk.plugins.referrals.models import Reason, Referral
from therapydesk.plugins.referrals.words import OPEN, state_word

PAGE = "referrals.referrals"
ANSWER_WITHIN = timedelta(days=14)


def facts(db: Db, person_ids: Sequence[UUID]) -> dict[UUID, list[Fact]]:
    """An open referral of somebody who is here already, seen wherever the person is shown."""
    if not may(db.user, "referrals.read"):
        return {}
    query = select(Referral.person_id, Referral.id, Referral.state).where(
        Referral.person_id.in_(person_ids), Referral.state.in_(OPEN)
    )
    found: dict[UUID, list[Fact]] = {}
    for person_id, referral_id, state in db.execute(query.order_by(Referral.id)):
        text = tr("Referral: {state}").format(state=state_word(state).lower())
        found.setdefault(person_id, []).append(Fact("referral", text, "info", Link(PAGE, referral_id), 60))
    return found


def due(db: Db, day: date) -> list[DueItem]:
    """Referrals that wait for an answer, due two weeks after they came."""
    if not may(db.user, "referrals.triage"):
        return []
    query = (
        select(Referral.id, Referral.person_id, Referral.received_on, Person.preferred_name, Person.full_name)
        .join(Person, Person.id == Referral.person_id)
        .where(Referral.state.in_(("new", "talk_first")), Referral.received_on <= day)
        .order_by(Referral.received_on, Referral.id)
        .limit(200)
    )
    return [
        DueItem(
            tr("Answer the referral of {name}").format(name=row.preferred_name or row.full_name),
            row.received_on + ANSWER_WITHIN,
            row.person_id,
            Link(PAGE, row.id),
            "referral",
        )
        for row in db.execute(query)
    ]


def moments(db: Db, person_id: UUID, since: datetime) -> list[Moment]:
    """When a person was referred, and how that was answered."""
    if not may(db.user, "referrals.read"):
        return []
    found = []
    for row in referrals_of(db, [person_id]).get(person_id, []):
        link = Link(PAGE, row.id)
        came = to_utc(moment_of(row.received_on))
        found.append(Moment(came, "referral", tr("Referred by {sender}").format(sender=row.sent_by), link))
        if row.answered_on is not None:
            text = tr("Referral answered: {state}").format(state=state_word(row.state).lower())
            found.append(Moment(to_utc(moment_of(row.answered_on)), "referral", text, link))
    return [moment for moment in found if moment.at >= since]


def add_sample(db: Db, person_id: UUID, seed: int) -> None:
    """A little made-up data for one person, in the zone that is written."""
    referral_id = UUID(int=(person_id.int ^ (seed + 1)) % (1 << 128))
    if db.zone == "core":
        db.add(
            Referral(
                id=referral_id,
                person_id=person_id,
                received_on=today(),
                state="new",
                agreed="yes",
                referrer="Nia Bevan",
                format="csv",
                source_row=1,
            )
        )
    elif db.zone == "clinical":
        db.add(
            Reason(
                id=new_id(),
                referral_id=referral_id,
                person_id=person_id,
                would_like="To sing with others again",
                matters="“One voice among many”",
                original="Would like: To sing with others again",
            )
        )
