"""After a session of a group: how far it came towards its aims, the note its team shares, and what goes to one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import (
    Db,
    NotFound,
    Person,
    UserError,
    allowed,
    appointments,
    normal_name,
    now,
    today,
    tr,
)
from therapydesk.plugins.groups.models import Aim, AimRating, Excerpt, Group, GroupNote, GroupSession, Member
from therapydesk.plugins.groups.rules import RATINGS


@dataclass(frozen=True)
class AimView:
    """An aim with the mean of its ratings so far; None without any."""

    id: UUID
    text: str
    mean: float | None
    ratings: int


@dataclass(frozen=True)
class ExcerptView:
    """What a group's note says of one person."""

    id: UUID
    person_id: UUID
    name: str
    text: str


@dataclass(frozen=True)
class GroupNoteView:
    """The shared note of a session."""

    id: UUID
    appointment_id: UUID
    group_id: UUID
    happened_on: date
    text: str
    signed_at: datetime | None
    signer_name: str
    excerpts: tuple[ExcerptView, ...]
    row_version: int


@allowed("groups.read_notes")
def list_aims(db: Db, group_id: UUID, since: date | None = None, until: date | None = None) -> list[AimView]:
    """The aims of a group with the mean of the ratings of its sessions in a period (AH08); days are inclusive."""
    query = select(Aim).where(Aim.group_id == group_id, Aim.ended_on.is_(None)).order_by(Aim.position)
    aims = list(db.scalars(query))
    booked = appointments.Appointment
    rated = (
        select(AimRating.aim_id, func.avg(AimRating.rating), func.count())
        .join(booked, booked.id == AimRating.appointment_id)
        .where(AimRating.aim_id.in_([aim.id for aim in aims]))
        .group_by(AimRating.aim_id)
    )
    if since is not None:
        rated = rated.where(func.date(booked.starts_at) >= since.isoformat())
    if until is not None:
        rated = rated.where(func.date(booked.starts_at) <= until.isoformat())
    found = {aim_id: (float(mean), n) for aim_id, mean, n in db.execute(rated)}
    return [AimView(aim.id, aim.text, *found.get(aim.id, (None, 0))) for aim in aims]


@allowed("groups.write_notes", filters=True)
def rate_aims(db: Db, appointment_id: UUID, ratings: Mapping[UUID, int]) -> None:
    """Rate a session against the aims of its group, 0 (not at all) to 4 (fully); rating again takes the place of before."""
    link = _link(db, appointment_id)
    aims = set(db.scalars(select(Aim.id).where(Aim.group_id == link.group_id)))
    before = {
        r.aim_id: r for r in db.scalars(select(AimRating).where(AimRating.appointment_id == appointment_id))
    }
    for aim_id, rating in ratings.items():
        if aim_id not in aims:
            raise NotFound(tr("That aim is not one of this group."))
        if rating not in RATINGS:
            raise UserError(tr("An aim is rated from 0 to 4."))
        row = before.get(aim_id)
        if row is None:
            db.add(AimRating(aim_id=aim_id, appointment_id=appointment_id, rating=rating))
        else:
            row.rating = rating
    db.flush()


@allowed("groups.read_notes")
def ratings_of(db: Db, appointment_id: UUID) -> dict[UUID, int]:
    """The ratings of one session, by aim."""
    query = select(AimRating.aim_id, AimRating.rating).where(AimRating.appointment_id == appointment_id)
    return dict(db.execute(query).all())


# --- the shared note ---


@allowed("groups.read_notes")
def find_note(db: Db, appointment_id: UUID) -> GroupNoteView | None:
    """The note of a session, if there is one."""
    row = db.scalars(select(GroupNote).where(GroupNote.appointment_id == appointment_id)).first()
    return None if row is None else _view(db, row)


@allowed("groups.read_notes")
def list_notes(db: Db, group_id: UUID, limit: int = 50) -> list[GroupNoteView]:
    """The newest notes of a group."""
    query = (
        select(GroupNote)
        .where(GroupNote.group_id == group_id)
        .order_by(GroupNote.happened_on.desc())
        .limit(limit)
    )
    return [_view(db, row) for row in db.scalars(query)]


def _view(db: Db, row: GroupNote) -> GroupNoteView:
    query = (
        select(Excerpt, Person).join(Person, Person.id == Excerpt.person_id).where(Excerpt.note_id == row.id)
    )
    excerpts = [ExcerptView(e.id, e.person_id, p.name, e.text) for e, p in db.execute(query)]
    return GroupNoteView(
        row.id,
        row.appointment_id,
        row.group_id,
        row.happened_on,
        row.text,
        row.signed_at,
        row.signer_name,
        tuple(sorted(excerpts, key=lambda e: e.name.casefold())),
        row.row_version,
    )


