"""A question to everybody who came, answered from 0 to 10; each answer is kept at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QVBoxLayout, QWidget

from therapydesk.api import tr
from therapydesk.plugins.groups.measures import MOST, Question
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.labels import name_choice, text_label


class _Answer(QComboBox):
    """The wheel scrolls the page and changes no answer."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class MeasuresCard(Card):
    """`on_answer(code, person, value)` keeps one; None: no answer. Digits choose, arrows go up and down."""

    def __init__(self, on_answer: Callable[[str, UUID, int | None], object]) -> None:
        super().__init__(tr("What members say"))
        self._on_answer = on_answer
        self._people: list[tuple[UUID, str, str]] = []
        self._answers: dict[tuple[str, UUID], int] = {}
        self._questions: list[Question] = []
        self._writes = False
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.ask = QComboBox()
        self.ask.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.ask.setMinimumContentsLength(24)
        name_choice(self.ask, tr("Question"))
        self.ask.currentIndexChanged.connect(lambda _index: self._show())
        column.addWidget(self.ask)
        column.addWidget(
            text_label(
                tr("0 is not at all, 10 is fully. In their own words, no test."), "", "text_muted", wrap=True
            )
        )
        self._rows = QWidget()
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        column.addWidget(self._rows)
        self.add_row(holder)

    def show_answers(
        self,
        questions: Sequence[Question],
        people: Sequence[tuple[UUID, str, str]],
        answers: Mapping[tuple[str, UUID], int],
        *,
        writes: bool,
    ) -> None:
        """`people`: who came, by id, name, and "member" or "supporter"; a question is asked of one kind of them."""
        self._people, self._answers, self._writes = list(people), dict(answers), writes
        if [q.code for q in questions] != [q.code for q in self._questions]:
            self._questions = list(questions)
            self.ask.blockSignals(True)
            self.ask.clear()
            for each in questions:
                self.ask.addItem(each.words, each.code)
            self.ask.blockSignals(False)
        self._show()

    def _show(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        code = self.ask.currentData()
        asked = next((q for q in self._questions if q.code == code), None)
        if asked is None:
            return
        shown = [(person, name) for person, name, who in self._people if who == asked.who]
        for number, (person, name) in enumerate(shown):
            self._grid.addWidget(text_label(name, "strong"), number, 0)
            self._grid.addWidget(self._box(asked, person, name), number, 1)
        if not shown:
            self._grid.addWidget(
                text_label(tr("Nobody whom it asks was there."), "", "text_muted", wrap=True), 0, 0, 1, 2
            )

    def _box(self, asked: Question, person: UUID, name: str) -> QComboBox:
        box = _Answer()
        box.addItem(tr("Not asked"), None)
        for value in range(MOST + 1):
            box.addItem(str(value), value)
        there = self._answers.get((asked.code, person))
        box.setCurrentIndex(0 if there is None else there + 1)
        name_choice(box, name)
        box.setMaximumWidth(style.chars(24))
        box.setEnabled(self._writes)
        box.currentIndexChanged.connect(partial(self._changed, asked.code, person, box))
        return box

    def _changed(self, code: str, person: UUID, box: QComboBox, _index: int) -> None:
        value: int | None = box.currentData()
        self._answers.pop((code, person), None)
        if value is not None:
            self._answers[code, person] = value
        self._on_answer(code, person, value)
