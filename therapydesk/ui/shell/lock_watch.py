"""When to lock: no input for some minutes, or a gap in time that means the machine slept (security §3)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QMimeData, QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from therapydesk.ui.kit import private_copy

SLEPT = 30.0  # seconds that a one-second tick may be late before the machine counts as having slept
WARNED = 60.0  # seconds that the warning comes ahead of the lock; half the time when that is shorter
UNTOLD = ("cocoa", "offscreen")  # where Qt does not say whose the clipboard is
CLIPBOARD = 30_000  # milliseconds that a copied name stays on the clipboard
INPUT = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}


class LockTimes(Protocol):
    """The one setting needed here."""

    lock_minutes: int


class LockWatch(QObject):
    """Calls `lock` once; make a new one at the next unlock. Before that `warn` is told the seconds left at each tick,
    and 0 when somebody is there after all.
    """

    def __init__(
        self,
        app: QApplication,
        settings: LockTimes,
        lock: Callable[[], object],
        warn: Callable[[int], object],
    ) -> None:
        super().__init__(app)
        self._app, self._settings, self._lock, self._warn = app, settings, lock, warn
        self._warned = False
        self._last_input = self._monotonic = time.monotonic()
        self._wall = time.time()
        self._copied = ""
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._tick_passed)
        self._tick.start()
        self._clip = QTimer(self, interval=CLIPBOARD, singleShot=True)
        self._clip.timeout.connect(self.clear_clipboard)
        QGuiApplication.clipboard().dataChanged.connect(self._on_copy)
        app.focusWindowChanged.connect(self._watch_windows)
        self._watch_windows()

    def _tick_passed(self) -> None:
        self._watch_windows()
        self.check()

    def _watch_windows(self) -> None:
        """Input reaches a window before what is in it. A filter on the application would see every event there is."""
        for window in self._app.topLevelWindows():
            window.installEventFilter(self)  # once, however often it is said

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in INPUT:
            self.stay()
        return False

    def stay(self) -> None:
        """Somebody is there: the time without input begins anew. A screen reader presses a button without any input."""
        self._last_input = time.monotonic()
        self._take_back()

    def _take_back(self) -> None:
        if self._warned:
            self._warned = False
            self._warn(0)

    def check(self, monotonic: float | None = None, wall: float | None = None) -> None:
        """One tick. Both clocks are compared: some systems stop one of them while asleep."""
        monotonic = time.monotonic() if monotonic is None else monotonic
        wall = time.time() if wall is None else wall
        slept = monotonic - self._monotonic > SLEPT or wall - self._wall > SLEPT
        span = self._settings.lock_minutes * 60
        left = span - (monotonic - self._last_input)
        self._monotonic, self._wall = monotonic, wall
        if slept or left <= 0:
            self._lock()
        elif left <= min(WARNED, span / 2):
            self._warned = True
            self._warn(math.ceil(left))
        else:  # more minutes were chosen meanwhile
            self._take_back()

    @property
    def watching(self) -> bool:
        """False from `stop` on: a second reason to lock finds the lock under way."""
        return self._tick.isActive()

    def stop(self) -> None:
        """No more watching."""
        self._take_back()
        self._tick.stop()
        self._clip.stop()
        self._app.focusWindowChanged.disconnect(self._watch_windows)
        for window in self._app.topLevelWindows():
            window.removeEventFilter(self)
        QGuiApplication.clipboard().dataChanged.disconnect(self._on_copy)

    def _on_copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if self._is_ours():
            self._copied = clipboard.text()
            self._clip.start()
            self._mark_private()

    @staticmethod
    def _mark_private() -> None:
        """Ask clipboard histories to leave out what was copied from a field; what lists copy asks that by itself."""
        clipboard = QGuiApplication.clipboard()
        data = clipboard.mimeData()
        if data is None or not data.hasText() or private_copy.is_marked(data):
            return
        marked = QMimeData()
        for name in data.formats():
            marked.setData(name, data.data(name))
        private_copy.mark(marked)
        clipboard.setMimeData(marked)

    def _is_ours(self) -> bool:
        """Whether what is on the clipboard came from here. Where that is not told, it did if a window here was in use."""
        if QGuiApplication.platformName() in UNTOLD:
            alone = QGuiApplication.platformName() == "offscreen"  # no other program is there
            return alone or QGuiApplication.focusWindow() is not None
        return QGuiApplication.clipboard().ownsClipboard()

    def clear_clipboard(self) -> None:
        """Empty the clipboard if what is on it is still ours."""
        clipboard = QGuiApplication.clipboard()
        untold = QGuiApplication.platformName() in UNTOLD
        if self._copied and (untold or clipboard.ownsClipboard()) and clipboard.text() == self._copied:
            clipboard.clear()
        self._copied = ""
