"""What matters and what helps, strengths first, in columns signed with whose words they are and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from therapydesk.api import show_day, tr
from therapydesk.plugins.caseload import service
from therapydesk.plugins.caseload.service import StatementView
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.labels import DrawnButton, text_label

COLUMNS = 3
NARROWEST = 20  # characters that a column of words needs
ALWAYS = ("enjoys", "matters", "helps")
WHEN_THERE = ("would_like", "hard")
Open = Callable[[StatementView], object]


class StatementText(DrawnButton):
    """The words as a button; Enter or a click opens them to be changed."""

    def __init__(self, text: str, strong: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(text)
        self.setAccessibleDescription(tr("Press Enter to change it"))
        self.setProperty("focusRing", True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.words = text_label(text, "strong" if strong else "", wrap=True)
        self.words.setParent(self)
        self.words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        return self.words.sizeHint()

    def heightForWidth(self, width: int) -> int:
        return self.words.heightForWidth(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words fill the button, which may grow here; while it is being shown Qt tells nobody of that."""
        super().resizeEvent(event)
        self.setMinimumHeight(self.heightForWidth(self.width()))  # else a stretch below takes the last line
        self.words.setGeometry(self.rect())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The label inside paints the words."""


def _words(text: str, said: StatementView, on_open: Open | None, *, strong: bool = False) -> QWidget:
    """The words of a statement: to be opened, or only to be read."""
    if on_open is None:
        return text_label(text, "strong" if strong else "", wrap=True)
    made = StatementText(text, strong)
    made.clicked.connect(lambda _checked=False: on_open(said))
    return made


def signature(said: StatementView, name: str) -> str:
    """Whose words and when: "Carys, Thu 12 Mar 2026"."""
    whose = name if said.whose_words == service.OWN_WORDS else said.whose_words
    return tr("{whose}, {day}").format(whose=whose, day=show_day(said.said_on))


class StatementsCard(Card):
    """Three columns, and below them what is there of the rest."""

    def __init__(self, on_add: Callable[[], object] | None, on_open: Open | None) -> None:
        super().__init__(tr("What matters and what helps"))
        if on_add is not None:
            self.set_link(tr("Add"), on_add)
        self._on_open = on_open
        self._parts: list[QWidget] = []
        self._columns = 0
        holder = QWidget()
        self._grid = QGridLayout(holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(16)
        self.add_row(holder)

    def show_statements(self, said: Sequence[StatementView], name: str) -> None:
        """Show what was said of and by a person called `name`."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        held = [s for s in said if s.kind == "alert" and not s.shared]
        shown = [(k, service.kind_words(k), [s for s in said if s.kind == k]) for k in (*ALWAYS, *WHEN_THERE)]
        shown = [part for part in shown if part[0] in ALWAYS or part[2]]
        if held:
            shown.append(("alert", tr("Alert, not shared"), held))
        self._parts = [self._column(title, each, name) for _kind, title, each in shown]
        self._columns = 0
        self._place()

    def _place(self) -> None:
        """Put the parts side by side, as many as the words of each have room for."""
        columns = max(1, min(COLUMNS, self.width() // style.chars(NARROWEST)))
        if columns == self._columns:
            return
        self._columns = columns
        for number, part in enumerate(self._parts):
            self._grid.addWidget(part, number // columns, number % columns)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
            self._grid.setColumnMinimumWidth(column, 1 if column < columns else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _column(self, title: str, said: Sequence[StatementView], name: str) -> QWidget:
        part = QWidget()
        part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # all columns alike
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(text_label(title, "strong", wrap=True))
        if not said:
            column.addWidget(text_label(tr("Not asked yet"), "", "text_muted"))
        for number, each in enumerate(said):
            column.addWidget(_words(each.text, each, self._on_open))
            signed = signature(each, name)
            if number + 1 == len(said):
                column.addStretch(1)  # the last signatures of a line of parts stand on one line
            if number + 1 == len(said) or signature(said[number + 1], name) != signed:
                column.addWidget(text_label(signed, "small", "text_muted", wrap=True))
        if not said:
            column.addStretch(1)
        return part


class TowardsCard(Card):
    """What the person works towards, in their words, and since when."""

    def __init__(self, on_add: Callable[[], object] | None, on_open: Open | None) -> None:
        super().__init__(tr("Working towards"))
        if on_add is not None:
            self.set_link(tr("Add"), on_add)
        self._on_open = on_open

    def show_statements(self, said: Sequence[StatementView], name: str) -> None:
        """Show one line for each."""
        self.clear_rows()
        towards = [s for s in said if s.kind == "working_towards"]
        for each in towards:
            self.add_row(self._line(each, name))
        if not towards:
            self.add_text(tr("Nothing agreed yet. Ask what they would like to do."))

    def _line(self, said: StatementView, name: str) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(12)
        words = said.text[:1].upper() + said.text[1:]
        row.addWidget(_words(words, said, self._on_open, strong=True), 1)
        row.addWidget(text_label(signature(said, name), "", "text_muted"), 0, Qt.AlignmentFlag.AlignTop)
        return line
