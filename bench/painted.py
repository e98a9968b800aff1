"""Waiting until something is painted."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget


class PaintWatch(QObject):
    """Calls `then` once, when a widget has been painted and the event loop is free again."""

    def __init__(self, widget: QWidget, then: Callable[[], object]) -> None:
        super().__init__(widget)
        self._then: Callable[[], object] | None = then
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._then is not None:
            then, self._then = self._then, None
            QTimer.singleShot(0, then)
        return False


def wait(milliseconds: int) -> None:
    """Let the event loop run for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until(holds: Callable[[], bool], most: float = 30.0) -> float:
    """Let the event loop run until something holds; the seconds that took. Raises TimeoutError."""
    start = time.perf_counter()
    while not holds():
        QApplication.processEvents()  # what is ready, at once
        if holds():
            break
        wait(1)  # a circle without rest would take the processor from the work that is waited for
        if time.perf_counter() - start > most:
            raise TimeoutError("nothing was painted")
    return time.perf_counter() - start


def has_keyboard(window: QWidget) -> bool:
    """Whether a widget has the focus; if none has, the window asks for it, as there may be no window manager."""
    if QApplication.focusWidget() is None:
        window.activateWindow()
    return QApplication.focusWidget() is not None


class Paints(QObject):
    """Counts how often a widget was painted, with `when` only while that holds."""

    def __init__(self, widget: QWidget, when: Callable[[], bool] = lambda: True) -> None:
        super().__init__(widget)
        self.count = 0
        self._when = when
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._when():
            self.count += 1
        return False
