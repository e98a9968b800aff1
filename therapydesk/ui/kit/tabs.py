"""Tabs as the person page has them: no boxes, a bar of 3 px under the current one, a line below all."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

from therapydesk.ui.kit import style


def make_tab_bar(bar: QTabBar, name: str) -> QTabBar:
    """Give a tab bar the look and its accessible name."""
    bar.setAccessibleName(name)
    bar.setExpanding(False)
    bar.setDrawBase(False)
    bar.setElideMode(Qt.TextElideMode.ElideNone)
    bar.setUsesScrollButtons(True)
    return bar


class _LinedBar(QTabBar):
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, style.token("border"))
        painter.end()
        super().paintEvent(event)


class Tabs(QTabWidget):
    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabBar(_LinedBar())
        self.setDocumentMode(True)
        self.setAccessibleName(name)
        make_tab_bar(self.tabBar(), name)

    def add_tab(self, widget: QWidget, title: str) -> int:
        """Add a tab; an ampersand in the title is shown, not taken as a shortcut."""
        return self.addTab(widget, title.replace("&", "&&"))
