"""`therapydesk referrals …`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.plugins.referrals.conftest import LIST, Office
from therapydesk.api import CliContext, Person, UserError
from therapydesk.plugins.referrals.commands import referrals
from therapydesk.plugins.referrals.models import Batch

Run = Callable[..., str]


@pytest.fixture
def run(office: Office) -> Run:
    def run(*argv: str, machine: bool = True) -> str:
        context = CliContext(None, json=machine, _vault=office.vault)  # type: ignore[arg-type]  # no plugin is asked
        answer = CliRunner().invoke(referrals, list(argv), obj=context, standalone_mode=False)
        if answer.exception is not None:
            raise answer.exception
        return answer.output

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "april.csv"
    path.write_bytes(LIST.replace(",", ";").replace("Ann; Bob", "Ann, Bob").encode("latin-1"))
    return path


def test_plan_prints_one_object_a_file_and_writes_nothing(run: Run, file: Path, office: Office) -> None:
    made = json.loads(run("plan", str(file)))
    assert list(made) == [
        *("file", "format", "rows", "new", "same", "perhaps_same", "refused", "people", "problems"),
    ]
    assert (made["file"], made["format"], made["rows"]) == ("april.csv", "csv", 6)
    assert (made["new"], made["same"], made["perhaps_same"], made["refused"]) == (3, 0, 0, 3)
    gwen = made["people"][0]
    assert gwen == {
        "name": "Gwen Tudor",
        "nhs_number": "9434765919",
        "nhs_number_ok": True,
        "born_on": "1971-03-17",
        "postcode": "CF10 1AA",
        "phone": "+447700900123",
        "email": "",
        "reason": "Low mood",
        "referrer": "Nia Bevan, Cathays team",
        "row": 2,
    }
    harjit = next(p for p in made["people"] if p["row"] == 4)
    assert (harjit["nhs_number"], harjit["nhs_number_ok"]) == ("9434765918", False)
    assert {"row", "column", "message"} == set(made["problems"][0])
    assert not office.all(Person)
    assert not office.all(Batch)


def test_two_files_are_two_lines(run: Run, file: Path) -> None:
    lines = run("plan", str(file), str(file)).splitlines()
    assert [json.loads(line)["rows"] for line in lines] == [6, 6]


def test_a_file_that_cannot_be_read_is_refused_and_named(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="“nowhere.csv” is not there"):
        run("plan", str(tmp_path / "nowhere.csv"))


def test_import_undo_and_list(run: Run, file: Path, office: Office) -> None:
    with pytest.raises(UserError, match=r"3 of 6 rows cannot be read, first row 5.*--only-good"):
        run("import", str(file))
    assert not office.all(Person)
    unread = file.with_name("unread.csv")
    (done,) = json.loads(run("import", str(file), "--only-good", "--unread", str(unread)))
    assert (done["imported"], done["left_out"]) == (3, 3)
    assert "31/02/1951" in unread.read_text("utf-8-sig")
    rows = json.loads(run("list"))
    assert [row["name"] for row in rows] == ["Gwen Tudor", "Femi", "Harjit Sandhu"]
    accepted = json.loads(run("accept", rows[0]["id"]))
    assert accepted["state"] == "accepted"
    assert accepted["episode"]
    with pytest.raises(UserError, match="cannot be undone"):
        run("undo", done["batch"])


def test_undo_takes_it_back(run: Run, file: Path, office: Office) -> None:
    (done,) = json.loads(run("import", str(file), "--only-good"))
    assert json.loads(run("undo", done["batch"])) == {"batch": done["batch"], "undone": 3}
    assert json.loads(run("list", "--state", "all")) == []
    assert not office.all(Person)


def test_people_read_it_too(run: Run, file: Path) -> None:
    text: Any = run("plan", str(file), machine=False)
    assert "6 rows. New 3, same person 0" in text
    assert "row 5, column C: The date of birth “31/02/1951” cannot be read." in text
