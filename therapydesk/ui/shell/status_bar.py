"""The status bar: what is being worked on with Cancel, that everything is saved, the demo strip, and the lock ahead."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QStatusBar, QWidget

from therapydesk.core.errors import UserError
from therapydesk.core.words import ntr, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.labels import IconMark, button, text_label

if TYPE_CHECKING:
    from therapydesk.ui.kit.jobs import Runner

STRIP = 4


class StatusBar(QStatusBar):
    """Jobs report here; nothing is ever asked here. The warning of the lock is, since a dialog cannot cover it."""

    stay_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self._demo = False
        self._jobs: Runner | None = None
        self.demo_words = text_label(tr("Demo – made-up people"), "demo")
        self.demo_words.setContentsMargins(0, 0, style.sp(4), 0)
        self.saved = text_label("", "small", "text_muted")
        self.what = text_label("", "small")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.cancel = button(tr("Cancel"), self._cancel, kind="link")
        self._backup_mark = IconMark("backup", "text_muted", small=True)
        self.backup = button("", self._open_backups, kind="link")
        self._open_backup_page: Callable[[], object] = lambda: None
        for widget in (self.demo_words, self.saved, self.what, self.bar, self.cancel):
            self.addWidget(widget)
        self._lock_mark = IconMark("lock", "warn", small=True)
        self.lock_words = text_label("", "strong")
        self.stay = button(tr("Stay unlocked"), self.stay_wanted.emit, kind="link")
        self._lock_ahead: tuple[QWidget, ...] = (self._lock_mark, self.lock_words, self.stay)
        for permanent in (*self._lock_ahead, self._backup_mark, self.backup):
            self.addPermanentWidget(permanent)
        self.set_demo(False)
        self.warn_lock(0)
        self.show_backup("", "text_muted", lambda: None)
        self._idle()
        style.signals.theme_changed.connect(self._size)
        self._size()

    def _size(self) -> None:
        self.bar.setFixedWidth(style.chars(20))
        self.bar.setFixedHeight(style.sp(2))
        self.setFixedHeight(style.small_line_height() + 14 + (STRIP if self._demo else 0))
        self.setContentsMargins(12, 0, 12, 0)

    def set_demo(self, demo: bool) -> None:
        """Mark the window as showing the demo practice."""
        self._demo = demo
        self.demo_words.setVisible(demo)
        style.set_property(self, "demo", demo)
        self._size()

    def watch(self, jobs: Runner) -> None:
        """Show the jobs of this runner."""
        if self._jobs is jobs:
            return
        from therapydesk.ui.kit.messages import (
            quiet,  # with a desk only: the window paints before it is there
        )

        if self._jobs is None:
            quiet.said.connect(self.say)
        self._jobs = jobs
        jobs.progressed.connect(self._progressed)
        jobs.started.connect(lambda title: self._progressed(title, 0, 0, ""))
        jobs.finished.connect(lambda _title: self._idle())
        jobs.cancelled.connect(self._cancelled)
        jobs.failed.connect(self._failed)

    def warn_lock(self, seconds: int) -> None:
        """Say that the vault locks in so many seconds (0: not now). It is spoken once."""
        if seconds and self.lock_words.isHidden():
            from therapydesk.ui.kit.messages import (
                announce,  # with a desk only: the window paints before it is there
            )

            announce(self, tr("TherapyDesk locks soon. Press any key to stay. What you typed is kept."))
        self.lock_words.setText(
            ntr(
                "Locks in {n} second. Drafts are kept.", "Locks in {n} seconds. Drafts are kept.", seconds
            ).format(n=seconds)
        )
        for widget in self._lock_ahead:
            widget.setVisible(bool(seconds))

    def show_backup(self, words: str, tone: str, slot: Callable[[], object]) -> None:
        """How old the last verified backup is, in a tone; `slot` opens the page of backups."""
        self._open_backup_page = slot
        self.backup.setText(words)
        self.backup.setAccessibleName(words)
        style.set_property(self.backup, "tone", tone)
        self._backup_mark.set_mark("backup", tone)
        for widget in (self._backup_mark, self.backup):
            widget.setVisible(bool(words))

    def _open_backups(self) -> None:
        self._open_backup_page()

    def say(self, text: str) -> None:
        """A quiet word at the left, such as "Everything saved 11:02"."""
        self.saved.setText(text)

    def _progressed(self, title: str, done: int, total: int, text: str) -> None:
        if not title:
            return
        self.what.setText(f"{title} · {text}" if text else title)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        for widget in (self.what, self.bar, self.cancel):
            widget.show()

    def _idle(self) -> None:
        if self._jobs is not None and self._jobs.busy():
            return
        for widget in (self.what, self.bar, self.cancel):
            widget.hide()

    def _cancelled(self, title: str) -> None:
        if title:  # a list that is read anew has none, and is no news
            self.say(tr("{what}: stopped, nothing was changed.").format(what=title))
        self._idle()

    def _failed(self, title: str, error: Exception) -> None:
        """Work of a page that is gone: nobody else tells of it. A fault goes to the crash dialog by itself."""
        if isinstance(error, UserError):
            self.say(tr("{what}: {message}").format(what=title, message=error) if title else str(error))

    def _cancel(self) -> None:
        if self._jobs is not None:
            self._jobs.cancel()
