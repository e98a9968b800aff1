"""An area that is read and scrolls by keys: a document to a screen reader."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QScrollArea

# Qt keeps what it is given, and deletes it, until the program ends. Python must not do so first: all are
# kept here.
_made: list[QAccessibleWidget] = []
_installed: list[bool] = []


class ReadArea(QScrollArea):
    """Its accessible name is what a screen reader calls it. Tab reaches it; the arrows and Page keys scroll."""

    def __init__(self) -> None:
        super().__init__()
        if not _installed:
            QAccessible.installFactory(_make)
            _installed.append(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


def _make(_kind: str, shown: QObject) -> QAccessibleInterface | None:
    if not isinstance(shown, ReadArea):
        return None
    _made.append(QAccessibleWidget(shown, QAccessible.Role.Document))
    return _made[-1]
