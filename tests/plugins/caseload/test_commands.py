"""`therapydesk people …`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.conftest import run_command
from therapydesk.api import UserError
from therapydesk.plugins.caseload.commands import people


@pytest.fixture
def run(practice):
    def run(*argv: str, as_json: bool = True) -> Any:
        return run_command(people, practice.vault, argv, as_json)

    return run


def test_one_name_and_a_way_to_reach_them_is_enough(run) -> None:
    made = run("add", "Zed", "--phone", "07700 900123")
    assert (made["name"], made["phones"]) == ("Zed", ["+447700900123"])
    assert run("show", made["id"])["id"] == made["id"]


def test_a_wrong_nhs_number_is_kept_apart(run) -> None:
    made = run("add", "Zed", "--best-way", "ask", "--nhs-number", "123 456 7890")
    assert (made["nhs_number"], made["nhs_number_unchecked"]) == ("", "123 456 7890")
    assert "does not check out" in run("show", "Zed", as_json=False)


def test_somebody_whom_nobody_can_reach_is_not_added(run) -> None:
    with pytest.raises(UserError, match="no way to reach them"):
        run("add", "Zed")
    assert run("search", "zed") == []


def test_somebody_like_that_is_asked_about_first(run) -> None:
    carys = ("add", "Carys Bowen", "--born", "1/3/1968", "--best-way", "ask")
    first = run(*carys)
    with pytest.raises(UserError, match="here already"):
        run(*carys)
    assert len(run("search", "carys")) == 1
    second = run(*carys, "--anyway")
    assert {r["id"] for r in run("search", "carys")} == {first["id"], second["id"]}


def test_list_by_stage_and_mine(practice, run) -> None:
    practice.person("Amara Probert")
    practice.person("Kit Lane", stage="waiting")
    practice.person("Gwen Bowen", stage="")
    assert [r["name"] for r in run("list")] == ["Amara Probert", "Gwen Bowen", "Kit Lane"]
    assert [r["name"] for r in run("list", "--stage", "waiting")] == ["Kit Lane"]
    assert [r["name"] for r in run("list", "--mine")] == ["Amara Probert"]
    assert "1 of 3 shown" in run("list", "--limit", "1", as_json=False)


def test_show_tells_what_was_said_only_with_the_right_to_it(practice, run) -> None:
    carys = practice.person("Carys Bowen")
    practice.say(carys, "enjoys", "Hymns")
    shown = run("show", "Carys", "Bowen")
    assert [s["text"] for s in shown["statements"]] == ["Hymns"]
    assert shown["episodes"][0]["stage"] == "active"
    practice.sign_in("Nia Bevan", "admin")
    assert run("show", "Carys")["statements"] == []


def test_a_name_that_fits_several_asks_for_more(practice, run) -> None:
    practice.person("Carys Bowen")
    practice.person("Carys Osei")
    with pytest.raises(UserError, match="2 people fit: Carys Bowen, Carys Osei"):
        run("show", "Carys")
    with pytest.raises(UserError, match="Nobody is called"):
        run("show", "Zebedee")
    assert "Nobody is called" in run("search", "Zebedee", as_json=False)
