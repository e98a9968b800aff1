"""Tabs as the person page has them: no boxes, a bar of 3 px under the current one, a line below all."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget


def make_tab_bar(bar: QTabBar, name: str) -> QTabBar:
    """Give a tab bar the look and its accessible name."""
    bar.setAccessibleName(name)
    bar.setExpanding(False)
    bar.setDrawBase(False)
    bar.setElideMode(Qt.TextElideMode.ElideNone)
    bar.setUsesScrollButtons(True)
    return bar


class Tabs(QTabWidget):
    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        make_tab_bar(self.tabBar(), name)

    def add_tab(self, widget: QWidget, title: str) -> int:
        """Add a tab; an ampersand in the title is shown, not taken as a shortcut."""
        return self.addTab(widget, title.replace("&", "&&"))
