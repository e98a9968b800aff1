"""The grid in its frame, with the heads of the days above it."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from therapydesk.api import show_day, today, tr
from therapydesk.plugins.diary.ui import grid_accessible
from therapydesk.plugins.diary.ui import grid_paint as paint
from therapydesk.plugins.diary.ui.week_grid import WeekGrid
from therapydesk.ui.kit import style


class DayHeads(QWidget):
    """The days above the grid; today is semibold with a line of 4 px in accent."""

    def __init__(self, grid: WeekGrid) -> None:
        super().__init__()
        self._grid = grid
        grid.scrolled.connect(self.update)
        style.signals.theme_changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(style.chars(60), style.line_height() + 22)

    def minimumSizeHint(self) -> QSize:
        return QSize(style.chars(20), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.token("surface2"))
        box = QRectF(self.rect())
        painter.drawRoundedRect(box.adjusted(0, 0, 0, 8), 7, 7)
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), style.token("border"))
        for day in self._grid.days_shown():
            self._paint_day(painter, day)

    def _paint_day(self, painter: QPainter, day: date) -> None:
        left, width = self._grid.column(day)
        painter.fillRect(QRect(left, 0, 1, self.height()), style.token("border"))
        is_today = day == today()
        font = paint.bold(is_today)
        box = QRect(left + 12, 0, width - 16, self.height())
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(font)
        painter.setPen(style.token("text"))
        text = show_day(day, short=True)
        painter.drawText(box, flags, text)
        note = tr("today") if is_today else tr("Bank holiday") if day in self._grid.shown.holidays else ""
        used = QFontMetrics(font).horizontalAdvance(text) + 8
        if note and used + QFontMetrics(style.body_font()).horizontalAdvance(note) <= box.width():
            painter.setFont(style.body_font())
            painter.setPen(style.token("text_muted"))
            painter.drawText(box.adjusted(used, 0, 0, 0), flags, note)
        if is_today:
            painter.fillRect(QRect(left + 1, self.height() - 4, width - 1, 4), style.token("accent"))


class WeekView(QFrame):
    """The grid in its frame, with the heads of the days."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("part", "table")
        grid_accessible.install()
        self.grid = WeekGrid()
        self.heads = DayHeads(self.grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.heads)
        column.addWidget(self.grid, 1)
        self.setFocusProxy(self.grid)
