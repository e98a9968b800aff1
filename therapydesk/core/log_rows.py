"""Entries of a log as they stand in the file, for checking: nothing in them is trusted to be what it should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, text

from therapydesk.core.tables import Identity, Instant, Zone

if TYPE_CHECKING:
    from therapydesk.core.vault.session import Db

STEP = 1000
_COLUMNS = "seq, at, actor, role, action, ref, detail, prev, hash"


class LogInstant(Instant):
    """The time of an entry; None where somebody has put what is no time: it must not stop those who write after it."""

    cache_ok = True

    def result_processor(self, dialect: Any, coltype: object) -> Any:
        return _forgiving(super().result_processor(dialect, coltype))


class LogIdentity(Identity):
    """An id in an entry; None where somebody has put what is none."""

    cache_ok = True

    def result_processor(self, dialect: Any, coltype: object) -> Any:
        return _forgiving(super().result_processor(dialect, coltype))


def _forgiving(process: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    if process is None:
        return None

    def read(value: Any) -> Any:
        try:
            return process(value)
        except (ValueError, TypeError, AttributeError):
            return None

    return read


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
    query = text(f"SELECT {_COLUMNS} FROM {schema}.audit_entry WHERE seq >= :since ORDER BY seq")  # noqa: S608  (ours)
    found = db.connection().execute(query, {"since": since}, execution_options={"yield_per": STEP})
    for part in found.partitions(STEP):
        for row in part:
            yield LogRow(row[0], _instant(row[1]), *row[2:])


def read_some(db: Db, zone: Zone, numbers: Sequence[int]) -> Iterator[LogRow]:
    """The entries with these numbers, in no order."""
    schema = "main" if zone == "core" else zone
    query = text(f"SELECT {_COLUMNS} FROM {schema}.audit_entry WHERE seq IN :numbers")  # noqa: S608  (ours)
    found = db.connection().execute(query.bindparams(bindparam("numbers", list(numbers), expanding=True)))
    for row in found:
        yield LogRow(row[0], _instant(row[1]), *row[2:])


def _instant(stored: Any) -> Any:
    """ "2026-11-25 21:00:16.250000", as `datetime.isoformat` writes it in UTC."""
    if not isinstance(stored, str):
        return stored
    fraction = "" if stored[19:] == ".000000" else stored[19:]
    return f"{stored[:10]}T{stored[11:19]}{fraction}+00:00"
