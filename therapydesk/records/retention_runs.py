"""Retention acts by proposal only: the owner proposes, two different people agree, one after the other, or one keeps it with
a reason. What was destroyed stays in the list, as ids, days and the rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from therapydesk.core import dates
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.permissions import allowed
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.coded_lists import coded_list
from therapydesk.records.erasure import WHY, carry_on, erase_ids, forget_drafts
from therapydesk.records.erasure_parts import PartDone, start_erasure
from therapydesk.records.erasure_tables import RetentionItem
from therapydesk.records.people import Person
from therapydesk.records.retention import check_clock, confirmed_rules, due_of, list_due
from therapydesk.records.retention_rules import add_years
from therapydesk.records.users import User

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

OPEN = ("proposed", "agreed")
AGAIN_AFTER = 1  # years until what was kept is proposed again


@dataclass(frozen=True)
class ItemView:
    """A proposal. `name` is empty once the person's own record was destroyed; `first` agreed first, `second` carried it
    out or kept it.
    """

    id: UUID
    person_id: UUID
    name: str
    keep: str
    rule: str
    counted_from: date | None
    due_on: date
    state: str
    reason: str
    first_id: UUID | None
    first: str
    second: str
    decided_on: date | None


@allowed("privacy.propose_retention")
def propose(db: Db) -> int:
    """Put everything that is due today on the list; returns how many were added. Destroys nothing.

    Raises UserError until the practice has agreed to the rules, and when the clock cannot be right.
    """
    if confirmed_rules(db).on is None:
        raise UserError(
            tr("The practice has not agreed to the times yet."), tr("Look at them and agree, then propose.")
        )
    again = add_years(dates.today(), -AGAIN_AFTER)
    known = {
        (row.person_id, row.keep)
        for row in db.scalars(select(RetentionItem))
        if row.state in OPEN or (row.state == "kept" and (row.second_on or date.min) > again)
    }
    added = 0
    for view in list_due(db):
        if (view.person_id, view.due.keep) in known or view.due.due_on is None:
            continue
        due = view.due
        db.add(
            RetentionItem(
                person_id=view.person_id,
                keep=due.keep,
                rule=due.rule,
                counted_from=due.counted_from,
                due_on=due.due_on,
            )
        )
        added += 1
    db.flush()
    return added


@allowed("privacy.see_retention")
def list_items(db: Db, *, decided: bool = False) -> list[ItemView]:
    """The proposals that wait for a decision, the longest due first; with `decided` those that had one, newest first."""
    query = select(RetentionItem, Person.full_name, Person.merged_into).join(
        Person, Person.id == RetentionItem.person_id
    )
    if decided:
        query = query.where(RetentionItem.state.not_in(OPEN)).order_by(RetentionItem.second_on.desc())
    else:
        query = query.where(RetentionItem.state.in_(OPEN)).order_by(RetentionItem.due_on)
    rows = db.execute(query.order_by(RetentionItem.id)).all()
    names = {u.id: u.name for u in db.scalars(select(User))}
    return [
        ItemView(
            row.id,
            row.person_id,
            "" if merged == row.person_id else name,
            row.keep,
            row.rule,
            row.counted_from,
            row.due_on,
            row.state,
            row.reason,
            row.first_by,
            names.get(row.first_by, "") if row.first_by else "",
            names.get(row.second_by, "") if row.second_by else "",
            row.second_on,
        )
        for row, name, merged in rows
    ]


@allowed("privacy.confirm_retention")
def agree_first(db: Db, item_id: UUID) -> None:
    """The first of two agrees. Raises NotFound, UserError when it is not due any more."""
    row = _open_item(db, item_id)
    if row.state != "proposed":
        raise UserError(tr("Somebody agreed to this already."), tr("A second person must agree, too."))
    row.state, row.first_by, row.first_on = "agreed", db.user.id, dates.today()
    db.flush()


@allowed("privacy.confirm_retention")
def take_back_agreement(db: Db, item_id: UUID) -> None:
    """Whoever agreed first thinks again. Raises NotFound, UserError."""
    row = _item(db, item_id)
    if row.state != "agreed" or row.first_by != db.user.id:
        raise UserError(tr("Only who agreed can take it back, until a second person has."))
    row.state, row.first_by, row.first_on = "proposed", None, None
    db.flush()


@allowed("privacy.confirm_retention")
def keep_item(db: Db, item_id: UUID, reason: str) -> None:
    """Keep it, with a reason (a code of keep_reasons.csv); it is proposed again in a year. Raises NotFound, UserError."""
    if reason not in dict(coded_list("keep_reasons")):
        raise UserError(tr("There is no such reason."), tr("Choose one from the list."))
    row = _item(db, item_id)
    if row.state not in OPEN:
        raise NotFound(tr("This was decided already."))
    row.state, row.reason = "kept", reason
    row.second_by, row.second_on = db.user.id, dates.today()
    db.flush()


@allowed("privacy.confirm_retention")
def agree_second(db: Db, item_id: UUID) -> PartDone:
    """Another person than the first agrees, and core's part is destroyed. Use `destroy`, which does the rest, too.

    Raises UserError for the same person, and when something stands against it now.
    """
    row = _open_item(db, item_id)
    if row.state != "agreed":
        raise UserError(tr("A first person must agree before."))
    if row.first_by == db.user.id:
        raise UserError(tr("You agreed to this already."), tr("A second person must agree, too."))
    row.state, row.second_by, row.second_on = "done", db.user.id, dates.today()
    db.flush()
    done = start_erasure(db, row.person_id, "retention", (row.keep,))
    row.erasure_id = done.erasure_id
    db.flush()
    return done


def destroy(vault: Vault, item_id: UUID) -> list[PartDone]:
    """The second person agrees: core's part is destroyed, and the other parts by who holds them, or they wait."""
    with vault.read() as db:
        row = _item(db, item_id)
        ids = erase_ids(vault, db, row.person_id, (row.keep,))
        ready = row.state == "agreed" and row.first_by != vault.user.id
    if ready:
        vault.prepare_for(WHY)
    with vault.write("core") as db:
        first = agree_second(db, item_id)
        forget_drafts(db, ids)
    return carry_on(vault, first)


def _item(db: Db, item_id: UUID) -> RetentionItem:
    row = db.get(RetentionItem, item_id)
    if row is None:
        raise NotFound(tr("That is not here any more."))
    return row


def _open_item(db: Db, item_id: UUID) -> RetentionItem:
    """An item that is still due: the clock may have started anew, or a hold been placed, since it was proposed."""
    row = _item(db, item_id)
    if row.state not in OPEN:
        raise NotFound(tr("This was decided already."))
    check_clock(db)
    for view in due_of(db, row.person_id):
        if view.due.keep != row.keep:
            continue
        if view.held:
            raise UserError(tr("This is kept now, whatever its clock says."), view.why)
        if view.due.due_on is None or view.due.due_on > dates.today():
            raise UserError(tr("This is not due any more: its clock began anew."))
        return row
    raise UserError(tr("Nothing of this is kept any more."))
