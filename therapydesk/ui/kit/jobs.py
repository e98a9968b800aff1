"""The Qt half of long work: one worker thread, one queue, and every answer brought back to the UI thread."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from therapydesk.core.jobs import Cancelled, Job

if TYPE_CHECKING:
    from therapydesk.core.changes import Changed, Changes

T = TypeVar("T")


def _is_there(call: Callable[..., object]) -> bool:
    owner = getattr(call, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)


Work = Callable[[Job], Any]


@dataclass
class _Task:
    job: Job
    work: Work
    on_done: Callable[[Any], object] | None
    on_failed: Callable[[Exception], object] | None


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
    _answered = Signal(object, object, object)  # task, result, error
    _reported = Signal(str, int, int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._pending: list[_Task] = []
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
        task = _Task(job, work, on_done, on_failed)
        self._pending.append(task)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
            self._thread.start()
        self._queue.put(task)
        self.started.emit(title)
        return job

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            result: Any = None
            error: BaseException | None = None
            try:
                if task.job.cancelled:
                    raise Cancelled(task.job.title)
                result = task.work(task.job)
            except (Exception, Cancelled) as caught:  # noqa: BLE001  (brought to the UI thread, which tells it)
                error = caught
            self._answered.emit(task, result, error)

    def _on_answer(self, task: _Task, result: Any, error: BaseException | None) -> None:
        self._pending.remove(task)
        title = task.job.title
        self.finished.emit(title)
        if error is None:
            if task.on_done is not None and _is_there(task.on_done):
                task.on_done(result)
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
        for task in self._pending:
            task.job.cancel()

    def busy(self) -> bool:
        return bool(self._pending)

    def title(self) -> str:
        """The title of the work that runs now, or ""."""
        return self._pending[0].job.title if self._pending else ""

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
        """Cancel, let the thread end and stop listening. The Runner cannot be used after it."""
        self.cancel()
        self.unwatch()
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(5)
            self._thread = None
