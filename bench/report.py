"""The result: printed, and written to docs/benchmarks.md when everything was measured."""

from __future__ import annotations

from collections.abc import Sequence

from bench import machine
from bench.figures import Figure, table
from bench.fresh import ROOT
from therapydesk.core.dates import today

PAGE = ROOT / "docs" / "benchmarks.md"
MARK = "<!-- below: written by hand, kept by the bench -->"
HEAD = """# Figures

Written by `python3 dev.py bench` ({day}, {people:,} people, {minutes:.0f} minutes). Each figure stands beside its
limit: the same work done by the barest code in the same run, on the same machine, in turn with it. On a machine that
does other work at the same time, ratios and medians say something, a single time says little.

Machine: {system}; {load:.1f} processes wanted to run at the end, so it was {busy}.
Versions: {versions}.

"""


def show(figures: Sequence[Figure], people: int, seconds: float, *, keep: bool) -> None:
    """Print the table with its notes; with `keep` write the page too."""
    text = _result(figures)
    print(f"\n{text}")
    if not keep:
        return
    waiting = machine.load()
    busy = "busy with other work" if waiting > 1.5 else "about idle otherwise"
    facts = {"day": today(), "people": people, "minutes": seconds / 60, "busy": busy, "load": waiting}
    head = HEAD.format(**facts, system=machine.system(), versions=machine.versions())
    before = PAGE.read_text("utf-8") if PAGE.exists() else ""
    kept = before.partition(MARK)[2]
    PAGE.write_text(f"{head}{text}\n{MARK}{kept or chr(10)}", "utf-8")
    print(f"Written to {PAGE.relative_to(ROOT)}")


def _result(figures: Sequence[Figure]) -> str:
    notes = [f"- {f.id}, {f.work.removeprefix('– ')}: {f.note}" for f in figures if f.note]
    return table(figures) + "\n\n" + "\n".join(notes) + "\n"
