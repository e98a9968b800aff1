"""An area that is read and scrolls by keys: a document to a screen reader."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QScrollArea


class ReadArea(QScrollArea):
    """Its accessible name is what a screen reader calls it. Tab reaches it; the arrows and Page keys scroll."""

    accessible_role = QAccessible.Role.Document

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
