"""Reading what can be read of a damaged zone file into a new one, row by row (security §7).

One page that cannot be read poisons a connection, so each failure costs a new one. A table is read from its front until
a row fails, then from its back; what lies between is halved again and again until single rows are left.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from therapydesk.core.errors import VaultError
from therapydesk.core.vault import generations
from therapydesk.core.vault.keys import ZoneKeys

ROWS = 500  # rows written at a time
PATIENCE = 4000  # reads of one table that may fail before the rest of it is given up
FAILURES = (sqlcipher.Error, VaultError)
HIGHEST = 2**63 - 1
TOO_WIDE = 10_000_000  # numbers in a span that is not halved any more when nothing says which rows were there
ORDER = {"table": 0, "index": 1, "view": 2, "trigger": 3}
SHADOWS = ("data", "idx", "content", "docsize", "config")


@dataclass
class TableSaved:
    """What became of a table. `lost` rows could not be read, of at least so many when not `exact`; `loose` rows belonged
    to something that is lost and were left out; `unlinked` rows stay without that link.
    """

    name: str
    saved: int = 0
    lost: int = 0
    exact: bool = True
    loose: int = 0
    unlinked: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing of it is missing."""
        return not (self.lost or self.loose or self.unlinked) and self.exact


@dataclass(frozen=True)
class _Table:
    name: str
    columns: tuple[str, ...]
    by: str  # what its rows are read by, in order; empty for a table without row numbers


