"""Taking an import back: all of it, as long as nothing was built on any of its rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Table, delete, inspect, select

from therapydesk.api import (
    AccessNeed,
    Base,
    Consent,
    ContactPoint,
    Db,
    NotFound,
    Organisation,
    PermissionDenied,
    Person,
    Relation,
    UserError,
    Zone,
    allowed,
    audit,
    hand_over,
    now,
    only_own,
    take_back,
    tr,
    without_collecting,
)
from therapydesk.plugins.referrals.models import Batch, Referral
from therapydesk.plugins.referrals.words import state_word

UNDONE = "referrals.undone"
CHUNK = 5_000
_SHOWN = 5
_OWN = {"contact_point", "access_need", "person_search"}


@allowed("referrals.undo", filters=True)
@without_collecting()
def undo_batch(db: Db, batch_id: UUID) -> int:
    """Take a whole import back; returns the number of referrals taken back.

    People, contacts, organisations and referrals are then as many as before. Raises UserError naming the rows
    on which something was built meanwhile (answered, booked, changed by hand); nothing is undone then.
    """
    batch = db.get(Batch, batch_id)
    if batch is None:
        raise NotFound(tr("There is no such import."))
    if only_own(db) and batch.created_by != db.user.id:
        raise PermissionDenied(
            tr("Somebody else made this import."), tr("Ask them, or an admin, to undo it.")
        )
    if batch.state != "done":
        raise UserError(tr("This import is undone already."))
    referrals = _read(db, batch_id)
    came = _Came.read(referrals)
    _refuse_if_built_on(db, batch, referrals, came)
    _restore_people(db, referrals)
    _delete(db, Referral, came.referrals)
    _delete(db, Relation, came.relations)
    _delete(db, Consent, came.consents)
    _delete(db, ContactPoint, came.contacts)
    _delete(db, AccessNeed, came.people)
    _delete(db, Person, came.people)
    undo = json.loads(batch.undo)
    _drop_organisations(db, [UUID(i) for i in undo.get("organisations", [])])
    taken = [take_back(db, UUID(i)) for i in undo.get("messages", [])]
    if not all(taken):
        hand_over(db, "clinical", UNDONE, batch_id, {})
    batch.state, batch.undone_at = "undone", now()
    return len(referrals)


class _Row(NamedTuple):
    """A referral of the batch, and what came with it."""

    id: UUID
    person_id: UUID
    source_row: int
    state: str
    taken_up: bool
    added: dict[str, Any]


def _read(db: Db, batch_id: UUID) -> list[_Row]:
    columns = (Referral.id, Referral.person_id, Referral.source_row, Referral.state)
    taken_up = Referral.answered_on.is_not(None) | Referral.episode_id.is_not(None)
    query = select(*columns, taken_up, Referral.added).where(Referral.batch_id == batch_id)
    return [_Row(*row[:-1], json.loads(row[-1])) for row in db.execute(query).all()]


@dataclass(frozen=True)
class _Came:
    """The rows that came with the batch."""

    referrals: list[UUID]
    people: list[UUID]
    relations: list[UUID]
    consents: list[UUID]
    contacts: list[UUID]

    @classmethod
    def read(cls, referrals: Iterable[_Row]) -> _Came:
        """What the referrals say came with them."""
        came = cls([], [], [], [], [])
        for referral in referrals:
            added = referral.added
            came.referrals.append(referral.id)
            came.people.extend([referral.person_id] if added.get("person") else [])
            came.people.extend(UUID(i) for i in added.get("carers", []))
            for name in ("relations", "consents", "contacts"):
                getattr(came, name).extend(UUID(i) for i in added.get(name, []))
        return came


def _parts(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))


# --- What was built on it ---


def _refuse_if_built_on(db: Db, batch: Batch, referrals: Sequence[_Row], came: _Came) -> None:
    rows: dict[UUID, int] = {}
    for referral in referrals:
        rows.setdefault(referral.person_id, referral.source_row)
        for carer in referral.added.get("carers", []):
            rows.setdefault(UUID(carer), referral.source_row)
    built: dict[int, str] = {}
    for referral in referrals:
        if referral.taken_up:
            built[referral.source_row] = state_word(referral.state).lower()
    for person_id, what in _built_on(db, batch, came):
        built.setdefault(rows[person_id], what)
    if not built:
        return
    listed = [tr("row {n} ({what})").format(n=n, what=what) for n, what in sorted(built.items())[:_SHOWN]]
    if len(built) > _SHOWN:
        listed.append(tr("and {n} more").format(n=len(built) - _SHOWN))
    raise UserError(
        tr("This import cannot be undone any more: {rows}.").format(rows=", ".join(listed)),
        tr("Nothing was undone. Take back what was done there first, or close those referrals one by one."),
    )


def _built_on(db: Db, batch: Batch, came: _Came) -> Iterator[tuple[UUID, str]]:
    own: dict[str, set[UUID]] = {
        "referrals_referral": set(came.referrals),
        "relation": set(came.relations),
        "consent": set(came.consents),
    }
    if not came.people:
        return
    people = set(came.people)
    first, last = min(people), max(people)  # the keys of an import follow one another: few others lie between
    changed = select(Person.id).where(Person.id.between(first, last), Person.row_version > 1)
    yield from ((person_id, tr("changed since")) for person_id in db.scalars(changed) if person_id in people)
    for table, column in _pointing_at_people(db):
        mine = own.get(table.name, set()) if table.schema is None else set()
        query = select(column, table.c.id if mine else column).where(column.between(first, last))
        if table.name == "referrals_reason":
            query = query.where(table.c.batch_id.is_distinct_from(batch.id))
        for person_id, key in db.execute(query).all():
            if person_id in people and key not in mine:
                yield person_id, _what(table)


def _pointing_at_people(db: Db) -> Iterator[tuple[Table, Any]]:
    """Every column that points at a person, in the zones that can be read."""
    for table in _tables(db):
        if table.name in _OWN:
            continue
        for column in table.c:
            to_person = any(key.column.table.name == "person" for key in column.foreign_keys)
            if (to_person and table.name != "person") or (
                column.name == "person_id" and table.schema is not None
            ):
                yield table, column


def _tables(db: Db) -> list[Table]:
    """The tables that are really there: those of a plugin that did not load are not."""
    look = inspect(db.connection())
    there: set[tuple[str | None, str]] = set()
    zones: tuple[tuple[Zone, str | None], ...] = (
        ("core", None),
        ("clinical", "clinical"),
        ("safeguarding", "safeguarding"),
    )
    for zone, schema in zones:
        if db.holds(zone):
            there.update((schema, name) for name in look.get_table_names(schema=schema))
    return [table for table in Base.metadata.sorted_tables if (table.schema, table.name) in there]


def _what(table: Table) -> str:
    names = {
        "attendance": tr("a session"),
        "episode": tr("support has begun"),
        "referrals_referral": tr("another referral"),
        "merge": tr("joined with another record"),
        "relation": tr("people around them were added"),
        "consent": tr("consent was recorded"),
    }
    return names.get(table.name, tr("something was added"))


# --- Taking away ---


def _restore_people(db: Db, referrals: Iterable[_Row]) -> None:
    """Take from people who were here already what the import filled in and nobody changed since."""
    filled = [(r.person_id, r.added) for r in referrals if r.added.get("fields") or r.added.get("needs")]
    people: dict[UUID, Person] = {}
    for part in _parts([person_id for person_id, _ in filled]):
        people.update({p.id: p for p in db.scalars(select(Person).where(Person.id.in_(part)))})
    for person_id, added in filled:
        person = people.get(person_id)
        for name, value in added.get("fields", {}).items():
            if person is not None and str(getattr(person, name)) == value:
                setattr(person, name, None if name in ("born_on", "nhs_number") else "")
        if needs := added.get("needs"):
            table = AccessNeed.__table__
            db.execute(delete(table).where(table.c.person_id == person_id, table.c.code.in_(needs)))  # type: ignore[arg-type]  # a mapped table
            audit.bulk(db, AccessNeed, "undo import", [person_id])
    db.flush()


def _delete(db: Db, mapped: type[Base], keys: Sequence[UUID]) -> None:
    table: Any = mapped.__table__
    column = table.c.id if "id" in table.c else table.c.person_id
    for part in _parts(keys):
        db.execute(delete(table).where(column.in_(part)))
    if keys:
        audit.bulk(db, mapped, "undo import", keys)


def _drop_organisations(db: Db, ids: Sequence[UUID]) -> None:
    """Take away the organisations that came with the import and that nothing else uses."""
    if not ids:
        return
    used: set[UUID] = set(
        db.scalars(select(Organisation.id).where(Organisation.id.in_(ids), Organisation.row_version > 1))
    )
    for table in _tables(db):
        for column in table.c:
            if any(key.column.table.name == "organisation" for key in column.foreign_keys):
                used.update(db.scalars(select(column).where(column.in_(ids)).distinct()))
    _delete(db, Organisation, [key for key in ids if key not in used])
