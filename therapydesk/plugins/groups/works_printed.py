"""Programmes that went out: who stands in them, and who of these does not agree any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select

from therapydesk.api import Db, DueItem, Link, Person, allowed, is_own, may, only_own, today, tr, who_agrees
from therapydesk.plugins.groups.works_models import Event, ProgrammeName
from therapydesk.plugins.groups.works_programme import make_programme
from therapydesk.plugins.groups.works_rules import USES
from therapydesk.plugins.groups.works_service import PAGE


@dataclass(frozen=True)
class Withdrawn:
    """Somebody who stands in a programme that was made on a day, by name or by their work, and does not agree now."""

    event_id: UUID
    person_id: UUID
    name: str
    use: str
    made_on: date


@allowed("groups.edit")
def record_printed(db: Db, event_id: UUID, use: str = "perform") -> None:
    """The programme went out, on paper or as a file, as it may be shown today; it replaces one that went out before."""
    found = make_programme(db, event_id, use)
    query = select(ProgrammeName).where(ProgrammeName.event_id == event_id, ProgrammeName.use == use)
    for row in db.scalars(query):
        db.delete(row)
    for person_id in found.shown:
        db.add(ProgrammeName(event_id=event_id, person_id=person_id, use=use, made_on=today()))
    db.flush()


@allowed("groups.edit")
def withdrawn_since(db: Db, event_id: UUID) -> list[Withdrawn]:
    """Who stands in the programme that went out and does not agree any more, by name."""
    return _withdrawn(db, select(ProgrammeName).where(ProgrammeName.event_id == event_id))


def _withdrawn(db: Db, query: Select[ProgrammeName]) -> list[Withdrawn]:
    rows = [row for row in db.scalars(query) if not only_own(db) or is_own(db, row.person_id)]
    ids = {row.person_id for row in rows}
    agree = {use: who_agrees(db, list(ids), USES[use]) for use in {row.use for row in rows}}
    gone = [row for row in rows if row.person_id not in agree[row.use]]
    people = {p.id: p for p in db.scalars(select(Person).where(Person.id.in_({r.person_id for r in gone})))}
    gone.sort(key=lambda row: people[row.person_id].sort_name)
    return [
        Withdrawn(row.event_id, row.person_id, people[row.person_id].full_name, row.use, row.made_on)
        for row in gone
    ]


def due(db: Db, day: date) -> list[DueItem]:
    """Performances to come whose programme went out with somebody in it who does not agree any more."""
    if not (may(db.user, "groups.edit") and may(db.user, "consents.read")):
        return []
    events = {e.id: e for e in db.scalars(select(Event).where(Event.on_day >= day))}
    gone = {
        w.event_id for w in _withdrawn(db, select(ProgrammeName).where(ProgrammeName.event_id.in_(events)))
    }
    words = tr("{event}: take the printed programme back, somebody does not agree any more")
    return [
        DueItem(
            words.format(event=events[each].title),
            events[each].on_day,
            link=Link(PAGE, each),
            kind="programme",
        )
        for each in sorted(gone, key=lambda each: events[each].on_day)
    ]
