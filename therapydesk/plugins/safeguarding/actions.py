"""What is to be done about a concern: each with an owner and a moment, on Today until it is done or dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, NotFound, User, UserError, allowed, new_id, now, publish, show_instant, tr
from therapydesk.plugins.safeguarding.chain import (
    NewEntry,
    append,
    find_concern,
    need_open,
    need_text,
)
from therapydesk.plugins.safeguarding.models import Action, Concern
from therapydesk.plugins.safeguarding.tasks import ActionMoved
from therapydesk.plugins.safeguarding.views import ActionView, action_view


@dataclass(frozen=True)
class NewAction:
    """What is to be done until `due_at` (UTC), and who does it: a user, or the name of somebody else.

    `tell_owner`: a user who is no lead sees the text on Today and can say what came of it, but nothing else of the
    concern. Say so on screen where it is chosen. Without it nobody but leads sees it: then tell them.
    """

    text: str
    due_at: datetime
    owner_id: UUID | None = None
    owner_name: str = ""
    tell_owner: bool = False


@allowed("safeguarding.read")
def list_actions(db: Db, *, only_open: bool = True, mine: bool = False) -> list[ActionView]:
    """Actions of all concerns, those due first at the top; `mine` are those of the signed-in lead."""
    query = select(Action, Concern.number).join(Concern, Concern.id == Action.concern_id)
    if only_open:
        query = query.where(Action.state == "todo")
    if mine:
        query = query.where(Action.owner_id == db.user.id)
    return [action_view(row, n) for row, n in db.execute(query.order_by(Action.due_at, Action.id)).all()]


@allowed("safeguarding.write")
def add_action(db: Db, concern_id: UUID, new: NewAction) -> UUID:
    """Add something to be done; gives its id. Raises UserError without a text or an owner, or for a closed concern."""
    concern = find_concern(db, concern_id)
    need_open(concern)
    return put_action(db, concern, new).id


def put_action(
    db: Db,
    concern: Concern,
    new: NewAction,
    *,
    decision: str = "",
    clock: str = "",
    plan_id: UUID | None = None,
) -> Action:
    """The row of an action, and its entry."""
    text = need_text(new.text, tr("Write what is to be done."))
    user = db.get(User, new.owner_id) if new.owner_id is not None else None
    owner = user.name if user is not None else new.owner_name.strip()[:200]
    if not owner:
        raise UserError(tr("Say who does it."))
    row = Action(
        id=new_id(),
        concern_id=concern.id,
        person_id=concern.person_id,
        text=text,
        owner_id=user.id if user is not None else None,
        owner_name=owner,
        due_at=new.due_at,
        state="todo",
        tell_owner=new.tell_owner and user is not None and "lead" not in {r.role for r in user.roles},
        decision=decision,
        clock=clock,
        plan_id=plan_id,
    )
    db.add(row)
    done = tr("{who}, by {when}.").format(who=owner, when=show_instant(new.due_at))
    detail = {"action": str(row.id), "due_at": new.due_at.isoformat(), "owner": owner}
    append(db, concern, NewEntry("action", text, says=db.user.name, done=done, detail=detail))
    _tell(db, row)
    return row


def _tell(db: Db, row: Action) -> None:
    """The owner's task in core follows, where there is one."""
    if row.tell_owner:
        publish(db, ActionMoved(row.id))


def _find(db: Db, action_id: UUID) -> tuple[Action, Concern]:
    row = db.get(Action, action_id)
    if row is None:
        raise NotFound(tr("That action is not here."))
    if row.state != "todo":
        raise UserError(tr("This was done or dropped already."))
    return row, find_concern(db, row.concern_id)


@allowed("safeguarding.write")
def finish_action(db: Db, action_id: UUID, result: str) -> UUID:
    """Say what came of it; gives the entry's id."""
    return _end(db, action_id, "done", need_text(result, tr("Say what came of it.")))


@allowed("safeguarding.write")
def drop_action(db: Db, action_id: UUID, reason: str) -> UUID:
    """Say why it is not done after all; gives the entry's id."""
    return _end(db, action_id, "dropped", need_text(reason, tr("Say why it is not done.")))


def _end(db: Db, action_id: UUID, state: str, result: str) -> UUID:
    row, concern = _find(db, action_id)
    row.state, row.result, row.done_at = state, result, now()
    new = NewEntry(
        f"action_{state}", row.text, says=db.user.name, done=result, detail={"action": str(row.id)}
    )
    _tell(db, row)
    return append(db, concern, new).id


@allowed("safeguarding.write")
def move_action(
    db: Db,
    action_id: UUID,
    due_at: datetime,
    reason: str,
    *,
    owner_id: UUID | None = None,
    owner_name: str = "",
) -> UUID:
    """Give it another moment (UTC), or another owner; the record says why. Gives the entry's id."""
    row, concern = _find(db, action_id)
    why = need_text(reason, tr("Say why."))
    user = db.get(User, owner_id) if owner_id is not None else None
    if user is not None or owner_name.strip():
        row.owner_id = user.id if user is not None else None
        row.owner_name = user.name if user is not None else owner_name.strip()[:200]
    row.due_at = due_at
    _tell(db, row)
    done = tr("Now {who}, by {when}. {why}").format(who=row.owner_name, when=show_instant(due_at), why=why)
    detail = {"action": str(row.id), "due_at": due_at.isoformat(), "owner": row.owner_name}
    return append(
        db, concern, NewEntry("action_moved", row.text, says=db.user.name, done=done, detail=detail)
    ).id
