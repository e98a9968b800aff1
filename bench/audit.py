"""P13: what the log costs a commit and a bulk write, and how long it takes to check a million entries of it."""

from __future__ import annotations

import hashlib
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.figures import Figure, median
from bench.plain import plain_file, time_inserts
from bench.practice import plugins
from therapydesk.core import audit, audit_check
from therapydesk.core.vault import generations
from therapydesk.core.vault.drafts import SealedDraft
from therapydesk.core.vault.keys import Kdf
from therapydesk.core.vault.vault import NewPractice, Vault

COMMITS, BULK, ENTRIES, STEP, RUNS = 300, 100_000, 1_000_000, 10_000, 3
MOST_MORE = 0.0009  # seconds a commit may take longer with an entry
ROWS_A_SECOND = 27_000
MOST_CHECK = 25.0
COLUMNS = "seq, at, actor, role, action, ref, detail, prev, hash"


def measure() -> list[Figure]:
    """In a new vault of its own, which only holds a log."""
    with tempfile.TemporaryDirectory(prefix="therapydesk-bench-") as folder:
        new = NewPractice("Bench", "Bench", ("owner",), "walking slowly by the sea")
        vault, _code = Vault.create(Path(folder) / "vault", new, host=plugins(), kdf=Kdf.minimum())
        with closing(vault):
            return [_commits(vault), _bulk(vault), _check(vault)]


def _commits(vault: Vault) -> Figure:
    """The same short write with and without an entry, in turn; and a bare commit of as much."""
    plain, logged, bare = [], [], []
    with plain_file() as raw:
        raw.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, text)")
        for n in range(COMMITS):
            plain.append(_one(vault, n, told=False))
            logged.append(_one(vault, n, told=True))
            start = time.perf_counter()
            raw.execute("BEGIN IMMEDIATE")
            raw.execute("INSERT INTO t (text) VALUES (?)", ("x" * 200,))
            raw.execute("COMMIT")
            bare.append(time.perf_counter() - start)
    without, with_entry = median(plain), median(logged)
    note = (
        f"{(with_entry - without) * 1000:.2f} ms more than the same write without an entry"
        f" ({without * 1000:.2f} ms); medians of {COMMITS}, in turn. The limit is a bare commit."
    )
    return Figure(
        "P13",
        "a short write with its entry in the log",
        f"≤ {MOST_MORE * 1000:.1f} ms more than without",
        without + MOST_MORE,
        median(bare),
        with_entry,
        note=note,
        part="commit",
    )


def _one(vault: Vault, number: int, *, told: bool) -> float:
    start = time.perf_counter()
    with vault.write("core") as db:
        db.merge(SealedDraft(author=vault.user.id, key="bench", sealed=str(number).encode() * 20))
        if told:
            audit.record(db, "probe", None, {"n": number})
    return time.perf_counter() - start


def _bulk(vault: Vault) -> Figure:
    """Entries of a large write, in one unit of work."""
    took, limits = [], []
    for _ in range(RUNS):
        took.append(_add(vault, BULK))
        with vault.read() as db:
            query = f"SELECT {COLUMNS} FROM audit_entry ORDER BY seq DESC LIMIT {BULK}"  # noqa: S608  (numbers of ours)
            rows = [tuple(row)[1:] for row in db.connection().exec_driver_sql(query)]
        limits.append(time_inserts(rows))
    figure = median(took)
    note = f"{BULK / figure:,.0f} entries a second; medians of {RUNS}."
    goal = BULK / ROWS_A_SECOND
    return Figure(
        "P13",
        f"{BULK:,} entries in one unit of work",
        f"≥ {ROWS_A_SECOND:,} a second",
        goal,
        median(limits),
        figure,
        note=note,
        part="bulk",
    )


def _add(vault: Vault, count: int) -> float:
    news: list[Any] = [("probe", None, {"table": "person", "columns": ["address"]}) for _ in range(STEP)]
    start = time.perf_counter()
    with vault.write("core") as db:
        for _ in range(count // STEP):
            audit._append(db, news)
    return time.perf_counter() - start


def _check(vault: Vault) -> Figure:
    """All of a log of a million entries; the limit reads the same rows and hashes what they hold."""
    with vault.read() as db:
        there = audit.read_head(db, "core").seq
    while there < ENTRIES:
        _add(vault, min(BULK, max(STEP, ENTRIES - there)))
        with vault.read() as db:
            there = audit.read_head(db, "core").seq
    path = generations.zone_file(vault.folder, "core", vault.unlocked.current["core"])
    start = time.perf_counter()
    with closing(generations.connect_alone(path, vault.unlocked.ring.zones["core"])) as raw:
        for row in raw.execute(f"SELECT {COLUMNS} FROM audit_entry ORDER BY seq"):  # noqa: S608  (columns of ours)
            hashlib.sha256("".join(map(str, row)).encode()).hexdigest()
    limit = time.perf_counter() - start
    start = time.perf_counter()
    with vault.read() as db:
        result = audit_check.verify(db, "core")
    took = time.perf_counter() - start
    assert result.sound, result
    note = f"{result.entries / took:,.0f} entries a second. The limit reads and hashes the same rows."
    work = f"the log of {result.entries:,} entries checked"
    return Figure("P13", work, f"≤ {MOST_CHECK:.0f} s", MOST_CHECK, limit, took, note=note, part="check")
