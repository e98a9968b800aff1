"""The soak finds every harness, counts as pytest counts, and says what was not done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.reliability import numbers, soak


def test_every_harness_of_the_folder_is_found_once() -> None:
    found = soak.find()
    files = [file for harness in found.values() for file in harness]
    there = {p.name for p in Path(__file__).parent.glob("test_s[0-9]*.py")}
    assert {Path(file).name for file in files} >= there
    assert len(files) == len(set(files))
    assert set(found) <= set(soak.NAMES)
    assert all((soak.ROOT / file).exists() for file in files)


def test_the_last_line_of_pytest_is_read() -> None:
    assert soak._counts("..\n3 failed, 24 passed, 1 error in 2.1s\n") == (24, 4)
    assert soak._counts("2 passed in 0.1s") == (2, 0)
    assert soak._counts("FAILED a\n1 failed in 62.10s (0:01:02)\n(rm_rf) error removing a folder\n") == (0, 1)
    assert soak._counts("") == (0, 0)


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        (soak.Row("S1", 3, 0, 1.0, 30, 5000), "sound as far as it went"),
        (soak.Row("S1", 3, 0, 1.0, 5000, 5000), "sound"),
        (soak.Row("S7", 3, 0, 1.0), "sound"),
        (soak.Row("S7", 3, 1, 1.0), "FAILED"),
        (soak.Row("S7", 0, 0, 1.0), "FAILED"),
        (soak.Row("S7", 0, 0, 1.0, hung=True), "did not end in time"),
    ],
)
def test_the_outcome_does_not_say_more_than_was_seen(row: soak.Row, outcome: str) -> None:
    assert row.outcome == outcome
    assert f"| {outcome} |" in row.line()


def test_a_submission_does_all_its_rounds_and_a_soak_ends_in_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(numbers.SOAK, raising=False)
    monkeypatch.setenv(numbers.REPORT, str(tmp_path / "report"))
    assert list(numbers.rounds("S1", 30)) == [0, 1, 2, 3, 4]
    assert numbers.limit(300) == 300
    monkeypatch.setenv(numbers.SOAK, "0")
    assert list(numbers.rounds("S1", 30)) == [0]
    assert numbers.limit(300) == 0
    told = [json.loads(line) for line in (tmp_path / "report").read_text().splitlines()]
    assert told == [{"id": "S1", "done": 150, "wanted": 150}, {"id": "S1", "done": 30, "wanted": 5000}]


def test_the_numbers_of_a_release_are_those_of_the_design_and_never_fewer_than_of_a_submission() -> None:
    assert set(numbers.CI) == set(numbers.RELEASE)
    assert all(numbers.CI[name] < numbers.RELEASE[name] for name in numbers.CI)
