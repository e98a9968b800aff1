"""All that one entry of the activity log tells, beside the list."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QVBoxLayout, QWidget

from therapydesk.api import show_instant, tr
from therapydesk.records.activity_lines import LogLine
from therapydesk.records.activity_words import zone_words
from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.read_area import ReadArea

WIDTH = 40  # letters


class EntryPane(ReadArea):
    """Says who did what, when and to what; the number and hash of the entry for whoever compares it with a print-out."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("The entry"))
        style.signals.theme_changed.connect(self._fit)
        self._fit()
        self.show_line(None)

    def _fit(self) -> None:
        self.setFixedWidth(style.chars(WIDTH))

    def pairs(self) -> list[tuple[str, str]]:
        """What is shown, as label and text."""
        return self._pairs

    def show_line(self, line: LogLine | None) -> None:
        """Show an entry, or that none is chosen."""
        self._pairs = [] if line is None else _pairs(line)
        holder = QWidget()
        holder.setProperty("part", "body")
        column = QVBoxLayout(holder)
        column.setContentsMargins(16, 0, 4, 0)
        column.setSpacing(12)
        title = tr("Choose an entry to see all of it.") if line is None else line.what
        column.addWidget(text_label(title, "" if line is None else "section", wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, (label, text) in enumerate(self._pairs):
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(text_label(label, "small", "text_muted"), row, 0, top)
            shown = text_label(_breakable(text), wrap=True)
            shown.setAccessibleName(f"{label}: {text}")
            grid.addWidget(shown, row, 1, top)
        column.addLayout(grid)
        column.addStretch(1)
        self.setWidget(holder)


def show_entry(parent: QWidget, line: LogLine) -> QDialog:
    """Show an entry over the list, where there is no room beside it."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(tr("The entry"))
    dialog.setWindowIcon(app_icon())
    dialog.setModal(True)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(8, 24, 24, 24)
    column.setSpacing(16)
    pane = EntryPane()
    pane.show_line(line)
    column.addWidget(pane, 1)
    close = button(tr("Close"), dialog.accept, kind="primary")
    column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
    dialog.open()
    close.setFocus()
    return dialog


def _pairs(line: LogLine) -> list[tuple[str, str]]:
    pairs = [
        (tr("When"), show_instant(line.at) if line.at else tr("No time")),
        (tr("Who"), line.who),
        (tr("As"), line.roles),
        (tr("About"), line.about),
        (tr("Person"), line.person),
        *line.more,
        (tr("Part"), zone_words(line.zone)),
        (tr("Entry"), f"{line.number:,}"),
        (tr("Hash"), line.hash),
    ]
    return [(label, text) for label, text in pairs if text]


def _breakable(text: str) -> str:
    """A long word such as a hash in pieces that may stand under one another."""
    return " ".join(text[n : n + 16] for n in range(0, len(text), 16)) if len(text) == 64 else text
