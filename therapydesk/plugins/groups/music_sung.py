"""What was sung at which session, by whom liked and led; and set lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import (
    Appointment,
    Db,
    NotFound,
    PermissionDenied,
    Person,
    UserError,
    allowed,
    only_own,
    tidy,
    tr,
)
from therapydesk.plugins.groups.models import Group, GroupSession
from therapydesk.plugins.groups.music_chords import key_name
from therapydesk.plugins.groups.music_models import Piece, SetItem, SetList, Sung, SungPerson

PARTS = ("liked", "led")
MOST_ITEMS = 300


@dataclass(frozen=True)
class SungView:
    """A piece at a session. `liked`, `led`: ids and names of people."""

    id: UUID
    piece_id: UUID
    title: str
    key: str
    on: date
    appointment_id: UUID
    group: str
    liked: tuple[tuple[UUID, str], ...] = ()
    led: tuple[tuple[UUID, str], ...] = ()


@dataclass(frozen=True)
class SetView:
    """A set list with its pieces in order: id, title, and the key it is sung in ("" is its own)."""

    id: UUID
    title: str
    group_id: UUID | None
    on_day: date | None
    items: tuple[tuple[UUID, str, str], ...] = ()


def _need_session(db: Db, appointment_id: UUID) -> Group:
    """The group of a session, which must be this user's own where they may take registers of their own only."""
    link = db.get(GroupSession, appointment_id)
    group = db.get(Group, link.group_id) if link is not None else None
    if group is None:
        raise NotFound(tr("This session belongs to no group."), tr("Say in Groups which one it belongs to."))
    if only_own(db) and group.therapist_id not in (None, db.info["user"].id):
        raise PermissionDenied(tr("That is somebody else's group."))
    return group


@allowed("groups.register", filters=True)
def add_sung(db: Db, appointment_id: UUID, piece_id: UUID, key: str = "") -> UUID:
    """A piece was sung at a session; saying it again changes the key only."""
    _need_session(db, appointment_id)
    piece = db.get(Piece, piece_id)
    if piece is None:
        raise NotFound(tr("That song is not here any more."))
    query = select(Sung).where(Sung.appointment_id == appointment_id, Sung.piece_id == piece_id)
    row = db.scalars(query).first()
    if row is None:
        last = select(func.max(Sung.position)).where(Sung.appointment_id == appointment_id)
        row = Sung(
            appointment_id=appointment_id,
            piece_id=piece_id,
            key=piece.key,
            position=(db.scalar(last) or 0) + 1,
        )
        db.add(row)
    row.key = key_name(key) or row.key
    db.flush()
    return row.id


@allowed("groups.register", filters=True)
def remove_sung(db: Db, appointment_id: UUID, sung_id: UUID) -> None:
    """It was not sung after all; who liked it goes with it."""
    _need_session(db, appointment_id)
    row = db.get(Sung, sung_id)
    if row is not None and row.appointment_id == appointment_id:
        for mark in db.scalars(select(SungPerson).where(SungPerson.sung_id == sung_id)):
            db.delete(mark)
        db.flush()
        db.delete(row)
        db.flush()


@allowed("groups.register", filters=True)
def mark_person(
    db: Db, appointment_id: UUID, sung_id: UUID, person_id: UUID, part: str, *, on: bool = True
) -> None:
    """Somebody liked what was sung, or led it; `on=False` takes that back."""
    _need_session(db, appointment_id)
    row = db.get(Sung, sung_id)
    if part not in PARTS or row is None or row.appointment_id != appointment_id:
        raise NotFound(tr("That song was not sung at this session."))
    query = select(SungPerson).where(
        SungPerson.sung_id == sung_id, SungPerson.person_id == person_id, SungPerson.part == part
    )
    known = db.scalars(query).first()
    if on and known is None:
        db.add(SungPerson(sung_id=sung_id, person_id=person_id, part=part))
    elif not on and known is not None:
        db.delete(known)
    db.flush()


@allowed("groups.read")
def list_sung(db: Db, appointment_id: UUID) -> list[SungView]:
    """What was sung at a session, in order."""
    query = select(Sung).where(Sung.appointment_id == appointment_id).order_by(Sung.position)
    return _sung_views(db, list(db.scalars(query)))


