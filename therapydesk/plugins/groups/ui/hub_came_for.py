"""What the one at hand in a hub came for, and how they took part: both as buttons of the practice's lists."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from therapydesk.api import tr
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.fields import ChoiceFlow

Choices = Sequence[tuple[str, str]]


class CameForCard(Card):
    """`came_for` says all that is ticked, `took_part` the one chosen, or "" when it was taken away."""

    came_for = Signal(object)
    took_part = Signal(str)

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

    def show_visit(self, name: str, activities: Sequence[str], part: str) -> None:
        """The one at hand; without a name there is none."""
        self.setEnabled(bool(name))
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
