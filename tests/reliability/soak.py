"""`python3 dev.py soak [--minutes N] [ids …]`: every harness of security §11 with the numbers of a release.

Harnesses that repeat something share the minutes; each of them ends when its share is over, and the table says how far it
came. The others do all there is to do. The result goes into docs/safety/soak.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import machine
from tests.reliability.numbers import RELEASE, REPORT, SOAK
from therapydesk.core.dates import show_day, today

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "safety" / "soak.md"
MORE = 1200  # seconds that a harness may take beyond its share, before it counts as hung
ELSEWHERE = {"S9": ["tests/core/test_permissions_matrix.py"]}
NAMES = {
    "S1": "kill -9 in the middle of service calls",
    "S2": "power cut, from what the engine really wrote",
    "S3": "kill -9 while migrating, restoring and changing keys",
    "S4": "disk full",
    "S5": "each database call of each service function fails",
    "S6": "a bit turned in every page; cut, missing and foreign files",
    "S7": "vaults of old formats",
    "S8": "each role's keys on each zone",
    "S9": "each service function for each role",
    "S11": "leaks",
    "S12": "locking",
    "S13": "keyring",
    "S14": "attacks on the log",
    "S15": "damaged backups",
    "S16": "bad imports",
    "S17": "formulas in exports",
    "S19": "two instances, folders and drives",
    "S20": "modules that misbehave",
    "S21": "erasing, then an older backup",
    "S22": "dependencies and wheels",
}
HEAD = """# Soak

Written by `python3 dev.py soak` on {day}: the harnesses of the security design (its section 11) with the numbers of a
release, as far as the time that was given went. "Done" is what was really done. Where only some harnesses were run, the
other rows are of the run before.

- Machine: {system}
- Versions: {versions}
- Run: {run}, {minutes} minutes for what repeats

| Harness | What it does | Done | For a release | Failures | Seconds | Outcome |
| --- | --- | ---: | ---: | ---: | ---: | --- |
"""


@dataclass
class Row:
    """How one harness ended. `done` and `wanted` are None where it has no number."""

    id: str
    passed: int
    failed: int
    seconds: float
    done: int | None = None
    wanted: int | None = None
    hung: bool = False

    @property
    def outcome(self) -> str:
        """In a word."""
        if self.hung:
            return "did not end in time"
        if self.failed or not self.passed:
            return "FAILED"
        if self.done is not None and self.wanted is not None and self.done < self.wanted:
            return "sound as far as it went"
        return "sound"

    def line(self) -> str:
        """The row of the table."""
        numbers = ("all", "all") if self.done is None else (f"{self.done:,}", f"{self.wanted:,}")
        what = NAMES.get(self.id, "")
        return f"| {self.id} | {what} | {numbers[0]} | {numbers[1]} | {self.failed} | {self.seconds:.0f} | {self.outcome} |"


def say(text: str) -> None:
    """One line for whoever waits."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def find() -> dict[str, list[str]]:
    """The test files of each harness, by its id."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests" / "reliability").glob("test_s[0-9]*.py")):
        number = re.match(r"test_(s\d+)_", path.name)
        if number is not None:
            found.setdefault(number[1].upper(), []).append(path.relative_to(ROOT).as_posix())
    return dict(sorted({**found, **ELSEWHERE}.items(), key=lambda item: int(item[0][1:])))


def run(harness: str, files: Sequence[str], seconds: float) -> Row:
    """One harness in a process of its own."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-") as place:
        report = Path(place) / "report.jsonl"
        environment = {**os.environ, SOAK: str(seconds / max(1, len(files))), REPORT: str(report)}
        mine = ["-p", "no:cacheprovider", "--basetemp", str(Path(place) / "tests")]
        words = [sys.executable, "-m", "pytest", "-q", *mine, *files]
        process = subprocess.Popen(
            words,
            cwd=ROOT,
            env={**environment, "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            output, _ = process.communicate(timeout=seconds * 4 + MORE)
        except subprocess.TimeoutExpired:
            _stop(process)
            return Row(harness, 0, 0, time.monotonic() - started, hung=True)
        row = Row(harness, *_counts(output), time.monotonic() - started)
        lines = report.read_text("utf-8").splitlines() if report.exists() else []
    told = [each for each in map(json.loads, lines) if each["id"] == harness]
    if told and harness in RELEASE:
        row.done, row.wanted = sum(each["done"] for each in told), RELEASE[harness]
    for line in output.splitlines():
        if line.startswith(("FAILED", "ERROR")):
            say(f"    {line}")
    return row


def _stop(process: subprocess.Popen[str]) -> None:
    """As by Ctrl+C, so that it takes its disks away; what does not hear that is killed."""
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _counts(output: str) -> tuple[int, int]:
    """How many tests passed and failed, from the line in which pytest says so."""
    last = next((each for each in reversed(output.splitlines()) if re.search(r" in \d+\.\d+s", each)), "")
    number = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|errors?)", last)}
    return number.get("passed", 0), number.get("failed", 0) + number.get("error", 0) + number.get("errors", 0)


def page(rows: Sequence[Row], known: Iterable[str], spell: machine.Spell, minutes: float) -> str:
    """The page as it is kept: what was run now, and the rows before for what was not."""
    head = HEAD.format(
        day=show_day(today()),
        system=machine.system(),
        versions=machine.versions(),
        run=spell.words(),
        minutes=f"{minutes:g}",
    )
    before = PAGE.read_text("utf-8") if PAGE.exists() else ""
    lines = {name: f"| {name} | {NAMES.get(name, '')} | | | | | not run yet |" for name in known}
    lines |= {
        line.split("|")[1].strip(): line for line in before.splitlines() if re.match(r"\| S\d+ \|", line)
    }
    lines |= {row.id: row.line() for row in rows}
    return head + "\n".join(lines[name] for name in sorted(lines, key=lambda n: int(n[1:]))) + "\n"


def main(argv: list[str]) -> int:
    """Entry point; 0 when all that was run is sound."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="id", help="which harnesses (S1 …); all unless given")
    parser.add_argument("--minutes", type=float, default=60.0, help="for all that repeats, together")
    options = parser.parse_args(argv)
    found = find()
    wanted = {name.upper() for name in options.ids} or set(found)
    if wanted - set(found):
        parser.error(f"no such harness: {', '.join(sorted(wanted - set(found)))}")
    chosen = {name: files for name, files in found.items() if name in wanted}
    share = options.minutes * 60 / max(1, len(set(chosen) & set(RELEASE)))
    spell, rows = machine.Spell(), list[Row]()
    for number, (name, files) in enumerate(chosen.items(), 1):
        say(f"[{number}/{len(chosen)}] {name}: {NAMES.get(name, '')} …")
        row = run(name, files, share if name in RELEASE else 0.0)
        rows.append(row)
        say(f"    {row.outcome}, {row.passed} tests passed, {row.seconds:.0f} s")
        text = page(rows, found, spell, options.minutes)
        PAGE.parent.mkdir(
            parents=True, exist_ok=True
        )  # after each: a run that is stopped leaves what it has seen
        PAGE.write_text(text, "utf-8")
    say(f"\n{text}")
    return int(any(row.failed or row.hung or not row.passed for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
