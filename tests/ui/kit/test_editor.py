from __future__ import annotations

from datetime import time

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from therapydesk.ui.kit import editor
from therapydesk.ui.kit.editor import DraftState, NoteEditor

PROMPTS = [("happened", "What happened"), ("part", "How they took part"), ("next", "Next")]


@pytest.fixture
def note(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> NoteEditor:
    monkeypatch.setattr(editor, "DRAFT_MS", 30)
    made = NoteEditor(PROMPTS)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_a_draft_is_due_soon_after_a_change(note: NoteEditor, qtbot: QtBot) -> None:
    with qtbot.waitSignal(note.draft_due, timeout=2000):
        QTest.keyClicks(note.field("happened"), "We sang.")
    assert note.texts()["happened"] == "We sang."
    assert not note.has_changes()


def test_a_draft_is_due_when_the_text_is_left_or_hidden(qtbot: QtBot) -> None:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    note, other = NoteEditor(PROMPTS), QLineEdit()
    layout.addWidget(note)
    layout.addWidget(other)
    qtbot.addWidget(holder)
    with qtbot.waitExposed(holder):
        holder.show()
    holder.activateWindow()
    due: list[int] = []
    note.draft_due.connect(lambda: due.append(1))
    note.field("happened").setFocus()
    qtbot.waitUntil(note.field("happened").hasFocus)
    QTest.keyClicks(note.field("happened"), "We sang.")
    other.setFocus()
    assert due == [1]
    note.field("next").setText("Again")
    holder.hide()
    assert due == [1, 1]


def test_filling_is_not_a_change(note: NoteEditor) -> None:
    due: list[int] = []
    note.draft_due.connect(lambda: due.append(1))
    note.set_texts({"happened": "Old draft"})
    note.flush()
    assert due == []
    assert not note.is_empty()


def test_focus_goes_to_the_first_empty_prompt(note: NoteEditor) -> None:
    note.set_texts({"happened": "Done"})
    note.focus_first()
    assert note.focusWidget() is note.field("part")


def test_prompts_name_their_texts(note: NoteEditor) -> None:
    assert note.field("part").accessibleName() == "How they took part"


def test_the_draft_state_says_when(qtbot: QtBot) -> None:
    state = DraftState()
    qtbot.addWidget(state)
    state.show_saved(time(12, 6))
    assert state.accessibleName() == "Draft saved 12:06"
