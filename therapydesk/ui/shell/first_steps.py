"""The parts of the steps of the first run: their list at the left, and one step with its title and form."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from therapydesk.ui.kit import style
from therapydesk.ui.kit.forms import Form
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.steps import StepMark


def head_of_step(title: str, sentence: str) -> QVBoxLayout:
    """The title of a step with what it is about right under it."""
    head = QVBoxLayout()
    head.setSpacing(0)
    head.addWidget(text_label(title, "title", wrap=True))
    head.addWidget(text_label(sentence, tone="text_muted", wrap=True))
    return head


class StepList(QWidget):
    """The steps, one below the other: done ones with a tick, the present one in semibold."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._rows = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.sp(4))
        for place, name in enumerate(names):
            mark, label = StepMark(place), text_label(name)
            row = QHBoxLayout()
            row.setSpacing(style.sp(3))
            row.addWidget(mark)
            row.addWidget(label, 1)
            column.addLayout(row)
            self._rows.append((mark, label))

    def set_now(self, now: int) -> None:
        """Mark the step of this number (from 0) as the present one."""
        for n, (mark, label) in enumerate(self._rows):
            mark.set_now(now)
            style.set_property(label, "role", "strong" if n == now else "")
            style.set_tone(label, "" if n == now else "text_muted")


class Step(QWidget):
    """One step: title, a sentence, a form."""

    def __init__(self, title: str, sentence: str, form: Form | None = None) -> None:
        super().__init__()
        self.form = form
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 4, 4)
        column.setSpacing(style.sp(4))
        column.addLayout(head_of_step(title, sentence))
        if form is not None:
            form.setMaximumWidth(style.chars(72))
            column.addWidget(form)
        column.addStretch(1)


class StepStack(QStackedWidget):
    """As tall as the step in view, and not as the tallest of them."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(lambda _index: self.updateGeometry())

    def sizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.sizeHint() if page is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.minimumSizeHint() if page is not None else super().minimumSizeHint()

    def heightForWidth(self, width: int) -> int:
        page = self.currentWidget()
        return page.heightForWidth(width) if page is not None and page.hasHeightForWidth() else -1
