"""A PIN in Settings › You and on the unlock page."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.conftest import PASSPHRASE
from tests.keyrings import Memory
from tests.ui.shell.conftest import SignIn
from therapydesk.ui.shell.pin_part import PinPart
from therapydesk.ui.shell.settings_window import YOU, SettingsWindow
from therapydesk.ui.shell.settings_you import YouPane
from therapydesk.ui.shell.unlock import UnlockPage
from therapydesk.ui.shell.work_dialog import WorkDialog

NAME, PIN = "Tomos Therapist", "290418"


def shown(sign_in: SignIn, qtbot: QtBot) -> YouPane:
    page = SettingsWindow(sign_in(NAME), lambda: None, lambda: None, YOU)
    qtbot.addWidget(page)
    page.show()
    found = page.findChild(YouPane)
    assert found is not None
    return found


def set_pin(part: PinPart, pin: str, again: str) -> WorkDialog:
    dialog = part.set_pin()
    dialog.form.set_values({"pin": pin, "again": again})
    dialog.save()
    part._desk.jobs.wait_idle()
    return dialog


def test_a_pin_is_set_and_removed(sign_in: SignIn, qtbot: QtBot, keyring: Memory) -> None:
    part = shown(sign_in, qtbot).pin
    vault: Any = part._desk.vault
    assert part.state.accessibleName() == "You have no PIN on this computer"
    assert not part.remove_button.isVisible()
    dialog = set_pin(part, PIN, "290419")
    assert "not the same" in dialog.messages.text()
    dialog = set_pin(part, "123456", "123456")
    assert "first that somebody would try" in dialog.messages.text()
    dialog = set_pin(part, PIN, PIN)
    assert not dialog.isVisible()
    assert part.state.accessibleName() == "You have a PIN on this computer"
    assert (part.set_button.text(), part.remove_button.isVisible()) == ("Change the PIN", True)
    assert "PIN is set" in part._page.messages.text()
    part.remove_button.click()
    part._desk.jobs.wait_idle()
    assert not vault.has_pin(vault.user.id)
    assert part.state.accessibleName() == "You have no PIN on this computer"


def test_without_a_keyring_it_says_why_and_that_the_passphrase_opens(
    sign_in: SignIn, qtbot: QtBot, keyring: Memory
) -> None:
    keyring.writing = PermissionError()
    part = shown(sign_in, qtbot).pin
    dialog = set_pin(part, PIN, PIN)
    assert dialog.isVisible()
    assert "does not let TherapyDesk in" in dialog.messages.text()
    assert "open with your passphrase as always" in dialog.messages.text()
    assert part.state.accessibleName() == "You have no PIN on this computer"


def test_who_came_in_with_a_pin_changes_neither_passphrase_nor_kit(
    sign_in: SignIn, qtbot: QtBot, keyring: Memory
) -> None:
    vault: Any = sign_in(NAME).vault
    vault.set_pin(PIN)
    vault.unlock_with_pin(NAME, PIN)
    desk = shown_again(vault, sign_in)
    page = SettingsWindow(desk, lambda: None, lambda: None, YOU)
    qtbot.addWidget(page)
    page.show()
    pane = page.findChild(YouPane)
    assert pane is not None
    enabled = [b.isEnabled() for b in (pane.passphrase_button, pane.kit_button, pane.pin.set_button)]
    assert enabled == [False, False, False]
    assert pane.pin.needs_passphrase.isVisible()
    assert pane.pin.remove_button.isEnabled()


def shown_again(vault: Any, sign_in: SignIn) -> Any:
    """The desk of somebody who came in with a PIN: as with a passphrase, and then once more with the PIN."""
    desk = sign_in(NAME)
    vault.unlock_with_pin(NAME, PIN)
    return desk


@pytest.fixture
def page(qtbot: QtBot) -> UnlockPage:
    made = UnlockPage("Harbour Music Therapy", ["Ruth Mallory", "Nia Admin"], pins={"Ruth Mallory"})
    qtbot.addWidget(made)
    made.show()
    return made


def type_in(page: UnlockPage, words: str) -> None:
    QTest.keyClicks(page.passphrase, words)
    QTest.keyClick(page.passphrase, Qt.Key.Key_Return)


def test_who_has_a_pin_is_asked_for_it_and_may_use_the_passphrase(page: UnlockPage) -> None:
    begun: list[object] = []
    page.pin_wanted.connect(lambda *who: begun.append(("pin", *who)))
    page.unlock_wanted.connect(lambda *who: begun.append(("words", *who)))
    assert page.passphrase.accessibleName() == "PIN of this computer"
    type_in(page, PIN)
    page.say("That is not the right PIN.")
    page.other_way.click()
    assert (page.passphrase.accessibleName(), page.passphrase.text()) == ("Passphrase", "")
    type_in(page, PASSPHRASE)
    assert begun == [("pin", "Ruth Mallory", PIN), ("words", "Ruth Mallory", PASSPHRASE)]


def test_who_has_none_is_asked_for_the_passphrase_only(page: UnlockPage) -> None:
    page.user.setCurrentText("Nia Admin")
    assert page.passphrase.accessibleName() == "Passphrase"
    assert not page.other_way.isVisible()
    page.user.setCurrentText("Ruth Mallory")
    assert page.passphrase.accessibleName() == "PIN of this computer"


def test_a_pin_that_is_gone_gives_way_to_the_passphrase(page: UnlockPage) -> None:
    type_in(page, "111112")
    page.without_pin("That was the fifth wrong PIN, so it does not work any more.")
    assert page.passphrase.accessibleName() == "Passphrase"
    assert "fifth wrong PIN" in page.message.text()
    assert [b for b in page.findChildren(QPushButton) if not b.isEnabled()] == []
