"""Safeguarding plans, and safety plans made with the person (AH22, LW09). A new version stands beside the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from therapydesk.api import Db, UserError, allowed, tr
from therapydesk.plugins.safeguarding.actions import NewAction, put_action
from therapydesk.plugins.safeguarding.chain import NewEntry, append, find_concern, need_open, need_text

AGREED = ("yes", "partly", "no")


@dataclass(frozen=True)
class Plan:
    """A safeguarding plan: what it is for, its steps (each becomes an action), and when it is looked at again."""

    aim: str
    steps: Sequence[NewAction]
    review_on: date
    made_with: str = ""


@dataclass(frozen=True)
class SafetyPlan:
    """A plan that the person makes for themselves. `agreed`: yes, partly, no; `agreed_on` the day.

    `early_signs` are what they notice first; `helps` what helps then; `tell` whom they want told, and of what; `not_tell`
    whom not. `words` are their own.
    """

    agreed: str
    agreed_on: date
    early_signs: Sequence[str]
    tell: Sequence[str]
    helps: Sequence[str] = ()
    not_tell: Sequence[str] = ()
    words: str = ""
    made_with: str = ""
    review_on: date | None = None


@allowed("safeguarding.write")
def make_plan(db: Db, concern_id: UUID, plan: Plan) -> UUID:
    """Record a safeguarding plan and its steps; gives the entry's id. Raises UserError without a step."""
    concern = find_concern(db, concern_id)
    need_open(concern)
    aim = need_text(plan.aim, tr("Say what the plan is for."))
    if not plan.steps:
        raise UserError(tr("A plan needs at least one step, with a date."))
    detail = {
        "review_on": plan.review_on.isoformat(),
        "made_with": plan.made_with,
        "steps": [step.text for step in plan.steps],
    }
    row = append(db, concern, NewEntry("plan", aim, says=plan.made_with or db.user.name, detail=detail))
    for step in plan.steps:
        put_action(db, concern, step, plan_id=row.id)
    return row.id


@allowed("safeguarding.write")
def make_safety_plan(db: Db, concern_id: UUID, plan: SafetyPlan) -> UUID:
    """Record a safety plan; gives the entry's id.

    Raises UserError without the person's answer about agreement, their early signs, and who they want told (nobody is an
    answer, and is written as such).
    """
    concern = find_concern(db, concern_id)
    need_open(concern)
    if plan.agreed not in AGREED:
        raise UserError(tr("Say whether the person agrees to this plan: yes, partly or no."))
    signs, tell = _lines(plan.early_signs), _lines(plan.tell)
    if not signs:
        raise UserError(tr("Write the first signs that the person notices."))
    if not tell:
        raise UserError(tr("Write who the person wants told."), tr("If nobody, write “nobody”."))
    detail = {
        "agreed": plan.agreed,
        "agreed_on": plan.agreed_on.isoformat(),
        "early_signs": signs,
        "tell": tell,
        "helps": _lines(plan.helps),
        "not_tell": _lines(plan.not_tell),
        "made_with": plan.made_with.strip(),
        "review_on": plan.review_on.isoformat() if plan.review_on else "",
    }
    text = tr("Safety plan. First signs: {signs}. To be told: {tell}.").format(
        signs="; ".join(signs), tell="; ".join(tell)
    )
    new = NewEntry("safety_plan", text, says=plan.made_with or db.user.name, impact=plan.words, detail=detail)
    return append(db, concern, new).id


def _lines(texts: Sequence[str]) -> list[str]:
    return [text.strip() for text in texts if text.strip()]
