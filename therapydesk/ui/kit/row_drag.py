"""Rows that are put in order with the mouse. The same must be there by keys and as buttons: nothing is by dragging alone."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from therapydesk.ui.kit import style
from therapydesk.ui.kit.tables import ListTable

LINE, SCROLL_MS = 2, 60


class RowDrag(QObject):
    """Says with `moved(number, to)` that a row was let go so that it would be row number `to`, both from 0.

    The page moves it: the table shows what it is given. A line shows where it would go; Escape leaves it where it is.
    """

    moved = Signal(int, int)

    def __init__(self, table: ListTable) -> None:
        super().__init__(table)
        self._view, self._port = table.view, table.view.viewport()
        self._number, self._gap, self._pressed, self._at = -1, -1, QPoint(), QPoint()
        self._line = _Line(self._port)
        self._scroll = QTimer(self, interval=SCROLL_MS)
        self._scroll.timeout.connect(self._scroll_on)
        self._port.installEventFilter(self)
        self._view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress and self._gap >= 0:
            if event.key() == Qt.Key.Key_Escape:
                self._leave()
            return True
        if not isinstance(event, QMouseEvent) or watched is not self._port:
            return False
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
            self._number = self._view.rowAt(self._pressed.y())
        elif kind == QEvent.Type.MouseMove and self._number >= 0:
            self._move(event.position().toPoint())
            return True  # or the rows that are passed would be chosen
        elif kind == QEvent.Type.MouseButtonRelease and self._number >= 0:
            return self._let_go()
        return False

    def _move(self, at: QPoint) -> None:
        self._at = at
        far = (at - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if self._gap < 0 and not far:
            return
        self._gap = self._gap_at(at.y())
        self._show_line()
        outside = at.y() < 0 or at.y() >= self._port.height()
        if outside and not self._scroll.isActive():
            self._scroll.start()
        elif not outside:
            self._scroll.stop()

    def _gap_at(self, y: int) -> int:
        """Before which row it would stand: the nearest gap between two."""
        rows = self._view.model().rowCount()
        height = max(1, self._view.rowHeight(0))
        return max(0, min(rows, round((y - self._view.rowViewportPosition(0)) / height)))

    def _show_line(self) -> None:
        top = self._view.rowViewportPosition(0) + self._gap * self._view.rowHeight(0)
        low = self._port.height() - LINE
        self._line.setGeometry(0, max(0, min(top - LINE // 2, low)), self._port.width(), LINE)
        self._line.show()
        self._line.raise_()

    def _scroll_on(self) -> None:
        """A row further, as long as the mouse is held above or below the list."""
        bar = self._view.verticalScrollBar()
        bar.setValue(bar.value() + (bar.singleStep() if self._at.y() > 0 else -bar.singleStep()))
        self._gap = self._gap_at(self._at.y())
        self._show_line()

    def _let_go(self) -> bool:
        number, gap = self._number, self._gap
        self._leave()
        if gap < 0:
            return False
        to = gap - 1 if gap > number else gap
        if to != number:
            self.moved.emit(number, to)
        return True

    def _leave(self) -> None:
        self._number = self._gap = -1
        self._scroll.stop()
        self._line.hide()


class _Line(QWidget):
    """Where a row would go."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), style.token("accent"))
