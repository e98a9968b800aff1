"""Answering a referral: accept, ask for more, not for us, talk first."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    Appointment,
    Db,
    Episode,
    EpisodeChange,
    NotFound,
    Person,
    StaleRecord,
    UserError,
    allowed,
    episodes,
    events,
    hand_over,
    publish,
    today,
    tr,
)
from therapydesk.plugins.referrals.models import Referral
from therapydesk.plugins.referrals.reasons import KEPT, kept_texts
from therapydesk.plugins.referrals.words import OPEN, Decision, answer_reasons, state_word

_STATES = {
    Decision.ACCEPT: "accepted",
    Decision.ASK_MORE: "asked",
    Decision.NOT_FOR_US: "declined",
    Decision.TALK_FIRST: "talk_first",
}


@allowed("referrals.triage")
def triage(
    db: Db,
    referral_id: UUID,
    decision: Decision | str,
    priority: int = 2,
    reason_code: str = "",
    text: str = "",
    *,
    row_version: int | None = None,
) -> UUID | None:
    """Answer a referral; returns the episode that an acceptance opened. `text` goes sealed to the clinical
    zone.

    Raises UserError when the person has not agreed and is accepted all the same, when the referral has its
    final answer, or when the reason does not fit the decision; StaleRecord when it changed since
    `row_version`.
    """
    referral, chosen = _open_referral(referral_id, row_version, db), Decision(decision)
    if reason_code and reason_code not in {reason.code for reason in answer_reasons(chosen)}:
        raise UserError(tr("That reason does not fit this answer."))
    if chosen is Decision.ACCEPT and referral.agreed == "no":
        raise UserError(
            tr("The person has not agreed to this referral."),
            tr("Talk first; when they agree, change “Agreed to this” to Yes and accept."),
        )
    referral.state, referral.reason_code, referral.priority = _STATES[chosen], reason_code, priority
    referral.answered_on, referral.answered_by = today(), db.user.id
    if text.strip():
        hand_over(db, "clinical", KEPT, referral.id, {"answer": text.strip()})
    if chosen is Decision.NOT_FOR_US:
        publish(db, events.ReferralDeclined(referral.id, referral.person_id))
    if chosen is not Decision.ACCEPT:
        return None
    person = db.get(Person, referral.person_id)
    if person is not None and person.died_on is not None:
        raise UserError(
            tr("This person has died, so no support is opened."), tr("Choose “Not for us just now”.")
        )
    episode = episodes.open_episode(
        db, referral.person_id, opened_on=today(), priority=priority, referral_id=referral.id
    )
    referral.episode_id = episode.id
    publish(db, events.ReferralAccepted(referral.id, referral.person_id, episode.id))
    return episode.id


@allowed("referrals.triage")
def keep(
    db: Db,
    referral_id: UUID,
    texts: Mapping[str, str],
    *,
    agreed: str | None = None,
    best_way: str | None = None,
    priority: int | None = None,
) -> int:
    """Keep what the form says: texts go sealed to the clinical zone. Returns the row version.

    What is None stays as it is.
    """
    referral = _load(referral_id, None, db)
    if priority is not None and priority != referral.priority:
        referral.priority = priority
    if agreed is not None and agreed != referral.agreed:
        referral.agreed = agreed
        if referral.state == "talk_first" and agreed == "yes":
            referral.state = "new"
    if best_way is not None:
        person = db.get(Person, referral.person_id)
        if person is not None and person.best_way != best_way.strip():
            person.best_way = best_way.strip()[:200]
    if kept := kept_texts(texts):
        hand_over(db, "clinical", KEPT, referral.id, kept)
    db.flush()
    return referral.row_version


@allowed("referrals.triage")
def reopen(db: Db, referral_id: UUID, row_version: int | None = None) -> None:
    """Take an answer back. An acceptance only while nothing was built on the wait that it opened.

    Raises UserError when support has begun; then the support is closed on the person's page instead.
    """
    referral = _load(referral_id, row_version, db)
    if referral.episode_id is not None:
        _drop_wait(referral.episode_id, db)
    referral.state = "talk_first" if referral.agreed == "no" else "new"
    referral.reason_code, referral.answered_on, referral.answered_by, referral.episode_id = (
        "",
        None,
        None,
        None,
    )


def _drop_wait(episode_id: UUID, db: Db) -> None:
    """Delete the episode of an acceptance, if it is as it was opened: waiting, with nobody, and nothing booked."""
    episode = db.get(Episode, episode_id)
    if episode is None:
        return
    moves = db.scalars(select(EpisodeChange).where(EpisodeChange.episode_id == episode_id)).all()
    booked = select(Appointment.id).where(Appointment.episode_id == episode_id).limit(1)
    begun = episode.stage != "waiting" or episode.therapist_id is not None or len(moves) > 1
    if begun or db.scalars(booked).first() is not None:
        raise UserError(
            tr("Support has begun, so the acceptance stands."),
            tr("Close the support on the person’s page instead."),
        )
    for move in moves:
        db.delete(move)
    db.flush()
    db.delete(episode)


def _load(referral_id: UUID, row_version: int | None, db: Db) -> Referral:
    referral = db.get(Referral, referral_id)
    if referral is None:
        raise NotFound(tr("That referral is not here any more."))
    if row_version is not None and referral.row_version != row_version:
        raise StaleRecord(
            tr("This referral was changed meanwhile. It is now: {state}.").format(
                state=state_word(referral.state)
            ),
            tr("Look at it again."),
        )
    return referral


def _open_referral(referral_id: UUID, row_version: int | None, db: Db) -> Referral:
    referral = _load(referral_id, row_version, db)
    if referral.state not in OPEN:
        raise UserError(tr("This referral has its answer: {state}.").format(state=state_word(referral.state)))
    return referral
