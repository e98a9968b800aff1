"""Making what a page holds piece by piece, so that the window answers in between."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget


class InTurn(QTimer):
    """Makes one call in each turn of the event loop, then `then`; goes with its widget, and nothing is made after that.

    `finish` makes what is left at once, for whoever needs it whole.
    """

    def __init__(self, widget: QWidget, then: Callable[[], object]) -> None:
        super().__init__(widget, singleShot=True, interval=0)
        self._left: deque[Callable[[], object]] = deque()
        self._then = then
        self.timeout.connect(self._one)

    @property
    def busy(self) -> bool:
        """Whether something is left to be made."""
        return bool(self._left)

    def begin(self, calls: Iterable[Callable[[], object]]) -> None:
        """Make these, from the next turn on; what was left of others is not made."""
        self._left = deque(calls)
        self.start()

    def finish(self) -> None:
        """Make all that is left, now."""
        if self.busy:
            self.stop()
            while self._left:
                self._left.popleft()()
            self._then()

    def _one(self) -> None:
        if self._left:
            self._left.popleft()()
        if self._left:
            self.start()
        else:
            self._then()
