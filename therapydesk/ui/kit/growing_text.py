"""A text area that is as tall as its text, and lets Tab go on to the next field."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from therapydesk.ui.kit import style

MARGIN = 2  # of the document
ROOM = 18  # padding and border as in stylesheet.py, and what Qt wants to spare before it shows a scroll bar
ROOM_ONE = 10  # the same where it begins with one line: then it is as tall as a field


class GrowingText(QPlainTextEdit):
    """Grows from `lines` to `most` lines with its text; after that it scrolls. Ctrl+Tab puts a tab in."""

    left = Signal()

    def __init__(
        self, text: str = "", *, lines: int = 2, most: int = 12, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._lines, self._most = lines, most
        self.setProperty("oneLine", lines == 1)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(MARGIN)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        style.signals.theme_changed.connect(self._fit)
        if text:
            self.setPlainText(text)
        self._fit()

    def set_lines(self, lines: int, most: int) -> None:
        """Let it grow from `lines` to `most` lines."""
        self._lines, self._most = lines, most
        style.set_property(self, "oneLine", lines == 1)
        self._fit()

    def text(self) -> str:
        return self.toPlainText()

    def setText(self, text: str) -> None:
        self.setPlainText(text)

    def _shown_lines(self) -> int:
        count, block = 0, self.document().firstBlock()
        while block.isValid() and count < self._most:
            layout = block.layout()
            count += max(1, layout.lineCount() if layout is not None else 1)
            block = block.next()
        return max(self._lines, min(self._most, count))

    def sizeHint(self) -> QSize:
        room = ROOM_ONE if self._lines == 1 else ROOM
        height = style.line_height() * self._shown_lines() + room + 2 * MARGIN
        return QSize(super().sizeHint().width(), max(height, style.button_height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(style.chars(12), self.sizeHint().height())

    def _fit(self) -> None:
        height = self.sizeHint().height()
        if self.minimumHeight() != height:
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Tab and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.insertPlainText("\t")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            event.ignore()  # Ctrl+Enter finishes the form, it is not a new line
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()
