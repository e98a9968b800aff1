"""What the grid holds and where each thing is: days across, hours down, in pixels that come from the font."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QWidget

from therapydesk.api import appointments, show_day, today, tr
from therapydesk.plugins.diary.service import Days, Hours
from therapydesk.plugins.diary.ui import grid_paint as paint
from therapydesk.plugins.diary.ui.week_layout import (
    Block,
    Strip,
    grow_strips,
    hours_shown,
    lay_out,
    minute_of,
    room_strips,
)
from therapydesk.ui.kit import style

STRIP_GAP = 3
RIGHT_GAP = 5
LEAST = 11  # average letters that a day needs beside its rooms


@dataclass
class Shown:
    """What the grid shows."""

    days: list[date] = field(default_factory=list)
    holidays: dict[date, str] = field(default_factory=dict)
    views: list[appointments.AppointmentView] = field(default_factory=list)
    facts: dict[object, str] = field(default_factory=dict)
    planned: list[Block] = field(default_factory=list)
    hours: Hours = Hours()


class GridBase(QAbstractScrollArea):
    """Days beside one another, hours down: contents and geometry."""

    scrolled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown = Shown()
        self.blocks: list[Block] = []
        self.strips: list[Strip] = []
        self.first_hour, self.last_hour = 9, 20
        self.offset = 0
        self.spot: datetime = datetime.combine(today(), time(9))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Diary"))
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.scrolled.emit())
        style.signals.theme_changed.connect(self.lay_out_again)

    def put_days(self, days: Days, hours: Hours, facts: dict[object, str], *, weekend: bool = False) -> None:
        """Hold these days. Saturday and Sunday are left out when nothing is in them, unless `weekend`."""
        busy = {v.starts_at.date() for v in days.sessions}
        all_days = [days.first + timedelta(days=n) for n in range(days.count)]
        kept = [d for d in all_days if weekend or days.count < 7 or d.weekday() < 5 or d in busy]
        self.shown = Shown(kept, days.holidays, days.sessions, facts, self.shown.planned, hours)
        self.lay_out_again()
        if self.spot.date() not in kept:
            day = today() if today() in kept else kept[0]
            self.spot = datetime.combine(day, self.spot.time())

    def show_planned(self, planned: list[Block]) -> None:
        """Show sessions that are typed but not booked yet, dashed. Most keys change nothing about them."""
        if planned == self.shown.planned:
            return
        self.shown.planned = planned
        self.lay_out_again()
        if planned and planned[0].day in self.shown.days:
            self.bring(planned[0].start, planned[0].end)

    def lay_out_again(self) -> None:
        shown = self.shown
        days = set(shown.days)
        self.first_hour, self.last_hour = hours_shown(shown.views, shown.hours.first, shown.hours.last)
        for block in shown.planned:
            if block.day in days:
                self.first_hour = min(self.first_hour, block.start // 60)
                self.last_hour = max(self.last_hour, -(-block.end // 60))
        views = [v for v in shown.views if v.starts_at.date() in days]
        self.blocks = lay_out(views, [b for b in shown.planned if b.day in days])
        metrics = style.small_metrics()
        need = {
            v.room: round((metrics.horizontalAdvance(v.room) + 16) / self.hour_height() * 60) for v in views
        }
        first, last = self.first_hour * 60, self.last_hour * 60
        self.strips = grow_strips(room_strips(self.blocks), need, first, last)
        self.measure()

    def measure(self) -> None:
        height = self.hour_height() * (self.last_hour - self.first_hour) + 2
        page = self.viewport().height()
        self.verticalScrollBar().setPageStep(page)
        self.verticalScrollBar().setSingleStep(self.hour_height() // 2)
        self.verticalScrollBar().setRange(0, max(0, height - page))
        self.viewport().update()
        self.scrolled.emit()

    def hour_height(self) -> int:
        """An hour: three quarters of it hold a name and a second line."""
        return _hour_height()

    def time_width(self) -> int:
        return _time_width()

    def strip_width(self) -> int:
        return style.small_line_height() + 3

    def days_shown(self) -> list[date]:
        """The days that fit; the others are reached by moving sideways."""
        fit = max(
            1, (self.viewport().width() - self.time_width()) // (self.strip_width() + style.chars(LEAST))
        )
        self.offset = max(0, min(self.offset, len(self.shown.days) - fit))
        return self.shown.days[self.offset : self.offset + fit]

    def column(self, day: date) -> tuple[int, int]:
        """Left edge and width of a day in the viewport."""
        days = self.days_shown()
        width = self.viewport().width() - self.time_width()
        number = days.index(day)
        left = self.time_width() + number * width // len(days)
        return left, self.time_width() + (number + 1) * width // len(days) - left

    def y_of(self, minute: int) -> int:
        """Where a minute of the day is in the viewport."""
        y = (minute - self.first_hour * 60) * self.hour_height() / 60
        return round(y) - self.verticalScrollBar().value()

    def rect_of(self, block: Block, column: tuple[int, int] | None = None) -> QRect:
        """Where a session is in the viewport; `column` is that of its day, for whoever asks about hundreds."""
        left, width = column or self.column(block.day)
        inside = QRect(left + self.strip_width() + STRIP_GAP, 0, 0, 0)
        room = left + width - RIGHT_GAP - inside.x()
        lane = room // block.lanes
        top, bottom = self.y_of(block.start), self.y_of(block.end)
        return QRect(
            inside.x() + block.lane * lane, top + 1, lane - (2 if block.lanes > 1 else 0), bottom - top - 2
        )

    def slot_rect(self) -> QRect:
        """Where the empty time of the cursor is: a session long, or until the next one begins."""
        day = self.spot.date()
        left, width = self.column(day)
        start = minute_of(self.spot, day)
        end = start + self.shown.hours.minutes
        end = min([end, *(b.start for b in self.blocks if b.day == day and start < b.start < end)])
        x = left + self.strip_width() + STRIP_GAP
        top, bottom = self.y_of(start), self.y_of(end)
        return QRect(x, top + 1, left + width - RIGHT_GAP - x, bottom - top - 2)

    def bring(self, start: int, end: int) -> None:
        """Scroll so that these minutes can be seen."""
        bar, hour = self.verticalScrollBar(), self.hour_height()
        top, bottom = self.y_of(start) + bar.value(), self.y_of(end) + bar.value()
        if top < bar.value():
            bar.setValue(max(0, top - hour // 4))
        elif bottom > bar.value() + self.viewport().height():
            bar.setValue(bottom - self.viewport().height() + hour // 4)


def block_words(block: Block) -> str:
    """A session in words, for a screen reader and the tooltip."""
    start, end = f"{block.start // 60:02}:{block.start % 60:02}", f"{block.end // 60:02}:{block.end % 60:02}"
    parts = [
        show_day(block.day, short=True),
        tr("{start} to {end}").format(start=start, end=end),
        block.heading,
    ]
    if block.view is None:
        return ", ".join([*parts, tr("not booked yet")])
    view = block.view
    parts += [appointments.kind_word(view.kind), view.where]
    if view.series_id is not None:
        parts.append(tr("one of a series"))
    if view.state != "booked":
        parts.append(appointments.state_word(view.state))
    if view.stopped:
        parts.append(paint.second_line(view, {}))
    return ", ".join(p for p in parts if p)


@style.by_look
def _hour_height() -> int:
    return round((style.line_height() + style.small_line_height() + 3) / 0.75)


@style.by_look
def _time_width() -> int:
    return style.small_metrics().horizontalAdvance("00:00") + 18
