"""Erase people from one part of the vault: rows go, are emptied or stay, as erasing_looks says.

Parts, not service functions: they take the people and ask no permission.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, and_, delete, func, select, update

from therapydesk.core import audit
from therapydesk.core.tables import Base, Erase, Privacy, Zone, zone_of
from therapydesk.core.vault import scrub
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records.erasing_looks import (
    IMPORT,
    Outcome,
    about,
    empty,
    foreign_table,
    foreign_title,
    goes_along,
    key_of,
    marked_tables,
    not_blank,
    tables_there,
    unmarked_tables,
    what_happens,
    with_parent,
)
from therapydesk.records.people import Person

CHUNK = 5_000
ACTION = "erase"


def erase_rows(db: Db, zone: Zone, people: Sequence[UUID], classes: Sequence[str] = ()) -> Outcome:
    """Erase these people from the zone that `db` writes, as `look` says. Rows that others still need stay, and are named.

    Also what is left in its search indexes, and the file of the import that the person came with.
    """
    done = Outcome()
    scrub.forget_in_search(db, zone)
    for table_, privacy in marked_tables(db, zone):
        on_erase = what_happens(table_, privacy, classes)
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
    key = key_of(table_)
    done.imports.update(_batches(db, table_, rows))
    if key is None:  # its key is not one id: nothing can point at it
        count = db.connection().execute(delete(table_).where(rows)).rowcount
        if count:
            audit.bulk(db, table_, ACTION, [])
        done.add("gone", privacy.title, count)
        return
    ids = list(db.connection().scalars(select(key).where(rows, *with_parent(table_))))
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


def _let_go(db: Db, table_: Table, ids: Sequence[UUID], people: Sequence[UUID], done: Outcome) -> set[UUID]:
    """Loosen what points at these rows; returns those that must stay since something that is kept needs them.

    A link is emptied where it may be empty. Not one of somebody else's money: an invoice that a session was charged on
    must not look as if it had never been.
    """
    needed: set[UUID] = set()
    for other, column in _pointing_at(db, table_):
        key: Any = key_of(other)
        if goes_along(column):
            _tell_cascade(db, other, key, column, ids, done)
            continue
        whose = other.c.person_id if "person_id" in other.c else column  # without a person it is nobody's
        for part in _parts(ids):
            rows = db.connection().execute(select(key, column, whose).where(column.in_(part))).all()
            mark = _mark(other)
            marked = isinstance(mark, Privacy)
            fixed = isinstance(mark, Privacy) and (mark.keep == "financial" or not column.nullable)
            loose = [row[0] for row in rows if not fixed or row[2] in people]
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


def _tell_cascade(
    db: Db, other: Table, key: Any, column: Column[Any], ids: Sequence[UUID], done: Outcome
) -> None:
    for part in _parts(ids):
        along = list(db.connection().scalars(select(key).where(column.in_(part))))
        if along:
            audit.bulk(db, other, ACTION, along)
            done.ids.update(along)


def _pointing_at(db: Db, table_: Table) -> list[tuple[Table, Column[Any]]]:
    there = tables_there(db, zone_of(table_))  # a module may have been imported and not loaded
    return [
        (other, fk.parent)
        for other in Base.metadata.tables.values()
        if zone_of(other) == zone_of(table_) and other is not table_ and other.name in there
        for fk in other.foreign_keys
        if fk.column.table is table_ and key_of(other) is not None
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
        if table_.name != "document" or what_happens(table_, privacy, classes) is not Erase.DELETE:
            continue
        for part in _parts(done.ids | done.imports):
            rows = and_(table_.c.ref.in_(part), table_.c.person_id.is_(None))
            _delete_marked(db, table_, privacy, rows, [], done)


def _delete_foreign(db: Db, name: str, zone: Zone, people: Sequence[UUID], done: Outcome) -> None:
    foreign = foreign_table(name, zone)
    count = db.connection().execute(delete(foreign).where(foreign.c.person_id.in_(people))).rowcount
    if count:
        audit.record(db, ACTION, None, {"table": name, "count": count})
    done.add("gone", foreign_title(name), count)


# --- Emptying ---


def _blank(db: Db, table_: Table, privacy: Privacy, rows: Any) -> int:
    key: Any = key_of(table_)
    ids = list(db.connection().scalars(select(key).where(rows, not_blank(table_, privacy))))
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


def _parts(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    every = list(ids)
    return (every[at : at + CHUNK] for at in range(0, len(every), CHUNK))
