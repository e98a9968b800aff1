"""Decide, hand over between leads, close with an outcome, reopen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import (
    Db,
    User,
    UserError,
    allowed,
    bank_holidays,
    key_holders,
    now,
    practice_card,
    publish,
    tr,
)
from therapydesk.plugins.safeguarding.actions import NewAction, put_action
from therapydesk.plugins.safeguarding.chain import NewEntry, append, find_concern, need_open, need_text
from therapydesk.plugins.safeguarding.models import Action, Concern
from therapydesk.plugins.safeguarding.packs import Clock, check_code, pack
from therapydesk.plugins.safeguarding.raising import ConcernMoved, target_hours
from therapydesk.plugins.safeguarding.rules import division, due_at


@dataclass(frozen=True)
class Outcome:
    """How a concern ended, after the Making Safeguarding Personal outcomes: codes of packs.coded_choices().

    `asked` (about their outcomes), `achieved`, `risk`, `source_of_risk`, `advocate`; `summary` in plain words; `told` is who
    told the one who raised it, and how.
    """

    summary: str
    asked: str
    achieved: str
    risk: str
    source_of_risk: str
    advocate: str = "none"
    told: str = ""


def holidays(db: Db) -> Collection[date]:
    """The bank holidays of the practice's nation."""
    return bank_holidays(division(practice_card(db).nation))


@allowed("safeguarding.write")
def decide(
    db: Db, concern_id: UUID, decision_id: str, reason: str, *, leave_out: Collection[str] = ()
) -> list[UUID]:
    """Record a decision of the nation's pack with its reason, also when it is to take no step. `db` writes safeguarding.

    Each clock of the decision becomes an action of the lead's, due as the pack says, except those in `leave_out`; gives
    their ids. The sender is told that it was decided. More decisions may follow. Raises UserError for a decision that the
    pathway does not have, without a reason, or for a closed concern.
    """
    concern = find_concern(db, concern_id)
    need_open(concern)
    why = need_text(reason, tr("Write the reason for this decision."))
    chosen = pack(concern.nation).decision(decision_id)
    if concern.pathway and concern.pathway not in chosen.pathways:
        raise UserError(tr("This decision belongs to another pathway."), tr("Choose the pathway anew."))
    moment = now()
    unconfirmed = [c.id for c in chosen.clocks if not c.confirmed]
    detail = {
        "decision": chosen.id,
        "nation": concern.nation,
        "pathway": concern.pathway,
        "unconfirmed": unconfirmed,
    }
    append(db, concern, NewEntry("decision", chosen.title, says=db.user.name, done=why, detail=detail))
    concern.lead_id = concern.lead_id or db.user.id
    concern.read_at = concern.read_at or moment
    concern.state, concern.decided_at = "decided", concern.decided_at or moment
    made = [
        put_action(db, concern, _action(db, concern, clock), decision=chosen.id, clock=clock.id).id
        for clock in chosen.clocks
        if clock.id not in leave_out
    ]
    publish(db, ConcernMoved(concern.handover_id, "decided"))
    return made


def _action(db: Db, concern: Concern, clock: Clock) -> NewAction:
    due = due_at(now(), clock.amount, clock.unit, holidays(db))
    return NewAction(clock.text, due, concern.lead_id)


@allowed("safeguarding.write")
def pass_on(db: Db, concern_id: UUID, lead_id: UUID, reason: str) -> UUID:
    """Hand a concern over to another lead; gives the entry's id. Raises UserError for somebody who is no lead."""
    concern = find_concern(db, concern_id)
    need_open(concern)
    user = db.get(User, lead_id)
    if user is None or user.left or "lead" not in {r.role for r in user.roles}:
        raise UserError(tr("A concern can be handed over to a safeguarding lead only."))
    if user.id not in key_holders(db, "safeguarding"):
        raise UserError(
            tr("{name} does not hold the key of the safeguarding records yet.").format(name=user.name),
            tr("Give it in Settings, Who works here."),
        )
    if concern.lead_id == lead_id:
        raise UserError(tr("{name} holds this concern already.").format(name=user.name))
    why = need_text(reason, tr("Say why it is handed over."))
    concern.lead_id = lead_id
    text = tr("Handed over to {name}.").format(name=user.name)
    return append(
        db,
        concern,
        NewEntry("handed_over", text, says=db.user.name, done=why, detail={"to": str(lead_id)}),
    ).id


@allowed("safeguarding.write")
def close_concern(db: Db, concern_id: UUID, outcome: Outcome) -> UUID:
    """Close with an outcome; gives the entry's id. The sender is told.

    Raises UserError while no decision was taken or actions are open, and for a code that the lists do not have.
    """
    concern = find_concern(db, concern_id)
    need_open(concern)
    if concern.state != "decided":
        raise UserError(tr("Record a decision first, also when no step is taken."))
    query = select(func.count()).where(Action.concern_id == concern_id, Action.state == "todo")
    if db.scalar(query):
        raise UserError(
            tr("Something is still to be done."), tr("Finish each action, or drop it with a reason.")
        )
    text = need_text(outcome.summary, tr("Write how it ended."))
    for name in ("asked", "achieved", "risk", "source_of_risk", "advocate"):
        check_code(name, getattr(outcome, name))
    concern.state, concern.closed_at = "closed", now()
    new = NewEntry("closed", text, says=db.user.name, done=outcome.told, detail=asdict(outcome))
    publish(db, ConcernMoved(concern.handover_id, "closed"))
    return append(db, concern, new).id


@allowed("safeguarding.write")
def reopen_concern(db: Db, concern_id: UUID, reason: str) -> UUID:
    """Open a closed concern again: a new decision is due within the practice's target. Gives the entry's id."""
    concern = find_concern(db, concern_id)
    if concern.state != "closed":
        raise UserError(tr("This concern is open."))
    why = need_text(reason, tr("Say why it is opened again."))
    concern.state, concern.closed_at, concern.decided_at = "read", None, None
    concern.due_at = due_at(now(), target_hours(db), "hours")
    publish(db, ConcernMoved(concern.handover_id, "received"))
    return append(db, concern, NewEntry("reopened", why, says=db.user.name)).id
