"""Many rows at once: one statement a table, what all rows share written into it, one entry in the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Dialect, bindparam, insert, literal, literal_column

from therapydesk.api import Base, Db, audit, new_id

_COUNTER = (
    1 << 61
) - 1  # the low bits of a UUIDv7 are random; counting on in them keeps it one (RFC 9562, 6.2)


def ids() -> Iterator[UUID]:
    """Fresh time-ordered keys, each one above the last."""
    start = new_id().int & ~(1 << 61)  # room to count without touching the variant
    for number in range(_COUNTER):
        yield UUID(int=start + number)


def insert_rows(
    db: Db, mapped: type[Base], rows: Sequence[Mapping[str, Any]], shared: Mapping[str, Any], action: str
) -> None:
    """Insert rows that all have the same columns, and tell the log. `shared` are values that all of them have.

    Together they name every column that has a default.
    """
    if not rows:
        return
    table: Any = mapped.__table__
    dialect = db.connection().dialect
    written: dict[str, Any] = {
        name: literal_column(_written(literal(value, table.c[name].type), dialect))
        for name, value in shared.items()
        if value is not None
    }
    written |= {name: bindparam(name) for name in rows[0]}
    statement = insert(table).values(written).compile(dialect=dialect)
    columns = [_stored([row[n] for row in rows], table.c[n], dialect) for n in statement.positiontup or ()]
    db.connection().exec_driver_sql(str(statement), list(zip(*columns, strict=True)))
    audit.bulk(db, mapped, action, [row.get("id") or row["person_id"] for row in rows])


def _stored(values: list[Any], column: Column[Any], dialect: Dialect) -> list[Any]:
    """The values as the driver takes them: a column at a time is a third of the work of a row at a time."""
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return values if process is None else [process(value) for value in values]


def _written(value: Any, dialect: Dialect) -> str:
    return str(value.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
