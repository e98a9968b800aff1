"""Checks of a venue and its kit, with the day when each is due (KC32)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, NotFound, UserError, add_months, allowed, tidy, tr
from therapydesk.plugins.groups.models import Group, VenueCheck
from therapydesk.plugins.groups.slips import take_back

_OPEN = (VenueCheck.done_on.is_(None)) | (VenueCheck.every_months > 0)


@dataclass(frozen=True)
class CheckView:
    """Something to be looked at. `every_months`: 0 once; `done_on`: when it was looked at last."""

    id: UUID
    what: str
    due_on: date
    every_months: int
    done_on: date | None


@allowed("groups.edit")
def add_check(db: Db, group_id: UUID, what: str, due_on: date, every_months: int = 0) -> UUID:
    """Something about a venue or its kit that is to be looked at; it stands on Today when it is due."""
    if not tidy(what):
        raise UserError(tr("Say what is to be looked at."))
    row = VenueCheck(group_id=group_id, what=tidy(what), due_on=due_on, every_months=max(0, every_months))
    db.add(row)
    db.flush()
    return row.id


@allowed("groups.edit")
def check_done(db: Db, check_id: UUID, done_on: date) -> None:
    """It was looked at; one that comes again is due so many months later."""
    row = _find(db, check_id)
    row.done_on = done_on
    if row.every_months:
        row.due_on = add_months(done_on, row.every_months)


@allowed("groups.edit")
def put_back_check(db: Db, check_id: UUID, due_on: date, done_on: date | None) -> None:
    """It was not looked at after all: both days are as they were."""
    row = _find(db, check_id)
    row.due_on, row.done_on = due_on, done_on


@allowed("groups.edit")
def drop_check(db: Db, check_id: UUID) -> None:
    """A check that was written down by a slip goes."""
    take_back(db, VenueCheck, check_id)


def _find(db: Db, check_id: UUID) -> VenueCheck:
    row = db.get(VenueCheck, check_id)
    if row is None:
        raise NotFound(tr("That check is not here any more."))
    return row


@allowed("groups.read")
def list_checks(db: Db, group_id: UUID) -> list[CheckView]:
    """What is still to be looked at for a group, the next first."""
    query = select(VenueCheck).where(VenueCheck.group_id == group_id, _OPEN).order_by(VenueCheck.due_on)
    return [CheckView(c.id, c.what, c.due_on, c.every_months, c.done_on) for c in db.scalars(query)]


@allowed("groups.read")
def checks_due(db: Db, until: date) -> list[tuple[VenueCheck, str]]:
    """Checks that are due by a day, with the name of their group."""
    query = (
        select(VenueCheck, Group.name)
        .join(Group, Group.id == VenueCheck.group_id)
        .where(
            VenueCheck.due_on <= until,
            _OPEN,
            Group.ended_on.is_(None),
        )
        .order_by(VenueCheck.due_on)
    )
    return list(db.execute(query).all())
