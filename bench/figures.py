"""What is measured: a figure beside its limit and its goal, and the arithmetic for both."""

from __future__ import annotations

import csv
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HEADS = ("id", "work", "goal", "limit", "figure", "ratio", "met or why not")
REASONS = Path(__file__).with_name("reasons.csv")  # id, part, why a goal is not met


@dataclass(frozen=True)
class Figure:
    """One line of the table. `goal` is the most that `figure` should be, in `unit`.

    `limit` is the barest code doing the same work in the same run; `said` is what the goal is in words; `part`
    names the line among those of one id.
    """

    id: str
    work: str
    said: str
    goal: float | None
    limit: float | None
    figure: float
    unit: str = "s"
    note: str = ""
    part: str = ""

    @property
    def met(self) -> str:
        """Whether the goal is met: yes, or no and why; a dash where there is none."""
        if self.goal is None:
            return "–"
        if self.figure <= self.goal:
            return "yes"
        why = reasons().get((self.id, self.part), "")
        return f"no: {why}" if why else "no"

    def cells(self) -> tuple[str, ...]:
        """The line as text."""
        ratio = f"{self.figure / self.limit:.2f}" if self.limit else "–"
        limit = show(self.limit, self.unit) if self.limit is not None else "–"
        return (self.id, self.work, self.said, limit, show(self.figure, self.unit), ratio, self.met)


@cache
def reasons() -> dict[tuple[str, str], str]:
    """Why goals are not met, by id and part."""
    with REASONS.open(encoding="utf-8", newline="") as file:
        return {(row["id"], row["part"]): row["reason"] for row in csv.DictReader(file)}


def show(value: float, unit: str) -> str:
    """A figure with its unit, to three digits that mean something."""
    if unit == "s" and value < 1:
        value, unit = value * 1000, "ms"
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f} {unit}".strip()


def median(values: Iterable[float]) -> float:
    """The middle one."""
    return float(statistics.median(values))


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 stay under."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def table(figures: Sequence[Figure]) -> str:
    """All figures as a table in Markdown, with columns that also line up on a screen."""
    lines = [HEADS, *(f.cells() for f in figures)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEADS) - 1)]
    widths.append(len(HEADS[-1]))  # reasons may run on
    rule = tuple("-" * width for width in widths)
    rows = [lines[0], rule, *lines[1:]]
    return "\n".join(
        "| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in rows
    )
