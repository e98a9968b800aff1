"""Plans every file of a folder that referrals may be given: `python tests/shared/run.py FOLDER`.

Each file is planned, or refused with a sentence that names it; at most 10 s each, nothing written. Prints a
table; ends with 1 when a file crashes, takes too long, or is refused without being named.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from therapydesk.api import NewPractice, ReadFile, UserError  # noqa: E402  (the path must be there first)
from therapydesk.built_in import BUILT_IN  # noqa: E402
from therapydesk.core.permissions import ROLES  # noqa: E402
from therapydesk.core.plugins import load_all  # noqa: E402
from therapydesk.core.vault.keys import Kdf  # noqa: E402
from therapydesk.core.vault.vault import Vault  # noqa: E402
from therapydesk.plugins.referrals import importers, service  # noqa: E402
from therapydesk.plugins.referrals.commands import plan_data  # noqa: E402

MOST_SECONDS = 10.0
WANTED = {*importers.FILE_TYPES, ".psv", ".gz", ".zip", ".bin"}


@dataclass(frozen=True)
class Outcome:
    """What became of one file."""

    name: str
    seconds: float
    said: str
    fault: str = ""


def files_in(folder: Path) -> Iterator[Path]:
    """Every file of a kind that somebody may give to the import."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() in WANTED and path.name != "SOURCE.md":
            yield path


def read_file(path: Path) -> tuple[ReadFile | Exception, float]:
    """The file as read, or what was raised, and the seconds it took."""
    began = time.monotonic()
    try:
        return importers.read(path), time.monotonic() - began
    except Exception as error:  # noqa: BLE001  (finding crashes is what this is for)
        return error, time.monotonic() - began


def plan_file(vault: Any, path: Path, name: str, read: tuple[ReadFile | Exception, float]) -> Outcome:
    """Plan one file that was read. A UserError must name the file; anything else is a fault."""
    source, reading = read
    began = time.monotonic()
    said, fault = "crashed", ""
    try:
        if isinstance(source, Exception):
            raise source
        with vault.read() as db:
            data = plan_data(service.plan(db, source))
        said, fault = judge(data)
    except UserError as error:
        said = f"refused: {error}"
        fault = "" if path.name in str(error) else "the refusal does not name the file"
    except Exception as error:  # noqa: BLE001  (as above)
        fault = f"{type(error).__name__}: {error}"
    seconds = reading + time.monotonic() - began
    return Outcome(name, seconds, said, fault or ("took too long" if seconds > MOST_SECONDS else ""))


def judge(data: dict[str, Any]) -> tuple[str, str]:
    """What to say of a plan, and what is wrong with it."""
    json.dumps(data)
    counts = {key: data[key] for key in ("rows", "new", "same", "perhaps_same", "refused")}
    said = " ".join([data["format"], *(f"{key} {n}" for key, n in counts.items() if n)])
    if sum(counts.values()) != 2 * counts["rows"]:
        return said, "the counts do not add up"
    if not data["people"] and not data["problems"]:
        return said, "nobody was read, and nothing says why"
    if counts["refused"] and not any(p["message"] for p in data["problems"]):
        return said, "rows were refused without a reason"
    return said, ""


def digest(folder: Path) -> str:
    """A hash over the zone files of the vault, to see that nothing was written."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("zone.db*")):
        if not path.name.endswith("-shm"):
            found.update(path.read_bytes())
    return found.hexdigest()


def run(folder: Path) -> list[Outcome]:
    """Plan every file of the folder on an empty vault."""
    scratch = Path(tempfile.mkdtemp(prefix="therapydesk-shared-"))
    plugins = load_all(BUILT_IN, {}, (), contrib=False)
    new = NewPractice("Shared files", "Checker", ROLES, "four plain words together")
    vault, _code = Vault.create(scratch / "vault", new, host=plugins, kdf=Kdf.minimum())
    try:
        before = digest(scratch)
        paths = list(files_in(folder))
        with ThreadPoolExecutor(2) as readers:
            outcomes = [
                plan_file(vault, path, str(path.relative_to(folder)), read)
                for path, read in zip(paths, readers.map(read_file, paths), strict=True)
            ]
        if digest(scratch) != before:
            outcomes.append(Outcome("the vault", 0.0, "", "something was written"))
    finally:
        vault.close()
        shutil.rmtree(scratch, ignore_errors=True)
    return outcomes


def main(argv: list[str] | None = None) -> int:
    """Run, print the table, and say whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    outcomes = run(parser.parse_args(argv).folder)
    width = min(80, max((len(o.name) for o in outcomes), default=4))
    for outcome in outcomes:
        print(f"{outcome.name[-80:]:{width}}  {outcome.seconds:5.2f} s  {outcome.said[:150]}")
        if outcome.fault:
            print(f"{'':{width}}  FAULT: {outcome.fault[:300]}")
    faults = sum(1 for outcome in outcomes if outcome.fault)
    refused = sum(1 for outcome in outcomes if outcome.said.startswith("refused:"))
    print(f"{len(outcomes)} files, {refused} refused as a whole, {faults} faults")
    return 1 if faults or not outcomes else 0


if __name__ == "__main__":
    raise SystemExit(main())
