"""P15 and P16: a register of 200 opened and marked; ten years of groups listed, searched and counted (KC36)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from bench.figures import Figure, median
from bench.fresh import run_fresh
from bench.group_practices import SEED, add_register, add_years
from bench.plain import plain_file
from bench.practice import Practice, plugins
from therapydesk.api import hooks, today
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.groups import counting, service

RUNS, OPEN, MARK, ANSWER = 3, 0.150, 0.016, 0.200
SEARCHED = ("group 2", "carys", "bronwen ll")
TERM = timedelta(days=84)
BARE = "SELECT g, count(DISTINCT p), sum(n) FROM t WHERE came GROUP BY g"


def registers(practice: Practice) -> list[Figure]:
    """P15: in a fresh process each, in turn with a bare table that commits each mark to a plain file."""
    runs: list[dict[str, float]] = []
    with practice.copied() as copy:
        session = add_register(copy)
        for _ in range(RUNS):
            again = Practice(copy.home, copy.vault, copy.people)
            one = run_fresh(again.home, "register_app", again.vault, str(session))
            bare = run_fresh(again.home, "bare_register")
            runs.append({**one, **{f"bare_{name}": value for name, value in bare.items()}})
    run = {name: median(each[name] for each in runs) for name in runs[0]}
    worked = (
        f"The window's thread works {run['opening_work'] * 1000:.0f} ms at most in one go. Medians of {RUNS}."
    )
    whole = (
        f"p95 {run['key_p95'] * 1000:.1f} ms, of the limit {run['bare_key_p95'] * 1000:.1f} ms. The window's thread works"
        f" {run['key_work'] * 1000:.1f} ms for a key; the rest is waiting for the disk and for others."
    )
    opened = "register of 200 with alerts: opened → painted"
    return [
        Figure("P15", opened, "≤ 150 ms", OPEN, run["bare_first"], run["first"], note=worked),
        Figure(
            "P15",
            "– one key that marks → painted",
            "≤ 16 ms",
            MARK,
            run["bare_key"],
            run["key"],
            "s",
            whole,
            "mark",
        ),
    ]


def years(practice: Practice) -> list[Figure]:
    """P16: what a list, a search and the figures of groups take after ten years."""
    with practice.copied() as copy:
        held = add_years(copy)
        with copy.opened() as vault:
            bare = _bare(held.groups, held.attendances, held.people)
            listed = _timed(vault, lambda db: service.list_groups(db))
            found = [_timed(vault, partial(_search, text)) for text in SEARCHED]
            group = _one_group(vault)
            one = _timed(vault, lambda db: counting.rates(db, group_id=group))
            term = _timed(vault, lambda db: counting.rates(db, today() - TERM))
            every = _timed(vault, lambda db: counting.rates(db))
    size = f"{held.people:,} people, {held.groups} groups, {held.sessions:,} sessions, {held.attendances:,} attendances"
    note = f"{size}. Medians of {RUNS} after one that warms the cache. The limit counts the same heads in one flat table."
    said = "≤ 200 ms"
    return [
        Figure("P16", "ten years of groups: the list", said, ANSWER, None, listed, note=note),
        Figure("P16", "– search for a group or a person", said, ANSWER, None, max(found), part="search"),
        Figure("P16", "– rates of one group, ten years", said, ANSWER, bare / held.groups, one, part="one"),
        Figure("P16", "– rates of all groups, one term", said, ANSWER, None, term, part="term"),
        Figure("P16", "– rates of all groups, ten years", said, ANSWER, bare, every, part="all"),
    ]


def _search(text: str, db: Any) -> Any:
    return plugins().ask(hooks.search, db=db, text=text, limit=8).values


def _one_group(vault: Vault) -> Any:
    with vault.read() as db:
        return service.list_groups(db)[-1].id


def _timed(vault: Vault, call: Callable[[Any], object]) -> float:
    times = []
    for _ in range(RUNS + 1):
        with vault.read() as db:
            start = time.perf_counter()
            call(db)
            times.append(time.perf_counter() - start)
    return median(times[1:])


def _bare(groups: int, heads: int, people: int) -> float:
    """As many heads in one flat table of a plain file, counted by group."""
    rng, times = random.Random(SEED), []
    rows = [(n % groups, rng.randrange(people), 1, rng.random() < 0.82) for n in range(heads)]
    with plain_file() as file:
        file.execute("CREATE TABLE t (g INTEGER, p INTEGER, n INTEGER, came INTEGER)")
        file.execute("BEGIN")
        file.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
        file.execute("COMMIT")
        for _ in range(RUNS):
            start = time.perf_counter()
            file.execute(BARE).fetchall()
            times.append(time.perf_counter() - start)
    return median(times)
