"""The Qt-free half of long work

What a piece of work may say about itself, and how it is stopped (architecture §10).
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class Cancelled(BaseException):
    """The user stopped the work.

    Not an Exception, so that no handler inside the work swallows it by accident.
    """


class Job:
    """Handed to the work. `report(done, total, text)` is called on the working thread."""

    def __init__(self, title: str = "", report: Callable[[int, int, str], None] | None = None) -> None:
        self.title = title
        self._report = report
        self._stop = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether somebody has asked the work to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask the work to stop; it does so at its next `progress`."""
        self._stop.set()

    def progress(self, done: int, total: int = 0, text: str = "") -> None:
        """Say how far the work is (total 0: not known).

        Raises Cancelled when the user stopped it, so an open transaction rolls back: all or nothing.
        """
        if self._stop.is_set():
            raise Cancelled(self.title)
        if self._report is not None:
            self._report(done, total, text)
