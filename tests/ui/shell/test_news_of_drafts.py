"""After unlocking it is said in which forms one was typing; to nobody else, and not of notes, which say so themselves."""

from __future__ import annotations

import json

from tests.conftest import PASSPHRASE, USER
from tests.ui.shell.conftest import SignIn
from therapydesk.ui.shell.news_of_drafts import MOST, news_of_drafts


def kept(title: str) -> str:
    return json.dumps({"title": title, "values": {"why": "typed"}})


def test_the_forms_are_named_newest_first_and_each_once(sign_in: SignIn) -> None:
    vault = sign_in(USER).vault
    assert news_of_drafts(vault) == []
    vault.save_draft("notes.1", json.dumps({"happened": "We sang"}))
    assert news_of_drafts(vault) == []
    vault.save_draft("form.a", kept("Change session"))
    (one,) = news_of_drafts(vault)
    assert (one.rank, one.text) == (
        "info", "What you typed in “Change session” is kept. Open it again, and your text is there.",
    )  # fmt: skip
    vault.save_draft("form.b", kept("Pause support"))
    vault.save_draft("form.c", kept("Change session"))
    (two,) = news_of_drafts(vault)
    assert "Open them again" in two.text
    assert two.text.count("“Change session”") == 1
    vault.unlock("Nia Admin", PASSPHRASE)
    assert news_of_drafts(vault) == []


def test_at_most_some_are_looked_into(sign_in: SignIn) -> None:
    vault = sign_in(USER).vault
    for number in range(MOST + 3):
        vault.save_draft(f"form.{number}", kept(f"Form {number}"))
    (news,) = news_of_drafts(vault)
    assert news.text.count("“") == MOST
