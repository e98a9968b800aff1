"""Many rows at once: one statement a table, what all rows share written into it, one entry in the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, literal, literal_column

from therapydesk.api import Base, Db, audit, new_id

_COUNTER = (
    1 << 61
) - 1  # the low bits of a UUIDv7 are random; counting on in them keeps it one (RFC 9562, 6.2)


def ids() -> Iterator[UUID]:
    """Fresh time-ordered keys, each one above the last."""
    start = new_id().int & ~(1 << 61)  # room to count without touching the variant
    for number in range(_COUNTER):
        yield UUID(int=start + number)


def insert_rows(db: Db, mapped: type[Base], rows: Sequence[Mapping[str, Any]], action: str) -> None:
    """Insert rows that all have the same columns, and tell the log."""
    if not rows:
        return
    table: Any = mapped.__table__
    first = rows[0]
    shared = {name for name, value in first.items() if all(row[name] == value for row in rows)} - {"id"}
    dialect = db.connection().dialect
    fixed: dict[str, Any] = {
        name: literal_column(
            str(
                literal(first[name], table.c[name].type).compile(
                    dialect=dialect, compile_kwargs={"literal_binds": True}
                )
            )
        )
        for name in shared
        if first[name] is not None
    }
    own = [name for name in first if name not in shared]
    if own:
        db.execute(insert(table).values(fixed), [{name: row[name] for name in own} for row in rows])
    else:
        db.execute(insert(table).values({name: first[name] for name in shared}))
    audit.bulk(db, mapped, action, [row.get("id") or row["person_id"] for row in rows])
