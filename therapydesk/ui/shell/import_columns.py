"""Step 2 of the import: which column fills which field, with what stands in the first rows."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from therapydesk.api import FileMatch, Importer, column_letters, ntr, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Pane
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.segments import SegmentedButtons

MOST_COLUMNS = 80
SHOWN = 5


class ColumnsStep(QWidget):
    """The columns of each sheet. `match()` is what the user left."""

    def __init__(self) -> None:
        super().__init__()
        self._match = FileMatch()
        self._importer: Importer | None = None
        self._place = 0
        self._boxes: dict[int, QComboBox] = {}
        self._top = QHBoxLayout()
        self._top.setSpacing(16)
        self._sheets: SegmentedButtons | None = None
        self._use = QCheckBox(tr("Import this sheet"))
        self._use.toggled.connect(self._on_use)
        self._top.addWidget(self._use)
        self._top.addStretch(1)
        self.pane = Pane(tr("Columns"), flush=True)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pane.body.addWidget(self._area)
        self._unused = text_label("", "", "text_muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(self._top)
        column.addWidget(self.pane, 1)
        column.addWidget(self._unused)

    def show_match(self, match: FileMatch, importer: Importer) -> None:
        """Show the columns as guessed or remembered."""
        self._match, self._importer, self._place = match, importer, 0
        if self._sheets is not None:
            self._top.removeWidget(self._sheets)
            self._sheets.deleteLater()
            self._sheets = None
        if len(match.tables) > 1:
            options = [(n, table.table) for n, table in enumerate(match.tables)]
            self._sheets = SegmentedButtons(options, tr("Sheet"))
            self._place = next((n for n, table in enumerate(match.tables) if table.used), 0)
            self._sheets.choose(self._place)
            self._sheets.chosen.connect(self._on_sheet)
            self._top.insertWidget(0, self._sheets)
        self._use.setVisible(len(match.tables) > 1)
        self._show_table()

    def match(self) -> FileMatch:
        """The columns as they stand now."""
        self._take()
        return self._match

    def first_field(self) -> QWidget | None:
        """Where the focus starts: the first column that fills nothing, else the first."""
        free = [box for box in self._boxes.values() if box.currentIndex() == 0]
        return next(iter(free or self._boxes.values()), None)

    def _on_sheet(self, place: int) -> None:
        self._take()
        self._place = place
        self._show_table()

    def _on_use(self, used: bool) -> None:
        self._take()
        tables = list(self._match.tables)
        tables[self._place] = replace(tables[self._place], used=used)
        self._match = replace(self._match, tables=tuple(tables))

    def _take(self) -> None:
        if self._importer is None or not self._match.tables or not self._boxes:
            return
        table = self._match.tables[self._place]
        fields = list(table.fields)
        for index, box in self._boxes.items():
            fields[index] = box.currentData() or ""
        tables = list(self._match.tables)
        used = table.used or len(tables) == 1
        tables[self._place] = replace(table, fields=tuple(fields), used=used)
        self._match = replace(self._match, tables=tuple(tables))

    def _show_table(self) -> None:
        table = self._match.tables[self._place]
        self._use.blockSignals(True)
        self._use.setChecked(table.used)
        self._use.blockSignals(False)
        known = (
            tr("known from last time") if self._match.remembered else tr("guessed; put right what is wrong")
        )
        self.pane.set_title(tr("{n} columns, {how}").format(n=len(table.header), how=known))
        self._boxes = {}
        made = QWidget()
        made.setProperty("part", "body")
        grid = QGridLayout(made)
        grid.setContentsMargins(16, 0, 16, 16)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for place, head in enumerate((tr("Column"), tr("Heading"), tr("Fills"), tr("What stands there"))):
            grid.addWidget(text_label(head, "small", "text_muted"), 0, place)
        for index, heading in enumerate(table.header[:MOST_COLUMNS]):
            self._add_row(grid, index, heading)
        grid.setColumnStretch(3, 1)
        grid.setRowStretch(len(table.header) + 1, 1)
        self._area.setWidget(made)
        self._show_unused()

    def _add_row(self, grid: QGridLayout, index: int, heading: str) -> None:
        table = self._match.tables[self._place]
        letter = text_label(column_letters(index), "small", "text_muted")
        name = text_label(heading, "strong")
        name.setMaximumWidth(style.chars(32))
        name.setToolTip(heading)
        box = QComboBox()
        box.setAccessibleName(
            tr("Column {letter}, {heading}: fills").format(letter=column_letters(index), heading=heading)
        )
        box.addItem(tr("Not used"), "")
        for field in self._importer.fields if self._importer is not None else ():
            box.addItem(tr(field.title), field.id)
        box.setCurrentIndex(max(0, box.findData(table.fields[index])))
        box.currentIndexChanged.connect(lambda _n: self._show_unused())
        box.setMinimumWidth(style.chars(24))
        name.setBuddy(box)
        values = [row[index] for row in table.samples[:SHOWN] if index < len(row) and row[index]]
        sample = _Elided(" · ".join(values) or tr("empty"))
        for place, widget in enumerate((letter, name, box, sample)):
            grid.addWidget(widget, index + 1, place)
        self._boxes[index] = box

    def _show_unused(self) -> None:
        table = self._match.tables[self._place]
        names = [table.header[index] for index, box in self._boxes.items() if box.currentIndex() == 0]
        if not names:
            self._unused.setText(tr("Every column is used."))
            return
        shown = ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
        text = ntr("One column fills no field: {names}.", "{n} columns fill no field: {names}.", len(names))
        kept = tr("They stay with the referral as they were sent.")
        self._unused.setText(f"{text.format(names=shown)} {kept}")


class _Elided(QLabel):
    """Muted text on one line, cut at its end, that never asks for room."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._whole = text
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", "text_muted")
        self.setMinimumWidth(40)
        self.setAccessibleName(text[:300])

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]  # a QResizeEvent
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width()))
