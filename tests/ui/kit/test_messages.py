from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from therapydesk.api import Job, UserError
from therapydesk.ui.kit import messages
from therapydesk.ui.kit.messages import MessageBar, Undoable, UndoList, confirm
from therapydesk.ui.kit.read_area import ReadArea


@pytest.fixture
def bar(qtbot: QtBot) -> MessageBar:
    made = MessageBar()
    qtbot.addWidget(made)
    return made


def test_a_message_is_shown_and_spoken_once(bar: MessageBar, spoken: list[tuple[str, bool]]) -> None:
    bar.show_message("ok", "Moved to Thu 7 May, 14:00.")
    assert bar.isVisible()
    assert bar.text() == "Moved to Thu 7 May, 14:00."
    assert spoken == [("Moved to Thu 7 May, 14:00.", False)]


def test_errors_interrupt(bar: MessageBar, spoken: list[tuple[str, bool]]) -> None:
    bar.show_message("danger", "Invoice not issued. Nothing was lost.")
    assert spoken[0][1]


def test_a_lower_rank_does_not_push_out_a_higher_one(bar: MessageBar) -> None:
    bar.show_message("warn", "No backup for 6 days.")
    assert not bar.show_message("ok", "Saved")
    assert bar.text() == "No backup for 6 days."
    assert bar.show_message("danger", "Disk full")
    assert bar.text() == "Disk full"


def test_ok_leaves_by_itself_and_warn_stays(
    bar: MessageBar, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "SECONDS", 0)
    with qtbot.waitSignal(bar.closed):
        bar.show_message("ok", "Saved")
    assert not bar.isVisible()
    bar.show_message("warn", "Look here")
    qtbot.wait(20)
    assert bar.isVisible()


def test_the_link_calls_and_closes(bar: MessageBar, qtbot: QtBot) -> None:
    called: list[int] = []
    bar.show_message("ok", "Moved.", "Undo", lambda: called.append(1))
    QTest.mouseClick(bar.link_button(), Qt.MouseButton.LeftButton)
    assert called == [1]
    assert not bar.isVisible()


def test_undo_takes_back_and_redo_does_again() -> None:
    did: list[str] = []
    steps = UndoList()
    steps.push(Undoable("Moved", lambda: did.append("undo"), lambda: did.append("redo")))
    assert (steps.undo_text(), steps.redo_text()) == ("Moved", "")
    assert steps.undo() == "Moved"
    assert (steps.can_undo(), steps.redo_text()) == (False, "Moved")
    assert steps.redo() == "Moved"
    assert did == ["undo", "redo"]
    assert steps.can_undo()


def test_what_is_undone_by_a_job_is_not_called_undone_yet() -> None:
    steps = UndoList()
    steps.push(Undoable("12 rows imported.", lambda: Job("Undoing the import", lambda *_report: None)))
    assert steps.undo() == ""
    assert not steps.can_undo()


def test_a_new_step_forgets_what_was_undone_and_lock_forgets_all() -> None:
    steps = UndoList()
    steps.push(Undoable("A", lambda: None, lambda: None))
    steps.undo()
    steps.push(Undoable("B", lambda: None))
    assert not steps.can_redo()
    steps.clear()
    assert not steps.can_undo()


def test_what_fails_to_undo_is_off_the_list() -> None:
    def fail() -> None:
        raise UserError("Ruth changed it since.")

    steps = UndoList()
    steps.push(Undoable("A", fail, lambda: None))
    with pytest.raises(UserError):
        steps.undo()
    assert not steps.can_undo()
    assert not steps.can_redo()


def _buttons(dialog: QWidget) -> dict[str, QPushButton]:
    return {each.text(): each for each in dialog.findChildren(QPushButton)}


def test_the_safe_button_is_the_default(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    done: list[int] = []
    dialog = confirm(
        parent, "Sign this note?", "It cannot be changed after.", "Sign note", lambda: done.append(1)
    )
    buttons = _buttons(dialog)
    assert buttons["Go back"].isDefault()
    assert not buttons["Sign note"].isDefault()
    QTest.mouseClick(buttons["Sign note"], Qt.MouseButton.LeftButton)
    assert done == [1]


def test_erase_needs_the_word(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    done: list[int] = []
    dialog = confirm(
        parent, "Erase Carys?", "All of it goes.", "Erase for good", lambda: done.append(1), True, "erase"
    )
    act = _buttons(dialog)["Erase for good"]
    assert not act.isEnabled()
    field = dialog.findChild(QLineEdit)
    assert field is not None
    QTest.keyClicks(field, "Erase")
    assert act.isEnabled()
    act.click()
    assert done == [1]


@pytest.mark.parametrize("paragraphs", [1, 4, 60])
def test_what_cannot_be_undone_can_be_read_to_its_end(qtbot: QtBot, paragraphs: int) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    text = "\n\n".join(
        ["This goes, and that, and much more of what was ever written down here."] * paragraphs
    )
    dialog = confirm(parent, "Erase Carys?", text, "Erase for good", lambda: None, True, "erase")
    qtbot.waitExposed(dialog)
    (body,) = [label for label in dialog.findChildren(QLabel) if label.text() == text]
    assert body.height() >= body.heightForWidth(body.width())
    assert dialog.height() <= dialog.screen().availableGeometry().height()
    assert bool(dialog.findChildren(ReadArea)) is (paragraphs == 60)
    dialog.close()
