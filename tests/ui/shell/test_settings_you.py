"""Settings › You: the six words, the passphrase, a new recovery kit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.conftest import PASSPHRASE, USER
from tests.ui.shell.conftest import SignIn
from therapydesk.api import UserError, split_recovery_code
from therapydesk.core.errors import DiskFull
from therapydesk.ui.shell.settings_window import YOU, SettingsWindow
from therapydesk.ui.shell.settings_you import KitDialog, YouPane
from therapydesk.ui.shell.work_dialog import WorkDialog

NEW = "another set of plain words"


@pytest.fixture
def pane(sign_in: SignIn, qtbot: QtBot) -> YouPane:
    """The pane as the admin sees it, who has no kit."""
    page = SettingsWindow(sign_in("Nia Admin"), lambda: None, lambda: None, YOU)
    qtbot.addWidget(page)
    page.show()
    found = page.findChild(YouPane)
    assert found is not None
    return found


def type_back(dialog: KitDialog, code: str) -> None:
    for field, group in zip(dialog.step.code.fields, split_recovery_code(code), strict=True):
        field.setText(group)
    dialog.step.code.changed.emit()


def test_the_six_words_are_those_that_a_giver_compares(pane: YouPane) -> None:
    vault: Any = pane._desk.vault
    assert pane.words.text() == vault.fingerprint(vault.user.id)


def test_the_passphrase_is_changed_with_the_old_one(pane: YouPane) -> None:
    vault: Any = pane._desk.vault
    dialog = pane.change_passphrase()
    dialog.form.set_values({"old": "not the old one at all", "first": NEW, "again": NEW})
    dialog.save()
    pane._desk.jobs.wait_idle()
    assert "not the right passphrase" in dialog.messages.text()
    dialog.form.set_values({"old": PASSPHRASE, "first": "short", "again": "short"})
    dialog.save()
    assert "at least 12 characters" in dialog.messages.text()
    dialog.form.set_values({"first": NEW, "again": NEW})
    dialog.save()
    pane._desk.jobs.wait_idle()
    assert [d for d in pane.findChildren(WorkDialog) if d.isVisible()] == []
    with pytest.raises(UserError):
        vault.unlock("Nia Admin", PASSPHRASE)
    vault.unlock("Nia Admin", NEW)


def test_a_kit_counts_only_after_it_was_typed_back(pane: YouPane) -> None:
    vault: Any = pane._desk.vault
    assert pane._has_kit.accessibleName() == "You have no recovery kit"
    dialog = pane.make_kit()
    code = str(dialog._kit.code)
    type_back(dialog, code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert not dialog.use_button.isEnabled()
    dialog.reject()
    assert vault.needs_kit
    dialog = pane.make_kit()
    type_back(dialog, str(dialog._kit.code).lower())
    assert dialog.use_button.isEnabled()
    dialog.use_button.click()
    assert not vault.needs_kit
    assert pane._has_kit.accessibleName() == "You have a recovery kit"
    vault.lock()
    assert vault.unlock_with_recovery(str(dialog._kit.code), NEW).name == "Nia Admin"


def test_a_kit_that_cannot_be_written_stays_open_with_the_reason(
    pane: YouPane, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault: Any = pane._desk.vault
    dialog = pane.make_kit()

    def full(_kit: object) -> None:
        raise DiskFull("The disk is full.", "Make room, then try again.")

    monkeypatch.setattr(vault, "keep_kit", full)
    type_back(dialog, str(dialog._kit.code))
    dialog.use_button.click()
    assert dialog.isVisible()
    assert dialog.messages.text() == "The disk is full. Make room, then try again."


def test_the_group_of_a_link_is_in_front(sign_in: SignIn, qtbot: QtBot) -> None:
    for group, title in ((YOU, "You"), ("modules", "Modules"), ("", "Practice")):
        page = SettingsWindow(sign_in(USER), lambda: None, lambda: None, group)
        qtbot.addWidget(page)
        assert page.groups.currentItem().text() == title


def test_a_kit_that_cannot_be_saved_there_says_so_and_can_be_saved_elsewhere(
    pane: YouPane, tmp_path: Path
) -> None:
    step = pane.make_kit().step
    step._write(tmp_path / "not there" / "Recovery kit.pdf")
    assert step._saved.text().startswith("The file could not be saved")
    step._write(tmp_path / "Recovery kit.pdf")
    assert step._saved.text() == "Saved Recovery kit.pdf."
    assert (tmp_path / "Recovery kit.pdf").read_bytes().startswith(b"%PDF")
