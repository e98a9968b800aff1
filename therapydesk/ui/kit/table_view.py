"""The view inside a ListTable."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from therapydesk.ui.kit import style
from therapydesk.ui.kit.table_model import WindowedModel
from therapydesk.ui.kit.table_paint import Heads, RowDelegate, end_sections


class TableView(QTableView):
    """Row navigation, hover of whole rows, ticking with Space."""

    opened = Signal(int)
    tick_pressed = Signal(int)
    tick_all_pressed = Signal()
    copy_pressed = Signal()
    resized = Signal()
    painted = Signal()

    def __init__(self, two_line: bool) -> None:
        super().__init__()
        self.two_line = two_line
        self.hover_row = -1
        self.sorted_section = -1
        self.sort_descending = False
        self._ends = (-1, -1)
        self.heads = Heads(self)
        self.setHorizontalHeader(self.heads)
        self.setItemDelegate(RowDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setMinimumSectionSize(16)
        self._above_bar = QWidget()
        self.addScrollBarWidget(self._above_bar, Qt.AlignmentFlag.AlignTop)
        self.fit()

    def row_height(self) -> int:
        return style.two_line_height() if self.two_line else style.row_height()

    def fit(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self.row_height())
        self.verticalScrollBar().setSingleStep(self.row_height())
        self.heads.fit()
        self._above_bar.setFixedHeight(self.heads.height())

    def set_ends(self) -> None:
        self._ends = end_sections(self.heads)

    def is_end(self, section: int) -> tuple[bool, bool]:
        return section == self._ends[0], section == self._ends[1]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_pressed.emit()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.tick_all_pressed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2) and not event.modifiers():
            if row >= 0:
                self.opened.emit(row)
        elif event.key() == Qt.Key.Key_Space and row >= 0:
            self.tick_pressed.emit(row)
        elif event.text().strip() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # single letters belong to the page, not to Qt's search in the list
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._set_hover(self.rowAt(int(event.position().y())))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hover(-1)
        super().leaveEvent(event)

    def _set_hover(self, row: int) -> None:
        if row != self.hover_row:
            self.hover_row = row
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        model = self.model()
        super().mousePressEvent(event)
        left = event.button() == Qt.MouseButton.LeftButton
        if (
            left
            and index.isValid()
            and isinstance(model, WindowedModel)
            and model.column(index.column()) is None
        ):
            self.tick_pressed.emit(index.row())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        model = self.model()
        if index.isValid() and isinstance(model, WindowedModel) and model.column(index.column()) is not None:
            self.opened.emit(index.row())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model() is not None and self.model().rowCount():
            self.selectRow(0)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()
