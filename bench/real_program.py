"""In a fresh process: the program as a person starts it, unlocked by typing the passphrase."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from bench.painted import Paints, has_keyboard, wait, wait_until
from therapydesk.app import Program
from therapydesk.demo.making import PASSPHRASE, THERAPIST
from therapydesk.start_options import options
from therapydesk.ui.shell.desk_view import DeskView


class RealProgram:
    """The program with the unlock page painted, the heavy libraries loaded, and the passphrase typed."""

    def __init__(self, folder: Path) -> None:
        self.app = QApplication(sys.argv[:1])
        self.program = Program(self.app, options().parse_args(["--vault", str(folder)]))
        sys.excepthook = sys.__excepthook__  # a measurement that fails ends instead of showing a window
        self.program.start()
        page = self.program.unlock_page
        assert page is not None
        paints = Paints(page)
        wait_until(lambda: paints.count > 0)
        wait(300)
        self.program.loader.loaded()
        page.user.setCurrentText(THERAPIST)
        page.passphrase.setText(PASSPHRASE)
        wait(300)
        self._field = page.passphrase

    def unlock(self) -> None:
        """Enter, until the first page is painted."""
        QTest.keyClick(self._field, Qt.Key.Key_Return)
        wait_until(lambda: self.program.window.view is not None and self.view.page is not None)
        page = self.view.page
        assert page is not None
        paints = Paints(page)
        wait_until(lambda: paints.count > 0)

    def activate(self) -> None:
        """Give the window the keyboard."""
        wait_until(lambda: has_keyboard(self.program.window))

    @property
    def view(self) -> DeskView:
        """What is in the window after unlocking."""
        assert self.program.window.view is not None
        return self.program.window.view
