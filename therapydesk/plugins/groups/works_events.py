"""Performances: where and when, who performs, what is played, how many listened (KC13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    Db,
    NotFound,
    Organisation,
    Person,
    StaleRecord,
    UserError,
    allowed,
    find_person,
    rest_on_consent,
    tidy,
    tr,
)
from therapydesk.plugins.groups import service
from therapydesk.plugins.groups.music_models import Piece
from therapydesk.plugins.groups.works_models import Event, EventItem, Performer, Work
from therapydesk.plugins.groups.works_rules import USES
from therapydesk.plugins.groups.works_service import (
    LONGEST,
    PAGE,
    MakerDetails,
    add_use,
    check_named,
    end_use,
)

EVENT_KIND = "groups.event"
MOST_AUDIENCE = 1_000_000


@dataclass(frozen=True)
class Item:
    """A line of a programme: one of a work, a song of the repertoire, or words."""

    work_id: UUID | None = None
    piece_id: UUID | None = None
    words: str = ""


@dataclass(frozen=True)
class EventDetails:
    """What is written down of a performance; see `Event`."""

    title: str
    on_day: date
    starts_at: time | None = None
    venue_id: UUID | None = None
    place: str = ""
    group_id: UUID | None = None
    audience: int | None = None
    performers: tuple[MakerDetails, ...] = ()
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class EventView:
    """A performance as lists show it. `where`: venue and place; `group`: its name, where this user sees it; `names`: who
    performs, as the practice calls them; `titles`: the lines of its programme.
    """

    id: UUID
    details: EventDetails
    where: str
    group: str
    names: tuple[str, ...]
    titles: tuple[str, ...]
    row_version: int

    @property
    def title(self) -> str:
        return self.details.title


@allowed("groups.read")
def list_events(db: Db) -> list[EventView]:
    """All performances, the last one first; in a few queries whatever their number."""
    return _views(db, list(db.scalars(select(Event).order_by(Event.on_day.desc(), Event.id))))


@allowed("groups.read")
def get_event(db: Db, event_id: UUID) -> EventView:
    """One performance. Raises NotFound."""
    return _views(db, [_find(db, event_id)])[0]


@allowed("groups.read")
def events_of(db: Db, person_id: UUID) -> list[EventView]:
    """Where a person performed, the last one first."""
    mine = select(Performer.event_id).where(Performer.person_id == person_id)
    query = select(Event).where(Event.id.in_(mine)).order_by(Event.on_day.desc(), Event.id)
    return _views(db, list(db.scalars(query)))


def _find(db: Db, event_id: UUID) -> Event:
    row = db.get(Event, event_id)
    if row is None:
        raise NotFound(tr("That performance is not here any more."))
    return row


def _views(db: Db, rows: Sequence[Event]) -> list[EventView]:
    if not rows:
        return []
    ids = [row.id for row in rows]
    venue_ids = {row.venue_id for row in rows if row.venue_id is not None}
    named = select(Organisation.id, Organisation.name).where(Organisation.id.in_(venue_ids))
    venues = dict(db.execute(named).all())
    groups = {view.id: view.name for view in service.list_groups(db, ended=True)}
    performers: dict[UUID, dict[UUID, tuple[MakerDetails, str]]] = {}
    query = select(Performer, Person).join(Person, Person.id == Performer.person_id)
    for row, person in db.execute(
        query.where(Performer.event_id.in_(ids)).order_by(Person.sort_name, Person.id)
    ):
        known = performers.setdefault(row.event_id, {})
        known[person.id] = (MakerDetails(person.id, row.credit, row.credit_text), person.name)
    items: dict[UUID, list[tuple[Item, str]]] = {}
    lines = (
        select(EventItem, Work.title, Piece.title)
        .outerjoin(Work, Work.id == EventItem.work_id)
        .outerjoin(Piece, Piece.id == EventItem.piece_id)
        .where(EventItem.event_id.in_(ids))
        .order_by(EventItem.position)
    )
    for line, work, piece in db.execute(lines):
        item = Item(line.work_id, line.piece_id, line.words)
        items.setdefault(line.event_id, []).append((item, work or piece or line.words))
    return [
        _view(row, venues, groups, list(performers.get(row.id, {}).values()), items.get(row.id, []))
        for row in rows
    ]


def _view(
    row: Event,
    venues: dict[UUID, str],
    groups: dict[UUID, str],
    performers: Sequence[tuple[MakerDetails, str]],
    items: Sequence[tuple[Item, str]],
) -> EventView:
    details = EventDetails(
        row.title,
        row.on_day,
        row.starts_at,
        row.venue_id,
        row.place,
        row.group_id,
        row.audience,
        tuple(p for p, _ in performers),
        tuple(i for i, _ in items),
    )
    where = ", ".join(part for part in (venues.get(row.venue_id or row.id, ""), row.place) if part)
    group = groups.get(row.group_id, "") if row.group_id is not None else ""
    names = tuple(name for _, name in performers)
    return EventView(row.id, details, where, group, names, tuple(t for _, t in items), row.row_version)


@allowed("groups.edit")
def save_event(
    db: Db, details: EventDetails, event_id: UUID | None = None, row_version: int | None = None
) -> UUID:
    """Add a performance, or change one. That each performer is named rests on their consent, and that a work is performed on
    that of its makers. Raises UserError, NotFound, StaleRecord.
    """
    title = tidy(details.title)
    if not title or len(title) > LONGEST:
        raise UserError(tr("A performance needs a name of at most {n} letters.").format(n=LONGEST))
    if details.audience is not None and not 0 <= details.audience <= MOST_AUDIENCE:
        raise UserError(tr("Write how many listened as a number, or leave it empty."))
    check_named(details.performers)
    row = Event() if event_id is None else _find(db, event_id)
    if row_version is not None and row.row_version != row_version:
        raise StaleRecord(tr("This performance was changed meanwhile."), tr("Look at it again."))
    row.title, row.on_day, row.starts_at = title, details.on_day, details.starts_at
    row.venue_id, row.place = details.venue_id, tidy(details.place)[:LONGEST]
    row.group_id, row.audience = details.group_id, details.audience
    if event_id is None:
        db.add(row)
    db.flush()
    _save_performers(db, row, details.performers)
    _save_items(db, row.id, details.items)
    return row.id


def _save_performers(db: Db, event: Event, wanted: Sequence[MakerDetails]) -> None:
    before: dict[UUID, Performer] = {}
    gone = []
    for row in db.scalars(select(Performer).where(Performer.event_id == event.id)):
        if row.person_id in before:  # two records of one person were put together
            gone.append(row)
        else:
            before[row.person_id] = row
    for each in wanted:
        performer = before.pop(each.person_id, None)
        if performer is None:
            performer = Performer(event_id=event.id, person_id=find_person(db, each.person_id).id)
            performer.rest_id = rest_on_consent(
                db,
                each.person_id,
                USES["perform"],
                event.title[:100],
                kind=EVENT_KIND,
                ref=event.id,
                page=PAGE,
            )
            db.add(performer)
        performer.credit = each.credit
        performer.credit_text = tidy(each.credit_text) if each.credit == "chosen" else ""
    for row in [*gone, *before.values()]:
        if row.rest_id is not None:
            end_use(db, row.rest_id)
        db.delete(row)
    db.flush()


def _save_items(db: Db, event_id: UUID, items: Sequence[Item]) -> None:
    for old in db.scalars(select(EventItem).where(EventItem.event_id == event_id)):
        db.delete(old)
    for position, item in enumerate(items, start=1):
        if sum((item.work_id is not None, item.piece_id is not None, bool(tidy(item.words)))) != 1:
            raise UserError(tr("A line of a programme is a work, a song, or words."))
        for table, ref in ((Work, item.work_id), (Piece, item.piece_id)):
            if ref is not None and db.get(table, ref) is None:
                raise NotFound(tr("A work or song of this programme is not here any more."))
        row = EventItem(event_id=event_id, position=position, work_id=item.work_id, piece_id=item.piece_id)
        row.words = tidy(item.words)[:LONGEST]
        db.add(row)
        if item.work_id is not None:
            add_use(db, item.work_id, "perform")
    db.flush()


@allowed("groups.edit")
def remove_event(db: Db, event_id: UUID) -> None:
    """It was written down by mistake, or did not take place."""
    row = _find(db, event_id)
    _save_performers(db, row, ())
    _save_items(db, event_id, ())
    db.delete(row)
    db.flush()
