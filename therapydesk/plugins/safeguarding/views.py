"""Concerns as leads read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from therapydesk.api import Db, Person, allowed, list_users, now
from therapydesk.plugins.safeguarding.chain import find_concern
from therapydesk.plugins.safeguarding.council import CouncilTime, council_times
from therapydesk.plugins.safeguarding.models import Action, Concern, ConcernLink, Entry, PersonLink
from therapydesk.plugins.safeguarding.raising import Source
from therapydesk.plugins.safeguarding.rules import Urgency, urgency

WISHES = ("raised", "wants", "talk")
UNDECIDED = ("new", "read")


@dataclass(frozen=True)
class EntryView:
    """An entry. `detail` depends on `kind`: see recording.py, deciding.py, liaising.py, plans.py.

    `about_id` is the entry that this one corrects, adds to, answers or takes back. `happened_time` may be empty.
    """

    id: UUID
    seq: int
    kind: str
    happened_on: date
    happened_time: str
    exact: bool
    at: datetime
    by: UUID
    author: str
    says: str
    text: str
    impact: str
    done: str
    warning: str
    detail: Mapping[str, Any]
    about_id: UUID | None


@dataclass(frozen=True)
class ActionView:
    """Something to be done by `due_at` (UTC). `state`: todo, done, dropped; `urgency` while it is to do."""

    id: UUID
    concern_id: UUID
    number: int
    text: str
    owner_id: UUID | None
    owner: str
    due_at: datetime
    urgency: Urgency | None
    state: str
    result: str
    done_at: datetime | None
    tell_owner: bool = False


@dataclass(frozen=True)
class LinkView:
    """A person in a concern, or another concern (`role` "concern", `name` its number)."""

    id: UUID
    name: str
    role: str
    person_id: UUID | None = None
    concern_id: UUID | None = None


@dataclass(frozen=True)
class KnowsView:
    """Who knows of it, and what they were told."""

    name: str
    what: str


@dataclass(frozen=True)
class ConcernView:
    """A whole concern. `wants` is what the person last said they want, `wanted_by` who wrote that down and when.

    `ticked` are the parts of the law's test that are met, `categories` codes of the pathway; `capacity` and `consent` are
    the last recorded codes (empty: not yet). `council` are the council's own times, for information.
    Entries are in the order in which they were written.
    """

    id: UUID
    number: int
    handover_id: UUID
    person_id: UUID | None
    name: str
    full_name: str
    details: str
    born_on: date | None
    raised_at: datetime
    raised_by: UUID
    raiser: str
    source: Source | None
    danger: str
    nation: str
    pathway: str
    ticked: frozenset[str]
    categories: tuple[str, ...]
    capacity: str
    consent: str
    state: str
    lead_id: UUID | None
    lead: str
    due_at: datetime
    urgency: Urgency | None
    read_at: datetime | None
    talked_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    wants: EntryView | None
    entries: tuple[EntryView, ...]
    actions: tuple[ActionView, ...]
    links: tuple[LinkView, ...]
    knows: tuple[KnowsView, ...]
    row_version: int
    council: tuple[CouncilTime, ...] = ()

    def of_kind(self, *kinds: str) -> tuple[EntryView, ...]:
        """The entries of these kinds that were not taken back."""
        gone = {e.about_id for e in self.entries if e.kind == "withdrawn"}
        return tuple(e for e in self.entries if e.kind in kinds and e.id not in gone)

    def about(self, entry_id: UUID) -> tuple[EntryView, ...]:
        """Corrections, additions and answers that stand beside an entry, in their order."""
        return tuple(e for e in self.entries if e.about_id == entry_id)


def entry_view(row: Entry) -> EntryView:
    """The entry as it is shown."""
    return EntryView(
        row.id,
        row.seq,
        row.kind,
        row.happened_on,
        row.happened_time,
        row.exact,
        row.at,
        row.by,
        row.author,
        row.says,
        row.text,
        row.impact,
        row.done,
        row.warning,
        json.loads(row.detail),
        row.about_id,
    )


def action_view(row: Action, number: int) -> ActionView:
    """The action as it is shown; `number` is the concern's."""
    state = urgency(row.due_at, now()) if row.state == "todo" else None
    return ActionView(
        row.id,
        row.concern_id,
        number,
        row.text,
        row.owner_id,
        row.owner_name,
        row.due_at,
        state,
        row.state,
        row.result,
        row.done_at,
        row.tell_owner,
    )


