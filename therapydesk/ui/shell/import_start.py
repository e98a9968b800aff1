"""Steps 1 and 4 of the import: what the file is, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from therapydesk.api import BatchResult, FileMatch, Importer, ImportPlan, ReadFile, RowProblem, ntr, tr
from therapydesk.core.parsing.formats import format_titles
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.forms import Form
from therapydesk.ui.kit.icons import State
from therapydesk.ui.kit.labels import StateMark, button

MOST_PROBLEMS = 6


class StartStep(QWidget):
    """What the file is, as guessed, and who sent it."""

    file_wanted = Signal()
    format_changed = Signal(str)
    importer_changed = Signal(str)

    def __init__(self, importers: Sequence[Importer]) -> None:
        super().__init__()
        self._importers = importers
        self.card = Card(tr("What it is"))
        self.form = Form(labels="left")
        self.kind = self.form.add_choice("kind", tr("Holds"), [(i.id, i.title) for i in importers])
        self.format = self.form.add_choice("format", tr("Kind of file"), list(format_titles().items()))
        hint = tr("The referrer of rows that name none. Columns are remembered for them.")
        self.form.add_text("sender", tr("Who sent it"), hint)
        self.card.add_row(self.form)
        self._other = button(tr("Choose another file"), self.file_wanted.emit, "import")
        row = QHBoxLayout()
        row.addWidget(self._other)
        row.addStretch(1)
        self.problems = Card(tr("Good to know"))
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self.problems)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.card)
        column.addLayout(row)
        column.addWidget(self._area, 1)
        self.format.currentIndexChanged.connect(lambda _n: self._on_format())
        self.kind.currentIndexChanged.connect(
            lambda _n: self.importer_changed.emit(self.form.values()["kind"])
        )
        self.form.set_row_visible("kind", len(importers) > 1)
        self.show_none()

    def show_none(self) -> None:
        """No file yet: offer to choose one."""
        self.card.hide()
        self.problems.hide()
        self._other.setText(tr("Choose files"))

    def show_file(self, source: ReadFile, match: FileMatch) -> None:
        """Show what was read."""
        self.blockSignals(True)
        _retitle(self.card, source.name)
        self.form.set_values({"format": source.parsed.format, "sender": match.sender})
        self.blockSignals(False)
        self.card.show()
        self._other.setText(tr("Choose another file"))
        show_problems(self.problems, [RowProblem(p.row, p.column, p.message) for p in source.parsed.problems])

    def typed_sender(self) -> str:
        """Who sent the file, as typed."""
        return str(self.form.values()["sender"]).strip()

    def _on_format(self) -> None:
        if not self.signalsBlocked():
            self.format_changed.emit(str(self.form.values()["format"]))


def show_problems(card: Card, problems: Sequence[RowProblem]) -> None:
    """The first problems in a card, which hides when there are none."""
    card.clear_rows()
    card.setVisible(bool(problems))
    for problem in problems[:MOST_PROBLEMS]:
        place = tr("Row {n}: ").format(n=problem.row) if problem.row is not None else ""
        card.add_text(place + problem.message)
    if len(problems) > MOST_PROBLEMS:
        card.add_text(ntr("And {n} more.", "And {n} more.", len(problems) - MOST_PROBLEMS))


class DoneStep(QWidget):
    """What came of the import."""

    undo_wanted = Signal()
    save_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.card = Card("")
        self.undo = button(tr("Undo this import"), self.undo_wanted.emit, "undo")
        self.save = button(tr("Save unread rows as a file"), self.save_wanted.emit, "save")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.undo)
        row.addWidget(self.save)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.card)
        column.addLayout(row)
        column.addStretch(1)

    def show_result(self, plan: ImportPlan, result: BatchResult) -> None:
        """The counts of what was written."""
        self.card.clear_rows()
        _retitle(self.card, ntr("{n} row came in", "{n} rows came in", result.written))
        for number, state in (
            (result.people_added, State(tr("new people"), "full", "info")),
            (result.people_joined, State(tr("about people who were here"), "tick", "ok")),
            (result.left_out, State(tr("left out"), "ring", "text_muted")),
        ):
            if number:
                self.card.add_row(_counted(f"{number:,} {state.word}", state))
        self.undo.show()
        self.save.setVisible(plan.count("refused") > 0)

    def show_undone(self, number: int) -> None:
        """The import was taken back."""
        self.card.clear_rows()
        _retitle(self.card, ntr("{n} row was taken back", "{n} rows were taken back", number))
        self.card.add_text(tr("Everything is as it was before."))
        self.undo.hide()


def _counted(words: str, state: State) -> QWidget:
    mark = StateMark(words, state.shape, state.token)
    mark.setMinimumHeight(style.line_height() + 8)
    row = QWidget()
    inside = QHBoxLayout(row)
    inside.setContentsMargins(0, 0, 0, 0)
    inside.addWidget(mark)
    return row


def _retitle(card: Card, title: str) -> None:
    card.title.setText(title)
    card.setAccessibleName(title)
