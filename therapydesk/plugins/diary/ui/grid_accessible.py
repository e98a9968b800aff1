"""What a screen reader is told of the grid.

A table of days and times whose sessions are its named children.
"""

from __future__ import annotations

import weakref

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QColor, QWindow
from shiboken6 import isValid

from therapydesk.api import ntr, show_day, show_time, tr
from therapydesk.plugins.diary.ui.grid_base import block_words
from therapydesk.plugins.diary.ui.week_grid import WeekGrid

Role = QAccessible.Role
# Qt keeps what it is given, and deletes it, until the program ends. Python must not do so first: all are
# kept here.
_made: dict[int, GridInterface] = {}


class GridInterface(QAccessibleInterface):
    """The grid. Its children are the sessions in order of time, and last the empty time of the cursor."""

    def __init__(self, grid: WeekGrid) -> None:
        super().__init__()
        self._seen = weakref.ref(grid)
        self._cells: dict[int, CellInterface] = {}

    @property
    def grid(self) -> WeekGrid:
        """The grid; ask `isValid` first. Not held, so that what it shows goes when it goes (at lock)."""
        found = self._seen()
        if found is None:
            raise ReferenceError("the grid is gone")
        return found

    def isValid(self) -> bool:
        found = self._seen()
        return found is not None and isValid(found)

    def object(self) -> QObject:
        return self.grid

    def window(self) -> QWindow | None:  # type: ignore[override]  # the stubs forget that there may be none
        return self.grid.window().windowHandle()

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]  # the stubs forget that there may be none
        return QAccessible.queryAccessibleInterface(self.grid.parentWidget() or self.grid.window())

    def role(self) -> QAccessible.Role:
        return Role.Table

    def childCount(self) -> int:
        return len(self.grid.blocks) + 1

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]  # the stubs forget that there may be none
        if not 0 <= index < self.childCount():
            return None
        if index not in self._cells:
            self._cells[index] = CellInterface(self, index)
        return self._cells[index]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return child.index if isinstance(child, CellInterface) else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]  # the stubs forget that there may be none
        for index in range(self.childCount()):
            found = self.child(index)
            if found is not None and found.rect().contains(x, y):
                return found
        return None

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]  # the stubs forget that there may be none
        return self.child(self.grid.accessible_index()) if self.grid.hasFocus() else None

    def rect(self) -> QRect:
        return QRect(self.grid.mapToGlobal(self.grid.rect().topLeft()), self.grid.size())

    def text(self, kind: QAccessible.Text) -> str:
        days = self.grid.shown.days
        if kind == QAccessible.Text.Name and days:
            count = sum(b.key is not None for b in self.grid.blocks)
            sessions = ntr("one session", "{n} sessions", count)
            return tr("Diary, {first} to {last}, {sessions}").format(
                first=show_day(days[0], short=True), last=show_day(days[-1], short=True), sessions=sessions
            )
        if kind == QAccessible.Text.Help:
            return tr("Arrow keys move. Enter opens or books. Alt and arrow keys move a session.")
        return ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        return

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.focusable = True
        state.focused = self.grid.hasFocus()
        return state

    def foregroundColor(self) -> QColor:
        return self.grid.palette().windowText().color()

    def backgroundColor(self) -> QColor:
        return self.grid.palette().base().color()


class CellInterface(QAccessibleInterface):
    """A session, or the empty time that the cursor is on."""

    def __init__(self, parent: GridInterface, index: int) -> None:
        super().__init__()
        self._parent, self.index = parent, index

    def isValid(self) -> bool:
        return self._parent.isValid() and self.index <= len(self._parent.grid.blocks)

    def object(self) -> QObject | None:  # type: ignore[override]  # the stubs forget that there may be none
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]  # the stubs forget that there may be none
        return self._parent.window()

    def parent(self) -> QAccessibleInterface:
        return self._parent

    def role(self) -> QAccessible.Role:
        return Role.Cell

    def childCount(self) -> int:
        return 0

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]  # the stubs forget that there may be none
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]  # the stubs forget that there may be none
        return None

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]  # the stubs forget that there may be none
        return None

    def rect(self) -> QRect:
        grid = self._parent.grid
        days = grid.days_shown()
        block = grid.blocks[self.index] if self.index < len(grid.blocks) else None
        day = block.day if block is not None else grid.spot.date()
        if day not in days:
            return QRect()
        found = grid.rect_of(block) if block is not None else grid.slot_rect()
        return QRect(grid.viewport().mapToGlobal(found.topLeft()), found.size())

    def text(self, kind: QAccessible.Text) -> str:
        if kind != QAccessible.Text.Name:
            return ""
        if self.index < len(self._parent.grid.blocks):
            return block_words(self._parent.grid.blocks[self.index])
        at = self._parent.grid.spot
        return tr("{day}, {time}, nothing booked").format(
            day=show_day(at.date(), short=True), time=show_time(at.time())
        )

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        return

    def state(self) -> QAccessible.State:
        here = self.index == self._parent.grid.accessible_index()
        state = QAccessible.State()
        state.focusable = True
        state.selectable = True
        state.selected = here
        state.focused = here and self._parent.grid.hasFocus()
        return state

    def foregroundColor(self) -> QColor:
        return self._parent.foregroundColor()

    def backgroundColor(self) -> QColor:
        return self._parent.backgroundColor()


def _make(class_name: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, WeekGrid):
        return None
    made = _made.get(thing.accessible_number)
    if made is None:
        made = _made[thing.accessible_number] = GridInterface(thing)
    return made


_installed: list[bool] = []


def install() -> None:
    """Have Qt ask us about grids; once a program."""
    if not _installed:
        QAccessible.installFactory(_make)
        _installed.append(True)
