"""Help: the local manual page of a screen, the list of shortcuts, About."""

from __future__ import annotations

import importlib.metadata
from importlib import resources
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMainWindow, QTextBrowser, QVBoxLayout, QWidget

from therapydesk.core.words import tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.filter_bar import SearchField
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.reading import show_markdown
from therapydesk.ui.kit.tables import Column, ListTable

OURS = "therapydesk"


def manual_page(name: str, package: str = OURS) -> str:
    """The manual page as Markdown; the list of pages when there is none of that name.

    A module that was added has its pages in `manual/` of its own `package`; they may lead to ours.
    """
    inside = resources.files(OURS) / "manual"  # in an installed program; in a checkout it is docs/manual
    ours = inside if inside.is_dir() else Path(__file__).parents[3] / "docs" / "manual"
    for folder in (resources.files(package) / "manual", ours):
        page = folder / f"{name}.md"
        if page.is_file():
            return page.read_text("utf-8")
    return (ours / "start.md").read_text("utf-8")


class _Window(QDialog):
    """A plain window with one text; Esc closes it."""

    def __init__(self, parent: QWidget, title: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setWindowIcon(app_icon())
        self.fit_screen(style.chars(90), style.line_height() * 28)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 24, 24, 24)
        self.column.setSpacing(style.sp(3))

    def fit_screen(self, width: int, height: int) -> None:
        """This size, or what the screen has room for."""
        room = self.screen().availableGeometry().size()
        self.resize(QSize(width, height).boundedTo(room * 0.9))

    def add_close(self) -> None:
        row = QHBoxLayout()
        row.addStretch(1)
        close = button(tr("Close"), self.close)
        row.addWidget(close)
        self.column.addLayout(row)


class HelpWindow(_Window):
    """The manual page of a screen. Links go to other pages of the manual and nowhere else."""

    def __init__(self, parent: QWidget, name: str, package: str = OURS) -> None:
        super().__init__(parent, tr("Help"))
        self._package = package
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.text.setAccessibleName(tr("Help"))
        show_markdown(self.text, manual_page(name, package))
        self.text.anchorClicked.connect(lambda url: self.show_page(url.fileName().removesuffix(".md")))
        self.column.addWidget(self.text, 1)
        row = QHBoxLayout()
        row.addWidget(button(tr("All help pages"), lambda: self.show_page("start"), kind="link"))
        row.addStretch(1)
        row.addWidget(button(tr("Close"), self.close))
        self.column.addLayout(row)

    def show_page(self, name: str) -> None:
        """Show another page of the manual."""
        show_markdown(self.text, manual_page(name, self._package))


class ShortcutsWindow(_Window):
    """Every action of the menus with its keys, filtered as one types."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window, tr("Keyboard shortcuts"))
        self._rows = [
            (a.text(), " · ".join(k.toString(QKeySequence.SequenceFormat.NativeText) for k in a.shortcuts()))
            for a in window.actions()
            if a.shortcuts()
        ]
        self.filter = SearchField(tr("Filter the shortcuts"))
        self.table = ListTable(
            [Column(tr("What"), lambda row: row[0]), Column(tr("Keys"), lambda row: row[1], width=18)],
            tr("Keyboard shortcuts"),
            row_key=lambda row: row,
        )
        self.table.set_states(
            filtered=(tr("No shortcut is called that."), tr("Clear filters"), self.filter.clear)
        )
        self.filter.textChanged.connect(self._show)
        self.filter.down_pressed.connect(self.table.setFocus)
        self.column.addWidget(text_label(tr("Keyboard shortcuts"), "section"))
        self.column.addWidget(self.filter)
        self.column.addWidget(self.table, 1)
        self.add_close()
        self._show("")
        self.filter.setFocus()

    def _show(self, wanted: str) -> None:
        rows = [(t, k) for t, k in self._rows if wanted.casefold() in f"{t} {k}".casefold()]
        self.table.show_rows(rows, filtered=bool(wanted))


class AboutDialog(_Window):
    """Version, licence, and where the data lies."""

    def __init__(self, parent: QWidget, vault: Any) -> None:
        super().__init__(parent, tr("About TherapyDesk"))
        self.fit_screen(style.chars(70), style.line_height() * 14)
        version = importlib.metadata.version("therapydesk")
        lines = [
            tr("Version {version}").format(version=version),
            tr("Free software under the GNU General Public License, version 3 or later."),
            tr("Typeface: Source Sans 3, SIL Open Font License."),
        ]
        if vault is not None:
            lines.append(tr("Records lie in {folder}").format(folder=vault.folder))
        self.column.addWidget(text_label("TherapyDesk", "title"))
        for each in lines:
            self.column.addWidget(text_label(each, wrap=True))
        self.column.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(
            button(tr("Copy details"), lambda: QGuiApplication.clipboard().setText("\n".join(lines)))
        )
        row.addStretch(1)
        row.addWidget(button(tr("Close"), self.close))
        self.column.addLayout(row)
