"""The row of an import that needs somebody: side by side with whom it may be, and what to do with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QLabel,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from therapydesk.api import Choice, Comparison, PlannedRow, ntr, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Pane
from therapydesk.ui.kit.labels import StateMark, icon_button, line, text_label

PANEL = 432
GUTTER = 14  # of a scroll bar, and the lines of the frame
UNBROKEN = 14  # characters of a value that is never broken into lines


class RowPanel(Pane):
    """Beside the plan, or in a narrow window in its place. Emits what was chosen, and where to step."""

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
