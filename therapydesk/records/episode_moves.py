"""Open, allocate, move and list episodes. Stages never force an order; every move is dated (OT20, KC17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from therapydesk.core import dates
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.permissions import allowed
from therapydesk.core.vault.outbox import publish
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.coded_lists import coded_list
from therapydesk.records.episodes import Episode, EpisodeChange
from therapydesk.records.events import EpisodeClosed, EpisodeOpened
from therapydesk.records.people import Person
from therapydesk.records.users import User

STAGES = ("waiting", "active", "paused", "closed")


@dataclass(frozen=True)
class EpisodeView:
    """An episode as shown."""

    id: UUID
    person_id: UUID
    name: str
    stage: str
    priority: int
    opened_on: date
    closed_on: date | None
    paused_until: date | None
    therapist_id: UUID | None
    therapist: str
    review_on: date | None
    row_version: int
    close_reason: str = ""


@allowed("episodes.open")
def open_episode(
    db: Db,
    person_id: UUID,
    *,
    opened_on: date | None = None,
    priority: int = 2,
    therapist_id: UUID | None = None,
    referral_id: UUID | None = None,
    stage: str = "waiting",
) -> Episode:
    """Begin a piece of support, or a wait for it; a person may have several at once (OT03)."""
    person = db.get(Person, person_id)
    if person is None:
        raise NotFound(tr("That person is not here."))
    if person.died_on is not None:
        raise UserError(tr("{name} has died.").format(name=person.name), tr("No support can be opened."))
    row = Episode(person_id=person_id, opened_on=opened_on or dates.today(), priority=priority, stage=stage)
    row.therapist_id, row.referral_id = therapist_id, referral_id
    db.add(row)
    db.flush()
    _note(db, row, "stage", "", stage, row.opened_on)
    publish(db, EpisodeOpened(row.id, person_id))
    return row


def _person_of(db: Db, episode_id: UUID, *_args: object, **_more: object) -> UUID | None:
    return db.scalar(select(Episode.person_id).where(Episode.id == episode_id))


def _find(db: Db, episode_id: UUID) -> Episode:
    row = db.get(Episode, episode_id)
    if row is None:
        raise NotFound(tr("That piece of support is not here."))
    return row


@allowed("episodes.move", person=_person_of)
def move_episode(
    db: Db,
    episode_id: UUID,
    stage: str,
    *,
    on: date | None = None,
    reason: str = "",
    paused_until: date | None = None,
) -> str:
    """Move to any stage and return the one before (for Undo). `reason` is a code of close_reasons.csv."""
    if stage not in STAGES:
        raise UserError(tr("There is no stage called “{stage}”.").format(stage=stage))
    if reason and reason not in dict(coded_list("close_reasons")):
        raise UserError(tr("There is no reason called “{reason}”.").format(reason=reason))
    row, day = _find(db, episode_id), on or dates.today()
    if stage == "closed" and day < row.opened_on:
        raise UserError(tr("That day is before the support began."), tr("Check the date."))
    before, row.stage = row.stage, stage
    row.closed_on = day if stage == "closed" else None
    row.close_reason = reason if stage == "closed" else ""
    row.paused_until = paused_until if stage == "paused" else None
    db.flush()
    _note(db, row, "stage", before, stage, day)
    if stage == "closed":
        publish(db, EpisodeClosed(row.id, row.person_id))
    return before


def _person_in(db: Db, before: EpisodeView) -> UUID | None:
    return _person_of(db, before.id)


@allowed("episodes.move", person=_person_in)
def put_back(db: Db, before: EpisodeView) -> None:
    """Undo a move: the episode is as it was seen before it, and that is dated, too."""
    row = _find(db, before.id)
    now, row.stage = row.stage, before.stage
    row.closed_on, row.close_reason = before.closed_on, before.close_reason
    row.paused_until, row.review_on = before.paused_until, before.review_on
    db.flush()
    if now != before.stage:
        _note(db, row, "stage", now, before.stage, dates.today())
        if before.stage == "closed":
            publish(db, EpisodeClosed(row.id, row.person_id))


@allowed("episodes.allocate")
def allocate(db: Db, episode_id: UUID, therapist_id: UUID | None, *, stage: str = "active") -> UUID | None:
    """Give the episode to a therapist and return who had it before; None puts it back on the waiting list."""
    row = _find(db, episode_id)
    before, row.therapist_id = row.therapist_id, therapist_id
    if row.stage in ("waiting", "active"):
        row.stage = stage if therapist_id is not None else "waiting"
    db.flush()
    _note(db, row, "therapist", str(before or ""), str(therapist_id or ""), dates.today())
    return before


@allowed("episodes.move", person=_person_of)
def set_review(db: Db, episode_id: UUID, review_on: date | None) -> None:
    """When to look at it together again."""
    _find(db, episode_id).review_on = review_on
    db.flush()


def _note(db: Db, row: Episode, what: str, before: str, after: str, day: date) -> None:
    change = EpisodeChange(episode_id=row.id, person_id=row.person_id, happened_on=day, what=what)
    change.before, change.after = before[:40], after[:40]
    db.add(change)
    db.flush()


@allowed("episodes.read")
def list_waiting(db: Db) -> list[EpisodeView]:
    """The waiting list: by priority, then the longest wait first."""
    return _views(db, Episode.stage == "waiting", Person.died_on.is_(None))


@allowed("episodes.read")
def episodes_of(db: Db, person_id: UUID) -> list[EpisodeView]:
    """The episodes of a person, the newest first."""
    return sorted(_views(db, Episode.person_id == person_id), key=lambda e: e.opened_on, reverse=True)


@allowed("episodes.read")
def reviews_due(
    db: Db, until: date, therapist_id: UUID | None = None, most: int | None = None
) -> list[EpisodeView]:
    """Open episodes whose review is due by that day, the longest due first; with a therapist: theirs, and those that
    nobody holds. At most `most`, if given.
    """
    stage = Episode.stage.concat(
        ""
    )  # not by the index of stages: that of review days gives the first ones at once
    where = [Episode.review_on <= until, stage.in_(("active", "paused")), Person.died_on.is_(None)]
    if therapist_id is not None:
        where.append(or_(Episode.therapist_id.is_(None), Episode.therapist_id == therapist_id))
    return _views(db, *where, by=(Episode.review_on, Episode.priority), most=most)


def _views(
    db: Db,
    *where: ColumnElement[bool],
    by: Sequence[Any] = (Episode.priority, Episode.opened_on),
    most: int | None = None,
) -> list[EpisodeView]:
    query = (
        select(Episode, Person, User.name)
        .join(Person, Person.id == Episode.person_id)
        .outerjoin(User, User.id == Episode.therapist_id)
        .where(Person.merged_into.is_(None), *where)
        .order_by(*by)
        .limit(most)
    )
    return [
        EpisodeView(
            e.id,
            e.person_id,
            p.name,
            e.stage,
            e.priority,
            e.opened_on,
            e.closed_on,
            e.paused_until,
            e.therapist_id,
            therapist or "",
            e.review_on,
            e.row_version,
            e.close_reason,
        )
        for e, p, therapist in db.execute(query).all()
    ]
