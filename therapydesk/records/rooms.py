"""Rooms and other places that one session at a time can use."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.core.errors import NotFound, StaleRecord, UserError
from therapydesk.core.permissions import allowed
from therapydesk.core.text import normal_name, tidy
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.appointment_tables import Room
from therapydesk.records.organisations import Organisation


@dataclass(frozen=True)
class RoomView:
    """A room as shown."""

    id: UUID
    name: str
    organisation_id: UUID | None
    organisation: str
    closed: bool
    row_version: int


@allowed("rooms.read")
def list_rooms(db: Db, closed: bool = False) -> list[RoomView]:
    """The rooms by name; with `closed`, those no longer used too."""
    query = (
        select(
            *(Room.id, Room.name, Room.organisation_id, func.coalesce(Organisation.name, ""), Room.closed),
            Room.row_version,
        )
        .outerjoin(Organisation, Organisation.id == Room.organisation_id)
        .order_by(Room.name)
    )
    if not closed:
        query = query.where(Room.closed.is_(False))
    return [RoomView(*row) for row in db.execute(query)]


@allowed("rooms.edit")
def save_room(
    db: Db,
    name: str,
    organisation_id: UUID | None = None,
    *,
    room_id: UUID | None = None,
    closed: bool = False,
    row_version: int | None = None,
) -> UUID:
    """Add a room, or change the one with `room_id`. Raises UserError when the name is empty or taken."""
    name = tidy(name)
    if not name:
        raise UserError(tr("A room needs a name."))
    for other_id, other in db.execute(select(Room.id, Room.name)):
        if other_id != room_id and normal_name(other) == normal_name(name):
            raise UserError(tr("There is a room called “{name}” already.").format(name=other))
    room = _room(db, room_id, row_version)
    room.name, room.organisation_id, room.closed = name, organisation_id, closed
    db.flush()
    return room.id


def _room(db: Db, room_id: UUID | None, row_version: int | None) -> Room:
    if room_id is None:
        room = Room()
        db.add(room)
        return room
    found = db.get(Room, room_id)
    if found is None:
        raise NotFound(tr("That room is not there any more."))
    if row_version is not None and found.row_version != row_version:
        raise StaleRecord(tr("The room was changed meanwhile."))
    return found
