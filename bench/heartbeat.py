"""Watching the event loop from within: a timer beats every millisecond, and a beat that comes late was kept waiting."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer

EVERY_MS = 1


class Heartbeat(QObject):
    """The longest time between two beats, in seconds, since it was last asked for.

    `take_work` tells the longest that this thread itself worked between two beats: other work on the machine adds to the
    one and hardly to the other.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last = time.perf_counter()
        self._longest = 0.0
        self._worked, self._hardest = time.thread_time(), 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self._longest = max(self._longest, now - self._last)
        self._last = now
        worked = time.thread_time()
        self._hardest = max(self._hardest, worked - self._worked)
        self._worked = worked

    def take(self) -> float:
        """The longest so far; begins anew."""
        found, self._longest = self._longest, 0.0
        return found

    def take_work(self) -> float:
        """The longest work so far; begins anew."""
        found, self._hardest = self._hardest, 0.0
        return found
