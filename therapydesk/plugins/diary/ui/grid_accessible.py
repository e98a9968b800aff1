"""What a screen reader is told of the grid: a table of days and times whose sessions are its named children."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QColor, QWindow

from therapydesk.api import ntr, show_day, show_time, tr
from therapydesk.plugins.diary.ui.grid_base import block_words
from therapydesk.plugins.diary.ui.week_grid import WeekGrid

Role = QAccessible.Role
_kept: dict[int, QAccessibleInterface] = {}


class GridInterface(QAccessibleInterface):
    """The grid. Its children are the sessions in order of time, and last the empty time of the cursor."""

    def __init__(self, grid: WeekGrid) -> None:
        super().__init__()
        self._grid = grid
        self._cells: dict[int, CellInterface] = {}

    def isValid(self) -> bool:
        return True

    def object(self) -> QObject:
        return self._grid

    def window(self) -> QWindow | None:
        return self._grid.window().windowHandle()

    def parent(self) -> QAccessibleInterface | None:
        return QAccessible.queryAccessibleInterface(self._grid.parentWidget())

    def role(self) -> QAccessible.Role:
        return Role.Table

    def childCount(self) -> int:
        return len(self._grid.blocks) + 1

    def child(self, index: int) -> QAccessibleInterface | None:
        if not 0 <= index < self.childCount():
            return None
        if index not in self._cells:
            self._cells[index] = CellInterface(self, self._grid, index)
        return self._cells[index]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return child.index if isinstance(child, CellInterface) else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:
        for index in range(self.childCount()):
            found = self.child(index)
            if found is not None and found.rect().contains(x, y):
                return found
        return None

    def focusChild(self) -> QAccessibleInterface | None:
        return self.child(self._grid.accessible_index()) if self._grid.hasFocus() else None

    def rect(self) -> QRect:
        return QRect(self._grid.mapToGlobal(self._grid.rect().topLeft()), self._grid.size())

    def text(self, kind: QAccessible.Text) -> str:
        days = self._grid.shown.days
        if kind == QAccessible.Text.Name and days:
            count = sum(b.key is not None for b in self._grid.blocks)
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
        return self._grid_state()

    def _grid_state(self) -> Any:
        state = QAccessible.State()
        state.focusable = True  # type: ignore[attr-defined]  # a bit field that the stubs leave out
        state.focused = self._grid.hasFocus()  # type: ignore[attr-defined]  # as above
        return state

    def foregroundColor(self) -> QColor:
        return self._grid.palette().windowText().color()

    def backgroundColor(self) -> QColor:
        return self._grid.palette().base().color()


class CellInterface(QAccessibleInterface):
    """A session, or the empty time that the cursor is on."""

    def __init__(self, parent: GridInterface, grid: WeekGrid, index: int) -> None:
        super().__init__()
        self._parent, self._grid, self.index = parent, grid, index

    def isValid(self) -> bool:
        return self.index <= len(self._grid.blocks)

    def object(self) -> QObject | None:
        return None

    def window(self) -> QWindow | None:
        return self._parent.window()

    def parent(self) -> QAccessibleInterface:
        return self._parent

    def role(self) -> QAccessible.Role:
        return Role.Cell

    def childCount(self) -> int:
        return 0

    def child(self, index: int) -> QAccessibleInterface | None:
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:
        return None

    def focusChild(self) -> QAccessibleInterface | None:
        return None

    def rect(self) -> QRect:
        grid = self._grid
        days = grid.days_shown()
        block = grid.blocks[self.index] if self.index < len(grid.blocks) else None
        day = block.day if block is not None else grid.cursor.date()
        if day not in days:
            return QRect()
        found = grid.rect_of(block) if block is not None else grid.slot_rect()
        return QRect(grid.viewport().mapToGlobal(found.topLeft()), found.size())

    def text(self, kind: QAccessible.Text) -> str:
        if kind != QAccessible.Text.Name:
            return ""
        if self.index < len(self._grid.blocks):
            return block_words(self._grid.blocks[self.index])
        at = self._grid.cursor
        return tr("{day}, {time}, nothing booked").format(
            day=show_day(at.date(), short=True), time=show_time(at.time())
        )

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        return

    def state(self) -> QAccessible.State:
        here = self.index == self._grid.accessible_index()
        state = QAccessible.State()
        state.focusable = True  # type: ignore[attr-defined]  # a bit field that the stubs leave out
        state.selectable = True  # type: ignore[attr-defined]  # as above
        state.selected = here  # type: ignore[attr-defined]  # as above
        state.focused = here and self._grid.hasFocus()  # type: ignore[attr-defined]  # as above
        return state

    def foregroundColor(self) -> QColor:
        return self._parent.foregroundColor()

    def backgroundColor(self) -> QColor:
        return self._parent.backgroundColor()


def _make(class_name: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, WeekGrid):
        return None
    key = id(thing)
    if key not in _kept:
        _kept[key] = GridInterface(thing)
        thing.destroyed.connect(lambda: _kept.pop(key, None))
    return _kept[key]


_installed: list[bool] = []


def install() -> None:
    """Have Qt ask us about grids; once a program."""
    if not _installed:
        QAccessible.installFactory(_make)
        _installed.append(True)
