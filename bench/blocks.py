"""P11: the longest block of the event loop in what people do."""

from __future__ import annotations

from typing import Any

from bench.figures import Figure, median, show
from bench.fresh import run_fresh
from bench.practice import Practice
from bench.referral_rows import rows, write_csv

RUNS = 3
MINUTES = 20  # of one process, after which it is given up: 1½ alone, 4 on a machine that does much else
SHORT, LONG = 40, 10_000  # rows of the files to import
MOST, MOST_TYPING = 0.100, 0.016
TYPING = "type"


def measure(practice: Practice) -> list[Figure]:
    """All journeys in a fresh process some times; of each the median of its longest blocks."""
    files = []
    for count in (SHORT, LONG):
        files.append(practice.home / f"blocks-{count}.csv")
        write_csv(files[-1], rows(practice, practice, count))
    runs: list[dict[str, Any]] = []
    for number in range(RUNS):
        with practice.copied() as copy:
            runs.append(run_fresh(copy.home, "blocks_app", copy.vault, *files, most=MINUTES * 60))
        print(f"  {_took(number, runs[-1]['took'])}", flush=True)  # a long run tells how far it is
    idle = median(run["idle"] for run in runs)
    steps = {
        journey: {step: median(run["journeys"][journey][step] for run in runs) for step in seen}
        for journey, seen in runs[0]["journeys"].items()
    }
    works = {journey: median(run["works"][journey] for run in runs) for journey in steps}
    return _figures(steps, works, idle, practice.people)


def _took(number: int, took: dict[str, float]) -> str:
    longest, seconds = max(took.items(), key=lambda journey: journey[1])
    return f"process {number + 1} of {RUNS}: {sum(took.values()):.0f} s, the longest of it “{longest}” with {seconds:.0f} s"


def _figures(
    steps: dict[str, dict[str, float]], works: dict[str, float], idle: float, people: int
) -> list[Figure]:
    worst = {journey: max(seen.values()) for journey, seen in steps.items()}
    typing = {journey: block for journey, block in worst.items() if journey.startswith(TYPING)}
    found = [
        _figure(f"longest block of the event loop in any journey, {people:,} people", "", worst, idle, MOST),
        _figure("– while typing", "typing", typing, idle, MOST_TYPING),
    ]
    for journey, block in worst.items():
        most = MOST_TYPING if journey in typing else MOST
        longest = sorted(steps[journey].items(), key=lambda step: -step[1])
        each = ", ".join(f"{step} {show(seconds, 's')}" for step, seconds in longest[:8])
        worked = f"the window's thread itself worked {show(works[journey], 's')} in one go"
        note = f"{each}; {worked}" if len(longest) > 1 else f"{worked[0].upper()}{worked[1:]}."
        said = f"≤ {show(most, 's')}"
        found.append(
            Figure(
                "P11",
                f"– {journey}",
                said,
                most,
                idle,
                block,
                note=note,
                part=journey,
            )
        )
    return found


def _figure(work: str, part: str, worst: dict[str, float], idle: float, most: float) -> Figure:
    where, block = max(worst.items(), key=lambda journey: journey[1])
    note = f"It is in “{where}”. The limit is the longest wait of an idle loop; medians of {RUNS} processes."
    return Figure("P11", work, f"≤ {show(most, 's')}", most, idle, block, note=note, part=part)
