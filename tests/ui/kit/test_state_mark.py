from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from therapydesk.ui.kit.labels import StateMark

SENTENCE = "People, diary and money: backed up Thu 26 Nov 2026, 00:55, opened again and checked"


def test_a_sentence_breaks_into_lines_where_there_is_little_room_and_a_word_keeps_its_width(
    qtbot: QtBot,
) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    sentence, word = StateMark(SENTENCE, "full", "ok", wrap=True), StateMark("Ready", "full", "ok")
    column.addWidget(sentence)
    column.addWidget(word)
    column.addStretch(1)
    line = sentence.fontMetrics().height()
    wide = sentence.sizeHint().width()
    page.resize(wide + 40, 300)
    page.show()
    assert sentence.height() < 2 * line
    page.resize(wide // 2 + 40, 300)
    qtbot.waitUntil(lambda: sentence.height() >= 2 * line)
    assert page.width() == wide // 2 + 40
    assert word.minimumSizeHint() == word.sizeHint()
