"""The cursor of the grid: on a session, or on an empty time."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter
from PySide6.QtWidgets import QWidget

from therapydesk.api import appointments, local_now, show_time, tr
from therapydesk.plugins.diary.service import Days, Hours
from therapydesk.plugins.diary.ui import grid_paint as paint
from therapydesk.plugins.diary.ui.grid_body import PaintedGrid
from therapydesk.plugins.diary.ui.week_layout import STEP, Block, minute_of, moment_of
from therapydesk.ui.kit import style


class CursorGrid(PaintedGrid):
    """`step_wanted` asks for the days before or after."""

    selected = Signal(object)  # AppointmentView or None
    step_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen: UUID | None = None

    def show_days(self, days: Days, hours: Hours, facts: dict[object, str], *, weekend: bool = False) -> None:
        """Show these days; the cursor stays where it was, or goes to now the first time."""
        first_time = not self.shown.days
        self.put_days(days, hours, facts, weekend=weekend)
        self._find_chosen()
        if first_time:
            self.start_at_now()
        self.show_cursor(scroll=False)
        self.selected.emit(self.chosen())

    def chosen(self) -> appointments.AppointmentView | None:
        """The session that the cursor is on."""
        block = self.chosen_block()
        return block.view if block is not None else None

    def chosen_block(self) -> Block | None:
        return next((b for b in self.blocks if b.key is not None and b.key == self._chosen), None)

    def choose(self, appointment_id: UUID) -> bool:
        """Put the cursor on a session; False when it is not in these days."""
        block = next((b for b in self.blocks if b.key == appointment_id), None)
        if block is None or block.view is None:
            return False
        self._chosen, self.spot = appointment_id, block.view.starts_at
        self.show_cursor()
        self.tell()
        return True

    def _find_chosen(self) -> None:
        block = self.chosen_block()
        if block is not None and block.view is not None:
            self.spot = block.view.starts_at
        else:
            self._chosen = self._at(self.spot)

    def _at(self, moment: datetime) -> UUID | None:
        minute = minute_of(moment, moment.date())
        inside = [b for b in self.blocks if b.day == moment.date() and b.start <= minute < b.end and b.key]
        return inside[0].key if inside else None

    def start_at_now(self) -> None:
        """Put the cursor on the session of now or the next one of today, unless it is completed; else on the first hour."""
        now = local_now()
        today = [b.view for b in self.blocks if b.day == now.date() and b.view is not None]
        coming = [view for view in today if view.ends_at > now and view.state == "booked"]
        if now.date() in self.shown.days and coming:
            self._chosen, self.spot = coming[0].id, coming[0].starts_at
        else:
            self.spot = datetime.combine(self.spot.date(), time(self.shown.hours.first))
            self._chosen = self._at(self.spot)
        self.show_cursor()

    def land(self) -> None:
        """Take the cursor where `cursor` was set to: on the session there, or the empty time."""
        self._chosen = self._at(self.spot)
        self.show_cursor()
        self.tell()

    def show_cursor(self, *, scroll: bool = True) -> None:
        """Bring the cursor's day and time into view."""
        days = self.shown.days
        number = days.index(self.spot.date()) if self.spot.date() in days else 0
        count = max(1, len(self.days_shown()))
        if number < self.offset:
            self.offset = number
        elif number >= self.offset + count:
            self.offset = number - count + 1
        if scroll:
            start = minute_of(self.spot, self.spot.date())
            self.bring(start, start + self.shown.hours.minutes)
        self.viewport().update()
        self.scrolled.emit()

    def tell(self) -> None:
        """Say where the cursor is: to the page, and to a screen reader."""
        self.viewport().update()
        self.selected.emit(self.chosen())
        event = QAccessibleEvent(self, QAccessible.Event.Focus)
        event.setChild(self.accessible_index())
        QAccessible.updateAccessibility(event)

    def accessible_index(self) -> int:
        """The number, among the grid's accessible children, of what the cursor is on."""
        block = self.chosen_block()
        return self.blocks.index(block) if block is not None else len(self.blocks)

    def step(self, days: int, up: int) -> None:
        """One step to the side or down; past the last day `step_wanted` asks for the days there."""
        if days:
            number = self.shown.days.index(self.spot.date()) + days
            if not 0 <= number < len(self.shown.days):
                self.step_wanted.emit(days)
                return
            self.spot = datetime.combine(self.shown.days[number], self.spot.time())
            self._chosen = self._at(self.spot)
        else:
            self._step_down(up)
        self.show_cursor()
        self.tell()

    def _step_down(self, up: int) -> None:
        day, minute = self.spot.date(), minute_of(self.spot, self.spot.date())
        today_blocks = sorted(
            (b for b in self.blocks if b.day == day and b.key), key=lambda b: (b.start, b.lane)
        )
        block = self.chosen_block()
        keys = [b.key for b in today_blocks]
        if block is not None and block.key in keys:
            beside = keys.index(block.key) + up
            if 0 <= beside < len(today_blocks) and today_blocks[beside].start == block.start:
                self._chosen = today_blocks[beside].key  # at the same time, in the next lane
                return
            minute = block.end if up > 0 else block.start - STEP
        else:
            minute = (minute // STEP + up) * STEP
        minute = min(max(minute, self.first_hour * 60), self.last_hour * 60 - STEP)
        self.spot = moment_of(day, minute)
        self._chosen = self._at(self.spot)
        found = self.chosen_block()
        if found is not None and found.view is not None:
            self.spot = found.view.starts_at

    def to_end(self, *, first: bool) -> None:
        """To the first or last session of the day."""
        mine = sorted((b for b in self.blocks if b.day == self.spot.date() and b.key), key=lambda b: b.start)
        if mine:
            key = (mine[0] if first else mine[-1]).key
            if key is not None:
                self.choose(key)

    def paint_focus(self, painter: QPainter, days: list[date]) -> None:
        """The ring round what the cursor is on."""
        if not self.hasFocus() or self.spot.date() not in days:
            return
        block = self.chosen_block()
        rect = self.rect_of(block) if block is not None else self.slot_rect()
        if block is None:
            painter.setFont(style.small_font())
            painter.setPen(style.token("text_muted"))
            box = rect.adjusted(12, 2, -4, 0)
            text = tr("{time}, Enter books").format(time=show_time(self.spot.time()))
            if painter.fontMetrics().horizontalAdvance(text) > box.width():
                text = show_time(self.spot.time())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), text)
        paint.draw_ring(painter, rect)
