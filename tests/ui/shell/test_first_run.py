"""The first run: a new practice, or one that is on this computer."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.conftest import USER
from tests.ui.shell.conftest import SignIn
from therapydesk.ui.shell.first_run import FirstRun


@pytest.fixture
def page(sign_in: SignIn, qtbot: QtBot) -> FirstRun:
    desk = sign_in(USER)
    nothing = lambda *_: None  # noqa: E731  (none of the three is called here)
    made = FirstRun(desk.settings, desk.jobs, nothing, nothing, nothing)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_folder_that_may_not_be_looked_at_is_not_taken_for_an_empty_one(
    page: FirstRun, tmp_path: Path
) -> None:
    opened: list[str] = []
    page.open_existing.connect(opened.append)
    hidden = str(
        tmp_path / ("x" * 300)
    )  # as a folder without rights does, it answers with an error of the system
    page._chosen(hidden)
    assert opened == [hidden]  # the unlock page says why it cannot be read
    page._chosen(str(tmp_path))
    assert page.messages.text() == "That folder holds no TherapyDesk practice."


def test_enter_goes_from_line_to_line_and_from_step_to_step(page: FirstRun, qtbot: QtBot) -> None:
    def focus() -> QWidget:
        found = QApplication.focusWidget()
        assert found is not None
        return found

    def enter() -> None:
        QTest.keyClick(focus(), Qt.Key.Key_Return)

    qtbot.waitUntil(page.isActiveWindow)
    enter()  # the look
    assert page.stack.currentIndex() == 1
    assert page._kind() == "new"
    enter()  # on what is chosen already: a practice may go without a name
    assert page.stack.currentIndex() == 2
    QTest.keyClicks(focus(), "Ffion Rees")
    enter()
    assert page.stack.currentIndex() == 3
    first, again = (page._passphrase_form.field(name) for name in ("first", "again"))
    assert focus() is first
    enter()
    assert focus() is again
    page.back.setFocus()
    enter()
    assert page.stack.currentIndex() == 2
