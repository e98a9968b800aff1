"""Fresh process: a bare table of 200 rows whose marks are committed to a plain file, the limit of any register."""

from __future__ import annotations

import sys
import time

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView

from bench.figures import median, p95
from bench.fresh import answer
from bench.painted import Paints, wait, wait_until
from bench.plain import plain_file

ROWS, MARKED, BETWEEN_MS = 200, 100, 40
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class Marks(QAbstractTableModel):
    """A name and a mark in each row."""

    def __init__(self) -> None:
        super().__init__()
        self.marks = ["expected"] * ROWS

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else ROWS

    def columnCount(self, parent: Index = ROOT) -> int:
        return 6

    def data(self, index: Index, role: int = 0) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.marks[index.row()] if index.column() == 0 else f"Carys {index.row()}"

    def mark(self, row: int) -> None:
        """Mark one row."""
        self.marks[row] = "came"
        self.dataChanged.emit(self.index(row, 0), self.index(row, 5))


def main() -> None:
    """Measure and hand back."""
    _app = QApplication(sys.argv[:1])
    window = QTableView()
    window.resize(1366, 768)
    window.show()
    wait(300)
    with plain_file() as file:
        file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, mark)")
        file.executemany("INSERT INTO t VALUES (?, 'expected')", [(n,) for n in range(ROWS)])
        start = time.perf_counter()
        file.execute("SELECT * FROM t").fetchall()
        view, model = QTableView(window), Marks()
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setModel(model)
        view.resize(1100, 700)
        paints = Paints(view.viewport())
        view.show()
        wait_until(lambda: paints.count > 0)
        first = time.perf_counter() - start
        wait(300)
        keys = []
        for row in range(MARKED):
            before, start = paints.count, time.perf_counter()
            file.execute("UPDATE t SET mark = 'came' WHERE id = ?", (row,))
            model.mark(row)
            view.selectRow(row + 1)
            wait_until(lambda seen=before: paints.count > seen)  # type: ignore[misc]  # a default binds it here
            keys.append(time.perf_counter() - start)
            wait(BETWEEN_MS)
    answer(first=first, key=median(keys), key_p95=p95(keys))


main()
