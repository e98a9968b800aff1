"""Shortcuts that work while a dialog is open: the dialog is left first, and stays if it has to ask about what is typed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from therapydesk.api import Command
from therapydesk.ui.kit.desk import Desk

KNOWN = "anywhere"  # a property of dialogs that have the shortcuts


class Anywhere(QObject):
    """Gives each dialog that gets the keyboard the shortcuts of the commands that work anywhere."""

    def __init__(self, parent: QWidget, desk: Desk, commands: Sequence[Command]) -> None:
        super().__init__(parent)
        self._desk, self._parent = desk, parent
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
            shortcut.activated.connect(partial(self._run, dialog, command))

    def _run(self, dialog: QDialog, command: Command) -> None:
        """Leave the dialog and do it; not when the dialog stays to ask, for one does not lie on another."""
        if dialog.isModal():
            dialog.reject()
            if dialog.isVisible():
                return
        self._parent.window().activateWindow()
        if command.run is not None:
            QTimer.singleShot(0, partial(command.run, self._desk))
