"""Join two records of one person, and unjoin them again. What lies in other zones follows through the events."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Table, inspect, select, update

from therapydesk.core import audit
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.events import Event
from therapydesk.core.permissions import allowed
from therapydesk.core.tables import Base, Zone, zone_of
from therapydesk.core.vault.outbox import publish, subscribe
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.events import PeopleMerged, PeopleUnmerged
from therapydesk.records.merge import Merge
from therapydesk.records.people import AccessNeed, Person
from therapydesk.records.relations import Relation

FIELDS = (
    "full_name",
    "preferred_name",
    "pronouns",
    "born_on",
    "nhs_number",
    "ask_me_about",
    "language",
    "address",
    "postcode",
    "best_way",
    "preferred_place",
    "preferred_time",
    "died_on",
)
DAYS = ("born_on", "died_on")
LEFT_ALONE = {"merge", "person", "access_need"}
OTHER_SIDE, NEEDS = "relation.other_person_id", "access_need"  # what `moved` holds beside rows by table


@dataclass(frozen=True)
class FieldPair:
    """One field of two records, side by side. `state`: same, differs, adds."""

    field: str
    kept: Any
    gone: Any
    state: str


@allowed("people.read")
def compare_people(db: Db, kept_id: UUID, gone_id: UUID) -> list[FieldPair]:
    """Both records, field by field."""
    kept, gone = _pair(db, kept_id, gone_id)
    pairs = []
    for name in FIELDS:
        a, b = getattr(kept, name), getattr(gone, name)
        state = "same" if a == b or not b else "adds" if not a else "differs"
        pairs.append(FieldPair(name, a, b, state))
    return pairs


def _pair(db: Db, kept_id: UUID, gone_id: UUID) -> tuple[Person, Person]:
    kept, gone = db.get(Person, kept_id), db.get(Person, gone_id)
    if kept is None or gone is None:
        raise NotFound(tr("One of the two is not here."))
    if kept_id == gone_id:
        raise UserError(tr("That is the same record."))
    if kept.merged_into is not None or gone.merged_into is not None:
        raise UserError(tr("One of the two was joined with another record already."))
    return kept, gone


def person_tables(db: Db, zone: Zone) -> list[Table]:
    """Every table of a zone that points at a person by `person_id`.

    A module may have been imported and not loaded, for want of consent or for a fault: its tables are not there.
    """
    there = set(inspect(db.connection()).get_table_names(None if zone == "core" else zone))
    tables = [t for t in Base.metadata.tables.values() if zone_of(t) == zone and "person_id" in t.c]
    return [t for t in tables if t.name in there - LEFT_ALONE and "id" in t.c]


def repoint(
    db: Db,
    zone: Zone,
    old: UUID,
    new: UUID,
    *,
    only: Mapping[str, list[str]] | None = None,
    leave: Collection[UUID] = (),
) -> dict[str, list[str]]:
    """Point the rows of one zone from `old` to `new`; returns which were moved.

    `only`: none but these, by table; `leave`: not these.
    """
    moved: dict[str, list[str]] = {}
    for table in person_tables(db, zone):
        query = select(table.c.id).where(table.c.person_id == old)
        if only is not None:
            query = query.where(table.c.id.in_([UUID(i) for i in only.get(table.name, [])]))
        ids = [i for i in db.connection().scalars(query) if i not in leave]
        if ids:
            db.connection().execute(update(table).where(table.c.id.in_(ids)).values(person_id=new))
            audit.bulk(db, table, "repoint", ids)
            moved[table.name] = [str(i) for i in ids]
    return moved


@allowed("people.merge", person="kept_id")
def merge_people(db: Db, kept_id: UUID, gone_id: UUID, take: frozenset[str] = frozenset()) -> UUID:
    """Join `gone` into `kept` and return the merge's id. `take` names the fields to take from `gone`."""
    kept, gone = _pair(db, kept_id, gone_id)
    before = _take_fields(kept, gone, take)
    added = [need.code for need in gone.needs if need.code not in {n.code for n in kept.needs}]
    kept.needs += [AccessNeed(code=code) for code in added]
    db.flush()
    moved = repoint(db, "core", gone_id, kept_id, leave=_doubled(db, kept, gone))
    moved[OTHER_SIDE] = _turn_relations(db, gone_id, kept_id)
    moved[NEEDS] = added
    gone.merged_into = kept_id
    row = Merge(person_id=kept_id, gone_id=gone_id, moved=json.dumps(moved), before=json.dumps(before))
    db.add(row)
    db.flush()
    db.expire_all()
    publish(db, PeopleMerged(kept_id, gone_id, row.id))
    return row.id


