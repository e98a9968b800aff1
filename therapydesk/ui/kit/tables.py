"""Tables: a rounded frame, heads, rows with a ring round the focused one, and the states a list must have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QFrame, QMenu, QStackedLayout, QWidget

from therapydesk.api import tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.columns import Cell, Column, Getter, sort_value
from therapydesk.ui.kit.filter_bar import FilterBar
from therapydesk.ui.kit.icons import State
from therapydesk.ui.kit.list_states import ListStates, StateText
from therapydesk.ui.kit.read_ahead import ReadAhead
from therapydesk.ui.kit.table_copy import copy_rows
from therapydesk.ui.kit.table_fit import ColumnFit
from therapydesk.ui.kit.table_model import Fetch, WindowedModel
from therapydesk.ui.kit.table_paint import paint_head_band
from therapydesk.ui.kit.table_view import TableView

__all__ = ["Cell", "Column", "FilterBar", "ListTable", "State", "WindowedModel"]

LOADING_MS = 200


class ListTable(QFrame):
    """A list of rows.

    `name` is what a screen reader calls it. Rows are any objects; `row_key` says which is which.
    """

    opened = Signal(object)
    current_changed = Signal(object)
    ticks_changed = Signal()
    sort_changed = Signal(object, bool)  # Column, descending; only for rows from a source

    def __init__(
        self,
        columns: Sequence[Column],
        name: str,
        *,
        tickable: bool = False,
        two_line: bool = False,
        row_key: Getter = "id",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("part", "table")
        self.view = TableView(two_line)
        self.view.setAccessibleName(name)
        self.states = ListStates()
        self.model = WindowedModel(0, lambda _offset, _limit: [], columns, row_key=row_key, tickable=tickable)
        self.model.setParent(self)
        self._rows: list[Any] | None = []
        self._last: Any = None
        self.menu_actions: list[QAction] = []
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(1, 1, 1, 1)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.states)
        self.view.setModel(self.model)
        ReadAhead(self.view, self.model)
        self.setFocusProxy(self.view)
        self._loading = QTimer(self)
        self._loading.setSingleShot(True)
        self._loading.setInterval(LOADING_MS)
        self._connect()

    def _connect(self) -> None:
        view = self.view
        view.resized.connect(self.fit_columns)
        view.opened.connect(lambda number: self.opened.emit(self.model.row(number)))
        view.selectionModel().currentRowChanged.connect(lambda *_indexes: self._tell_current())
        view.tick_pressed.connect(self._toggle)
        view.tick_all_pressed.connect(self._tick_all)
        view.heads.tick_clicked.connect(self._tick_all)
        view.heads.sectionClicked.connect(self._on_head)
        view.copy_pressed.connect(self.copy)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._menu)
        self._loading.timeout.connect(lambda: self._show_state("loading"))
        style.signals.theme_changed.connect(self._on_theme)

    # -- rows --------------------------------------------------------------------------------------------

    def set_columns(self, columns: Sequence[Column]) -> None:
        self.model.set_columns(columns)
        self.fit_columns()

    def show_rows(self, rows: Sequence[Any], filtered: bool = False) -> None:
        """Show these rows.

        The current row stays by key, and so do ticks. `filtered`: whether a filter is on.
        """
        self._rows = list(rows)
        self._sort_rows()
        held = self._rows
        self._show(len(held), lambda offset, limit: held[offset : offset + limit], filtered)

    def show_source(self, count: int, fetch: Fetch, filtered: bool = False) -> None:
        """Show `count` rows that are fetched in windows: fetch(offset, limit)."""
        self._rows = None
        self._show(count, fetch, filtered)

    def _show(self, count: int, fetch: Fetch, filtered: bool) -> None:
        self._loading.stop()
        key, number = self._current_key(), self.view.currentIndex().row()
        self.view.selectionModel().blockSignals(True)
        self.model.set_source(count, fetch)
        self.view.selectionModel().blockSignals(False)
        if count == 0:
            self._show_state("filtered" if filtered else "empty")
        else:
            self._stack.setCurrentWidget(self.view)
            found = self.model.find(key, max(number, 0)) if key is not None else -1
            self._select(found if found >= 0 else min(max(number, 0), count - 1))
        self.fit_columns()
        self._tell_current()
        self.view.heads.viewport().update()

    def _sort_rows(self) -> None:
        column = self.model.column(self.view.sorted_section) if self.view.sorted_section >= 0 else None
        if self._rows is not None and column is not None:
            filled = [row for row in self._rows if not sort_value(column, row)[0]]
            empty = [row for row in self._rows if sort_value(column, row)[0]]
            filled.sort(key=lambda row: sort_value(column, row)[1], reverse=self.view.sort_descending)
            self._rows = filled + empty

    def _select(self, number: int) -> None:
        self.view.selectRow(number)
        self.view.setCurrentIndex(self.model.index(number, 0))
        self.view.scrollTo(self.model.index(number, 0))

    def _current_key(self) -> Any:
        row = self.current_row()
        return None if row is None else self.model.key(row)

    def current_row(self) -> Any:
        """Return the current row, or None."""
        number = self.view.currentIndex().row()
        return self.model.row(number) if 0 <= number < self.model.rowCount() else None

    def select_key(self, key: Any) -> bool:
        """Make the row with this key the current one; False when it is not there."""
        found = self.model.find(key)
        if found >= 0:
            self._select(found)
        return found >= 0

    def row_count(self) -> int:
        return self.model.rowCount()

    def _tell_current(self) -> None:
        row = self.current_row()
        if row is not self._last:
            self._last = row
            self.current_changed.emit(row)

    # -- ticks -------------------------------------------------------------------------------------------

    def ticked_rows(self) -> list[Any]:
        return list(self.model.ticked.values())

    def tick_keys(self, keys: Sequence[Any]) -> None:
        """Tick exactly the rows with these keys."""
        self.model.ticked.clear()
        for key in keys:
            found = self.model.find(key)
            if found >= 0:
                self.model.set_ticked(found, True)
        self._ticks_told()

    def clear_ticks(self) -> None:
        self.model.tick_all(False)
        self._ticks_told()

    def _toggle(self, number: int) -> None:
        if self.model.tickable:
            row = self.model.row(number)
            self.model.set_ticked(number, self.model.key(row) not in self.model.ticked)
            self._ticks_told()

    def _tick_all(self) -> None:
        if self.model.tickable:
            self.model.tick_all(self.model.tick_state() != Qt.CheckState.Checked)
            self._ticks_told()

    def _ticks_told(self) -> None:
        self.view.heads.viewport().update()
        self.ticks_changed.emit()

    # -- states ------------------------------------------------------------------------------------------

    def set_states(
        self,
        empty: StateText | None = None,
        filtered: StateText | None = None,
        loading: str = "",
        error: StateText | None = None,
    ) -> None:
        """Say what stands in place of rows. Each is a sentence, or (sentence, action text, slot)."""
        self.states.set_texts(empty=empty, filtered=filtered, loading=loading, error=error)

    def show_loading(self) -> None:
        """Say that rows are being read, when that takes longer than 0.2 s."""
        self._loading.start()

    def show_error(
        self, sentence: str = "", action: str = "", slot: Callable[[], object] | None = None
    ) -> None:
        """Say in place of rows why they cannot be shown."""
        self._loading.stop()
        if sentence:
            self.states.set_texts(error=(sentence, action, slot) if slot is not None else sentence)
        self._show_state("error")

    def _show_state(self, name: str) -> None:
        self.states.show_state(name)
        self._stack.setCurrentWidget(self.states)

    # -- widths ------------------------------------------------------------------------------------------

    def fit_columns(self) -> None:
        """Give each column its width and leave out what does not fit, three always stay."""
        if self.model.columnCount() and self.view.viewport().width() > 0:
            ColumnFit(self.view, self.model).fit()

    def _on_theme(self) -> None:
        self.view.fit()
        self.fit_columns()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._stack.currentWidget() is self.view:
            paint_head_band(self, self.view.heads.height())

    # -- sorting, copying, menu --------------------------------------------------------------------------

    def sort_by(self, column: Column, descending: bool = False) -> None:
        """Sort rows that are all here; for rows from a source the page does it on `sort_changed`."""
        self.view.sorted_section = self.model.columns.index(column) + self.model.tickable
        self.view.sort_descending = descending
        if self._rows is not None:
            self.show_rows(self._rows)
        else:
            self.sort_changed.emit(column, descending)

    def _on_head(self, section: int) -> None:
        column = self.model.column(section)
        if column is not None:
            same = self.view.sorted_section == section
            self.sort_by(column, same and not self.view.sort_descending)

    def copy(self) -> None:
        """Copy the ticked rows, or else the current one, as tab text and HTML with heads."""
        rows = self.ticked_rows() or [row for row in (self.current_row(),) if row is not None]
        copy_rows(self.model.columns, rows)

    def copy_all(self) -> None:
        """Copy every row of the list."""
        copy_rows(self.model.columns, [self.model.row(number) for number in range(self.model.rowCount())])

    def add_row_action(self, text: str, slot: Callable[[Any], object], shortcut: str = "") -> QAction:
        """Offer something to do with the current row, in the menu of the list and by a key ("Delete")."""
        made = QAction(text, self.view)
        made.setShortcut(QKeySequence(shortcut))
        made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        made.triggered.connect(lambda _checked=False: self._act_on_row(slot))
        self.view.addAction(made)
        self.menu_actions.append(made)
        return made

    def _act_on_row(self, slot: Callable[[Any], object]) -> None:
        row = self.current_row()
        if row is not None:
            slot(row)

    def _menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.menu_actions:
            menu.addActions(self.menu_actions)
            menu.addSeparator()
        sorts = menu.addMenu(tr("Sort by"))
        for column in self.model.columns:
            sorts.addAction(column.title).triggered.connect(
                lambda _checked=False, own=column: self._on_head(
                    self.model.columns.index(own) + self.model.tickable
                )
            )
        menu.addAction(tr("Copy")).triggered.connect(self.copy)
        menu.addAction(tr("Copy the whole list")).triggered.connect(self.copy_all)
        menu.popup(self.view.viewport().mapToGlobal(place))
