"""P5 and P9: the People list opened, scrolled and searched, in a fresh process each."""

from __future__ import annotations

from typing import Any

from bench.figures import Figure, median
from bench.fresh import run_fresh
from bench.practice import Practice

RUNS = 3


def run(practice: Practice) -> dict[str, float]:
    """The medians of some runs; `bare_…` are those of the bare table."""
    runs: list[dict[str, Any]] = []
    for _ in range(RUNS):
        one = run_fresh(practice.home, "people_app", practice.vault)
        bare = run_fresh(practice.home, "bare_table", str(practice.people))
        runs.append({**one, **{f"bare_{name}": value for name, value in bare.items()}})
    return {name: median(r[name] for r in runs) for name in runs[0]}


def figures(run: dict[str, float], people: int) -> list[Figure]:
    """P5 and P9."""
    return [*_search(run, people), *_list(run, people)]


def _search(run: dict[str, float], people: int) -> list[Figure]:
    work = f"search in {people:,} people: key → painted list, p95"
    note = f"Median {run['key_median'] * 1000:.1f} ms. The limit is the query alone."
    return [Figure("P5", work, "≤ 20 ms", 0.020, run["query"], run["key"], note=note)]


def _list(run: dict[str, float], people: int) -> list[Figure]:
    first = f"People with {people:,} rows: page opened → list painted"
    scroll = "– scroll step, p95"
    grown = "– memory over the page before it"
    steps = "Half of the steps go page by page, half jump through the whole list."
    return [
        Figure("P9", first, "≤ 120 ms", 0.120, run["bare_first"], run["first"], part="first"),
        Figure("P9", scroll, "≤ 9 ms", 0.009, run["bare_scroll"], run["scroll"], "s", steps, "scroll"),
        Figure("P9", grown, "≤ 10 MB", 10, run["bare_memory"], run["memory"], "MB", part="memory"),
    ]
