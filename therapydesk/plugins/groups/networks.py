"""Networks that others run in our space: told of and counted, lent a room and things, and none of their people held (OT11,
OT12, opening 26).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import Db, NotFound, UserError, allowed, tr
from therapydesk.plugins.groups.models import Group
from therapydesk.plugins.groups.placement_models import HandOff
from therapydesk.plugins.groups.slips import check_group, take_back

MOST = 500


@dataclass(frozen=True)
class Network:
    """A network with how many people were told of it in a period."""

    group_id: UUID
    name: str
    told: int
    times: int


@allowed("groups.register", filters=True)
def tell_of(db: Db, group_id: UUID, people: int, happened_on: date) -> UUID:
    """So many people were told of a network: a number, and no name. Raises UserError for a group of ours."""
    group = db.get(Group, group_id)
    if group is None:
        raise NotFound(tr("That group is not here any more."))
    if not group.independent:
        raise UserError(tr("This is a group of ours: put people on its roster."))
    check_group(db, group)
    if not 1 <= people <= MOST:
        raise UserError(tr("Write a number from 1 to {n}.").format(n=MOST))
    row = HandOff(group_id=group_id, people=people, happened_on=happened_on)
    db.add(row)
    db.flush()
    return row.id


@allowed("groups.register", filters=True)
def untell(db: Db, hand_off_id: UUID) -> None:
    """Take that back."""
    told = db.get(HandOff, hand_off_id)
    group = db.get(Group, told.group_id) if told is not None else None
    if group is not None:
        check_group(db, group)
    take_back(db, HandOff, hand_off_id)


@allowed("groups.read")
def networks(db: Db, since: date, until: date) -> list[Network]:
    """The networks with how many people were told of each in a period; days are inclusive."""
    within = (HandOff.happened_on >= since) & (HandOff.happened_on <= until)
    query = (
        select(Group.id, Group.name, func.coalesce(func.sum(HandOff.people), 0), func.count(HandOff.id))
        .outerjoin(HandOff, (HandOff.group_id == Group.id) & within)
        .where(Group.independent)
        .group_by(Group.id, Group.name)
        .order_by(Group.name)
    )
    return [Network(group, name, int(told), times) for group, name, told, times in db.execute(query)]
