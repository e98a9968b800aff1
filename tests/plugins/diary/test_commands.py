"""`therapydesk sessions …`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.plugins.conftest import run_command
from therapydesk.api import UserError, appointments
from therapydesk.plugins.diary.commands import sessions


@pytest.fixture
def run(practice):
    def run(*argv: str) -> Any:
        return run_command(sessions, practice.vault, argv)

    return run


def test_a_line_books_and_the_id_comes_back(practice, run) -> None:
    practice.person("Kit Lane")
    made = run("book", "thu 2pm Kit 45 weekly x2")
    assert made["id"] == made["ids"][0]
    assert [s["starts_at"] for s in made["sessions"]] == ["2026-05-07T14:00", "2026-05-14T14:00"]
    assert run("book", "tue", "2pm", "Kit")["sessions"][0]["minutes"] == 45


def test_options_say_the_same(practice, run) -> None:
    kit = practice.person("Kit Lane")
    practice.room("Music room")
    made = run(
        "book",
        "--person",
        str(kit),
        "--on",
        "2026-05-07",
        "--at",
        "14:00",
        "--minutes",
        "30",
        "--room",
        "music room",
    )
    assert (made["sessions"][0]["room"], made["sessions"][0]["minutes"]) == ("Music room", 30)
    both = run(
        "book",
        "--person",
        "Kit",
        "--person",
        str(practice.person("Osian Lane")),
        "--at",
        "fri 10:00",
        "--kind",
        "together",
    )
    assert both["sessions"][0]["heading"] == "Kit Lane and Osian Lane"
    own = run("book", "--kind", "own_time", "--title", "Supervision", "--on", "thu", "--at", "12:00")
    assert own["sessions"][0]["heading"] == "Supervision"


def test_refusals_are_one_sentence(practice, run) -> None:
    practice.person("Kit Lane")
    run("book", "thu 2pm Kit")
    with pytest.raises(appointments.ClashError, match="Kit Lane"):
        run("book", "thu 2:30pm Kit")
    with pytest.raises(UserError, match="Nobody called"):
        run("book", "thu 4pm Zebedee")
    with pytest.raises(UserError, match="no room"):
        run("book", "thu 4pm Kit", "--room", "Cellar")


def test_completing_marks_everybody_or_as_said(practice, run) -> None:
    (one,) = practice.book(datetime(2026, 5, 5, 9, 0), "Kit Lane")
    (two,) = practice.book(datetime(2026, 5, 5, 10, 0), "Ffion Rees", "Osian Rees", kind="together")
    assert run("complete", str(one))["attendees"][0]["state"] == "came"
    done = run("complete", str(two), "--mark", "Osian Rees=sent_apologies", "--reason", "travel")
    assert [(a["state"], a["reason"]) for a in done["attendees"]] == [
        ("came", ""),
        ("sent_apologies", "travel"),
    ]
    with pytest.raises(UserError, match="not expected"):
        run("complete", str(practice.book(datetime(2026, 5, 5, 11, 0), "Kit Lane")[0]), "--mark", "Ann=came")
    assert run("reopen", str(one))["state"] == "booked"


def test_list_move_and_cancel(practice, run) -> None:
    ids = practice.book(datetime(2026, 5, 7, 14, 0), "Kit Lane", weeks=3)
    assert len(run("list")) == 3
    run("move", str(ids[1]), "fri 15 may 3pm")
    run("cancel", str(ids[0]), "--reason", "therapist_away")
    listed = run("list", "--person", "Kit", "--from", "2026-05-01", "--to", "2026-05-31")
    assert [(s["starts_at"], s["state"]) for s in listed] == [
        ("2026-05-07T14:00", "cancelled"),
        ("2026-05-15T15:00", "booked"),
        ("2026-05-21T14:00", "booked"),
    ]
