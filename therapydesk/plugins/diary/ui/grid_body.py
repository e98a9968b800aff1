"""What the grid paints whatever is chosen: hours, rooms, bank holidays, sessions, now."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from therapydesk.api import local_now, tr
from therapydesk.plugins.diary.ui import grid_paint as paint
from therapydesk.plugins.diary.ui.grid_base import GridBase
from therapydesk.plugins.diary.ui.week_layout import minute_of
from therapydesk.ui.kit import style


class PaintedGrid(GridBase):
    """The grid without a cursor."""

    def paint_days(self, painter: QPainter, days: list[date]) -> None:
        """Paint these days."""
        self._paint_columns(painter, days)
        for strip in self.strips:
            if strip.day in days:
                left, _width = self.column(strip.day)
                top, bottom = self.y_of(strip.start), self.y_of(strip.end)
                paint.draw_strip(painter, QRect(left + 1, top, self.strip_width(), bottom - top), strip.room)
        self._paint_holidays(painter, days)
        seen, columns = self.viewport().rect(), {day: self.column(day) for day in days}
        for block in (block for block in self.blocks if block.day in columns):
            rect = self.rect_of(block, columns[block.day])
            if rect.intersects(seen):
                second = paint.second_line(block.view, self.shown.facts) if block.view else block.second
                paint.draw_session(painter, rect, block, second)
        self._paint_now(painter, days)

    def _paint_columns(self, painter: QPainter, days: list[date]) -> None:
        area, border = self.viewport().rect(), style.token("border")
        small = style.small_font()
        height = QFontMetrics(small).height()
        for hour in range(self.first_hour, self.last_hour + 1):
            y = self.y_of(hour * 60)
            if y > 0:
                painter.fillRect(QRect(self.time_width(), y, area.width(), 1), border)
            painter.setFont(small)
            painter.setPen(style.token("text_muted"))
            top = y + 2 if hour == self.first_hour else y - height // 2
            box = QRect(0, top, self.time_width() - 8, height)
            painter.drawText(
                box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), f"{hour:02}:00"
            )
        for day in days:
            painter.fillRect(QRect(self.column(day)[0], 0, 1, area.height()), border)

    def _paint_holidays(self, painter: QPainter, days: list[date]) -> None:
        for day in days:
            if day not in self.shown.holidays:
                continue
            left, width = self.column(day)
            booked = sum(b.day == day and b.key is not None for b in self.blocks)
            words = tr("Closed. Nothing booked.") if not booked else tr("{n} booked.").format(n=booked)
            column = QRect(left + 1, 0, width - 1, self.viewport().height())
            head = QRect(left, self.y_of(self.first_hour * 60), width, 0)
            paint.draw_holiday(painter, column, head, self.shown.holidays[day], words)

    def _paint_now(self, painter: QPainter, days: list[date]) -> None:
        now = local_now()
        if now.date() in days and self.first_hour * 60 <= minute_of(now, now.date()) <= self.last_hour * 60:
            left, width = self.column(now.date())
            paint.draw_now(painter, left, left + width - 2, self.y_of(minute_of(now, now.date())))
