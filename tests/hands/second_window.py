"""Two windows on one vault, so that rows change and go under what the other one shows."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMainWindow, QWidget
from shiboken6 import isValid

from therapydesk.api import user_title
from therapydesk.app import Program
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.jobs import Runner
from therapydesk.ui.shell.window import MainWindow


class SecondWindow:
    """Somebody else at the same rows: one window more on the vault of the program, as long as that is open."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._window: MainWindow | None = None
        self._beside: QWidget | None = None  # what the main window showed when it was opened
        self._leave_desk = program._leave_desk
        setattr(program, "_leave_desk", self._close_both)  # noqa: B010  (a window more than the program knows)
        self._timer = QTimer(program.window, interval=300)
        self._timer.timeout.connect(self._follow)
        self._timer.start()

    def windows(self) -> list[QMainWindow]:
        """The windows that hands may act in."""
        one, other = self._program.window, self._window
        return [one, other] if other is not None and isValid(other) and other.isVisible() else [one]

    def _follow(self) -> None:
        program, vault = self._program, self._program.vault
        if vault is None or not program.window.vault_open() or program.window.view is self._beside:
            return
        self._beside = program.window.view
        self._window = window = MainWindow(program.settings)
        self._jobs = jobs = Runner(program.window)
        jobs.watch(vault.changes)
        loaded = program.loader.loaded()
        desk = Desk(vault, vault.user, program.settings, loaded, jobs, vault.changes, window.open_link)
        with vault.read() as db:
            window.show_desk(desk, user_title(db, vault.user.id))
        window.show()

    def _close_both(self) -> None:
        if self._window is not None:
            self._jobs.forget()
            self._jobs.wait_idle()
            self._jobs.unwatch()
            self._jobs.blockSignals(True)  # its window goes
            if self._window.view is not None and isValid(self._window.view):
                self._window.view.hide()
            self._window = None  # the program throws it away with the dialogs
        self._leave_desk()
