"""P2 and P3: Enter on the passphrase until the People list is painted, and the memory that takes."""

from __future__ import annotations

from bench.figures import Figure, median
from bench.fresh import run_fresh
from bench.practice import Practice

RUNS = 3
MOST_OVER = 0.25  # seconds on top of the key derivation
LIST = 1000  # rows of the bare window


def run(practice: Practice) -> dict[str, float]:
    """The medians of some runs, after one that warms the disk's cache; `key` is the key derivation alone."""
    runs = []
    for _ in range(RUNS + 1):
        key = run_fresh(practice.home, "bare_key")["seconds"]
        whole = run_fresh(practice.home, "unlock_app", practice.vault)
        bare = run_fresh(practice.home, "bare_table", str(LIST))
        runs.append(
            {
                **whole,
                "key": key,
                "bare_memory": bare["whole"],
                "bare_own_memory": bare["own"],
                "over": whole["people"] - key,
            }
        )
    return {name: median(r[name] for r in runs[1:]) for name in runs[0]}


def figures(run: dict[str, float], people: int) -> list[Figure]:
    """P2 and P3."""
    key = run["key"]
    work = f"Enter on the passphrase → People list of {people:,} painted"
    said = f"≤ limit + {MOST_OVER * 1000:.0f} ms"
    over = f"{run['over'] * 1000:.0f} ms on top of the key derivation. Today is painted before it; medians of {RUNS}."
    memory = f"memory after P2, against a window with a list of {LIST:,} rows"
    shared = "Pages that several processes share are counted as this one's part of them."
    return [
        Figure("P2", work, said, key + MOST_OVER, key, run["people"], note=over),
        Figure("P2", "– → Today painted", said, key + MOST_OVER, key, run["first"], part="first"),
        Figure("P3", memory, "≤ 120 MB", 120, run["bare_memory"], run["memory"], "MB"),
        Figure(
            "P3",
            "– shared pages divided (PSS)",
            "≤ 120 MB",
            120,
            run["bare_own_memory"],
            run["own_memory"],
            "MB",
            shared,
            "own",
        ),
    ]
