"""The wording helper in a note: it offers, and leaves what is written as it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from therapydesk.ui.kit import style
from therapydesk.ui.kit.editor import NoteEditor
from therapydesk.ui.kit.word_hint import WordHint, add_word_hints

OFFER = "“refused”: you could write “said no to”. It says what they did."


@pytest.fixture
def note(qtbot: QtBot) -> NoteEditor:
    made = NoteEditor([("happened", "What happened"), ("next", "Next")])
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def hints(note: NoteEditor) -> list[WordHint]:
    return add_word_hints(note)


def test_a_word_is_underlined_and_another_offered_while_it_is_typed(
    note: NoteEditor, hints: list[WordHint]
) -> None:
    field = note.field("happened")
    assert not hints[0].isVisible()
    QTest.keyClicks(field, "She refused the song.")
    assert (hints[0].isVisible(), hints[1].isVisible()) == (True, False)
    assert hints[0].text() == field.accessibleDescription() == OFFER
    (selection,) = field.extraSelections()
    assert selection.cursor.selectedText() == "refused"
    looks = selection.format
    assert looks.underlineStyle() == QTextCharFormat.UnderlineStyle.DotLine
    assert looks.underlineColor() == style.token("info")
    assert note.texts()["happened"] == "She refused the song."


def test_replace_changes_that_word_alone_and_can_be_undone(note: NoteEditor, hints: list[WordHint]) -> None:
    field = note.field("happened")
    note.set_texts({"happened": "Llŷr 😀 refused, and refused again."})
    assert hints[0].text() == OFFER, "a text that was loaded is read, too"
    hints[0].replace.click()
    assert field.text() == "Llŷr 😀 said no to, and refused again."
    assert QApplication.focusWidget() is field
    assert hints[0].text() == OFFER
    field.undo()
    assert field.text() == "Llŷr 😀 refused, and refused again."


def test_what_is_left_alone_is_left_alone_in_the_whole_note(note: NoteEditor, hints: list[WordHint]) -> None:
    note.set_texts({"happened": "She refused the song.", "next": "Refused the drum. A DNA last week."})
    hints[0].leave.click()
    assert not hints[0].isVisible()
    assert note.field("happened").extraSelections() == []
    assert hints[1].text().startswith("“DNA”: you could write “did not come”.")
    assert note.texts()["happened"] == "She refused the song."


def test_by_keyboard_the_offer_stands_between_the_texts(note: NoteEditor, hints: list[WordHint]) -> None:
    note.field("happened").setFocus()
    QTest.keyClick(note.field("happened"), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is note.field("next"), "nothing to offer, nothing to pass"
    QTest.keyClicks(note.field("happened"), "She refused.")
    note.field("happened").setFocus()
    seen = []
    for _ in range(3):
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert seen == [hints[0].replace, hints[0].leave, note.field("next")]
