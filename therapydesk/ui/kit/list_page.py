"""A page that is a list: a filter, the rows, and in front of them the record that is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from therapydesk.api import Db, UserError, ntr, tr
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.subject import Subject
from therapydesk.ui.kit.tables import FilterBar, ListTable

BEHIND = frozenset(
    {"filter_list", "print_page"}
)  # what the list sees to itself, with or without a record in front


class ListPage(BasePage):
    """Subclasses give the columns and answer `read_rows`; `open_row` may call `show_record`.

    The list is read in one go and in one unit of work, so it is for lists of hundreds; longer ones override `refresh`
    and show a source (`ListTable.show_source`). `above` is a layout over the filter. A record with a `leave() -> bool`
    is asked before it goes: it keeps what was typed, and stays when it answers False.
    """

    def __init__(
        self, desk: Desk, title: str, columns: Sequence[Column], *, hint: str = "", two_line: bool = False
    ) -> None:
        super().__init__(desk, title)
        self.filter = FilterBar(hint)
        self.filter.changed.connect(self.mark_stale)
        self.table = ListTable(columns, title, two_line=two_line)
        self.table.opened.connect(self._open)
        self.table.model.failed.connect(
            self.show_error, Qt.ConnectionType.QueuedConnection
        )  # not while painting
        self.filter.down_pressed.connect(self.table.setFocus)
        self.table.set_states(
            filtered=(tr("Nothing here matches."), tr("Clear filters"), self.filter.clear_filters)
        )
        self.record: BasePage | None = None
        self._own_messages = self.messages
        self._list = QWidget()
        self.above = QVBoxLayout()
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(self.above)
        column.addWidget(self.filter)
        column.addWidget(self.table, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._list)
        self.body.addWidget(self._stack, 1)
        self._room = self.body.contentsMargins()

    # -- the list ----------------------------------------------------------------------------------------

    def read_rows(self, db: Db) -> Sequence[Any]:
        """All rows there are to see; those that `keep` refuses are left out."""
        raise NotImplementedError

    def keep(self, row: Any) -> bool:
        """Whether a row matches what is typed and chosen in the filter."""
        return True

    def open_row(self, row: Any) -> None:
        """Enter or a double click on a row."""

    def refresh(self) -> None:
        """Read and show again, the list and the record in front of it."""
        with self.desk.vault.read() as db:
            rows = self.read_rows(db)
        kept = [row for row in rows if self.keep(row)]
        filtered = self.filter.is_filtered()
        self.table.show_rows(kept, filtered=filtered)
        shown = tr("{n} of {total} shown").format(n=len(kept), total=len(rows))
        self.filter.set_shown(shown if filtered else "")
        self.show_count(rows)

    def show_count(self, rows: Sequence[Any]) -> None:
        """The line under the title."""
        self.set_summary(ntr("{n} in all", "{n} in all", len(rows)))

    def _open(self, row: Any) -> None:
        with self.guard():
            self.open_row(row)

    def filter_list(self) -> None:
        """Ctrl+F."""
        if self.close_record():
            self.filter.focus_search()

    def subject(self) -> Subject:
        """Of the record in front."""
        return self.record.subject() if self.record is not None else Subject()

    # -- the record in front -----------------------------------------------------------------------------

    def show_record(self, page: BasePage) -> None:
        """Show a record in front of the list, with a link back. What is said and undone then is said there.

        Nothing happens when the record before it stays.
        """
        if not self.close_record():
            return
        page.set_back(self.title(), self.close_record)
        self.record, self.messages = page, page.messages
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        self._show_head(False)
        page.focus_first()

    def close_record(self) -> bool:
        """Go back to the list. False when the record stays."""
        if self.record is None:
            return True
        leave: Callable[[], bool] | None = getattr(self.record, "leave", None)
        if leave is not None and not leave():
            return False
        gone, self.record, self.messages = self.record, None, self._own_messages
        self._stack.setCurrentWidget(self._list)
        self._stack.removeWidget(gone)
        gone.hide()
        gone.deleteLater()
        self._show_head(True)
        self.mark_stale()
        self.table.setFocus()
        return True

    def doing(self, name: str) -> Callable[[], object] | None:
        """What the record in front does comes first: Ctrl+N on an open group adds to that group, not to the list."""
        if self.record is not None and name not in BEHIND:
            found = self.record.doing(name)
            if found is not None:
                return found
        return super().doing(name)

    def _show_head(self, shown: bool) -> None:
        """The record has a head and margins of its own."""
        top = self._outer.itemAt(0)
        widget = top.widget() if top is not None else None
        if widget is not None:
            widget.setVisible(shown)
        self.body.setContentsMargins(self._room if shown else QMargins())

    def show_error(self, error: UserError) -> None:
        """On the record, when one is in front."""
        if self.record is not None:
            self.record.show_error(error)
        else:
            super().show_error(error)

    def print_page(self) -> None:
        """Ctrl+P: the record in front, or the list."""
        printed = self.record.print_page if self.record is not None else self.print_list
        if printed is not None:
            printed()

    def print_list(self) -> None:
        """What Ctrl+P does on the list. Nothing, unless a subclass prints it."""

    def focus_first(self) -> None:
        if self.record is not None:
            self.record.focus_first()
        else:
            self.table.setFocus()
