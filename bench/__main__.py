"""python3 dev.py bench [ids …] [--people N]: the figures, each beside its limit measured in the same run."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import (
    audit,
    backup,
    blocks,
    groups,
    growth,
    imports,
    invoices,
    notes,
    people,
    report,
    songbook,
    start,
    unlock,
)
from bench.figures import Figure
from bench.machine import Spell
from bench.measured import SMALL, Measured

GROUPS: dict[tuple[str, ...], Callable[[Measured], list[Figure]]] = {
    ("P1",): lambda of: start.measure(of.small),
    ("P2", "P3"): lambda of: unlock.figures(of.unlocked(of.middle), of.middle.people),
    ("P4",): lambda of: imports.measure(of.small, of.large),
    ("P5", "P9"): lambda of: people.figures(of.people(of.large), of.large.people),
    ("P6",): lambda of: notes.measure(of.middle),
    ("P7", "P8"): lambda of: invoices.measure(of.small),
    ("P11",): lambda of: blocks.measure(of.large),
    ("P12",): growth.figures,
    ("P13",): lambda _of: audit.measure(),
    ("P14",): lambda of: backup.measure(of.backup_mb),
    ("P15",): lambda of: groups.registers(of.small),
    ("P16",): lambda of: groups.years(of.choirs),
    ("P17",): lambda of: songbook.measure(of.small),
}


def main(argv: list[str]) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="id", help="which figures (P1 …); all unless given")
    parser.add_argument("--people", type=int, default=100_000, help="people in the large practice")
    parser.add_argument("--backup-mb", type=int, default=256, help="megabytes of the vault that is backed up")
    options = parser.parse_args(argv)
    if options.people < SMALL:
        parser.error(f"the large practice has at least {SMALL} people")
    wanted = {name.upper() for name in options.ids}
    unknown = wanted - {name for names in GROUPS for name in names}
    if unknown:
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    spell = Spell()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="therapydesk-bench-") as folder:
        measured = Measured(Path(folder), options.people, options.backup_mb)
        for names, measure in GROUPS.items():
            if wanted and not wanted & set(names):
                continue
            print(f"Measuring {', '.join(names)} …", flush=True)
            found = [f for f in measure(measured) if not wanted or f.id in wanted]
            for figure in found:  # a long run tells what it has so far
                print("  " + "; ".join(figure.cells()), flush=True)
            figures += found
    figures.sort(key=lambda f: int(f.id[1:]))
    report.show(figures, options.people, spell, keep=not wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
