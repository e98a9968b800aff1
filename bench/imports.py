"""P4: 10,000 referral rows from a file into the practice."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from bench.figures import Figure, median
from bench.plain import plain_file
from bench.practice import Practice
from bench.referral_rows import rows, write_csv, write_xlsx
from therapydesk.demo.files import HEADS
from therapydesk.plugins.referrals import importers
from therapydesk.plugins.referrals import service as referrals

ROWS, RUNS = 10_000, 3
STEPS = ("read", "plan", "write")
COLUMNS = ", ".join(f"c{n}" for n in range(len(HEADS)))
Read = Callable[[Path], Iterable[Any]]


def measure(small: Practice, large: Practice) -> list[Figure]:
    """Each file some times, each time into a fresh copy; its limit in between."""
    made = rows(small, large, ROWS)
    found = []
    for name, write, bare, goal in (
        ("CSV", write_csv, _bare_csv, 1.5),
        ("XLSX", write_xlsx, _bare_xlsx, 2.5),
    ):
        path = large.home / f"referrals.{name.lower()}"
        write(path, made)
        runs, limits = [], []
        for _ in range(RUNS):
            runs.append(_import(large, path))
            limits.append(_plain_import(path, bare))
        found.append(_figure(name, goal, large.people, runs, limits))
    return found


def _import(large: Practice, path: Path) -> dict[str, float]:
    """Seconds of each step, and how many rows were `written`, the `same` or `perhaps_same` as somebody here."""
    with large.copied() as copy, copy.opened() as vault:
        times = [time.perf_counter()]
        source = importers.read(path)
        times.append(time.perf_counter())
        with vault.read() as db:
            plan = referrals.plan(db, source)
        times.append(time.perf_counter())
        with vault.write("core") as db:
            result = referrals.carry_out(db, plan)
        times.append(time.perf_counter())
    assert len(plan.rows) == ROWS
    steps = {step: times[n + 1] - times[n] for n, step in enumerate(STEPS)}
    kinds = {kind: float(plan.count(kind)) for kind in ("new", "same", "perhaps_same", "refused")}
    return {**steps, **kinds, "written": float(result.written)}


def _plain_import(path: Path, read: Read) -> float:
    """The limit: the file read by the barest code, and its cells put into a plain full-text table."""
    with plain_file() as file:
        file.execute(f"CREATE VIRTUAL TABLE s USING fts5({COLUMNS})")
        start = time.perf_counter()
        file.execute("BEGIN IMMEDIATE")
        file.executemany(f"INSERT INTO s VALUES ({', '.join('?' * len(HEADS))})", read(path))
        file.execute("COMMIT")
        return time.perf_counter() - start


def _bare_csv(path: Path) -> Iterable[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def _bare_xlsx(path: Path) -> Iterable[list[Any]]:
    yield from CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def _figure(name: str, goal: float, people: int, runs: list[dict[str, float]], limits: list[float]) -> Figure:
    middle = {key: median(run[key] for run in runs) for key in runs[0]}
    whole = median(sum(run[step] for step in STEPS) for run in runs)
    steps = ", ".join(f"{step} {middle[step]:.2f} s" for step in STEPS)
    kinds = f"{middle['new']:,.0f} new, {middle['same']:,.0f} the same, {middle['perhaps_same']:,.0f} perhaps the same"
    note = f"{steps}; {kinds}; {middle['written']:,.0f} rows written. Median of {RUNS}."
    work = f"import {ROWS:,} referral rows from {name}, duplicates against {people:,} people"
    return Figure("P4", work, f"≤ {goal} s", goal, median(limits), whole, note=note, part=name)