@allowed("groups.read")
def sung_of(db: Db, piece_id: UUID, limit: int = 50) -> list[SungView]:
    """When a piece was sung, newest first."""
    query = (
        select(Sung)
        .join(Appointment, Appointment.id == Sung.appointment_id)
        .where(Sung.piece_id == piece_id)
        .order_by(Appointment.starts_at.desc())
        .limit(limit)
    )
    return _sung_views(db, list(db.scalars(query)))


def _sung_views(db: Db, rows: Sequence[Sung]) -> list[SungView]:
    ids = [row.id for row in rows]
    sessions = [row.appointment_id for row in rows]
    told = (
        select(Appointment.id, Appointment.starts_at, Group.name)
        .join(GroupSession, GroupSession.appointment_id == Appointment.id)
        .join(Group, Group.id == GroupSession.group_id)
        .where(Appointment.id.in_(sessions))
    )
    about = {i: (at.date(), name) for i, at, name in db.execute(told)}
    titles = dict(
        db.execute(select(Piece.id, Piece.title).where(Piece.id.in_([row.piece_id for row in rows]))).all()
    )
    people: dict[tuple[UUID, str], list[tuple[UUID, str]]] = {}
    who = select(SungPerson, Person).join(Person, Person.id == SungPerson.person_id)
    for mark, person in db.execute(who.where(SungPerson.sung_id.in_(ids)).order_by(SungPerson.created_at)):
        people.setdefault((mark.sung_id, mark.part), []).append((person.id, person.name))
    return [
        SungView(
            row.id,
            row.piece_id,
            titles[row.piece_id],
            row.key,
            *(about[row.appointment_id][0], row.appointment_id, about[row.appointment_id][1]),
            tuple(people.get((row.id, "liked"), ())),
            tuple(people.get((row.id, "led"), ())),
        )
        for row in rows
        if row.appointment_id in about
    ]


@allowed("groups.edit")
def save_set(
    db: Db,
    title: str,
    items: Sequence[tuple[UUID, str]],
    *,
    set_id: UUID | None = None,
    group_id: UUID | None = None,
    on_day: date | None = None,
) -> UUID:
    """Make a set list, or change one. `items`: pieces in order, each with the key it is sung in ("" is its own)."""
    name = tidy(title)
    if not name or len(name) > 100:
        raise UserError(tr("A set list needs a title of at most {n} letters.").format(n=100))
    if len(items) > MOST_ITEMS:
        raise UserError(tr("A set list has at most {n} songs.").format(n=MOST_ITEMS))
    row = SetList() if set_id is None else db.get(SetList, set_id)
    if row is None:
        raise NotFound(tr("That set list is not here any more."))
    row.title, row.group_id, row.on_day = name, group_id, on_day
    if set_id is None:
        db.add(row)
    db.flush()
    _empty(db, row.id)
    for position, (piece_id, key) in enumerate(items, start=1):
        db.add(SetItem(set_id=row.id, piece_id=piece_id, position=position, key=key_name(key)))
    db.flush()
    return row.id


def _empty(db: Db, set_id: UUID) -> None:
    for item in db.scalars(select(SetItem).where(SetItem.set_id == set_id)):
        db.delete(item)
    db.flush()


@allowed("groups.edit")
def remove_set(db: Db, set_id: UUID) -> None:
    """The set list is not needed any more."""
    _empty(db, set_id)
    row = db.get(SetList, set_id)
    if row is not None:
        db.delete(row)
    db.flush()


@allowed("groups.read")
def list_sets(db: Db) -> list[SetView]:
    """The set lists, newest first, with their songs."""
    items: dict[UUID, list[tuple[UUID, str, str]]] = {}
    query = select(SetItem, Piece.title).join(Piece, Piece.id == SetItem.piece_id)
    for item, title in db.execute(query.order_by(SetItem.position)):
        items.setdefault(item.set_id, []).append((item.piece_id, title, item.key))
    rows = db.scalars(select(SetList).order_by(SetList.created_at.desc()))
    return [SetView(r.id, r.title, r.group_id, r.on_day, tuple(items.get(r.id, ()))) for r in rows]
