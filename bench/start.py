"""P1: process start until the unlock page is painted and takes keys."""

from __future__ import annotations

from bench.figures import Figure, median
from bench.fresh import run_fresh
from bench.practice import Practice

RUNS = 9


def measure(practice: Practice) -> list[Figure]:
    """Start both in turn, after one start each that warms the disk's cache."""
    whole, empty = [], []
    for n in range(RUNS + 1):
        seconds = run_fresh(practice.home, "start_app", practice.vault)["seconds"]
        bare = run_fresh(practice.home, "start_empty")["seconds"]
        if n:
            whole.append(seconds)
            empty.append(bare)
    figure, limit = median(whole), median(empty)
    note = f"Median of {RUNS} starts each; the fastest took {min(whole):.2f} s against {min(empty):.2f} s."
    goal = min(0.35, 1.5 * limit)
    work = "process start → unlock page painted"
    return [Figure("P1", work, "≤ 350 ms and ≤ 1.5 × limit", goal, limit, figure, note=note)]
