"""`therapydesk concerns raise`: text comes in, nothing goes out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner

from tests.conftest import PASSPHRASE, USER
from therapydesk.api import CliContext, UserError
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.commands import MOST_BYTES, concerns


def run(vault: Vault, *words: str, stdin: str | bytes = "", as_json: bool = True) -> Any:
    context = CliContext(None, json=as_json, _vault=vault)  # type: ignore[arg-type]  # no plugin is asked
    answer = CliRunner().invoke(concerns, list(words), obj=context, input=stdin, standalone_mode=False)
    if answer.exception is not None:
        raise answer.exception
    return json.loads(answer.output) if as_json else answer.output


def test_there_is_nothing_but_raise() -> None:
    assert list(concerns.commands) == ["raise"]


def test_a_concern_is_raised_from_standard_input(vault: Vault, person_id: UUID) -> None:
    options = (
        "--person",
        str(person_id),
        "--danger",
        "no",
        "--on",
        "5/5/2026",
        "--time",
        "10am",
        "--roughly",
    )
    made = run(vault, "raise", *options, stdin="Zebrafact “so it was”.\n")
    assert made["number"] == 1
    with vault.read() as db:
        entry = service.read_concern(db, service.list_concerns(db)[0].id).entries[0]
    assert (entry.text, entry.happened_time, entry.exact) == ("Zebrafact “so it was”.", "10:00", False)
    assert entry.happened_on.day == 5


def test_anybody_raises_from_a_file_and_the_text_does_not_come_back(vault: Vault, tmp_path: Path) -> None:
    vault.add_user("Marged Ellis", ["admin"], PASSPHRASE, [])
    vault.unlock("Marged Ellis", PASSPHRASE)
    path = tmp_path / "told.txt"
    path.write_text("Zebrafact", "utf-8")
    options = ("--about", "A boy", "--danger", "unsure", "--file", str(path))
    said = run(vault, "raise", *options, as_json=False)
    assert said == "Concern 1 was handed over to the safeguarding leads.\n"
    vault.unlock(USER, PASSPHRASE)
    vault.settle()
    with vault.read() as db:
        assert [(r.name, r.raiser) for r in service.list_concerns(db)] == [("A boy", "Marged Ellis")]


def test_the_text_may_say_whom_it_is_about_and_what_they_want(vault: Vault) -> None:
    text = "Seen: He slept\nin the porch.\nAbout: A boy\nwants: “Not home.”\nWhere: Café\nDone: Gave him tea: two cups.\n"
    run(vault, "raise", "--danger", "unsure", stdin=text)
    with vault.read() as db:
        view = service.read_concern(db, service.list_concerns(db)[0].id)
    entry = view.entries[0]
    assert (view.name, entry.text, entry.impact) == ("A boy", "He slept\nin the porch.", "“Not home.”")
    assert (entry.detail["where"], entry.done) == ("Café", "Gave him tea: two cups.")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write what you have seen"),
        (b"\xff\xfe\x00", "not plain text"),
        (b"x" * (MOST_BYTES + 1), "too long"),
        ("x" * 50_001, "too long"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_nothing_is_kept(
    vault: Vault, text: str | bytes, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        run(vault, "raise", "--about", "A boy", "--danger", "no", stdin=text)
    with vault.read() as db:
        assert service.list_handovers(db) == []


def test_a_file_that_is_not_there_is_named(vault: Vault, tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(UserError, match=str(path)):
            run(vault, "raise", "--about", "A boy", "--danger", "no", "--file", str(path))
