"""The days of the diary as a grid of days and times; everything in it can be reached and done by keyboard."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from therapydesk.api import show_time, tr
from therapydesk.plugins.diary.ui import grid_paint as paint
from therapydesk.plugins.diary.ui.grid_base import block_words
from therapydesk.plugins.diary.ui.grid_cursor import CursorGrid
from therapydesk.plugins.diary.ui.grid_move import Drag, moved_by_key
from therapydesk.plugins.diary.ui.week_layout import STEP, Block, minute_of, moment_of
from therapydesk.ui.kit import style

Key = Qt.Key
_numbers = count(1)


class WeekGrid(CursorGrid):
    """Arrow keys move, Enter opens a session or books an empty time.

    Alt with an arrow key, or the mouse, moves a session.
    """

    opened = Signal(object)  # UUID of a session
    slot_chosen = Signal(object)  # datetime of an empty time
    moved = Signal(object, object)  # UUID, datetime
    menu_wanted = Signal(object, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.accessible_number = next(_numbers)
        self.drag: Drag | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self._minute = QTimer(self)
        self._minute.setInterval(30_000)
        self._minute.timeout.connect(self.viewport().update)
        self._minute.start()

    # -- keyboard ---------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            arrows = (Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down)
            if (
                event.modifiers() & Qt.KeyboardModifier.AltModifier
                and event.key() in arrows
                and self.chosen()
            ):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, alt = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        steps = {Key.Key_Left: (-1, 0), Key.Key_Right: (1, 0), Key.Key_Up: (0, -1), Key.Key_Down: (0, 1)}
        arrow = steps.get(Key(key))
        if self.drag is not None and key == Key.Key_Escape:
            self.drag = None
            self.viewport().update()
        elif arrow is not None and alt:
            self._move_session(*arrow)
        elif arrow is not None and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            self.step(*arrow)
        elif key in (Key.Key_PageUp, Key.Key_PageDown):
            self.step_wanted.emit(-1 if key == Key.Key_PageUp else 1)
        elif key in (Key.Key_Home, Key.Key_End):
            self.to_end(first=key == Key.Key_Home)
        elif key in (Key.Key_Return, Key.Key_Enter):
            self._open()
        elif key == Key.Key_Menu:
            self._menu_at_cursor()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        view = self.chosen()
        if view is not None:
            self.opened.emit(view.id)
        else:
            self.slot_chosen.emit(self.spot)

    def _move_session(self, days: int, up: int) -> None:
        view = self.chosen()
        if view is None:
            return
        target = moved_by_key(view.starts_at, days, up * STEP, self.shown.days)
        self.moved.emit(view.id, target)

    def _menu_at_cursor(self) -> None:
        block = self.chosen_block()
        rect = self.rect_of(block) if block is not None else self.slot_rect()
        place = self.viewport().mapToGlobal(rect.center())
        self.menu_wanted.emit(block.view if block is not None else None, place)

    # -- mouse ------------------------------------------------------------------------------------------

    def block_at(self, at: QPoint) -> Block | None:
        days = set(self.days_shown())
        return next(
            (b for b in self.blocks if b.key and b.day in days and self.rect_of(b).contains(at)), None
        )

    def moment_at(self, at: QPoint) -> datetime | None:
        """The time under the mouse, in quarters of an hour."""
        for day in self.days_shown():
            left, width = self.column(day)
            if left <= at.x() < left + width:
                minute = (
                    self.first_hour * 60
                    + (at.y() + self.verticalScrollBar().value()) * 60 / self.hour_height()
                )
                minute = min(
                    max(int(minute // STEP) * STEP, self.first_hour * 60), self.last_hour * 60 - STEP
                )
                return moment_of(day, minute)
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        block, moment = self.block_at(at), self.moment_at(at)
        if event.button() == Qt.MouseButton.LeftButton and block is not None and block.view is not None:
            self._chosen, self.spot = block.key, block.view.starts_at
            self.drag = Drag(block, at, at.y() - self.rect_of(block).y())
            self.tell()
        elif event.button() == Qt.MouseButton.LeftButton and moment is not None:
            self._chosen, self.spot = None, moment
            self.tell()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self.drag is None:
            inside = self.block_at(at) is not None
            self.viewport().setCursor(
                Qt.CursorShape.PointingHandCursor if inside else Qt.CursorShape.ArrowCursor
            )
            return
        far = (at - self.drag.pressed).manhattanLength() >= QApplication.startDragDistance()
        if far or self.drag.target is not None:
            self.drag.target = self.moment_at(
                QPoint(at.x(), at.y() - self.drag.grip + self.hour_height() // 8)
            )
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self.drag = self.drag, None
        self.viewport().unsetCursor()
        self.viewport().update()
        if drag is None or drag.target is None or drag.block.view is None:
            return
        if drag.target != drag.block.view.starts_at:
            self.moved.emit(drag.block.view.id, drag.target)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._open()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = self.viewport().mapFromGlobal(event.globalPos())
        block = self.block_at(at)
        if block is not None and block.key is not None:
            self.choose(block.key)
        self.menu_wanted.emit(block.view if block is not None else None, event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            block = self.block_at(event.pos())
            QToolTip.showText(event.globalPos(), block_words(block) if block is not None else "", self)
            return True
        return super().viewportEvent(event)

    # -- painting ---------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.measure()
        self.show_cursor(scroll=False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.tell()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(style.chars(90), self.hour_height() * 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(style.chars(20), self.hour_height() * 3)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        days = self.days_shown()
        self.paint_days(painter, days)
        self.paint_focus(painter, days)
        self._paint_drag(painter, days)

    def _paint_drag(self, painter: QPainter, days: list[date]) -> None:
        if self.drag is None or self.drag.target is None or self.drag.target.date() not in days:
            return
        block = self.drag.block
        start = minute_of(self.drag.target, self.drag.target.date())
        ghost = Block(
            self.drag.target.date(), start, start + block.end - block.start, None, heading=block.heading
        )
        second = tr("to {time}").format(time=show_time(self.drag.target.time()))
        paint.draw_session(painter, self.rect_of(ghost), ghost, second, moving=True)
