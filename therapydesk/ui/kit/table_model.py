"""The table model: it asks for rows in windows of 50, for a screen shows few of them, and keeps 48."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from therapydesk.api import UserError, tr
from therapydesk.ui.kit.columns import Cell, Column, Getter, cell, read

Fetch = Callable[[int, int], Sequence[Any]]
Index = QModelIndex | QPersistentModelIndex
PAGE = 50
KEPT = 48
CELLS_KEPT = 2000
ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
ROOT = QModelIndex()
PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
BOX = PLAIN | Qt.ItemFlag.ItemIsUserCheckable


class WindowedModel(QAbstractTableModel):
    """Rows by number, fetched when first looked at. With `tickable` the first column is a box to tick.

    `failed` tells the UserError of rows that could not be fetched.
    """

    failed = Signal(object)

    def __init__(
        self,
        count: int,
        fetch: Fetch,
        columns: Sequence[Column] = (),
        *,
        row_key: Getter = "id",
        tickable: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self.tickable = tickable
        self._row_key = row_key
        self._count, self._fetch = count, fetch
        self._pages: OrderedDict[int, Sequence[Any]] = OrderedDict()
        self._cells: dict[tuple[int, int], Cell] = {}
        self.ticked: dict[Any, Any] = {}

    def set_source(self, count: int, fetch: Fetch) -> None:
        """Show other rows. Ticks stay with the rows that carry them by key."""
        self.beginResetModel()
        self._count, self._fetch = count, fetch
        self._pages.clear()
        self._cells.clear()
        self.endResetModel()

    def forget(self, number: int) -> None:
        """Fetch a row anew when it is next looked at: it alone has changed."""
        self._pages.pop(number // PAGE, None)
        for section in range(self.columnCount()):
            self._cells.pop((number, section), None)
        self.dataChanged.emit(self.index(number, 0), self.index(number, self.columnCount() - 1))

    def set_columns(self, columns: Sequence[Column]) -> None:
        self.beginResetModel()
        self.columns = list(columns)
        self._cells.clear()
        self.endResetModel()

    # -- rows --------------------------------------------------------------------------------------------

    def row(self, number: int) -> Any:
        """Return a row, fetching its window when needed; None when the source has fewer rows than it said."""
        page = number // PAGE
        rows = self._pages.get(page)
        if rows is None:
            rows = self._pages[page] = self._read(page * PAGE)
            while len(self._pages) > KEPT:
                self._pages.popitem(last=False)
        else:
            self._pages.move_to_end(page)
        place = number - page * PAGE
        return rows[place] if place < len(rows) else None

    def _read(self, offset: int) -> Sequence[Any]:
        """A window; empty, and told once, when it cannot be read: it is asked for while the list is painted."""
        try:
            return self._fetch(offset, PAGE)
        except UserError as error:
            self.failed.emit(error)
            return ()

    def key(self, row: Any) -> Any:
        try:
            return read(row, self._row_key)
        except (AttributeError, KeyError):
            return row

    def find(self, key: Any, near: int = 0) -> int:
        """Return the number of the row with this key, or -1.

        Looks in the windows that are kept and those about row `near`; in all others only of a short list.
        """
        last, here = -(-self._count // PAGE), near // PAGE
        others = range(last) if last <= KEPT else ()
        for page in dict.fromkeys([*self._pages, here, here - 1, here + 1, *others]):
            for number in range(max(page, 0) * PAGE, min(self._count, (page + 1) * PAGE)):
                row = self.row(number)
                if row is not None and self.key(row) == key:
                    return number
        return -1

    # -- ticks -------------------------------------------------------------------------------------------

    def set_ticked(self, number: int, on: bool) -> None:
        row = self.row(number)
        if row is None:
            return
        if on:
            self.ticked[self.key(row)] = row
        else:
            self.ticked.pop(self.key(row), None)
        self.dataChanged.emit(self.index(number, 0), self.index(number, 0))

    def tick_all(self, on: bool) -> None:
        self.ticked.clear()
        if on:
            for number in range(self._count):
                row = self.row(number)
                if row is not None:
                    self.ticked[self.key(row)] = row
        if self._count:
            self.dataChanged.emit(self.index(0, 0), self.index(self._count - 1, 0))

    def tick_state(self) -> Qt.CheckState:
        """Return whether all, some or none of the rows are ticked."""
        if not self.ticked:
            return Qt.CheckState.Unchecked
        return Qt.CheckState.Checked if len(self.ticked) >= self._count else Qt.CheckState.PartiallyChecked

    # -- Qt ----------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns) + self.tickable

    def column(self, section: int) -> Column | None:
        """Return the column of a section; None for the one of the boxes."""
        place = section - self.tickable
        return self.columns[place] if 0 <= place < len(self.columns) else None

    def cell(self, number: int, section: int) -> Cell | None:
        """Return what to show there, worked out once; None past the last row and in the column of boxes."""
        found = self._cells.get((number, section))
        if found is None:
            column, row = self.column(section), self.row(number)
            if column is None or row is None:
                return None
            if len(self._cells) >= CELLS_KEPT:
                self._cells.clear()
            found = self._cells[number, section] = cell(column, row)
        return found

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        row = self.row(index.row())
        if role == ROW_ROLE or row is None:
            return row
        column = self.column(index.column())
        if column is None:
            return self._tick_data(row, role)
        if role == Qt.ItemDataRole.DisplayRole:
            return cell(column, row).text
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return cell(column, row).spoken()
        if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _tick_data(self, row: Any, role: int) -> Any:
        on = self.key(row) in self.ticked
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return tr("ticked") if on else tr("not ticked")
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if orientation == Qt.Orientation.Horizontal:
            column = self.column(section)
            if column is None:
                return tr("Ticked")
            return column.spoken if role == Qt.ItemDataRole.AccessibleTextRole else column.title
        row = self.row(section) if 0 <= section < self._count else None
        if row is None or not self.columns:
            return ""
        return cell(self.columns[0], row).text

    def flags(self, index: Index) -> Qt.ItemFlag:
        return BOX if self.tickable and index.column() == 0 else PLAIN

    def setData(self, index: Index, value: Any, role: int = int(Qt.ItemDataRole.EditRole)) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        self.set_ticked(index.row(), Qt.CheckState(value) == Qt.CheckState.Checked)
        return True
