"""The limit of whatever writes: the same values put into a plain SQLCipher file by executemany."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

Rows = Sequence[Sequence[Any]]


@contextmanager
def plain_file() -> Iterator[Any]:
    """A new encrypted file with the settings the vault uses, and nothing else of it."""
    with tempfile.TemporaryDirectory(prefix="therapydesk-bench-") as folder:
        connection = sqlcipher.connect(str(Path(folder) / "plain.db"), isolation_level=None)
        connection.execute(f"PRAGMA key = \"x'{secrets.token_hex(32)}'\"")
        for setting in ("cache_size=-65536", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {setting}")
        try:
            yield connection
        finally:
            connection.close()


def insert_all(connection: Any, *tables: Rows) -> float:
    """Put each set of rows into a table of its own, all in one transaction; the seconds of it."""
    for n, rows in enumerate(tables):
        columns = ", ".join(f"c{c}" for c in range(len(rows[0])))
        connection.execute(f"CREATE TABLE t{n} (id INTEGER PRIMARY KEY, {columns})")
    start = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    for n, rows in enumerate(tables):
        marks = ", ".join("?" * len(rows[0]))
        columns = ", ".join(f"c{c}" for c in range(len(rows[0])))
        connection.executemany(f"INSERT INTO t{n} ({columns}) VALUES ({marks})", rows)
    connection.execute("COMMIT")
    return time.perf_counter() - start


def time_inserts(*tables: Rows) -> float:
    """`insert_all` into a file of its own."""
    with plain_file() as connection:
        return insert_all(connection, *tables)
