"""What works and performances answer when others ask: of a person, of a session, or for a search."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import Db, Fact, Hit, Link, Moment, may, normal_name, show_day, to_utc, tr
from therapydesk.plugins.groups import works_events, works_service
from therapydesk.plugins.groups.works_models import Event, Work
from therapydesk.plugins.groups.works_rules import kind_words
from therapydesk.plugins.groups.works_service import PAGE


def moments(db: Db, person_id: UUID, since: datetime) -> list[Moment]:
    """Where the person performed (KC13), and what they made."""
    if not may(db.user, "groups.read"):
        return []
    found = []
    for event in works_events.events_of(db, person_id):
        at = to_utc(datetime.combine(event.details.on_day, event.details.starts_at or time(12)))
        where = tr("Performed at {event}, {place}") if event.where else tr("Performed at {event}")
        words = where.format(event=event.title, place=event.where)
        found.append(Moment(at, "group", words, Link(PAGE, event.id)))
    for work in works_service.works_of(db, person_id):
        if work.details.made_on is not None:
            at = to_utc(datetime.combine(work.details.made_on, time(12)))
            words = tr("Made “{title}”").format(title=work.title)
            found.append(Moment(at, "group", words, Link(PAGE, work.id)))
    return [moment for moment in found if moment.at >= since]


def record_facts(db: Db, kind: str, ref: UUID) -> list[Fact]:
    """What a session brought forth (KC14)."""
    if kind != "appointment" or not may(db.user, "groups.read"):
        return []
    return [
        Fact("work", tr("Made here: “{title}”").format(title=title), order=70, link=Link(PAGE, work_id))
        for work_id, title in works_service.works_from(db, ref)
    ]


def hits(db: Db, text: str, limit: int) -> list[Hit]:
    """Works and performances by title; asked at each key, so only titles are read."""
    wanted = normal_name(text)
    if not wanted or not may(db.user, "groups.read"):
        return []
    works = select(Work.id, Work.title, Work.kind).where(Work.ended_on.is_(None))
    found = [
        Hit(title, kind_words(kind), Link(PAGE, work_id), 50, "groups")
        for work_id, title, kind in db.execute(works.order_by(func.lower(Work.title), Work.id))
        if wanted in normal_name(title)
    ]
    events = select(Event.id, Event.title, Event.on_day).order_by(Event.on_day.desc(), Event.id)
    found += [
        Hit(title, tr("Performance, {day}").format(day=show_day(on_day)), Link(PAGE, event_id), 50, "groups")
        for event_id, title, on_day in db.execute(events)
        if wanted in normal_name(title)
    ]
    return found[:limit]
