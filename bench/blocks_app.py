"""Fresh process: what people do in the real window, with the event loop watched all the time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import journeys
from bench.fresh import answer, since_start
from bench.heartbeat import Heartbeat
from bench.painted import wait
from bench.real_program import RealProgram

IDLE_MS = 2000


def main() -> None:
    """Measure and hand back: for each journey, the longest block of each of its steps, and the longest work of the window's
    thread in one go, and how long it took in all; in seconds.
    """
    real = RealProgram(Path(sys.argv[1]))
    real.activate()
    short, long = map(Path, sys.argv[2:4])
    beat = Heartbeat()
    wait(200)
    beat.take()
    beat.take_work()
    wait(IDLE_MS)
    idle = beat.take()
    real.unlock()
    wait(journeys.SETTLE_MS)
    found = {"unlock, to Today": {"unlock": beat.take()}}
    works = {"unlock, to Today": beat.take_work()}
    done: dict[str, Callable[[journeys.Step], None]] = {
        "open each page": partial(journeys.open_pages, real.view),
        "open a person and each tab": partial(journeys.open_person, real.view),
        "open a concern": partial(journeys.open_concern, real.view),
        "open a group": partial(journeys.open_groups, real.view),
        "type a session into the diary": partial(journeys.type_session, real.view),
        "type a note": partial(journeys.type_note, real.view),
        "type in the People filter": partial(journeys.type_filter, real.view),
        "type in the palette": partial(journeys.type_palette, real.view),
        f"plan the import of {_rows(short)} rows": partial(journeys.plan_import, real.view, short),
        f"plan the import of {_rows(long):,} rows": partial(journeys.plan_import, real.view, long),
        "issue an invoice": partial(journeys.issue_invoices, real.view, 1),
        "issue 30 invoices": partial(journeys.issue_invoices, real.view, 30),
    }
    took = {"unlock, to Today": since_start()}
    for name, journey in done.items():
        began = time.monotonic()
        seen = found.setdefault(name, {})

        def step(words: str, seen: dict[str, float] = seen, name: str = name) -> None:
            block, worked = beat.take(), beat.take_work()
            if words:
                seen[words] = max(block, seen.get(words, 0.0))
                works[name] = max(worked, works.get(name, 0.0))

        step("")
        journey(step)
        took[name] = time.monotonic() - began
    answer(idle=idle, journeys=found, works=works, took=took)


def _rows(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines()) - 1


main()
