"""python3 dev.py bench [ids …] [--people N]: the figures, each beside its limit measured in the same run."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import invoices, people, report, start
from bench.figures import Figure
from bench.practice import Practice, grow, make_small

Measure = Callable[[Practice, Practice], list[Figure]]


def _people(_small: Practice, large: Practice) -> list[Figure]:
    run = people.run(large)
    return people.search_figures(run, large.people) + people.list_figures(run, large.people)


GROUPS: dict[tuple[str, ...], Measure] = {
    ("P1",): lambda small, _large: start.measure(small),
    ("P5", "P9"): _people,
    ("P7", "P8"): lambda small, _large: invoices.measure(small),
}


def main(argv: list[str]) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="id", help="which figures (P1 …); all unless given")
    parser.add_argument("--people", type=int, default=5000, help="people in the large practice")
    options = parser.parse_args(argv)
    wanted = {name.upper() for name in options.ids}
    unknown = wanted - {name for names in GROUPS for name in names}
    if unknown:
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    began = time.monotonic()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="therapydesk-bench-") as folder:
        print("Making the practices (made-up people) …", flush=True)
        small = make_small(Path(folder))
        large = grow(small, options.people)
        for names, measure in GROUPS.items():
            if wanted and not wanted & set(names):
                continue
            print(f"Measuring {', '.join(names)} …", flush=True)
            found = measure(small, large)
            figures += [f for f in found if not wanted or f.id in wanted]
    figures.sort(key=lambda f: int(f.id[1:]))
    report.show(figures, large.people, time.monotonic() - began, keep=not wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
