"""What was sung at which session, by whom liked and led."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import (
    Appointment,
    Db,
    NotFound,
    Person,
    allowed,
    normal_name,
    tr,
)
from therapydesk.plugins.groups.models import Group, GroupSession
from therapydesk.plugins.groups.music_chords import key_name
from therapydesk.plugins.groups.music_models import Piece, Sung, SungPerson
from therapydesk.plugins.groups.music_sets import get_set
from therapydesk.plugins.groups.names import told_apart
from therapydesk.plugins.groups.slips import check_session

PARTS = ("liked", "led")


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
class Favourite:
    """A song that somebody liked or led: how often each, and at which session last."""

    id: UUID
    title: str
    liked: int
    led: int
    last_on: date


def _need_session(db: Db, appointment_id: UUID) -> Group:
    """The group of a session, which must be this user's own where they may take registers of their own only."""
    link = db.get(GroupSession, appointment_id)
    group = db.get(Group, link.group_id) if link is not None else None
    if group is None:
        raise NotFound(tr("This session belongs to no group."), tr("Say in Groups which one it belongs to."))
    check_session(db, appointment_id)
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
def add_sung_set(db: Db, appointment_id: UUID, set_id: UUID) -> list[UUID]:
    """All of a set list was sung, in its order and keys; returns what was added, without what was said before."""
    _need_session(db, appointment_id)
    there = set(db.scalars(select(Sung.piece_id).where(Sung.appointment_id == appointment_id)))
    made = []
    for piece_id, _title, key in get_set(db, set_id).items:
        if piece_id not in there:
            there.add(piece_id)
            made.append(add_sung(db, appointment_id, piece_id, key))
    return made


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


@allowed("groups.register", filters=True)
def set_people(db: Db, appointment_id: UUID, sung_id: UUID, part: str, people: Sequence[UUID]) -> None:
    """Exactly these people liked what was sung, or led it."""
    query = select(SungPerson.person_id).where(SungPerson.sung_id == sung_id, SungPerson.part == part)
    before = set(db.scalars(query))
    for person_id in dict.fromkeys(people):
        mark_person(db, appointment_id, sung_id, person_id, part)
    for person_id in before.difference(people):
        mark_person(db, appointment_id, sung_id, person_id, part, on=False)


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


@allowed("groups.read")
def songs_of(db: Db, person_id: UUID) -> list[Favourite]:
    """The songs that a person liked or led, the most liked first."""
    query = (
        select(SungPerson.part, Piece.id, Piece.title, func.count(), func.max(Appointment.starts_at))
        .join(Sung, Sung.id == SungPerson.sung_id)
        .join(Piece, Piece.id == Sung.piece_id)
        .join(Appointment, Appointment.id == Sung.appointment_id)
        .where(SungPerson.person_id == person_id)
        .group_by(SungPerson.part, Piece.id, Piece.title)
    )
    found: dict[UUID, Favourite] = {}
    for part, piece_id, title, times, last in db.execute(query):
        known = found.get(piece_id, Favourite(piece_id, title, 0, 0, last.date()))
        on = max(known.last_on, last.date())
        if part == "liked":
            found[piece_id] = replace(known, liked=times, last_on=on)
        else:
            found[piece_id] = replace(known, led=times, last_on=on)
    return sorted(found.values(), key=lambda f: (-f.liked, -f.led, normal_name(f.title)))


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
    who = select(SungPerson, Person).join(Person, Person.id == SungPerson.person_id)
    marks = list(db.execute(who.where(SungPerson.sung_id.in_(ids)).order_by(SungPerson.created_at)))
    names = told_apart({person.id: person for _mark, person in marks}.values())
    people: dict[tuple[UUID, str], list[tuple[UUID, str]]] = {}
    for mark, person in marks:
        people.setdefault((mark.sung_id, mark.part), []).append((person.id, names[person.id]))
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
