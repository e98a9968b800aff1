"""Check-in at a hub: a part of a name and Enter, one key for somebody without a name, one click for who usually comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from therapydesk.api import normal_name, ntr, tr
from therapydesk.plugins.groups.hub_day import Visitor
from therapydesk.plugins.groups.ui.side_parts import tab_in_order
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card, FlowLayout
from therapydesk.ui.kit.labels import button, text_label

MOST = 6  # names offered at once


@dataclass(frozen=True)
class Choice:
    """What Enter would do: check in a person known or new, go to one who is here, or add heads without a name."""

    name: str
    person_id: UUID | None = None
    heads: int = 0
    here: bool = False

    @property
    def words(self) -> str:
        """What will happen, as a sentence."""
        if self.heads:
            return ntr("Enter adds one without a name.", "Enter adds {n} without a name.", self.heads)
        if self.here:
            return tr("{name} is here already. Enter goes to them.").format(name=self.name)
        if self.person_id is None:
            return tr("Enter adds “{name}” as somebody new and checks them in.").format(name=self.name)
        return tr("Enter checks in {name}.").format(name=self.name)


def choices_for(
    text: str, visitors: Sequence[Visitor], others: Sequence[tuple[UUID, str]], here: set[UUID]
) -> list[Choice]:
    """What can be meant by what was typed: who usually comes, then others, then somebody new; a number is heads.

    Without a text those who usually come and are not here yet.
    """
    words = text.strip()
    if not words:
        return [Choice(v.name, v.person_id) for v in visitors if v.person_id not in here][:MOST]
    if words.isdigit():
        return [Choice(words, heads=int(words))]
    known = {v.person_id: v.name for v in visitors if _means(words, v.name)} | {
        person: name for person, name in others if all(v.person_id != person for v in visitors)
    }
    found = [Choice(name, person, here=person in here) for person, name in known.items()]
    found = sorted(found, key=lambda c: c.here)[:MOST]
    if not any(normal_name(c.name) == normal_name(words) for c in found):
        found.append(Choice(words))
    return found


def _means(text: str, name: str) -> bool:
    """Each word that was typed begins a word of the name."""
    parts = normal_name(name).split()
    return all(any(part.startswith(word) for part in parts) for word in normal_name(text).split())


class CheckInField(QLineEdit):
    """Enter takes the choice, Up and Down go to another one. In the empty field + adds somebody without a name, and
    Down goes to who is here.
    """

    taken = Signal()
    stepped = Signal(int)
    plus = Signal()
    left_down = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.taken.emit()
        elif key == Qt.Key.Key_Down and not self.text().strip():
            self.left_down.emit()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.stepped.emit(1 if key == Qt.Key.Key_Down else -1)
        elif event.text() == "+" and not self.text():
            self.plus.emit()
        else:
            super().keyPressEvent(event)


class CheckInCard(Card):
    """`find(text)` gives the choices, `take(choice)` does one; `take_heads()` adds somebody without a name."""

    def __init__(
        self,
        find: Callable[[str], list[Choice]],
        take: Callable[[Choice], object],
        take_heads: Callable[[], object],
    ) -> None:
        super().__init__(tr("Check in"))
        self._find, self._take = find, take
        self.choices: list[Choice] = []
        self._at = 0
        self.field = CheckInField()
        self.field.setPlaceholderText(tr("Check in: a part of the name"))
        self.field.setAccessibleName(tr("Check in: a part of the name, or how many without one"))
        self.field.textChanged.connect(lambda _text: self.show_choices())
        self.field.taken.connect(self._take_chosen)
        self.field.stepped.connect(self._step)
        self.field.plus.connect(take_heads)
        self.words = text_label("", "", "text_muted", wrap=True)
        self._names = QWidget()
        self._flow = FlowLayout(self._names, spacing=8)
        self.nameless = button(tr("Somebody without a name"), take_heads, "add")
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.sp(2))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.nameless)
        column.addLayout(row)
        for widget in (self.words, self._names):
            column.addWidget(widget)
        self.add_row(holder)
        self.title.hide()  # the field says what it is for, and the list wants the room

    def show_choices(self) -> None:
        """Offer what can be meant now."""
        self.choices, self._at = self._find(self.field.text()), 0
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for choice in self.choices:
            text = (
                choice.name
                if choice.person_id or choice.heads
                else tr("{name}, new").format(name=choice.name)
            )
            made = button(text, partial(self._choose, choice))
            made.setAccessibleName(_click_words(choice))
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._flow.addWidget(made)
        self._names.setVisible(bool(self.choices))
        self._names.updateGeometry()
        tab_in_order(self)
        self._say()

    def _say(self) -> None:
        typed = bool(self.field.text().strip())
        words = (
            self.choices[self._at].words
            if typed and self.choices
            else tr("Press + for somebody without a name. The buttons are those who usually come.")
            if self.choices
            else tr("Press + for somebody without a name.")
        )
        self.words.setText(words)
        self.field.setAccessibleDescription(words)

    def _step(self, way: int) -> None:
        if self.choices and self.field.text().strip():
            self._at = (self._at + way) % len(self.choices)
            self._say()

    def _take_chosen(self) -> None:
        if self.field.text().strip() and self.choices:
            self._choose(self.choices[self._at])

    def _choose(self, choice: Choice) -> None:
        self._take(choice)
        self.field.setFocus()


def _click_words(choice: Choice) -> str:
    if choice.heads:
        return ntr("Add one without a name", "Add {n} without a name", choice.heads)
    if choice.here:
        return tr("Go to {name}, who is here already").format(name=choice.name)
    if choice.person_id is None:
        return tr("Add {name} as somebody new").format(name=choice.name)
    return tr("Check in {name}").format(name=choice.name)
