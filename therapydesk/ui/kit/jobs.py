"""The Qt half of long work: one worker thread, one queue, and every answer brought back to the UI thread."""

from __future__ import annotations

import itertools
import queue
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from therapydesk.core.jobs import Cancelled, Job
from therapydesk.ui.kit.garbage import collect_on_ui_thread

if TYPE_CHECKING:
    from therapydesk.core.changes import Changed, Changes

T = TypeVar("T")


def _is_there(call: Callable[..., object]) -> bool:
    owner = getattr(call, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)


def _nobody(_error: Exception) -> None:
    """Is told what went wrong with work that was forgotten."""


Work = Callable[[Job], Any]


@dataclass
class _Task:
    """Belongs to the UI thread, with the widgets it names: the worker borrows it, and has let go when it answers."""

    job: Job
    work: Work
    on_done: Callable[[Any], object] | None
    on_failed: Callable[[Exception], object] | None
    result: Any = None
    error: BaseException | None = None

    def run(self) -> None:
        try:
            if self.job.cancelled:
                raise Cancelled(self.job.title)
            self.result = self.work(self.job)
        except (Exception, Cancelled) as caught:  # noqa: BLE001  (brought to the UI thread, which tells it)
            self.error = caught


class Runner(QObject):
    """Runs work one after the other on its own thread.

    `on_done(result)` and `on_failed(error)` are called on the UI thread; as with a signal, a method of a widget that
    is gone by then is not called. Without `on_failed` the error is told by `failed`, and one that is not a UserError
    also reaches sys.excepthook. Cancelled work calls neither.
    """

    progressed = Signal(str, int, int, str)  # title, done, total (0: not known), text
    started = Signal(str)
    finished = Signal(str)
    cancelled = Signal(str)
    failed = Signal(str, object)
    changed = Signal(object)  # Changed, brought from whatever thread committed
    _answered = Signal(int)  # the number of a task
    _reported = Signal(str, int, int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        collect_on_ui_thread()
        self._queue: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._pending: dict[int, _Task] = {}  # by number, the oldest first
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._watched: Changes | None = None
        queued = Qt.ConnectionType.QueuedConnection
        self._answered.connect(self._on_answer, queued)
        self._reported.connect(self.progressed, queued)

    def watch(self, changes: Changes) -> None:
        """Bring what commits report to the UI thread as `changed`, from now on from this source only."""
        self.unwatch()
        self._watched = changes
        changes.listen(self._on_commit)

    def unwatch(self) -> None:
        if self._watched is not None:
            self._watched.stop(self._on_commit)
            self._watched = None

    def _on_commit(self, changed: Changed) -> None:
        self.changed.emit(changed)

    def start(
        self,
        work: Callable[[Job], T],
        on_done: Callable[[T], object] | None = None,
        on_failed: Callable[[Exception], object] | None = None,
        title: str = "",
    ) -> Job:
        """Queue `work` and return its Job, which can be cancelled."""
        job = Job(title, lambda done, total, text: self._reported.emit(title, done, total, text))
        number = next(self._numbers)
        self._pending[number] = _Task(job, work, on_done, on_failed)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
            self._thread.start()
        self._queue.put(number)
        self.started.emit(title)
        return job

    def _work(self) -> None:
        while (number := self._queue.get()) is not None:
            self._pending[
                number
            ].run()  # no name for the task here: it would outlive the widget on this thread
            self._answered.emit(number)

    def _on_answer(self, number: int) -> None:
        task = self._pending.pop(number)
        error, task.error = task.error, None  # its traceback holds the task
        title = task.job.title
        self.finished.emit(title)
        if error is None:
            if task.on_done is not None and _is_there(task.on_done):
                task.on_done(task.result)
        elif isinstance(error, Cancelled):
            self.cancelled.emit(title)
        elif isinstance(error, Exception):
            self._tell(task, error)

    def _tell(self, task: _Task, error: Exception) -> None:
        from therapydesk.api import UserError

        if task.on_failed is not None and _is_there(task.on_failed):
            task.on_failed(error)
            return
        self.failed.emit(task.job.title, error)
        if not isinstance(error, UserError):
            sys.excepthook(type(error), error, error.__traceback__)

    def cancel(self) -> None:
        """Ask all work, running and waiting, to stop."""
        for task in self._pending.values():
            task.job.cancel()

    def forget(self) -> None:
        """Cancel all work; what ends all the same answers nobody, as whoever asked for it is in view no more."""
        self.cancel()
        for task in self._pending.values():
            task.on_done, task.on_failed = None, _nobody

    def busy(self) -> bool:
        return bool(self._pending)

    def title(self) -> str:
        """The title of the work that runs now, or ""."""
        return next((task.job.title for task in self._pending.values()), "")

    def wait_idle(self, ms: int = 5000) -> bool:
        """Wait, with the window alive, until nothing runs; False when that takes longer than `ms`."""
        if not self._pending:
            return True
        loop = QEventLoop()
        deadline = QDeadlineTimer(ms)
        timer = QTimer()
        timer.setInterval(5)
        timer.timeout.connect(lambda: loop.quit() if not self._pending or deadline.hasExpired() else None)
        timer.start()
        loop.exec()
        return not self._pending

    def close(self) -> None:
        """Forget all work, let the thread end and stop listening. The Runner cannot be used after it."""
        self.forget()
        self.unwatch()
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(5)
            self._thread = None
