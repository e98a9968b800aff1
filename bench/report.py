"""The result: printed, and written to docs/benchmarks.md when everything was measured."""

from __future__ import annotations

from collections.abc import Sequence

from bench import machine
from bench.figures import Figure, table
from bench.fresh import ROOT
from bench.machine import Spell
from therapydesk.core.dates import show_day, today

PAGE = ROOT / "docs" / "benchmarks.md"
MARK = "<!-- below: written by hand, kept by the bench -->"
HEAD = """# Figures

Written by `python3 dev.py bench` on {day}; the large practice has {people:,} people. Each figure stands beside its
limit: the same work done by the barest code in the same run, on the same machine, in turn with it. On a machine that
does other work at the same time, ratios and medians say something, a single time says little.

- Machine: {system}
- Versions: {versions}
- Run: {run}

"""


def show(figures: Sequence[Figure], people: int, spell: Spell, *, keep: bool) -> None:
    """Print the table with its notes; with `keep` write the page too."""
    text = _result(figures)
    head = HEAD.format(
        day=show_day(today()),
        people=people,
        system=machine.system(),
        versions=machine.versions(),
        run=spell.words(),
    )
    print(f"\n{head}{text}")
    if not keep:
        return
    before = PAGE.read_text("utf-8") if PAGE.exists() else ""
    kept = before.partition(MARK)[2]
    PAGE.write_text(f"{head}{text}\n{MARK}{kept or chr(10)}", "utf-8")
    print(f"Written to {PAGE.relative_to(ROOT)}")


def _result(figures: Sequence[Figure]) -> str:
    notes = [f"- {f.id}, {f.work.removeprefix('– ')}: {f.note}" for f in figures if f.note]
    return table(figures) + "\n\n" + "\n".join(notes) + "\n"
