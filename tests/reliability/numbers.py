"""How often each harness does its worst (security §11): on each submission (CI), and before a release (`dev.py soak`).

A harness asks `rounds("S1", 30)`: five rounds of thirty on each submission. `dev.py soak` sets two variables: with
THERAPYDESK_SOAK the numbers of a release count, until the seconds in it are over; into the file THERAPYDESK_SOAK_REPORT
each harness writes how far it came.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

SOAK, REPORT = "THERAPYDESK_SOAK", "THERAPYDESK_SOAK_REPORT"
CI: dict[str, int] = {"S1": 150, "S2": 1000, "S3": 60, "S4": 40, "S15": 100, "S16": 65, "S17": 200, "S21": 20}
RELEASE: dict[str, int] = {
    "S1": 5000,
    "S2": 50_000,
    "S3": 1000,
    "S4": 500,
    "S15": 2000,
    "S16": 10_300,
    "S17": 5000,
    "S21": 200,
}


def soaking() -> bool:
    """Whether the numbers of a release count."""
    return SOAK in os.environ


def wanted(harness: str) -> int:
    """How often the harness does its worst in all."""
    return (RELEASE if soaking() else CI)[harness]


def limit(seconds: int) -> int:
    """The time limit of a test; a soak has limits of its own."""
    return 0 if soaking() else seconds


def rounds(harness: str, each: int = 1, parts: int = 1) -> Iterator[int]:
    """Numbers of rounds, each of which does its worst `each` times; in a soak it ends early when the time is over, after
    one round at least. A test that is one of several `parts` of its harness does its share.
    """
    started, done, total = time.monotonic(), 0, -(-wanted(harness) // parts)
    try:
        for number in range(-(-total // each)):
            if number and soaking() and time.monotonic() - started > float(os.environ[SOAK]) / parts:
                return
            yield number
            done += each
    finally:
        tell(harness, done, total)


def tell(harness: str, done: int, total: int) -> None:
    """Say to a soak how far a harness came."""
    if REPORT in os.environ:
        with Path(os.environ[REPORT]).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"id": harness, "done": done, "wanted": total}) + "\n")
