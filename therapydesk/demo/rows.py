"""Many rows at once, told to the log once a chunk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from therapydesk.api import Base, Db, audit, new_id, now

CHUNK = 5000


def write_rows(db: Db, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows of one table; every row has the same keys."""
    table: Any = model.__table__
    for start in range(0, len(rows), CHUNK):
        part = list(rows[start : start + CHUNK])
        audit.bulk(db, model, "create", [r["id"] for r in part if "id" in r])
        db.connection().execute(insert(table), part)


def stamped(db: Db, **values: Any) -> dict[str, Any]:
    """A row of a Stamped table with its key and stamps."""
    at = now()
    stamps = {"created_at": at, "changed_at": at, "created_by": db.user.id, "changed_by": db.user.id}
    return {"id": new_id(), **stamps, "row_version": 1, **values}
