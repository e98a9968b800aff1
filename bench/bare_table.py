"""Fresh process: a bare table of as many rows of plain words, the limit of any list."""

from __future__ import annotations

import sys
import time

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QApplication, QTableView

from bench.figures import p95
from bench.fresh import answer, memory, own_memory
from bench.painted import Paints, wait, wait_until
from bench.scroll import scroll

WORDS = ("Carys", "To sing with others again", "Thursday 14:30", "Ruth", "Active")
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class Rows(QAbstractTableModel):
    """The same words in every row."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else self.count

    def columnCount(self, parent: Index = ROOT) -> int:
        return len(WORDS)

    def data(self, index: Index, role: int = 0) -> object:
        return f"{WORDS[index.column()]} {index.row()}" if role == Qt.ItemDataRole.DisplayRole else None


def main() -> None:
    """Measure and hand back."""
    _app = QApplication(sys.argv[:1])
    window = QTableView()
    window.resize(1366, 768)
    window.show()
    wait(300)
    before = memory()
    start = time.perf_counter()
    view = QTableView(window)
    model = Rows(int(sys.argv[1]))
    view.setModel(model)
    view.resize(1100, 700)
    paints = Paints(view.viewport())
    view.show()
    wait_until(lambda: paints.count > 0)
    first = time.perf_counter() - start
    wait(300)
    whole, own = memory(), own_memory()
    answer(first=first, scroll=p95(scroll(view, paints)), memory=memory() - before, whole=whole, own=own)


main()
