"""Entries of a log as they stand in the file, for checking: nothing in them is trusted to be what it should be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import text

from therapydesk.core.tables import Zone

if TYPE_CHECKING:
    from therapydesk.core.vault.session import Db

STEP = 1000


class LogRow(NamedTuple):
    """One entry, every column as text (None where empty); `at` and the ids in the form that is hashed."""

    seq: int
    at: Any
    actor: Any
    role: Any
    action: Any
    ref: Any
    detail: Any
    prev: Any
    hash: Any


def read_log(db: Db, zone: Zone, since: int) -> Iterator[LogRow]:
    """The entries from number `since` on, in order, a thousand at a time."""
    schema = "main" if zone == "core" else zone
    query = text(
        "SELECT seq, at, actor, role, action, ref, detail, prev, hash"  # noqa: S608  (a schema of ours)
        f" FROM {schema}.audit_entry WHERE seq >= :since ORDER BY seq"
    )
    found = db.connection().execute(query, {"since": since}, execution_options={"yield_per": STEP})
    for part in found.partitions(STEP):
        for row in part:
            yield LogRow(row[0], _instant(row[1]), *row[2:])


def _instant(stored: Any) -> Any:
    """ "2026-11-25 21:00:16.250000", as `datetime.isoformat` writes it in UTC."""
    if not isinstance(stored, str):
        return stored
    fraction = "" if stored[19:] == ".000000" else stored[19:]
    return f"{stored[:10]}T{stored[11:19]}{fraction}+00:00"
