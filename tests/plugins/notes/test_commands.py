"""`therapydesk notes …`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.conftest import run_command
from therapydesk.api import UserError
from therapydesk.plugins.notes.commands import notes


@pytest.fixture
def run(practice):
    def run(*argv: str, as_json: bool = True) -> Any:
        return run_command(notes, practice.vault, argv, as_json)

    return run


def test_a_session_is_written_up_and_signed_in_one_step(practice, run) -> None:
    session = practice.session("Carys Bowen")
    made = run("sign", str(session), "--text", "We sang.", "--text", "next=Hymn book")
    assert (made["state"], made["signer"]) == ("signed", practice.vault.user.name)
    shown = run("show", made["id"])
    assert (shown["person"], shown["on"]) == ("Carys Bowen", "2026-05-06")
    assert (shown["answers"]["happened"], shown["answers"]["next"]) == ("We sang.", "Hymn book")


def test_music_is_named_with_the_note_and_shown(practice, run) -> None:
    session = practice.session("Carys Bowen")
    music = ("--music", "Calon Lân, sung together", "--music", "Djembe")
    made = run("sign", str(session), "--text", "We sang.", *music)
    assert run("show", made["id"])["music"] == [
        {"name": "Calon Lân", "how": "sung together"},
        {"name": "Djembe", "how": ""},
    ]
    assert "Music used\nCalon Lân, sung together\nDjembe" in run("show", made["id"], as_json=False)


def test_a_draft_is_signed_as_it_is_and_added_to(practice, run) -> None:
    draft = practice.draft("Carys Bowen", happened="Kept")
    assert run("sign", "--note", str(draft.id))["id"] == str(draft.id)
    assert run("add", str(draft.id), "And more")["addenda"][0]["text"] == "And more"
    text = run("show", str(draft.id), as_json=False)
    assert "Kept" in text
    assert f"Added by {practice.vault.user.name}" in text


def test_of_two_people_one_is_named(practice, run) -> None:
    session = practice.session("Kit Lane", "Osian Lane")
    with pytest.raises(UserError, match="Several people"):
        run("sign", str(session), "--text", "x")
    osian = practice.people["Osian Lane"]
    run("sign", str(session), "--person", str(osian), "--text", "x")
    assert [row["person"] for row in run("list")] == ["Osian Lane"]


def test_a_note_without_a_session_needs_a_person(practice, run) -> None:
    with pytest.raises(UserError, match="Which session"):
        run("sign", "--text", "x")
    practice.session("Kit Lane")
    made = run("sign", "--person", str(practice.people["Kit Lane"]), "--on", "4 May 2026", "--text", "Rang.")
    assert run("show", made["id"])["on"] == "2026-05-04"
    assert "Kit Lane" in run("list", "--name", "kit", as_json=False)


def test_nothing_written_is_refused_and_leaves_nothing(practice, run) -> None:
    session = practice.session("Carys Bowen")
    with pytest.raises(UserError, match="nothing in this note"):
        run("sign", str(session))
    assert run("list") == []
