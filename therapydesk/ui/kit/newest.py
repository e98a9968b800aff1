"""Work in jobs of which only the last is wanted: beside a list, when an arrow key is held down."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from therapydesk.core.jobs import Job
    from therapydesk.ui.kit.jobs import Runner


class Newest(QObject):
    """Calls `done` with what the work gave that was started last, `failed` with an error; neither without the widget."""

    def __init__(
        self,
        widget: QWidget,
        jobs: Runner,
        done: Callable[[Any], object],
        failed: Callable[[Exception], object],
    ) -> None:
        super().__init__(widget)
        self._jobs, self._done, self._failed = jobs, done, failed
        self._job: Job | None = None

    def start(self, work: Callable[[], object]) -> None:
        """Begin this; what was begun before is not wanted any more."""
        self.forget()
        self._job = self._jobs.start(lambda job: (job, work()), self._on_done, self._on_failed)

    def forget(self) -> None:
        """Nothing is wanted any more."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_done(self, answer: tuple[Job, object]) -> None:
        job, found = answer
        if job is self._job:
            self._job = None
            self._done(found)

    def _on_failed(self, error: Exception) -> None:
        self._failed(error)
