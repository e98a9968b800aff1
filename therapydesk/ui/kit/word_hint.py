"""The wording helper: a dotted line under a word, and one line below the text that offers another. It never blocks."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QTextEdit, QWidget

from therapydesk.api import tr
from therapydesk.core.wording import Wording, find_wording
from therapydesk.ui.kit import style
from therapydesk.ui.kit.editor import NoteEditor
from therapydesk.ui.kit.growing_text import GrowingText
from therapydesk.ui.kit.labels import IconMark, text_label
from therapydesk.ui.kit.links import LinkLabel


class WordHint(QWidget):
    """The line under one text. Terms in `left` are left alone; `left_alone` says that one was added."""

    left_alone = Signal()

    def __init__(self, field: GrowingText, left: set[str]) -> None:
        super().__init__()
        self._field, self._left = field, left
        self._now: Wording | None = None
        self._words = text_label(wrap=True)
        self.replace = LinkLabel(tr("Replace"), self._replace)
        self.leave = LinkLabel(tr("Leave it"), self._leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.sp(2))
        row.addWidget(IconMark("info", "info"), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words, 1)
        row.addWidget(self.replace, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.leave, 0, Qt.AlignmentFlag.AlignVCenter)
        field.document().contentsChanged.connect(self.look)
        style.signals.theme_changed.connect(self.look)
        self.look()

    def text(self) -> str:
        """What the line says, or ""."""
        return self._words.text() if self._now is not None else ""

    def look(self) -> None:
        """Read the text again."""
        found = [each for each in find_wording(self._field.text()) if each.term.lower() not in self._left]
        self._field.setExtraSelections([self._underlined(each) for each in found])
        self._now = found[0] if found else None
        if self._now is not None:
            sentence = tr("“{term}”: you could write “{instead}”. {reason}")
            now = self._now
            self._words.setText(sentence.format(term=now.term, instead=now.instead, reason=now.reason))
        self._field.setAccessibleDescription(self.text())
        self.setVisible(self._now is not None)

    def _cursor(self, each: Wording) -> QTextCursor:
        """The term, selected. The document counts in UTF-16."""
        text = self._field.text()
        cursor = QTextCursor(self._field.document())
        cursor.setPosition(_units(text[: each.start]))
        cursor.setPosition(_units(text[: each.end]), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _underlined(self, each: Wording) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        looks = QTextCharFormat()
        looks.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        looks.setUnderlineColor(style.token("info"))
        selection.cursor, selection.format = self._cursor(each), looks
        return selection

    def _replace(self) -> None:
        if self._now is not None:
            cursor = self._cursor(self._now)
            cursor.insertText(self._now.instead)
            self._field.setTextCursor(cursor)
        self._field.setFocus()

    def _leave(self) -> None:
        if self._now is not None:
            self._left.add(self._now.term.lower())
            self.left_alone.emit()
        self._field.setFocus()


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def add_word_hints(editor: NoteEditor) -> list[WordHint]:
    """A line under each text of an editor. What is left alone in one is left alone in all, as long as it is open."""
    left: set[str] = set()
    hints = []
    before: QWidget | None = None
    for key in editor.texts():
        field = editor.field(key)
        hint = WordHint(field, left)
        editor.insert_after(key, hint)
        if before is not None:
            QWidget.setTabOrder(before, field)
        QWidget.setTabOrder(field, hint.replace)
        QWidget.setTabOrder(hint.replace, hint.leave)
        before = hint.leave
        hints.append(hint)
    for hint in hints:
        for other in hints:
            hint.left_alone.connect(other.look)
    return hints
