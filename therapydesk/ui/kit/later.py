"""Work that waits for a moment of rest: until typing stops, until an arrow key is let go."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget


class Later(QTimer):
    """Calls `call` once, `ms` after the last `start()`, and only if the widget can still be seen.

    So nothing is read for a page or a dialog that was left, or hidden by the lock, while it waited.
    """

    def __init__(self, widget: QWidget, ms: int, call: Callable[[], object]) -> None:
        super().__init__(widget, singleShot=True, interval=ms)
        self._widget, self._call = widget, call
        self.timeout.connect(self._fire)

    def _fire(self) -> None:
        if self._widget.isVisible():
            self._call()
