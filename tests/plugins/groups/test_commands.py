"""`therapydesk groups …`, and what groups answer when others ask."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.plugins.groups.conftest import Choir
from therapydesk.api import merge_people, now, today
from therapydesk.cli import main as cli
from therapydesk.plugins.groups import after, answers, register, roster, venue_checks

Run = Any


@pytest.fixture
def run(
    choir: Choir, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """`run("groups", "list")`: the answer as data; the vault is closed for it and opened again."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE)
    access = ["--vault", str(choir.vault.folder), "--user", USER, "--passphrase-file", str(secret), "--json"]

    def call(*words: str, status: int = 0) -> Any:
        choir.vault.close()
        assert cli.run([*words, *access, "--no-plugins"]) == status
        said = capsys.readouterr()
        return json.loads(said.out) if status == 0 else said.err

    return call


def session_of(choir: Choir) -> UUID:
    choir.join("Carys Bowen")
    choir.join("Rafiq Aziz")
    choir.join("Nasreen Aziz", comes_with="Rafiq Aziz")
    (session,) = choir.book()
    return session


def test_a_register_is_taken_and_what_it_comes_to_is_told(choir: Choir, run: Run) -> None:
    session = session_of(choir)
    found = run(
        *("groups", "register", str(session), "--came", "Rafiq Aziz", "--came", "Nasreen Aziz"),
        *("--no-word", "Carys Bowen", "--heads", "3", "--finish"),
    )
    assert found["finished"]
    assert (found["people"], found["carers"], found["pairs"], found["anonymous"]) == (1, 1, 1, 3)
    assert run("groups", "rates") == [
        {
            "group": "Tuneful Wednesdays",
            "sessions": 1,
            "people": 1,
            "carers": 1,
            "pairs": 1,
            "anonymous": 3,
            "visits": 5,
            "rate": pytest.approx(2 / 3),
        }
    ]
    assert run("groups", "rates", "tuneful", "--until", str(today() - timedelta(days=1))) == []
    (listed,) = run("groups", "list")
    assert (listed["name"], listed["members"]) == ("Tuneful Wednesdays", 2)


def test_a_name_that_is_not_on_it_is_refused_and_nothing_is_marked(choir: Choir, run: Run) -> None:
    session = session_of(choir)
    assert "called “Nobody”" in run(
        "groups", "register", str(session), "--came", "Rafiq Aziz", "--came", "Nobody", status=2
    )
    assert {row["state"] for row in run("groups", "register", str(session))["rows"]} == {"expected"}


def test_what_is_due_and_what_happened_is_told_by_role(choir: Choir) -> None:
    session = session_of(choir)
    choir.do(venue_checks.add_check, choir.group_id, "Piano castors", today())
    choir.hold(session)
    with choir.vault.read() as db:
        assert {item.text for item in answers.due(db, today())} == {
            "Tuneful Wednesdays: Piano castors",
            "Tuneful Wednesdays: group note to write",
        }
        assert [hit.title for hit in answers.hits(db, "tuneful", 5)] == ["Tuneful Wednesdays"]
    carys = choir.people["Carys Bowen"]
    with choir.vault.write("clinical") as db:
        after.sign_note(db, after.save_note(db, session, "Rounds.", {carys: "Led a verse."}))
    with choir.vault.read() as db:
        said = [m.text for m in answers.moments(db, carys, now() - timedelta(days=200))]
    assert said == ["Joined Tuneful Wednesdays", "Tuneful Wednesdays: Led a verse."]
    choir.vault.add_user("Sam Admin", ["admin"], PASSPHRASE, [])
    choir.vault.unlock("Sam Admin", PASSPHRASE)
    with choir.vault.read() as db:
        assert [m.text for m in answers.moments(db, carys, now() - timedelta(days=200))] == [
            "Joined Tuneful Wednesdays"
        ]
        assert [item.text for item in answers.due(db, today())] == ["Tuneful Wednesdays: Piano castors"]


def test_who_is_away_by_plan_is_told_wherever_they_are_shown(choir: Choir) -> None:
    dot = choir.join("Dot")
    choir.do(roster.plan_absence, dot, today(), today() + timedelta(days=3))
    with choir.vault.read() as db:
        (fact,) = answers.facts(db, [choir.people["Dot"]])[choir.people["Dot"]]
    assert fact.text.startswith("Away until")


def test_two_records_of_one_person_on_a_roster_are_joined_and_the_counts_stay(choir: Choir) -> None:
    session = session_of(choir)
    choir.hold(session)
    choir.join("Carys Bowen-Jones")
    with choir.vault.write("core") as db:
        merge_people(db, choir.people["Carys Bowen"], choir.people["Carys Bowen-Jones"])
    choir.vault.settle()
    found = choir.read(session)
    assert (found.count.people, found.count.carers, found.count.visits) == (2, 1, 3)


def test_a_register_of_another_therapist_is_not_theirs_to_take(choir: Choir) -> None:
    session = session_of(choir)
    choir.vault.add_user("Other Therapist", ["therapist"], PASSPHRASE, ["clinical"])
    choir.vault.unlock("Other Therapist", PASSPHRASE)
    from therapydesk.api import PermissionDenied

    with pytest.raises(PermissionDenied):
        choir.do(register.check_in, session, 1)
    choir.vault.unlock(USER, PASSPHRASE)


def test_a_sheet_is_saved_planned_and_taken_in(choir: Choir, run: Run, tmp_path: Path) -> None:
    session = session_of(choir)
    out, filled = tmp_path / "out.csv", tmp_path / "filled.csv"
    assert run("groups", "sheet", "save", str(session), str(out))["session"] == str(session)
    assert "Rafiq Aziz" in out.read_text("utf-8-sig")
    filled.write_text("Name,Mark\nCarys Bowen,P\nRafiq Aziz,A\n", "utf-8")
    wanted = ("groups", "sheet", "take-in", str(session), str(filled))
    planned = run(*wanted, "--plan")
    assert [(row["name"], row["what"], row["mark"]) for row in planned] == [
        ("Carys Bowen", "mark", "came"),
        ("Rafiq Aziz", "mark", "sent_apologies"),
    ]
    assert [row["what"] for row in run(*wanted)] == ["mark", "mark"]
    assert [row["what"] for row in run(*wanted)] == ["same", "same"]
    filled.write_text("Name,Mark\nNobody Known,P\n", "utf-8")
    run(*wanted, status=2)
    filled.write_text("What\nCarys\n", "utf-8")
    assert "no column called “Name”" in run(*wanted, status=2)


def test_rates_up_to_a_day_before_the_first_are_refused(choir: Choir, run: Run) -> None:
    said = run("groups", "rates", "--since", "2026-05-02", "--until", "2026-05-01", status=2)
    assert "before the first" in said
