"""Step 3 of the import: the plan, filtered by its counts, and beside it the row that needs somebody."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from therapydesk.api import Choice, Comparison, ImportPlan, Outcome, PlannedRow, ntr, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Pane
from therapydesk.ui.kit.columns import Cell, Column
from therapydesk.ui.kit.icons import State
from therapydesk.ui.kit.labels import StateMark, icon_button, line, text_label
from therapydesk.ui.kit.segments import Count, CountCells
from therapydesk.ui.kit.table_paint import RowDelegate
from therapydesk.ui.kit.tables import ListTable

PANEL = 432
GUTTER = 14  # of a scroll bar, and the lines of the frame
UNBROKEN = 14  # characters of a value that is never broken into lines
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
        self.panel = _Panel()
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


class _Panel(Pane):
    chosen = Signal(str)
    stepped = Signal(int)
    left = Signal()

    def __init__(self) -> None:
        super().__init__("", flush=True)
        self.back = icon_button("left", tr("Back to the rows"), self.left.emit)
        self.add_tool(self.back)
        self.title.setWordWrap(True)
        self.add_tool(icon_button("up", tr("Row above"), lambda: self.stepped.emit(-1)))
        self.add_tool(icon_button("down", tr("Row below"), lambda: self.stepped.emit(1)))
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(self._area, 1)
        self.fit(False)
        self._foot = _ChoiceFoot()
        self._foot.chosen.connect(self.chosen)
        self._line = line()
        for part in (self._line, self._foot):  # at once, or they would be windows of their own
            self.body.addWidget(part)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)

    def fit(self, narrow: bool) -> None:
        """A fixed width beside the table, all of it in the table's place."""
        self.back.setVisible(narrow)
        self._narrow = narrow
        inside = self._area.widget()
        need = inside.minimumSizeHint().width() + GUTTER if inside is not None else 0
        width = max(PANEL, style.chars(48), need)
        self.setMinimumWidth(0 if narrow else width)
        self.setMaximumWidth(16_777_215 if narrow else width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.back.isVisible():
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def show_row(self, row: PlannedRow | None, comparison: Comparison | None, choice: Choice) -> None:
        """Show the row: side by side with whom it may be, or why it is as it is."""
        perhaps = row is not None and row.outcome == "perhaps_same"
        self._foot.setVisible(perhaps and comparison is not None)
        self._line.setVisible(perhaps and comparison is not None)
        if row is None:
            self.set_title(tr("No row chosen"))
            self._show(QWidget())
            return
        self.set_title(_title(row, comparison))
        self._show(_compared(row, comparison) if comparison is not None else _told(row))
        if perhaps and comparison is not None:
            self._foot.show_choice(choice, comparison)

    def _show(self, content: QWidget) -> None:
        """Content above the answers; in a narrow window all of it scrolls together."""
        for part in (self._line, self._foot):
            self.body.addWidget(part)  # out of the content before, which goes
        if self._narrow:
            inside = QWidget()
            inside.setProperty("part", "body")
            column = QVBoxLayout(inside)
            column.setContentsMargins(0, 0, 0, 0)
            for piece in (content, self._line, self._foot):
                column.addWidget(piece)
            content = inside
        self._area.setWidget(content)
        self.fit(self._narrow)


def _title(row: PlannedRow, comparison: Comparison | None) -> str:
    if row.outcome == "refused":
        return tr("Row {n} cannot be read").format(n=row.number)
    if comparison is None:
        return tr("Row {n} is new").format(n=row.number)
    name = comparison.name.split(" ")[0]
    if row.same_as is not None:
        return tr("Is row {n} another row’s {name}?").format(n=row.number, name=name)
    if row.outcome == "perhaps_same":
        return tr("Is row {n} the {name} you know?").format(n=row.number, name=name)
    return tr("Row {n} is the {name} you know").format(n=row.number, name=name)


def _told(row: PlannedRow) -> QWidget:
    made = QWidget()
    made.setProperty("part", "body")
    column = QVBoxLayout(made)
    column.setContentsMargins(16, 0, 16, 16)
    column.setSpacing(8)
    sentence = row.sentence or tr("Nobody like this is here yet.")
    column.addWidget(text_label(sentence, wrap=True))
    if row.outcome == "refused":
        column.addWidget(
            text_label(
                tr("The other rows are imported all the same. Unread rows can be saved as a file."),
                "",
                "text_muted",
                wrap=True,
            )
        )
    column.addStretch(1)
    return made


def _compared(row: PlannedRow, comparison: Comparison) -> QWidget:
    made = QWidget()
    made.setProperty("part", "body")
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 4, 8)
    grid.setHorizontalSpacing(0)
    grid.setVerticalSpacing(0)
    band = QFrame()
    band.setProperty("part", "panel")
    grid.addWidget(band, 0, 0, 1, 5)
    here = tr("Already here") if row.same_as is None else tr("In the other row")
    for place, head in enumerate((tr("Field"), tr("Column"), tr("In the file"), here, " ")):
        label = _band(head, place)
        grid.addWidget(label, 0, place)
    for number, field in enumerate(comparison.fields, 1):
        texts = (field.title, field.column, field.in_file, field.here)
        for place, text in enumerate(texts):
            grid.addWidget(_value(text, place), number, place)
        mark = StateMark(*_word(field.word))
        mark.setMinimumHeight(style.row_height())
        grid.addWidget(mark, number, 4)
    grid.setColumnStretch(2, 1)
    grid.setColumnStretch(3, 1)
    if row.sentence:
        told = text_label(row.sentence, "small", "text_muted", wrap=True)
        told.setContentsMargins(16, 8, 16, 0)
        grid.addWidget(told, len(comparison.fields) + 1, 0, 1, 5)
    grid.setRowStretch(len(comparison.fields) + 2, 1)
    return made