@dataclass
class Source:
    """A file that may fail at any read; `path` is a working copy, since even reading may change a file."""

    path: Path
    keys: ZoneKeys
    _raw: Any = field(default=None, repr=False)

    def run(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """A cursor. After a failure call `reopen`."""
        if self._raw is None:
            self._raw = generations.connect_alone(self.path, self.keys)
        return self._raw.execute(sql, values)

    def reopen(self) -> None:
        """Give up the connection, which one bad page has poisoned; the next read opens another."""
        if self._raw is not None:
            self._raw.close()
            self._raw = None

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query. Raises what goes wrong, the connection given up."""
        try:
            return [tuple(row) for row in self.run(sql, values).fetchall()]
        except FAILURES:
            self.reopen()
            raise


def salvage_file(
    source: Source, target: Path, keys: ZoneKeys, tell: Callable[[int, int, str], None]
) -> list[TableSaved]:
    """Build `target` with all that can be read of `source`. `tell(done, total, table)` is called before each table and may
    raise to stop. Raises an error of the database or DamagedVault when not even the names of the tables can be read.
    """
    schema = source.all(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
    )
    search = [name for kind, name, _, sql in schema if kind == "table" and _is_search(sql)]
    inside = {f"{name}_{part}" for name in search for part in SHADOWS}
    real = [row for row in schema if row[2] not in inside and not row[1].startswith("sqlite_")]
    with closing(generations.connect_alone(target, keys)) as made:
        made.execute("PRAGMA foreign_keys=OFF")
        made.execute("BEGIN")
        for *_, sql in sorted((r for r in real if not _refuses(r)), key=lambda row: ORDER[row[0]]):
            made.execute(sql)
        names = [name for kind, name, *_ in real if kind == "table" and name not in search]
        saved = {}
        for number, name in enumerate(names):
            tell(number, len(names), name)
            saved[name] = _save_table(source, made, _describe(made, name))
        for name in search:
            _index_anew(source, made, name)
        _drop_loose(made, saved)
        for *_, sql in filter(_refuses, real):  # these refuse what is only done here
            made.execute(sql)
        made.execute("COMMIT")
    source.reopen()
    return list(saved.values())


def _is_search(sql: str) -> bool:
    return sql.lstrip().upper().startswith("CREATE VIRTUAL")


def _refuses(row: tuple[Any, ...]) -> bool:
    return row[0] == "trigger" and "RAISE(" in row[3].upper()


def _index_anew(source: Source, made: Any, name: str) -> None:
    """Fill a search index from the rows it is about; one with text of its own from that, unless triggers have done it."""
    content = f"{name}_content"
    own = made.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (content,)).fetchone()
    if own and made.execute(f'SELECT 1 FROM "{content}"').fetchone() is None:
        _save_table(source, made, _describe(made, content))
    with suppress(sqlcipher.OperationalError):  # an index without any text cannot be made anew
        made.execute(f'INSERT INTO "{name}" ("{name}") VALUES (\'rebuild\')')


def _describe(made: Any, name: str) -> _Table:
    info = made.execute(f'PRAGMA table_xinfo("{name}")').fetchall()
    columns = tuple(str(row[1]) for row in info if row[6] == 0)
    keys = [row for row in info if row[5]]
    own = len(keys) == 1 and str(keys[0][2]).upper() == "INTEGER"
    plain = made.execute(
        "SELECT wr FROM pragma_table_list WHERE name = ? AND schema = 'main'", (name,)
    ).fetchone()
    by = "" if plain and plain[0] else f'"{keys[0][1]}"' if own else "rowid"
    return _Table(name, columns, by)


def _save_table(source: Source, made: Any, table: _Table) -> TableSaved:
    there = _numbers(source, made, table)
    names = ", ".join(f'"{c}"' for c in table.columns)
    marks = ", ".join("?" * len(table.columns))
    put = f'INSERT OR IGNORE INTO "{table.name}" ({names}) VALUES ({marks})'
    waiting: list[tuple[Any, ...]] = []
    reader = _Reader(source, table, there)
    for row in reader.rows():
        waiting.append(row)
        if len(waiting) >= ROWS:
            made.executemany(put, waiting)
            waiting.clear()
    made.executemany(put, waiting)
    saved = made.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0]
    lost = max(0, len(there) - saved) if there is not None else 0
    return TableSaved(table.name, saved, lost, exact=there is not None or not reader.failures)


def _numbers(source: Source, made: Any, table: _Table) -> list[int] | None:
    """The numbers of all rows, by the table itself or by one of its indexes; None when none can be read whole."""
    if not table.by:
        return None
    indexes = made.execute(f'PRAGMA index_list("{table.name}")').fetchall()
    for how in ("NOT INDEXED", *(f'INDEXED BY "{row[1]}"' for row in indexes if not row[4])):
        with suppress(*FAILURES):
            return sorted(row[0] for row in source.all(f'SELECT {table.by} FROM "{table.name}" {how}'))
    return None


@dataclass
class _Reader:
    """Reads the rows of one table that can be read; `failures` counts the reads that ended early."""

    source: Source
    table: _Table
    there: list[int] | None
    failures: int = 0

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Each readable row once."""
        names = ", ".join(f'"{c}"' for c in self.table.columns)
        if not self.table.by:
            yield from self._run(f'SELECT 0, {names} FROM "{self.table.name}"', (), [])
            return
        by = self.table.by
        ask = f'SELECT {by}, {names} FROM "{self.table.name}" WHERE {by} BETWEEN ? AND ? ORDER BY {by}'
        spans = [(self.there[0], self.there[-1])] if self.there else [(-HIGHEST, HIGHEST)]
        while spans and self.failures < PATIENCE:
            low, high = spans.pop()
            seen: list[int] = []
            before = self.failures
            yield from self._run(ask, (low, high), seen)
            if self.failures == before:
                continue
            low = seen[-1] + 1 if seen else low
            seen.clear()
            yield from self._run(f"{ask} DESC", (low, high), seen)
            if self.failures == before + 1:
                continue
            high = seen[-1] - 1 if seen else high
            spans += self._halves(low, high)

    def _run(self, sql: str, values: Sequence[Any], seen: list[int]) -> Iterator[tuple[Any, ...]]:
        """Rows until one fails; `seen` collects their numbers."""
        try:
            for row in self.source.run(sql, values):
                seen.append(row[0])
                yield tuple(row[1:])
        except FAILURES:
            self.failures += 1
            self.source.reopen()

    def _halves(self, low: int, high: int) -> list[tuple[int, int]]:
        """The two halves of a span neither end of which can be read; none when there is a single row in it."""
        if self.there is not None:
            inside = self.there[bisect_left(self.there, low) : bisect_right(self.there, high)]
            if len(inside) < 2:
                return []
            middle = len(inside) // 2
            return [(inside[middle], inside[-1]), (inside[0], inside[middle - 1])]
        if low >= high or high - low > TOO_WIDE:
            return []
        return [((low + high) // 2 + 1, high), (low, (low + high) // 2)]


def _drop_loose(made: Any, saved: dict[str, TableSaved]) -> None:
    """Leave out rows whose parent is lost, or take the link out where it may be empty, until nothing is loose."""
    while loose := [r for r in made.execute("PRAGMA foreign_key_check").fetchall() if r[1] is not None]:
        for table, row, _parent, key in loose:
            links = made.execute(f'PRAGMA foreign_key_list("{table}")').fetchall()
            columns = [link[3] for link in links if link[0] == key]
            needed = {c[1] for c in made.execute(f'PRAGMA table_info("{table}")').fetchall() if c[3] or c[5]}
            if needed.isdisjoint(columns):
                empty = ", ".join(f'"{c}" = NULL' for c in columns)
                done = made.execute(f'UPDATE "{table}" SET {empty} WHERE rowid = ?', (row,))
                saved[table].unlinked += done.rowcount
            else:
                done = made.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (row,))
                saved[table].loose += done.rowcount
