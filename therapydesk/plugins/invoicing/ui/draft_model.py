"""Drafts as a tree: payers, and under each the sessions with ticks of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal

from therapydesk.api import Money, ntr, show_day, tr
from therapydesk.plugins.invoicing.service import DraftPayer, DraftRow
from therapydesk.ui.kit import style

Index = QModelIndex | QPersistentModelIndex
TO, SESSIONS, AMOUNT = range(3)
ROOT = QModelIndex()


class DraftModel(QAbstractItemModel):
    """Ticks are kept by the id of the line, so that they stay when the list is read afresh.

    `refused` tells the payer or line that was to be ticked and cannot be.
    """

    ticks_changed = Signal()
    refused = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.payers: list[DraftPayer] = []
        self._ticked: set[UUID] = set()
        self._seen: set[UUID] = set()

    def show_drafts(self, drafts: list[DraftPayer]) -> None:
        """Show these. What is new and has nothing in its way is ticked; the rest stays as it was."""
        self.beginResetModel()
        self.payers = list(drafts)
        for payer in drafts:
            for line in payer.ready:
                if line.id not in self._seen and not (payer.blocked or payer.ask):
                    self._ticked.add(line.id)
                self._seen.add(line.id)
            if payer.blocked:
                blocked = {line.id for line in payer.lines}
                self._ticked -= blocked
                self._seen -= blocked
        self.endResetModel()
        self.ticks_changed.emit()

    # -- what is ticked --

    def ticked_lines(self) -> list[DraftRow]:
        """The lines that are shown and ticked."""
        return [line for payer in self.payers for line in payer.ready if line.id in self._ticked]

    def ticked_payers(self) -> list[DraftPayer]:
        """The payers that have a ticked line."""
        return [p for p in self.payers if any(line.id in self._ticked for line in p.ready)]

    def ticked_amount(self) -> Money:
        """What the ticked lines come to."""
        return sum((line.each for line in self.ticked_lines()), Money())

    def check_of(self, lines: Iterable[DraftRow]) -> Qt.CheckState:
        """Ticked, not, or some of them."""
        states = {line.id in self._ticked for line in lines}
        if len(states) == 2:
            return Qt.CheckState.PartiallyChecked
        return Qt.CheckState.Checked if True in states else Qt.CheckState.Unchecked

    def all_state(self) -> Qt.CheckState:
        """The tick in the head: a dash when some payers are off."""
        states = {self.check_of(p.ready) for p in self.payers}
        if not states:
            return Qt.CheckState.Unchecked
        return states.pop() if len(states) == 1 else Qt.CheckState.PartiallyChecked

    def toggle_all(self) -> None:
        """Tick everything that can be, or nothing."""
        can = {line.id for p in self.payers if not (p.blocked or p.ask) for line in p.ready}
        self._ticked = self._ticked - can if can <= self._ticked else self._ticked | can
        self._tell()

    def toggle(self, index: Index) -> None:
        """Turn the tick of a payer or a line; says `refused` for one that cannot have one."""
        item = self.item(index)
        payer = item if isinstance(item, DraftPayer) else self.item(index.parent())
        lines = item.ready if isinstance(item, DraftPayer) else () if item is None else (item,)
        able = [line for line in lines if line.charged and not line.problem]
        if item is None or not isinstance(payer, DraftPayer):
            return
        if payer.blocked or not able:
            self.refused.emit(payer if payer.blocked else item)
            return
        ids = {line.id for line in able}
        self._ticked = self._ticked - ids if ids <= self._ticked else self._ticked | ids
        self._tell()

    def _tell(self) -> None:
        if self.payers:
            self.dataChanged.emit(self.index(0, 0, ROOT), self.index(len(self.payers) - 1, 0, ROOT))
        self.ticks_changed.emit()

    # -- Qt's interface --

    def item(self, index: Index) -> DraftPayer | DraftRow | None:
        """The payer or line of an index."""
        if not index.isValid():
            return None
        parent = index.internalId()
        return self.payers[index.row()] if parent == 0 else self.payers[parent - 1].lines[index.row()]

    def first(self, index: Index) -> QModelIndex:
        """The first cell of the row."""
        return self.index(index.row(), TO, index.parent())

    def index(self, row: int, column: int, parent: Index = ROOT) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, child: Index) -> QModelIndex:  # type: ignore[override]  # QObject.parent() is another function
        above = child.internalId() if child.isValid() else 0
        return self.createIndex(above - 1, 0, 0) if above else QModelIndex()

    def rowCount(self, parent: Index = ROOT) -> int:
        if not parent.isValid():
            return len(self.payers)
        return (
            len(self.payers[parent.row()].lines) if parent.internalId() == 0 and parent.column() == 0 else 0
        )

    def columnCount(self, parent: Index = ROOT) -> int:
        return 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (tr("To"), tr("Sessions"), tr("Amount"))[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return plain | Qt.ItemFlag.ItemIsUserCheckable if self.tickable(index) else plain

    def tickable(self, index: Index) -> bool:
        """Whether the row has a box: payers always, sessions that are charged."""
        item = self.item(index)
        return isinstance(item, DraftPayer) or (item is not None and item.charged)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.item(index)
        if item is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words(item, index.column())
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == TO and self.tickable(index):
            return self.check_of(item.ready if isinstance(item, DraftPayer) else (item,))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(self.words(item, c) for c in range(3)) if index.column() == TO else None
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(40, style.row_height())
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == AMOUNT:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def words(self, item: DraftPayer | DraftRow, column: int) -> str:
        """What stands in a column."""
        if isinstance(item, DraftPayer):
            count = sum(line.charged for line in item.lines)
            sessions = item.problem or ntr("one session", "{n} sessions", count)
            return (item.name, sessions, item.amount.show())[column]
        return (
            show_day(item.happened_on, short=True),
            item.problem or item.why or item.what,
            item.each.show(),
        )[column]