def _band(text: str, place: int) -> QLabel:
    label = text_label(text, "small", "text_muted")
    label.setMinimumHeight(style.small_line_height() + 14)
    label.setContentsMargins(16 if place == 0 else 4, 0, 4, 0)
    return label


def _value(text: str, place: int) -> QLabel:
    muted = place < 2 or not text
    if len(text) <= UNBROKEN:
        text = text.replace(" ", "\u00a0")  # a telephone number or postcode stays on one line
    empty = "" if place == 1 else tr("Not recorded") if place == 3 else tr("Not given")
    label = text_label(
        text or empty, "small" if place == 1 else "", "text_muted" if muted else "", wrap=place > 1
    )
    label.setContentsMargins(16 if place == 0 else 4, 4, 4, 4)
    label.setMinimumHeight(style.row_height())
    return label


def _word(word: str) -> tuple[str, str, str]:
    return {
        "same": (tr("Same"), "dash", "text_muted"),
        "differs": (tr("Differs"), "diamond", "warn"),
        "adds": (tr("Adds"), "full", "info"),
        "kept": (tr("Kept"), "dash", "text_muted"),
    }[word]


class _ChoiceFoot(QWidget):
    """What to do with a row that is perhaps the same; the careful answer is chosen first."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._buttons: dict[Choice, QRadioButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(4)
        choices: tuple[Choice, ...] = ("same", "new", "leave")
        for place, choice in enumerate(choices):
            made = QRadioButton()
            made.setMinimumHeight(style.line_height() + 4)
            self._buttons[choice] = made
            self._group.addButton(made, place)
            column.addWidget(made)
        self._group.idClicked.connect(lambda place: self.chosen.emit(choices[place]))
        note = tr("Nothing is merged by itself. Undo takes the whole import back.")
        column.addWidget(text_label(note, "small", "text_muted", wrap=True))

    def show_choice(self, choice: Choice, comparison: Comparison) -> None:
        """Word the answers for this row and show which one stands."""
        same = tr("Same person")
        if comparison.adds:
            same = ntr("Same person: add {what}", "Same person: add {n} details", len(comparison.adds))
            same = same.format(what=comparison.adds[0])
        texts = {
            "same": same,
            "new": tr("Two different people: add as new"),
            "leave": tr("Leave this row out for now"),
        }
        for name, made in self._buttons.items():
            made.setText(texts[name])
            made.setChecked(name == choice)


def import_words(number: int) -> str:
    """The primary button: how many rows it really writes."""
    return ntr("Import {n} row", "Import {n} rows", number)
