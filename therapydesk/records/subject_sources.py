"""Where something stands about a person: found from the tables alone, by what `privacy` says on each (architecture §7).

A table belongs to somebody by `person_id`, by another column that points at a person (whom a relation is to), or through
the row that it hangs on. A table of a module that is not installed is known by its column `person_id` and given raw.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, MetaData, Table, inspect, or_, select, text

from therapydesk.core.tables import Base, Privacy, Zone, zone_of
from therapydesk.core.vault.session import Db
from therapydesk.records.people import Person

LEFT_OUT = {"subject_item": "copies of what stands in the same answer"}
DEPTH = 3  # how far rows may hang on rows that are about somebody


@dataclass(frozen=True)
class Source:
    """A table with rows about somebody. `privacy` is None for a table of a module that is not installed."""

    table: Table
    privacy: Privacy | None

    @property
    def title(self) -> str:
        """What the rows are, in words for the person."""
        return self.privacy.title if self.privacy is not None else self.table.name


def personal_tables(zone: Zone) -> list[Source]:
    """Every table of a zone whose class says that it is about people, by name."""
    found = []
    for mapper in Base.registry.mappers:
        table: Any = mapper.local_table
        privacy = getattr(mapper.class_, "privacy", None)
        if isinstance(privacy, Privacy) and zone_of(table) == zone and table.name not in LEFT_OUT:
            found.append(Source(table, privacy))
    return sorted(found, key=lambda source: source.table.name)


def person_columns(table: Table) -> list[Any]:
    """The columns of a table that hold a person's id."""
    person: Any = Person.__table__
    if table is person:
        return [table.c.id, table.c.merged_into]
    columns = [c for c in table.c if any(key.column is person.c.id for key in c.foreign_keys)]
    by_name = table.c.get("person_id")
    return columns if by_name is None or by_name in columns else [by_name, *columns]


def about(table: Table, people: Collection[UUID | str], depth: int = DEPTH) -> ColumnElement[bool] | None:
    """The condition for rows about these people; None when nothing leads from the table to a person."""
    ways: list[ColumnElement[bool]] = [column.in_(people) for column in person_columns(table)]
    if ways or depth == 0:
        return or_(*ways) if ways else None
    for key in table.foreign_keys:
        parent = key.column.table
        through = about(parent, people, depth - 1) if parent is not table else None
        if through is not None:
            ways.append(key.parent.in_(select(key.column).where(through)))
    return or_(*ways) if ways else None


def sources(db: Db, zone: Zone) -> list[Source]:
    """What there is to look through in a zone: the tables that exist, those of missing modules last."""
    inspector = inspect(db.connection())
    schema = None if zone == "core" else zone
    there = set(inspector.get_table_names(schema))
    known = [source for source in personal_tables(zone) if source.table.name in there]
    mapped = {table.name for table in Base.metadata.tables.values() if zone_of(table) == zone}
    indexes = tuple(f"{name}_" for name in _search_tables(db, zone))
    strange = sorted(
        name for name in there - mapped if not f"{name}_".startswith((*indexes, "alembic_version_"))
    )
    for name in strange:
        columns = {column["name"] for column in inspector.get_columns(name, schema)}
        if "person_id" in columns:
            raw = Table(name, MetaData(), schema=schema, autoload_with=db.connection())
            known.append(Source(raw, None))
    return known


def _search_tables(db: Db, zone: Zone) -> list[str]:
    """Full-text indexes: they hold again what stands in their tables."""
    schema = "main" if zone == "core" else zone
    query = f"SELECT name FROM {schema}.sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"
    return list(db.connection().scalars(text(query)))


def everybody(db: Db, person_id: UUID) -> set[UUID]:
    """The person's id, and those of records that were joined into theirs."""
    found, new = {person_id}, {person_id}
    while new:
        rows = db.scalars(select(Person.id).where(Person.merged_into.in_(new)))
        new = set(rows) - found
        found |= new
    return found
