"""What erasing a person would do to the rows of one part of the vault, told by `privacy` on the tables alone.

Parts, not service functions: they take the people first and ask no permission.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Table,
    Uuid,
    and_,
    false,
    func,
    inspect,
    or_,
    select,
    table,
    text,
)
from sqlalchemy import column as named_column

from therapydesk.core.tables import Base, Erase, Privacy, Zone, zone_of
from therapydesk.core.vault.session import Db
from therapydesk.core.vault.zones import schema_of
from therapydesk.core.words import tr
from therapydesk.records.people import Person

CHUNK = 5_000
ACTION = "erase"
IMPORT = "batch_id"  # rows that came with one file name it so: the file tells of the person, too
OTHER_LINKS = ("gone_id",)
ALWAYS_KEPT = ("erasure_task",)  # what is being decided here


@dataclass
class Outcome:
    """What erasing does, or did: rows by the title of their table. `ids`: of the rows that go."""

    gone: dict[str, int] = field(default_factory=dict)
    blanked: dict[str, int] = field(default_factory=dict)
    kept: dict[str, tuple[int, str]] = field(default_factory=dict)
    ids: set[UUID] = field(default_factory=set)
    files: set[UUID] = field(default_factory=set)
    imports: set[UUID] = field(default_factory=set)

    @property
    def changed(self) -> int:
        """How many rows go or are emptied."""
        return sum(self.gone.values()) + sum(self.blanked.values())

    def add(self, into: str, title: str, count: int, reason: str = "") -> None:
        """Count rows of a table under its title."""
        if not count:
            return
        if into == "kept":
            before = self.kept.get(title, (0, reason))[0]
            self.kept[title] = (before + count, reason)
        else:
            counts: dict[str, int] = getattr(self, into)
            counts[title] = counts.get(title, 0) + count


def tables_there(db: Db, zone: Zone) -> set[str]:
    """The tables that a zone's file has; asked once in a unit of work."""
    known: dict[Zone, set[str]] = db.info.setdefault("tables_there", {})
    if zone not in known:
        known[zone] = set(inspect(db.connection()).get_table_names(None if zone == "core" else zone))
    return known[zone]


def marked_tables(db: Db, zone: Zone) -> list[tuple[Table, Privacy]]:
    """The tables of a zone that are about people and are there, those that others point at last."""
    there = tables_there(db, zone)
    marks: dict[Any, Any] = {m.local_table: m.class_.privacy for m in Base.registry.mappers}
    return [
        (t, marks[t])
        for t in reversed(Base.metadata.sorted_tables)
        if zone_of(t) == zone and t.name in there and isinstance(marks.get(t), Privacy)
    ]


def unmarked_tables(db: Db, zone: Zone) -> list[str]:
    """Tables of a module that is not here: not mapped, and with a `person_id`."""
    inspector = inspect(db.connection())
    schema = None if zone == "core" else zone
    known = {t.name for t in Base.metadata.tables.values() if zone_of(t) == zone}
    query = f"SELECT name FROM {schema_of(zone)}.sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"
    virtual = tuple(str(name) for name in db.scalars(text(query)))
    return [
        name
        for name in inspector.get_table_names(schema)
        if name not in known
        and not any(name == v or name.startswith(f"{v}_") for v in virtual)
        and any(c["name"] == "person_id" for c in inspector.get_columns(name, schema))
    ]


def about(table_: Table, people: Sequence[UUID], on_erase: Erase) -> Any:
    """Which rows of a table are about these people; with DELETE also those of others that point at them."""
    own = table_.c.id if table_ is Person.__table__ else table_.c.person_id
    parts = [own.in_(people)]
    if on_erase is Erase.DELETE and table_ is not Person.__table__:
        parts += [c.in_(people) for c in _other_links(table_)]
    return or_(*parts)


