"""Shortcuts that work while a dialog is open: the dialog steps aside, and comes back as it was."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from therapydesk.api import Command

if TYPE_CHECKING:
    from therapydesk.ui.shell.desk_view import DeskView

KNOWN = "anywhere"  # a property of dialogs that have the shortcuts


class Anywhere(QObject):
    """Gives each dialog that gets the keyboard the shortcuts of the commands that work anywhere."""

    def __init__(self, view: DeskView, commands: Sequence[Command]) -> None:
        super().__init__(view)
        self._view = view
        self._commands = [c for c in commands if c.anywhere and c.shortcut and c.run is not None]
        app = QApplication.instance()
        if self._commands and isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        dialog = new.window() if new is not None else None
        if not isinstance(dialog, QDialog) or dialog.property(KNOWN):
            return
        dialog.setProperty(KNOWN, True)
        for command in self._commands:
            shortcut = QShortcut(QKeySequence(command.shortcut), dialog)
            shortcut.activated.connect(partial(self._step_aside, dialog, command))

    def _step_aside(self, dialog: QDialog, command: Command) -> None:
        """One dialog does not lie on another, and what is typed in it is not lost: it waits until one is back."""
        if dialog.isModal():
            self._view.covering.put_aside(dialog)
        self._view.window().activateWindow()
        QTimer.singleShot(0, partial(self._run, command))

    def _run(self, command: Command) -> None:
        if command.run is not None:
            command.run(self._view.desk)
        if self._view.covering.page is None:
            self._view.covering.bring_back()
