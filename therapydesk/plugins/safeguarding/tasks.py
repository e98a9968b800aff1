"""What leads give to somebody who is none: the text, and nothing else of the concern, sealed to that one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    Db,
    Event,
    HandedOver,
    NotFound,
    UserError,
    allowed,
    hand_over,
    now,
    open_own,
    seal_to_user,
    tr,
)
from therapydesk.plugins.safeguarding.chain import LONGEST, Author, NewEntry, append, need_text
from therapydesk.plugins.safeguarding.models import Action, Concern, Task

DONE = "safeguarding.task_done"


@dataclass(frozen=True)
class TaskView:
    """Something to do for the safeguarding lead, by `due_at` (UTC)."""

    id: UUID
    text: str
    due_at: datetime


@dataclass(frozen=True)
class ActionMoved(Event):
    """An action was added, changed or ended; its owner's task in core follows. Ids only."""

    action_id: UUID


def follow_action(db: Db, event: ActionMoved) -> None:
    """Make, change or take away the task of an action. `db` writes core; who settles this holds safeguarding as well."""
    task, action = db.get(Task, event.action_id), db.get(Action, event.action_id)
    wanted = action is not None and action.state == "todo" and action.tell_owner
    sealed = seal_to_user(db, action.owner_id, action.text) if wanted and action and action.owner_id else None
    if sealed is None or action is None or action.owner_id is None:
        if task is not None:
            db.delete(task)
        return
    if task is None:
        task = Task(id=action.id)
        db.add(task)
    task.owner, task.due_at, task.sealed = action.owner_id, action.due_at, sealed


@allowed("safeguarding.raise")
def list_tasks(db: Db) -> list[TaskView]:
    """What leads have given to the signed-in user, due first at the top."""
    rows = db.scalars(select(Task).where(Task.owner == db.user.id).order_by(Task.due_at, Task.id))
    opened = [(row, open_own(db, row.sealed)) for row in rows]
    return [TaskView(row.id, text, row.due_at) for row, text in opened if text is not None]


@allowed("safeguarding.raise")
def finish_task(db: Db, task_id: UUID, result: str) -> None:
    """Say what came of it; it is sealed to the leads. `db` writes core. Raises UserError, and NotFound for what is not
    the signed-in user's.
    """
    task = db.get(Task, task_id)
    if task is None or task.owner != db.user.id:
        raise NotFound(tr("That is not here any more."), tr("The safeguarding lead may have changed it."))
    content = {
        "result": need_text(result, tr("Say what came of it.")),
        "by": str(db.user.id),
        "name": db.user.name,
        "at": now().isoformat(),
    }
    hand_over(db, "safeguarding", DONE, task_id, content)
    db.delete(task)
    db.flush()


def take_done(db: Db, event: HandedOver) -> None:
    """Write down what somebody did, in their name; `db` writes the safeguarding zone."""
    action = db.get(Action, event.ref)
    if action is None:
        return
    concern = db.get(Concern, action.concern_id)
    told = event.content
    author = Author(UUID(told["by"]), told["name"], datetime.fromisoformat(told["at"]))
    if concern is None or action.owner_id != author.id:
        raise UserError(tr("This was given to somebody else."))
    result = told["result"][:LONGEST]
    if action.state == "todo":
        action.state, action.result, action.done_at = "done", result, author.at
    detail = {"action": str(action.id)}
    new = NewEntry("action_done", action.text, says=author.name, done=result, detail=detail)
    append(db, concern, new, author)
