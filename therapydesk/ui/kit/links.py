"""Words that lead somewhere."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from therapydesk.ui.kit import style


class LinkLabel(QPushButton):
    """A link. It is a button to the keyboard and to a screen reader; Enter and Space follow it."""

    def __init__(
        self,
        text: str,
        slot: Callable[[], object] | None = None,
        icon_name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setProperty("kind", "link")
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if icon_name:
            from therapydesk.ui.kit.icons import icon

            self.setIcon(icon(icon_name, "link"))
            self.setProperty("iconName", icon_name)
        if slot is not None:
            self.clicked.connect(lambda _checked=False: slot())
        style.signals.theme_changed.connect(self.updateGeometry)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
