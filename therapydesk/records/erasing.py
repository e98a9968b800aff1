"""What erasing a person does to the rows of one part of the vault, told by `privacy` on the tables alone.

Parts, not service functions: they take the people first and ask no permission.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, Uuid, and_, delete, func, inspect, or_, select, table, text, update
from sqlalchemy import column as named_column

from therapydesk.core import audit
from therapydesk.core.tables import Base, Erase, Privacy, Zone, zone_of
from therapydesk.core.vault import scrub
from therapydesk.core.vault.session import Db
from therapydesk.core.vault.zones import schema_of
from therapydesk.core.words import tr
from therapydesk.records.people import Person

CHUNK = 5_000
ACTION = "erase"
IMPORT = "batch_id"  # rows that came with one file name it so: the file tells of the person, too
OTHER_LINKS = ("gone_id",)


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


def marked_tables(db: Db, zone: Zone) -> list[tuple[Table, Privacy]]:
    """The tables of a zone that are about people and are there, those that others point at last."""
    there = set(inspect(db.connection()).get_table_names(None if zone == "core" else zone))
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
        on_erase = _what(table_, privacy, classes)
        rows = about(table_, people, on_erase)
        if on_erase is Erase.BLANK:
            rows = and_(rows, _not_blank(table_, privacy))
        count = db.connection().scalar(select(func.count()).select_from(table_).where(rows)) or 0
        into = {Erase.DELETE: "gone", Erase.BLANK: "blanked", Erase.KEEP: "kept"}[on_erase]
        found.add(into, privacy.title, count, privacy.reason)
    if not classes:
        for name in unmarked_tables(db, zone):
            foreign = _foreign(name, zone)
            query = select(func.count()).select_from(foreign).where(foreign.c.person_id.in_(people))
            found.add("gone", _foreign_title(name), db.connection().scalar(query) or 0)
    return found


def row_ids(db: Db, zone: Zone, people: Sequence[UUID], classes: Sequence[str] = ()) -> set[UUID]:
    """The ids of the rows that would go: crash copies of what is typed are named after them."""
    found: set[UUID] = set()
    for table_, privacy in marked_tables(db, zone):
        key, on_erase = _key(table_), _what(table_, privacy, classes)
        if key is not None and on_erase is not Erase.KEEP:
            found.update(db.connection().scalars(select(key).where(about(table_, people, on_erase))))
    return found


def _what(table_: Table, privacy: Privacy, classes: Sequence[str]) -> Erase:
    """What happens to a table: as marked; when a class has come to its end, that class goes whole, others stay."""
    if not classes:
        return privacy.on_erase
    if privacy.keep not in classes:
        return Erase.KEEP
    return Erase.BLANK if table_ is Person.__table__ else Erase.DELETE


def _foreign(name: str, zone: Zone) -> Any:
    return table(name, named_column("person_id", Uuid()), schema=None if zone == "core" else zone)


def _foreign_title(name: str) -> str:
    return tr("Records of a module that is not here ({table})").format(table=name)


def erase_rows(db: Db, zone: Zone, people: Sequence[UUID], classes: Sequence[str] = ()) -> Outcome:
    """Erase these people from the zone that `db` writes, as `look` says. Rows that others still need stay, and are named.

    Also what is left in its search indexes, and the file of the import that the person came with.
    """
    done = Outcome()
    scrub.forget_in_search(db, zone)
    for table_, privacy in marked_tables(db, zone):
        on_erase = _what(table_, privacy, classes)
        rows = about(table_, people, on_erase)
        if on_erase is Erase.BLANK:
            done.add("blanked", privacy.title, _blank(db, table_, privacy, rows))
        elif on_erase is Erase.DELETE:
            _delete_marked(db, table_, privacy, rows, people, done)
        else:
            count = db.connection().scalar(select(func.count()).select_from(table_).where(rows)) or 0
            done.add("kept", privacy.title, count, privacy.reason)
    _delete_papers(db, zone, classes, done)
    if not classes:
        for name in unmarked_tables(db, zone):
            _delete_foreign(db, name, zone, people, done)
    db.expire_all()
    return done


def _delete_marked(
    db: Db, table_: Table, privacy: Privacy, rows: Any, people: Sequence[UUID], done: Outcome
) -> None:
    key = _key(table_)
    done.imports.update(_batches(db, table_, rows))
    if key is None:  # its key is not one id: nothing can point at it
        count = db.connection().execute(delete(table_).where(rows)).rowcount
        if count:
            audit.bulk(db, table_, ACTION, [])
        done.add("gone", privacy.title, count)
        return
    ids = list(db.connection().scalars(select(key).where(rows)))
    needed = _let_go(db, table_, ids, people, done)
    going = [i for i in ids if i not in needed]
    for part in _parts(going):
        db.connection().execute(delete(table_).where(key.in_(part)))
        audit.bulk(db, table_, ACTION, part)
    done.ids.update(going)
    if "file_key" in table_.c:
        done.files.update(going)
    done.add("gone", privacy.title, len(going))
    done.add("kept", privacy.title, len(needed), tr("other records that are kept need it"))


def _key(table_: Table) -> Column[Any] | None:
    keys = list(table_.primary_key.columns)
    return keys[0] if len(keys) == 1 else None


def _let_go(db: Db, table_: Table, ids: Sequence[UUID], people: Sequence[UUID], done: Outcome) -> set[UUID]:
    """Loosen what points at these rows; returns those that must stay since something that is kept needs them.

    A link of the same people, or of nobody, is emptied where it may be empty; one of somebody else is not touched.
    """
    needed: set[UUID] = set()
    for other, column in _pointing_at(table_):
        key: Any = _key(other)
        whose = other.c.person_id if "person_id" in other.c else column  # without a person it is nobody's
        for part in _parts(ids):
            rows = db.connection().execute(select(key, column, whose).where(column.in_(part))).all()
            marked = isinstance(_mark(other), Privacy)
            loose = [row[0] for row in rows if not marked or row[2] in people]
            needed.update(row[1] for row in rows if row[0] not in set(loose))
            if loose and column.nullable:
                db.connection().execute(update(other).where(key.in_(loose)).values({column.name: None}))
                audit.bulk(db, other, ACTION, loose)
            elif loose and not marked:  # a part of the row, with nothing of anybody but what the row has
                db.connection().execute(delete(other).where(key.in_(loose)))
                audit.bulk(db, other, ACTION, loose)
                done.ids.update(loose)
            elif loose:
                needed.update(row[1] for row in rows)
    return needed


def _pointing_at(table_: Table) -> list[tuple[Table, Column[Any]]]:
    return [
        (other, fk.parent)
        for other in Base.metadata.tables.values()
        if zone_of(other) == zone_of(table_) and other is not table_
        for fk in other.foreign_keys
        if fk.column.table is table_ and _key(other) is not None
    ]


def _mark(table_: Table) -> Privacy | str | None:
    marks: dict[Any, Any] = {m.local_table: m.class_.privacy for m in Base.registry.mappers}
    found: Privacy | str | None = marks.get(table_)
    return found


def _batches(db: Db, table_: Table, rows: Any) -> list[UUID]:
    if IMPORT not in table_.c:
        return []
    query = select(table_.c[IMPORT]).where(rows, table_.c[IMPORT].is_not(None)).distinct()
    return list(db.connection().scalars(query))


def _delete_papers(db: Db, zone: Zone, classes: Sequence[str], done: Outcome) -> None:
    """Papers that name nobody as theirs: made from a row that went, or the list that somebody came in. Such a list tells
    of everybody in it: it goes with the first of them who is erased.
    """
    for table_, privacy in marked_tables(db, zone):
        if table_.name != "document" or _what(table_, privacy, classes) is not Erase.DELETE:
            continue
        for part in _parts(done.ids | done.imports):
            rows = and_(table_.c.ref.in_(part), table_.c.person_id.is_(None))
            _delete_marked(db, table_, privacy, rows, [], done)


def _delete_foreign(db: Db, name: str, zone: Zone, people: Sequence[UUID], done: Outcome) -> None:
    foreign = _foreign(name, zone)
    count = db.connection().execute(delete(foreign).where(foreign.c.person_id.in_(people))).rowcount
    if count:
        audit.record(db, ACTION, None, {"table": name, "count": count})
    done.add("gone", _foreign_title(name), count)


# --- Emptying ---


def _blank(db: Db, table_: Table, privacy: Privacy, rows: Any) -> int:
    key: Any = _key(table_)
    ids = list(db.connection().scalars(select(key).where(rows, _not_blank(table_, privacy))))
    for part in _parts(ids):
        db.connection().execute(update(table_).where(key.in_(part)).values(_blanks(table_, privacy, key)))
        audit.bulk(db, table_, ACTION, part)
    return len(ids)


def _blanks(table_: Table, privacy: Privacy, key: Any) -> dict[str, Any]:
    values: dict[str, Any] = {name: empty(table_.c[name]) for name in privacy.blank}
    if table_ is Person.__table__:
        values |= {
            "full_name": tr("Erased"),
            "merged_into": key,
        }  # left out everywhere, as a joined record is
    return values


def empty(column: Column[Any]) -> Any:
    """What a column holds once it was emptied. Raises TypeError for one that cannot be."""
    if column.nullable:
        return None
    if column.type.python_type is str:
        return ""
    raise TypeError(f"{column.table.name}.{column.name} cannot be emptied")


def _not_blank(table_: Table, privacy: Privacy) -> Any:
    if table_ is Person.__table__:
        return func.coalesce(table_.c.merged_into != table_.c.id, True)
    return or_(*(_filled(table_.c[name]) for name in privacy.blank))


def _filled(column: Column[Any]) -> Any:
    return column.is_not(None) if empty(column) is None else column != ""


def _parts(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    every = list(ids)
    return (every[at : at + CHUNK] for at in range(0, len(every), CHUNK))
