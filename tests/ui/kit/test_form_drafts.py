"""What is typed in any form comes back after a lock, to its author alone, and never about somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.conftest import PASSPHRASE, USER
from therapydesk.core.errors import DiskFull, UserError
from therapydesk.core.plugins import Plugins
from therapydesk.core.vault.vault import Vault
from therapydesk.testing import desk_at
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.form_drafts import DraftKeeper, keep_all, title_of
from therapydesk.ui.kit.forms import Form, FormDialog
from therapydesk.ui.kit.page import BasePage

ROOMS = [(UUID(int=1), "Blue room"), (UUID(int=2), "Hall")]


@pytest.fixture
def desk(vault: Vault, plugins: Plugins, tmp_path: Path) -> Iterator[Desk]:
    with desk_at(vault, plugins, tmp_path) as made:
        yield made
        made.jobs.wait_idle()


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> BasePage:
    made = BasePage(desk, "A page")
    qtbot.addWidget(made)
    made.show()
    return made


def open_dialog(
    page: BasePage, about: object = None, start: dict[str, Any] | None = None, title: str = "Change session"
) -> FormDialog:
    dialog = FormDialog(page, title, "Save", lambda values: None, about)
    form = dialog.form
    form.add_text("why", "Why")
    form.add_text("more", "More", multiline=True)
    form.add_choice("room", "Room", [(None, "No room"), *ROOMS])
    form.add_check("sure", "Sure")
    form.add_choices("access", "Access", [("loop", "Hearing loop"), ("ramp", "Ramp")])
    form.add_date("day", "Day")
    form.add_text("secret", "Passphrase").setEchoMode(QLineEdit.EchoMode.Password)
    form.set_values(start or {})
    dialog.open()
    return dialog


def type_all(dialog: FormDialog) -> None:
    form: Any = dialog.form
    QTest.keyClicks(form.field("why"), "Ffion rang ")
    form.field("more").insertPlainText("Two\nlines")
    form.field("room").setCurrentIndex(2)
    form.field("sure").click()
    form.field("access").buttons()[1].click()
    QTest.keyClicks(form.field("day"), "tue")
    QTest.keyClicks(form.field("secret"), "four plain words")


def lock(vault: Vault) -> None:
    keep_all()
    vault.lock()


def unlock(vault: Vault) -> None:
    vault.unlock(USER, PASSPHRASE)


def test_every_kind_of_field_comes_back_after_a_lock_and_no_passphrase(page: BasePage, vault: Vault) -> None:
    before = open_dialog(page, "session 1")
    type_all(before)
    lock(vault)
    before.hide()
    unlock(vault)
    after = open_dialog(page, "session 1")
    assert after.form.plain_values() == {
        "why": "Ffion rang ",
        "more": "Two\nlines",
        "room": str(UUID(int=2)),
        "sure": True,
        "access": ["ramp"],
        "day": "tue",
    }
    assert after.form.values()["secret"] == ""
    assert after.form.dirty
    assert "is back" in after.messages.text()
    (kept,) = vault.drafts()
    assert "four plain words" not in str(vault.load_draft(kept.key))
    assert title_of(vault.load_draft(kept.key) or "") == "Change session"


def test_what_is_left_out_does_not_come_back_again(page: BasePage, vault: Vault) -> None:
    type_all(open_dialog(page, 1, {"why": "Rang"}))
    lock(vault)
    unlock(vault)
    back = open_dialog(page, 1, {"why": "Rang"})
    assert back.form.values()["why"] == "Ffion rang"  # typed over what stood there
    back.messages.link_button().click()
    assert back.form.values()["why"] == "Rang"
    assert (back.form.dirty, vault.drafts()) == (False, [])


def test_text_never_comes_back_about_another_record(page: BasePage, vault: Vault) -> None:
    type_all(open_dialog(page, uuid4()))
    type_all(open_dialog(page, title="Stay of Carys"))
    lock(vault)
    unlock(vault)
    assert open_dialog(page, uuid4()).form.typed() == {}, "another record"
    assert open_dialog(page, title="Stay of Gwen").form.typed() == {}, "another title"
    assert open_dialog(page, start={"why": "x"}, title="Stay of Carys").form.typed() == {}, "begins otherwise"
    assert open_dialog(page, title="Stay of Carys").form.typed() != {}, "the control: the same form"


def test_a_page_of_another_person_is_another_place(desk: Desk, vault: Vault, qtbot: QtBot) -> None:
    pages = []
    for number in (1, 2, 1):
        page = BasePage(desk, "Person")
        page.person_id = UUID(int=number)  # type: ignore[attr-defined]  # as a person's page has
        qtbot.addWidget(page)
        pages.append(page)
    type_all(open_dialog(pages[0]))
    lock(vault)
    unlock(vault)
    assert open_dialog(pages[1]).form.typed() == {}
    assert open_dialog(pages[2]).form.typed() != {}


@dataclass(frozen=True)
class Shown:
    id: UUID


def test_a_page_about_another_record_is_another_place_whatever_it_calls_it(
    desk: Desk, vault: Vault, qtbot: QtBot
) -> None:
    pages: list[Any] = [BasePage(desk, "Concern") for _ in range(3)]
    for number, page in zip((1, 2, 1), pages, strict=True):
        page.view = Shown(UUID(int=number))
        qtbot.addWidget(page)
    type_all(open_dialog(pages[0]))
    lock(vault)
    unlock(vault)
    assert open_dialog(pages[1]).form.typed() == {}
    assert open_dialog(pages[2]).form.typed() != {}, "the control: the same record"


def test_nobody_else_gets_what_was_typed(page: BasePage, vault: Vault) -> None:
    vault.add_user("Nia Admin", ("admin",), PASSPHRASE, ())
    type_all(open_dialog(page, 1))
    lock(vault)
    vault.unlock("Nia Admin", PASSPHRASE)
    assert open_dialog(page, 1).form.typed() == {}
    assert vault.drafts() == []


@pytest.mark.parametrize("way", ["save", "leave"])
def test_what_was_saved_or_given_up_is_forgotten(page: BasePage, vault: Vault, way: str) -> None:
    dialog = open_dialog(page, 1)
    type_all(dialog)
    keep_all()
    assert len(vault.drafts()) == 1, "the control: it was kept"
    if way == "save":
        dialog.save()
    else:
        dialog.reject()
        dialog.messages.link_button().click()
    assert not dialog.isVisible()
    assert vault.drafts() == []


def test_it_is_kept_five_seconds_after_a_change_and_again_after_the_next(
    page: BasePage, vault: Vault, qtbot: QtBot
) -> None:
    dialog = open_dialog(page, 1)
    (keeper,) = dialog.findChildren(DraftKeeper)
    assert keeper._soon.interval() == 5000
    keeper._soon.setInterval(0)
    for word in ("one", "two"):
        QTest.keyClicks(dialog.form.field("why"), word)
        qtbot.waitUntil(lambda: not keeper._new)
        (kept,) = vault.drafts()
        assert word in str(vault.load_draft(kept.key))


def test_a_text_taken_back_is_forgotten(page: BasePage, vault: Vault) -> None:
    dialog = open_dialog(page, 1)
    QTest.keyClicks(dialog.form.field("why"), "x")
    keep_all()
    assert len(vault.drafts()) == 1
    QTest.keyClick(dialog.form.field("why"), Qt.Key.Key_Backspace)
    keep_all()
    assert vault.drafts() == []


def test_on_a_full_disk_it_stays_in_memory_and_the_form_goes_on(
    page: BasePage, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = vault.write

    def full(*_args: object, **_more: object) -> None:
        raise DiskFull("full")

    dialog = open_dialog(page, 1)
    type_all(dialog)
    monkeypatch.setattr(vault, "write", full)
    keep_all()
    assert dialog.messages.rank == ""
    monkeypatch.setattr(vault, "write", real)
    assert open_dialog(page, 1).form.typed()["why"] == "Ffion rang "


def test_when_it_cannot_be_kept_the_form_says_so(
    page: BasePage, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise UserError("It is damaged.")

    dialog = open_dialog(page, 1)
    type_all(dialog)
    monkeypatch.setattr(vault, "save_draft", refuse)
    keep_all()
    assert dialog.messages.text() == "It is damaged."


def test_a_choice_that_is_gone_leaves_the_field_as_it_is(
    page: BasePage, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_all(open_dialog(page, 1))
    lock(vault)
    unlock(vault)
    monkeypatch.setattr("tests.ui.kit.test_form_drafts.ROOMS", ROOMS[:1])
    assert open_dialog(page, 1).form.values()["room"] is None


def test_a_form_in_a_page_keeps_what_is_typed_once_it_has_a_name(
    page: BasePage, vault: Vault, qtbot: QtBot
) -> None:
    def form(name: str) -> Form:
        made = Form()
        made.add_text("seen", "What was seen")
        page.body.addWidget(made)
        made.keep_drafts(vault, name, "Raise a concern")
        return made

    first = form("safeguarding.raise.1")
    QTest.keyClicks(first.field("seen"), "A bruise")
    lock(vault)
    unlock(vault)
    assert form("safeguarding.raise.2").values() == {"seen": ""}
    again = form("safeguarding.raise.1")
    assert again.values() == {"seen": "A bruise"}
    again.saved()
    assert vault.drafts() == []


def test_a_form_on_no_page_keeps_nothing(vault: Vault, qtbot: QtBot) -> None:
    dialog = FormDialog(None, "Use the recovery kit", "Open", lambda values: None)
    qtbot.addWidget(dialog)
    dialog.form.add_text("code", "Recovery code")
    dialog.open()
    QTest.keyClicks(dialog.form.field("code"), "ABCDE")
    keep_all()
    assert vault.drafts() == []
    assert dialog.findChildren(DraftKeeper) == []


@pytest.mark.parametrize("text", ["", "[]", "no json", '{"values": 3}'])
def test_a_draft_that_makes_no_sense_is_passed_by(page: BasePage, vault: Vault, text: str) -> None:
    dialog = open_dialog(page, 1)
    (keeper,) = dialog.findChildren(DraftKeeper)
    vault.save_draft(keeper._name, text)
    assert open_dialog(page, 1).form.typed() == {}
    assert title_of(text) == ""
