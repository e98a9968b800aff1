"""What the one at hand in a hub came for, and how they took part: both as buttons of the practice's lists."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from therapydesk.api import tr
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.fields import ChoiceFlow
from therapydesk.ui.kit.labels import button

Choices = Sequence[tuple[str, str]]


class CameForCard(Card):
    """`came_for` says all that is ticked, `took_part` the one chosen, or "" when it was taken away.

    `name_wanted` and `out_wanted` are what the menu of the list and its keys do, for the mouse.
    """

    came_for = Signal(object)
    took_part = Signal(str)
    name_wanted = Signal()
    out_wanted = Signal()

    def __init__(self, activities: Choices, parts: Choices, *, numbered: bool) -> None:
        super().__init__(tr("Came for"))
        self.codes = [code for code, _words in activities]
        shown = [
            (code, f"{n}  {words}" if numbered else words) for n, (code, words) in enumerate(activities, 1)
        ]
        self.activities = ChoiceFlow(shown)
        self.activities.changed.connect(lambda: self.came_for.emit(tuple(self.activities.chosen())))
        self.part = ChoiceFlow(parts, exclusive=True)
        self.part.changed.connect(lambda: self.took_part.emit(next(iter(self.part.chosen()), "")))
        self.add_row(_inset(self.activities))
        self.body.addSpacing(8)
        self.add_text(tr("How they took part"))
        self.add_row(_inset(self.part))
        self.name_button = button(tr("Give a name"), self.name_wanted.emit, "people", kind="link")
        self.out_button = button(tr("Take out"), self.out_wanted.emit, "close", kind="link")
        for each in (self.name_button, self.out_button):
            self.put_at_end(each)

    def show_visit(self, name: str, activities: Sequence[str], part: str, *, named: bool) -> None:
        """The one at hand; without a name in words there is none. `named`: whether it is a person, and no head."""
        self.setEnabled(bool(name))
        self.name_button.setVisible(not named)
        self.activities.choose(activities)
        self.part.choose([part])
        self.part.setEnabled(bool(activities))
        title = tr("{name} came for").format(name=name) if name else tr("Came for")
        self.title.setText(title)
        self.setAccessibleName(title)


def _inset(widget: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(widget)
    return holder
