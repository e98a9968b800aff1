"""What counts as a fault while random hands work, and what they did before it."""

from __future__ import annotations

import faulthandler
import sys
import threading
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from PySide6.QtCore import QtMsgType, qInstallMessageHandler

HELD = 60  # seconds that the window may stand still before the run is ended, with what every thread does
SLOW = 1.0  # seconds of one act that are told, though a busy machine may be why
OFTEN = 20  # acts that are told with a fault
NOISE = ("propagateSizeHints", "This plugin does not support")  # of the screen without a screen


class Faults:
    """Every error that nobody caught, and every warning of Qt. The first of a kind is printed with the acts before it."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self.found: Counter[str] = Counter()
        self.acts: deque[str] = deque(maxlen=OFTEN)
        self.done = 0
        self._say = say

    def note(self, act: str) -> None:
        """What is done next; it also shows that the window does not stand still."""
        self.acts.append(act)
        self.done += 1

    def add(self, what: str, details: str = "") -> None:
        """One fault. `what` tells it from others."""
        self.found[what] += 1
        if self.found[what] == 1:
            before = "\n".join(f"    {act}" for act in self.acts)
            self._say(f"FAULT {what}\n{details}\n  after {self.done} acts, the last of them\n{before}")

    def took(self, seconds: float, work: float) -> None:
        """How long the last act held the window, and how much of that it worked itself."""
        if seconds > SLOW or work > SLOW / 3:
            self._say(f"slow: {seconds:.1f} s ({work:.1f} s of work) for {self.acts[-1]}")

    @contextmanager
    def watching(self, *, then: bool = False) -> Iterator[None]:
        """Catch what reaches the last handlers. With `then` the handlers of the program follow, as they do for users."""
        before, before_thread, before_lost = sys.excepthook, threading.excepthook, sys.unraisablehook

        def on_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            self._error(kind, error, trace)
            if then:
                before(kind, error, trace)

        def on_thread(args: threading.ExceptHookArgs) -> None:
            self._error(args.exc_type, args.exc_value, args.exc_traceback)

        def on_lost(args: Any) -> None:
            self._error(args.exc_type, args.exc_value, args.exc_traceback)

        sys.excepthook, threading.excepthook, sys.unraisablehook = on_error, on_thread, on_lost
        qt_before = qInstallMessageHandler(self._on_qt)
        try:
            yield
        finally:
            sys.excepthook, threading.excepthook, sys.unraisablehook = before, before_thread, before_lost
            qInstallMessageHandler(qt_before)

    def _error(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        places = traceback.extract_tb(trace)
        where = f"{places[-1].filename.rsplit('/', 1)[-1]}:{places[-1].name}" if places else "nowhere"
        text = "".join(traceback.format_exception(kind, error, trace))
        self.add(f"{kind.__name__} in {where}", text)

    def _on_qt(self, kind: QtMsgType, _context: object, text: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not any(words in text for words in NOISE):
            self.add(f"Qt: {text}")


def alive() -> None:
    """Called at every act: when it was not for a long time, the process ends and tells what each thread does."""
    faulthandler.dump_traceback_later(HELD, exit=True)


def no_longer_watched() -> None:
    """From now on nothing ends the process."""
    faulthandler.cancel_dump_traceback_later()
