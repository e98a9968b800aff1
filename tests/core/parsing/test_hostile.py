"""Bad imports (security §11, S16): refused or read within the limits. The control shows that these matter."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.core.parsing import hostile
from tests.core.parsing.conftest import DATA
from therapydesk.core.errors import UserError
from therapydesk.core.parsing.limits import MiB
from therapydesk.core.parsing.types import Parsed

Through = Callable[[str, bytes], Parsed]
ROOT = Path(__file__).parents[3]

# What must be said of it; "" for files that may be read as they are.
SAID = {
    "bomb.xlsx": "far more than a spreadsheet",
    "many-small-bombs.xlsx": "far more than a spreadsheet",
    "many-parts.xlsx": "more than 200 parts",
    "climbing.xlsx": "outside its folder",
    "climbing-backslash.xlsx": "outside its folder",
    "absolute.xlsx": "outside its folder",
    "drive.xlsx": "outside its folder",
    "doubled.xlsx": "two parts of the same name",
    "macros.xlsm": "has macros",
    "excel4-macros.xlsx": "has macros",
    "cut.xlsx": "is damaged",
    "only-the-end.xlsx": "empty ZIP file",
    "encrypted.zip": "password",
    "no-sheet.xlsx": "damaged spreadsheet",
    "word.docx": "text document",
    "plain.zip": "Unpack it",
    "far-corner.xlsx": "too much memory",
    "wide-and-deep.xlsx": "too much memory",
    "wrong-reference.xlsx": "rows",
    "laughs.xlsx": "damaged spreadsheet",
    "too-many-rows.xlsx": "20,000 rows",
    "too-many-cells.xlsx": "600,000 filled cells",
    "one-long-text.xlsx": "too much memory",
    "repeated-rows.ods": "20,000 rows",
    "repeated-columns.ods": "500 columns",
    "not-really.xls": "damaged spreadsheet",
    "all-ff.xls": "damaged spreadsheet",
    "endless-quote.csv": "20,000 rows",
    "many-open-quotes.csv": "broken quotation marks in many rows, first in row 2",
    "huge-field.csv": "100,000 characters in row 2",
    "one-line.csv": "100,000 characters in row 1",
    "only-commas.csv": "no rows",
    "only-quotes.csv": "100,000 characters",
    "only-newlines.csv": "is empty",
    "too-many-rows.csv": "20,000 rows",
    "too-many-cells.csv": "600,000 filled cells",
    "too-large.csv": "larger than 20 MiB",
    "nuls.csv": "",
    "spaces.csv": "is empty",
    "utf16-cut.csv": "",
    "wrong-utf8.csv": "",
    "random.bin": "of a kind this program does not know",
    "nan.json": "“NaN” where a number belongs",
    "infinity.json": "“-Infinity” where a number belongs",
    "doubled-key.json": "has “name” twice",
    "deep-lists.json": "nested too deeply",
    "deep-closed.json": "nested too deeply",
    "deep-objects.json": "nested too deeply",
    "extensions.json": "nested too deeply",
    "long-number.json": "",
    "cut.json": "not valid JSON: line 1",
    "too-many.json": "more than 20,000 resources",
    "wrong-types.json": "",
    "types-all-wrong.json": "not a FHIR resource",
    "surrogate.json": "",
    "unknown.json": "“Patients”",
    "loops.json": "",
    "laughs.xml": "document type declaration",
    "outside.xml": "document type declaration",
    "late-dtd.xml": "document type declaration",
    "deep.xml": "nested too deeply",
    "many-elements.xml": "too many elements",
    "cut.xml": "not valid XML: line 1",
    "wrong-encoding.xml": "not valid XML.",
    "wrong-letters.xml": "not valid XML: line 1",
    "long-attribute.xml": "",
    "many-attributes.xml": "",
}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return dict(hostile.everything())


@pytest.mark.parametrize("name", SAID)
def test_refused_with_a_sentence_or_read(name: str, files: dict[str, bytes], through_worker: Through) -> None:
    started = time.monotonic()
    if not SAID[name]:
        through_worker(name, files[name])
    else:
        with pytest.raises(UserError) as refused:
            through_worker(name, files[name])
        assert SAID[name] in refused.value.message + " " + refused.value.help
        assert refused.value.message.startswith(f"“{name}” ")
        assert refused.value.help
    assert time.monotonic() - started < 11


def test_every_hostile_file_has_its_sentence(files: dict[str, bytes]) -> None:
    assert set(files) == set(SAID)


def _mutated(seed: int) -> tuple[str, bytes]:
    """A published file with a few bytes changed, lost or doubled."""
    chance = random.Random(seed)
    path = chance.choice(sorted(path for path in DATA.rglob("*") if path.is_file() and path.suffix != ".md"))
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 3, 20])):
        at = chance.randrange(len(content))
        match chance.randrange(4):
            case 0:
                content[at] = chance.randrange(256)
            case 1:
                del content[at : at + chance.choice([1, 50, 2000])]
            case 2:
                content[at:at] = content[at : at + chance.choice([1, 50, 2000])]
            case _:
                content[at:at] = bytes(chance.randrange(256) for _ in range(4))
        if not content:
            content = bytearray(b"x")
    return f"{seed}-{path.name}", bytes(content)


@pytest.mark.parametrize(
    "seeds", [range(start, start + 10) for start in range(0, 60, 10)], ids=lambda seeds: f"from {seeds.start}"
)
def test_damaged_files_are_read_or_refused(seeds: range, through_worker: Through) -> None:
    for seed in seeds:
        name, content = _mutated(seed)
        refused = _refusal(through_worker, name, content)
        assert refused is None or (f"“{name}”" in refused.message and refused.help), seed


def _refusal(through_worker: Through, name: str, content: bytes) -> UserError | None:
    try:
        through_worker(name, content)
    except UserError as refused:
        return refused
    return None


def test_control_without_limits_the_same_file_takes_far_more_memory() -> None:
    script = (
        "import resource, sys; from datetime import date\n"
        f"sys.path[:0] = [{str(ROOT)!r}]\n"
        "from tests.core.parsing.hostile import WIDE_AND_DEEP\n"
        "from therapydesk.core.parsing.refusal import Refused\n"
        "from therapydesk.core.parsing.sniff import parse\n"
        "try: parse(WIDE_AND_DEEP, None, date(2026, 1, 1))\n"
        "except Refused: pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 512 * MiB
