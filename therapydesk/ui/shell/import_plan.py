"""Step 3 of the import: the plan, filtered by its counts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from therapydesk.api import Choice, Comparison, ImportPlan, Outcome, PlannedRow, ntr, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.columns import Cell, Column
from therapydesk.ui.kit.icons import State
from therapydesk.ui.kit.segments import Count, CountCells
from therapydesk.ui.kit.table_paint import RowDelegate
from therapydesk.ui.kit.tables import ListTable
from therapydesk.ui.shell.import_row import RowPanel

Compare = Callable[[int], Comparison]


def outcome_state(outcome: Outcome) -> State:
    """What will happen with a row, as a word and a shape."""
    return {
        "new": State(tr("New"), "full", "info"),
        "same": State(tr("Same person"), "tick", "ok"),
        "perhaps_same": State(tr("Perhaps the same"), "half", "warn"),
        "refused": State(tr("Cannot read"), "square", "danger"),
    }[outcome]


class _PlanDelegate(RowDelegate):
    """A value that could not be read keeps its spelling, in danger over a dotted line."""

    def _cell(self, painter: QPainter, rect: QRect, column: Column, cell: Cell, on_sel: bool) -> None:
        wrong = {"name": "name", "born": "born_on"}.get(str(column.key), "")
        row: PlannedRow | None = self.row
        if row is None or wrong not in row.wrong or cell.muted or not wrong:
            super()._cell(painter, rect, column, cell, on_sel)
            return
        painter.setFont(style.body_font())
        metrics = painter.fontMetrics()
        text = metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, rect.width())
        painter.setPen(QPen(style.token("on_sel" if on_sel else "danger"), 2, Qt.PenStyle.DotLine))
        under = rect.center().y() + metrics.ascent() // 2 + 4
        painter.drawLine(rect.x(), under, rect.x() + metrics.horizontalAdvance(text), under)
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)


class PlanStep(QWidget):
    """The plan: counts, rows, and the panel. `choices` is what was said of rows that are perhaps the same."""

    choices_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.plan: ImportPlan | None = None
        self.choices: dict[int, Choice] = {}
        self._compare: Compare | None = None
        self._narrow = False
        self.counts = CountCells(self._counts(), tr("Show only these rows"))
        self.counts.chosen.connect(lambda _value: self._show_rows())
        columns = [
            Column(tr("Row"), "number", kind="number", width=4),
            Column(tr("What will happen"), lambda row: outcome_state(row.outcome), kind="state"),
            Column(tr("Name"), "name", width=14, empty=tr("Not given")),
            Column(tr("Born"), "born", width=9, empty=tr("Not given")),
            Column(tr("Why"), "why", empty=" ", priority=1),
        ]
        self.table = ListTable(columns, tr("Rows of the file"), row_key="key")
        self.table.view.setItemDelegate(_PlanDelegate(self.table.view))
        self.table.set_states(
            empty=tr("There are no rows in this file."), filtered=tr("No row is like this.")
        )
        self.table.current_changed.connect(lambda _row: self._show_panel())
        self.panel = RowPanel()
        self.panel.chosen.connect(self._choose)
        self.panel.stepped.connect(self._step)
        self.panel.left.connect(lambda: self._show_side(False))
        self.table.opened.connect(lambda _row: self._show_side(True))
        below = QHBoxLayout()
        below.setSpacing(16)
        below.addWidget(self.table, 1)
        below.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.counts)
        column.addLayout(below, 1)

    def show_plan(self, plan: ImportPlan, compare: Compare) -> None:
        """Show a plan afresh; nothing is chosen yet."""
        self.plan, self._compare, self.choices = plan, compare, {}
        self.counts.set_counts(self._counts())
        self.counts.choose("all")
        self._show_rows()
        self.choices_changed.emit()

    def to_write(self) -> int:
        """How many rows will really be written."""
        return 0 if self.plan is None else self.plan.to_write(self.choices)

    def _counts(self) -> list[Count]:
        def number(outcome: Outcome) -> int:
            return 0 if self.plan is None else self.plan.count(outcome)

        rows = 0 if self.plan is None else len(self.plan.rows)
        words = [tr("rows in the file"), tr("new people"), tr("same person, adds details")]
        words += [tr("perhaps the same person"), tr("cannot be read")]
        if self._narrow:
            words = [tr("rows"), tr("new"), tr("same"), tr("perhaps"), tr("not read")]
        return [
            Count("all", rows, words[0]),
            Count("new", number("new"), words[1], "full", "info"),
            Count("same", number("same"), words[2], "tick", "ok"),
            Count("perhaps_same", number("perhaps_same"), words[3], "half", "warn"),
            Count("refused", number("refused"), words[4], "square", "danger"),
        ]

    def _show_rows(self) -> None:
        rows = () if self.plan is None else self.plan.rows
        wanted = self.counts.value()
        shown = rows if wanted == "all" else tuple(row for row in rows if row.outcome == wanted)
        self.table.show_rows(shown, filtered=wanted != "all")
        self._show_panel()

    def _show_panel(self) -> None:
        row: PlannedRow | None = self.table.current_row()
        comparison = None
        if row is not None and self._compare is not None and (row.match_id or row.same_as is not None):
            comparison = self._compare(row.key)
        self.panel.show_row(
            row, comparison, self.choices.get(row.key, "leave") if row is not None else "leave"
        )

    def _choose(self, choice: Choice) -> None:
        row: PlannedRow | None = self.table.current_row()
        if row is not None:
            self.choices[row.key] = choice
            self.choices_changed.emit()

    def _step(self, by: int) -> None:
        place = self.table.view.currentIndex().row() + by
        if 0 <= place < self.table.row_count():
            self.table.view.selectRow(place)
            self.table.view.scrollTo(self.table.model.index(place, 0))

    def show_narrow(self, narrow: bool) -> None:
        """In a narrow window the panel takes the table's place when a row is opened, and goes again with Back."""
        self._narrow = narrow
        self.counts.set_counts(self._counts())
        self.panel.fit(narrow)
        self._show_side(False)

    def _show_side(self, panel: bool) -> None:
        self.counts.setVisible(not (self._narrow and panel))
        self.table.setVisible(not (self._narrow and panel))
        if panel:
            self._show_panel()
        self.panel.setVisible(panel or not self._narrow)
        if self._narrow:
            (self.panel.back if panel else self.table.view).setFocus()


def import_words(number: int) -> str:
    """The primary button: how many rows it really writes."""
    return ntr("Import {n} row", "Import {n} rows", number)
