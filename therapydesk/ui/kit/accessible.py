"""The interface for screen readers of areas that scroll, in place of that of Qt, which can end the program.

Asked for a child that has just gone (a scroll bar that is not needed any more), Qt's interface of a scroll area reads
past the end of a list. That of a plain widget, which is used here instead, looks first.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QScrollArea

# Qt keeps what it is given, and deletes it, until the program ends. Python must not do so first: all are
# kept here.
_made: list[QAccessibleWidget] = []
_installed: list[bool] = []


def install() -> None:
    """Have Qt ask here first; once a program."""
    if not _installed:
        QAccessible.installFactory(_make)
        _installed.append(True)


def _make(_kind: str, shown: QObject) -> QAccessibleInterface | None:
    if not isinstance(shown, QScrollArea):
        return None
    _made.append(QAccessibleWidget(shown, getattr(shown, "accessible_role", QAccessible.Role.Client)))
    return _made[-1]