@allowed("groups.write_notes", filters=True)
def save_note(db: Db, appointment_id: UUID, text: str, excerpts: Mapping[UUID, str]) -> UUID:
    """Write the note of a session and what it says of single members; an empty excerpt takes one away.

    Raises UserError once it is signed.
    """
    link = _link(db, appointment_id)
    row = db.scalars(select(GroupNote).where(GroupNote.appointment_id == appointment_id)).first()
    if row is None:
        day = appointments.get_session(db, appointment_id).starts_at.date()
        row = GroupNote(appointment_id=appointment_id, group_id=link.group_id, happened_on=day)
        db.add(row)
        db.flush()
    if row.signed_at is not None:
        raise UserError(tr("This note is signed."), tr("Add to it in the note of the next session."))
    row.text = text.strip()
    before = {e.person_id: e for e in db.scalars(select(Excerpt).where(Excerpt.note_id == row.id))}
    for person_id, words in excerpts.items():
        there = before.get(person_id)
        if there is not None and not words.strip():
            db.delete(there)
        elif there is not None:
            there.text = words.strip()
        elif words.strip():
            db.add(Excerpt(note_id=row.id, person_id=person_id, text=words.strip()))
    db.flush()
    return row.id


@allowed("groups.write_notes", filters=True)
def sign_note(db: Db, note_id: UUID) -> None:
    """Close the note; nobody changes it any more. Raises UserError for one that says nothing."""
    row = db.get(GroupNote, note_id)
    if row is None:
        raise NotFound(tr("That note is not here any more."))
    if not row.text and not db.scalars(select(Excerpt.id).where(Excerpt.note_id == note_id)).first():
        raise UserError(tr("There is nothing in this note to sign."))
    row.signed_at, row.signer_name = now(), db.info["user"].name


@allowed("groups.read_notes")
def names_in(db: Db, group_id: UUID, person_id: UUID, text: str) -> list[str]:
    """Names of other members that stand in what is written of one (opening 6): full, first or preferred, as whole words.

    It warns and never blocks: a name may be somebody else's.
    """
    words = f" {normal_name(text)} "
    query = select(Person).join(Member, Member.person_id == Person.id).where(Member.group_id == group_id)
    own = db.get(Person, person_id)
    mine = _names(own) if own is not None else set()
    found = []
    for person in db.scalars(query):
        if person.id != person_id and any(f" {n} " in words for n in _names(person) - mine):
            found.append(person.name)
    return sorted(set(found), key=str.casefold)


def _names(person: Person) -> set[str]:
    """How somebody may be called in a note: the whole name, the first name, the name they go by."""
    full = normal_name(person.full_name)
    called = {full, full.split()[0] if full else "", normal_name(person.preferred_name)}
    return {name for name in called if len(name) > 1}


@allowed("groups.read_notes", person="person_id")
def excerpts_of(db: Db, person_id: UUID, since: date | None = None) -> list[tuple[date, UUID, str]]:
    """What signed notes of groups say of a person: day, group, words; newest first."""
    query = (
        select(GroupNote.happened_on, GroupNote.group_id, Excerpt.text)
        .join(GroupNote, GroupNote.id == Excerpt.note_id)
        .where(Excerpt.person_id == person_id, GroupNote.signed_at.is_not(None))
        .order_by(GroupNote.happened_on.desc())
    )
    if since is not None:
        query = query.where(GroupNote.happened_on >= since)
    return [(day, group, text) for day, group, text in db.execute(query)]


@allowed("groups.read_notes")
def unwritten(db: Db, since: date) -> list[tuple[UUID, str, date]]:
    """Finished sessions of groups without a signed note since a day: session, name, day."""
    booked = appointments.Appointment
    query = (
        select(booked.id, Group.name, booked.starts_at)
        .join(GroupSession, GroupSession.appointment_id == booked.id)
        .join(Group, Group.id == GroupSession.group_id)
        .where(booked.state == "completed", func.date(booked.starts_at) >= since.isoformat())
        .order_by(booked.starts_at)
    )
    signed = set(db.scalars(select(GroupNote.appointment_id).where(GroupNote.signed_at.is_not(None))))
    return [
        (i, name, at.date()) for i, name, at in db.execute(query) if i not in signed and at.date() <= today()
    ]


def _link(db: Db, appointment_id: UUID) -> GroupSession:
    link = db.get(GroupSession, appointment_id)
    if link is None:
        raise NotFound(tr("This session belongs to no group."))
    return link


def warnings_after(count_expected: int, came: int, ratings: Sequence[int]) -> list[str]:
    """What is worth a look after a session: far fewer than usual, or nothing towards the aims. Practice wording."""
    found = []
    if count_expected >= 4 and came * 2 < count_expected:
        found.append(tr("Fewer than half of those expected came."))
    if ratings and max(ratings) <= 1:
        found.append(tr("No aim was reached more than a little."))
    return found
