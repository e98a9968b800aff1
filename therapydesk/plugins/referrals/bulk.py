"""Many rows at once: a few statements a table, what all rows share written into them, one entry in the log.

A statement for many rows rather than one for each: the full-text table sorts in what came at the end of each
statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Dialect, literal

from therapydesk.api import Base, Db, audit, new_id

PLACES = 30_000  # values that a statement may take
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
    connection, own = db.connection(), list(rows[0])
    dialect = connection.dialect
    written = {n: _written(value, table.c[n], dialect) for n, value in shared.items() if value is not None}
    names = ", ".join(dialect.identifier_preparer.quote(name) for name in (*own, *written))
    taken = ", ".join([*(f"column{n}" for n in range(1, len(own) + 1)), *written.values()])
    one = f"({', '.join('?' * len(own))})"
    lines = list(zip(*(_stored([row[n] for row in rows], table.c[n], dialect) for n in own), strict=True))
    most = PLACES // len(own)
    for start in range(0, len(lines), most):
        part = lines[start : start + most]
        values = ", ".join([one] * len(part))
        connection.exec_driver_sql(
            f"INSERT INTO {table.fullname} ({names}) SELECT {taken} FROM (VALUES {values})",
            tuple(value for line in part for value in line),
        )
    audit.bulk(db, mapped, action, [row.get("id") or row["person_id"] for row in rows])


def _stored(values: list[Any], column: Column[Any], dialect: Dialect) -> list[Any]:
    """The values as the driver takes them: a column at a time is a third of the work of a row at a time."""
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return values if process is None else [process(value) for value in values]


def _written(value: Any, column: Column[Any], dialect: Dialect) -> str:
    return str(literal(value, column.type).compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
