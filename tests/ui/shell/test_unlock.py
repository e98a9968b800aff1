"""The unlock page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from therapydesk.ui.shell.unlock import UnlockPage

WORDS = "four plain words"


@pytest.fixture
def page(qtbot: QtBot) -> UnlockPage:
    made = UnlockPage("Harbour Music Therapy", ["Ruth Mallory", "Nia Admin"])
    qtbot.addWidget(made)
    made.show()
    return made


def type_words(qtbot: QtBot, page: UnlockPage, words: str) -> None:
    qtbot.keyClicks(page.passphrase, words)
    qtbot.keyClick(page.passphrase, Qt.Key.Key_Return)


def test_while_a_vault_is_unlocked_nothing_else_is_begun(page: UnlockPage, qtbot: QtBot) -> None:
    begun: list[object] = []
    page.unlock_wanted.connect(lambda *who: begun.append(who))
    page.recovery_wanted.connect(lambda: begun.append("recovery"))
    page.other_vault_wanted.connect(lambda: begun.append("other"))
    type_words(qtbot, page, WORDS)
    type_words(qtbot, page, "more")
    for button in page.findChildren(QPushButton):
        button.click()
    assert begun == [("Ruth Mallory", WORDS)]


def test_after_a_wrong_passphrase_one_can_try_again(page: UnlockPage, qtbot: QtBot) -> None:
    begun: list[object] = []
    page.unlock_wanted.connect(lambda *who: begun.append(who))
    type_words(qtbot, page, "wrong")
    page.say("That is not the right passphrase.")
    type_words(qtbot, page, WORDS)
    assert begun == [("Ruth Mallory", "wrong"), ("Ruth Mallory", WORDS)]