def known_person() -> Any:
    """Joins a concern to its person; one who was erased is left out, and the concern keeps the name as it was written."""
    return and_(Person.id == Concern.person_id, Person.merged_into.is_(None))


def find_known(db: Db, person_id: UUID | None) -> Person | None:
    """The person, unless they were erased or the practice does not know them."""
    person = db.get(Person, person_id) if person_id is not None else None
    return person if person is not None and person.merged_into is None else None


def clock_of(concern: Concern) -> Urgency | None:
    """How urgent the decision is; None once it was taken."""
    return urgency(concern.due_at, now()) if concern.state in UNDECIDED else None


def staff_names(db: Db) -> dict[UUID, str]:
    """Names of users by id, also of those who left."""
    return {u.id: u.name for u in list_users(db, left=True)}


@allowed("safeguarding.read")
def read_concern(db: Db, concern_id: UUID) -> ConcernView:
    """A whole concern. The screen then calls `audit.viewed` and `mark_read`. Raises ZoneClosed, NotFound."""
    concern = find_concern(db, concern_id)
    person = find_known(db, concern.person_id)
    rows = db.scalars(select(Entry).where(Entry.concern_id == concern_id).order_by(Entry.seq))
    entries = tuple(entry_view(row) for row in rows)
    found = select(Action).where(Action.concern_id == concern_id).order_by(Action.due_at, Action.id)
    actions = tuple(action_view(row, concern.number) for row in db.scalars(found))
    staff = staff_names(db)
    gone = {e.about_id for e in entries if e.kind == "withdrawn"}
    wishes = [e for e in entries if e.kind in WISHES and e.impact and e.id not in gone]
    weighed = json.loads(concern.weighed)
    last = next((e.detail for e in reversed(entries) if e.kind == "consent"), {})
    return ConcernView(
        concern.id,
        concern.number,
        concern.handover_id,
        concern.person_id,
        (person.preferred_name or person.full_name) if person is not None else concern.about_name,
        person.full_name if person is not None else concern.about_name,
        concern.about_details,
        person.born_on if person is not None else None,
        concern.raised_at,
        concern.raised_by,
        concern.raiser_name,
        Source(concern.source_kind, concern.source_ref) if concern.source_ref is not None else None,
        concern.danger,
        concern.nation,
        concern.pathway,
        frozenset(weighed.get("ticked", ())),
        tuple(weighed.get("categories", ())),
        last.get("capacity", ""),
        last.get("consent", ""),
        concern.state,
        concern.lead_id,
        staff.get(concern.lead_id, "") if concern.lead_id else "",
        concern.due_at,
        clock_of(concern),
        concern.read_at,
        concern.talked_at,
        concern.decided_at,
        concern.closed_at,
        wishes[-1] if wishes else None,
        entries,
        actions,
        _links(db, concern_id),
        tuple(KnowsView(e.says, e.text) for e in entries if e.kind == "told" and e.id not in gone),
        concern.row_version,
        council_times(db, concern, [e for e in entries if e.id not in gone]),
    )


def _links(db: Db, concern_id: UUID) -> tuple[LinkView, ...]:
    people = db.execute(
        select(PersonLink, Person.full_name)
        .outerjoin(Person, Person.id == PersonLink.person_id)
        .where(PersonLink.concern_id == concern_id)
        .order_by(PersonLink.created_at)
    ).all()
    either = (ConcernLink.concern_id == concern_id) | (ConcernLink.other_id == concern_id)
    others = []
    for row in db.scalars(select(ConcernLink).where(either).order_by(ConcernLink.created_at)):
        other = row.other_id if row.concern_id == concern_id else row.concern_id
        others.append((row.id, other))
    known = select(Concern.id, Concern.number).where(Concern.id.in_([other for _key, other in others]))
    numbers = {row.id: row.number for row in db.execute(known).all()}
    found = [LinkView(link.id, name or link.name, link.role, link.person_id) for link, name in people]
    found += [LinkView(key, str(numbers[o]), "concern", concern_id=o) for key, o in others if o in numbers]
    return tuple(found)