def _take_fields(kept: Person, gone: Person, take: frozenset[str]) -> dict[str, list[str | None]]:
    """Fill in what is empty and what was chosen; for each field what it was and what it is now."""
    changed: dict[str, list[str | None]] = {}
    for name in FIELDS:
        own, theirs = getattr(kept, name), getattr(gone, name)
        if theirs and theirs != own and (name in take or not own):
            changed[name] = [_plain(own), _plain(theirs)]
            setattr(kept, name, theirs)
    return changed


def _plain(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def _doubled(db: Db, kept: Person, gone: Person) -> set[UUID]:
    """Rows of `gone` that say what `kept` says already; relations of the two to one another. They stay with `gone`."""
    ways = {(c.kind, c.value) for c in kept.contacts}
    same = {c.id for c in gone.contacts if (c.kind, c.value) in ways}
    own = list(db.scalars(select(Relation).where(Relation.person_id.in_((kept.id, gone.id)))))
    about = {(r.kind, r.other_person_id, r.organisation_id) for r in own if r.person_id == kept.id}
    for row in own:
        twice = (row.kind, row.other_person_id, row.organisation_id) in about
        if row.person_id == gone.id and (twice or row.other_person_id == kept.id):
            same.add(row.id)
    return same


def _turn_relations(db: Db, old: UUID, new: UUID, only: list[str] | None = None) -> list[str]:
    """Relations of other people to `old` become relations to `new` (only the given ones, if any)."""
    query = select(Relation).where(Relation.other_person_id == old, Relation.person_id.not_in((old, new)))
    if only is not None:
        query = query.where(Relation.id.in_([UUID(i) for i in only]))
    rows = list(db.scalars(query))
    for row in rows:
        row.other_person_id = new
    db.flush()
    return [str(row.id) for row in rows]


def _kept(db: Db, merge_id: UUID) -> UUID | None:
    row = db.get(Merge, merge_id)
    return None if row is None else row.person_id


@allowed("people.merge", person=_kept)
def unmerge_people(db: Db, merge_id: UUID) -> None:
    """Take a merge back: the rows that were moved go back, the replaced fields return.

    A field that was changed since, and whatever was added since, stays with the record that was kept.
    """
    row = db.get(Merge, merge_id)
    if row is None or row.undone:
        raise NotFound(tr("That joining was undone already."))
    kept, gone = db.get(Person, row.person_id), db.get(Person, row.gone_id)
    if kept is None or gone is None or gone.merged_into != kept.id:
        raise NotFound(tr("One of the two is not here."))
    moved = json.loads(row.moved)
    for name, (was, became) in json.loads(row.before).items():
        if _plain(getattr(kept, name)) == became:
            setattr(kept, name, date.fromisoformat(was) if name in DAYS and was else was)
    kept.needs = [need for need in kept.needs if need.code not in moved[NEEDS]]
    gone.merged_into, row.undone = None, True
    db.flush()
    _turn_relations(db, kept.id, gone.id, moved[OTHER_SIDE])
    repoint(db, "core", kept.id, gone.id, only=moved)
    db.expire_all()
    publish(db, PeopleUnmerged(kept.id, gone.id, row.id))


# --- The other zones ---

FOLLOWED: tuple[Zone, ...] = ("clinical", "safeguarding")


def follow_merge(db: Db, event: Event) -> None:
    """Move a zone's rows after a merge, and back after it was undone; which they were stands in the zone's log."""
    zone = db.zone
    if zone is None:
        return
    if isinstance(event, PeopleMerged):
        moved = repoint(db, zone, event.gone_id, event.kept_id)
        audit.record(db, "merge", event.merge_id, {"moved": moved})
    elif isinstance(event, PeopleUnmerged):
        entry = audit.ENTRIES[zone]
        query = select(entry.detail).where(entry.action == "merge", entry.ref == event.merge_id)
        found = db.scalars(query.order_by(entry.seq.desc())).first()
        if found is not None:
            repoint(db, zone, event.kept_id, event.gone_id, only=json.loads(found)["moved"])


subscribe("records.merging", FOLLOWED, follow_merge, (PeopleMerged, PeopleUnmerged))