def _other_links(table_: Table) -> list[Column[Any]]:
    return [
        c
        for c in table_.columns
        if isinstance(c.type, Uuid)
        and c.name != "person_id"
        and (c.name.endswith("_person_id") or c.name in OTHER_LINKS)
    ]


def look(db: Db, zone: Zone, people: Sequence[UUID], classes: Sequence[str] = ()) -> Outcome:
    """What erasing would do; changes nothing. `classes`: only these retention classes, and of those everything."""
    found = Outcome()
    for table_, privacy in marked_tables(db, zone):
        on_erase = what_happens(table_, privacy, classes)
        rows = about(table_, people, on_erase)
        if on_erase is Erase.BLANK:
            rows = and_(rows, not_blank(table_, privacy))
        if on_erase is Erase.DELETE and with_parent(table_):
            continue  # counted with what it belongs to
        count = db.connection().scalar(select(func.count()).select_from(table_).where(rows)) or 0
        into = {Erase.DELETE: "gone", Erase.BLANK: "blanked", Erase.KEEP: "kept"}[on_erase]
        found.add(into, privacy.title, count, privacy.reason)
    if not classes:
        for name in unmarked_tables(db, zone):
            foreign = foreign_table(name, zone)
            query = select(func.count()).select_from(foreign).where(foreign.c.person_id.in_(people))
            found.add("gone", foreign_title(name), db.connection().scalar(query) or 0)
    return found


def row_ids(db: Db, zone: Zone, people: Sequence[UUID], classes: Sequence[str] = ()) -> set[UUID]:
    """The ids of the rows that would go: crash copies of what is typed are named after them."""
    found: set[UUID] = set()
    for table_, privacy in marked_tables(db, zone):
        key, on_erase = key_of(table_), what_happens(table_, privacy, classes)
        if key is not None and on_erase is not Erase.KEEP:
            found.update(db.connection().scalars(select(key).where(about(table_, people, on_erase))))
    return found


def what_happens(table_: Table, privacy: Privacy, classes: Sequence[str]) -> Erase:
    """What happens to a table: as marked; when a class has come to its end, that class goes whole, others stay."""
    if table_.name in ALWAYS_KEPT:
        return Erase.KEEP
    if not classes:
        return privacy.on_erase
    if privacy.keep not in classes:
        return Erase.KEEP
    return Erase.BLANK if table_ is Person.__table__ else Erase.DELETE


def foreign_table(name: str, zone: Zone) -> Any:
    return table(name, named_column("person_id", Uuid()), schema=None if zone == "core" else zone)


def foreign_title(name: str) -> str:
    return tr("Records of a module that is not here ({table})").format(table=name)


def key_of(table_: Table) -> Column[Any] | None:
    keys = list(table_.primary_key.columns)
    return keys[0] if len(keys) == 1 else None


def goes_along(column: Column[Any]) -> bool:
    return any(fk.ondelete == "CASCADE" for fk in column.foreign_keys)


def with_parent(table_: Table) -> list[Any]:
    """Rows that go along with a row about the same person, by the database itself, are left to it; those of a row that
    stays, stay with it. A row whose parent is about nobody, such as a song that was sung, is not one of them.
    """
    parents = [fk.column.table for c in table_.columns if goes_along(c) for fk in c.foreign_keys]
    return [false()] if any("person_id" in parent.c for parent in parents) else []


def empty(column: Column[Any]) -> Any:
    """What a column holds once it was emptied. Raises TypeError for one that cannot be."""
    if column.nullable:
        return None
    if column.type.python_type is str:
        return ""
    raise TypeError(f"{column.table.name}.{column.name} cannot be emptied")


def not_blank(table_: Table, privacy: Privacy) -> Any:
    if table_ is Person.__table__:
        return func.coalesce(table_.c.merged_into != table_.c.id, True)
    return or_(*(_filled(table_.c[name]) for name in privacy.blank))


def _filled(column: Column[Any]) -> Any:
    return column.is_not(None) if empty(column) is None else column != ""
