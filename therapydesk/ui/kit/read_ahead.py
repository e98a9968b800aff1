"""Rows of a long list are read before they are scrolled to."""

from __future__ import annotations

from PySide6.QtCore import QObject

from therapydesk.ui.kit.later import Later
from therapydesk.ui.kit.table_model import WindowedModel
from therapydesk.ui.kit.table_view import TableView


class ReadAhead(QObject):
    """Once a page of the list is painted it reads what comes next in that direction, so that no painting waits for it."""

    def __init__(self, view: TableView, model: WindowedModel) -> None:
        super().__init__(view)
        self._view, self._model = view, model
        self._place, self._down = 0, True
        self._rest = Later(view, 0, self._read)
        view.painted.connect(self._on_painted)

    def _on_painted(self) -> None:
        place = self._view.verticalScrollBar().value()
        way, self._place = place - self._place, place
        if (
            way and abs(way) <= 2 * self._view.viewport().height()
        ):  # further is a jump: nobody knows where to next
            self._down = way > 0
            self._rest.start()

    def _read(self) -> None:
        top, page = self._view.rowAt(0), self._view.viewport().height() // self._view.row_height() + 1
        number = top + 2 * page if self._down else top - page
        if top >= 0 and 0 <= number < self._model.rowCount():
            self._model.row(number)
