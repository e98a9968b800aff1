"""Whom it is about: typed, and chosen from the people of that name, or left as a name we do not know."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from therapydesk.api import Hit, ntr, tr
from therapydesk.ui.kit.cards import CardRow
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.later import Later
from therapydesk.ui.kit.messages import announce

MOST = 5
PAUSE_MS = 120
Search = Callable[[str, int], list[Hit]]


class _Field(QLineEdit):
    entered = Signal()
    down = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.down.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.MouseFocusReason):
            self.left.emit()


class PersonField(QWidget):
    """A field with the people found under it. `chosen(id or None, name)` tells the choice; None is a name we do not know.

    Enter takes the first one found. Leaving the field takes the only one found, or the name when nobody is: never one of
    several.
    """

    chosen = Signal(object, str)

    def __init__(self, label: str, search: Search, hint: str = "") -> None:
        super().__init__()
        self._search = search
        self._hits: list[Hit] = []
        self._asked = ""
        self.field = _Field()
        self.field.setAccessibleName(label)
        self.field.setAccessibleDescription(hint)
        caption = text_label(label, "strong")
        caption.setBuddy(self.field)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(caption)
        column.addWidget(self.field)
        if hint:
            column.addWidget(text_label(hint, "small", "text_muted", wrap=True))
        column.addLayout(self._rows)
        self._later = Later(self.field, PAUSE_MS, self.look)
        self.field.textChanged.connect(lambda _text: self._later.start())
        self.field.entered.connect(self._enter)
        self.field.down.connect(self._down)
        self.field.left.connect(self._on_left)
        self.setFocusProxy(self.field)

    def text(self) -> str:
        """What is typed."""
        return self.field.text().strip()

    def clear(self) -> None:
        """Empty, with nobody found."""
        self.field.clear()
        self._later.stop()
        self._show([])

    def look(self) -> None:
        """Look for the people of the name typed."""
        self._later.stop()
        text = self.text()
        if text == self._asked:
            return
        self._asked = text
        self._hits = self._search(text, MOST) if text else []
        self._show(self._hits)
        if text:
            count = ntr("one person found", "{n} people found", len(self._hits)).format(n=len(self._hits))
            announce(self.field, count)

    def _show(self, hits: list[Hit]) -> None:
        self._hits = hits
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for hit in hits:
            row = CardRow(
                hit.title, hit.subtitle, self._enter_word(), on_open=partial(self._take, hit), two_line=False
            )
            self._rows.addWidget(row)
        if self.text():
            words = tr("Somebody we do not know: {name}").format(name=self.text())
            self._rows.addWidget(CardRow(words, right=self._enter_word(), on_open=self._take_name))
        else:
            self._asked = ""

    def _enter_word(self) -> str:
        """Beside the row that Enter takes."""
        return "" if self._rows.count() else tr("Enter")

    def _take(self, hit: Hit) -> None:
        self.chosen.emit(hit.link.ref, hit.title)

    def _take_name(self) -> None:
        self.chosen.emit(None, self.text())

    def _enter(self) -> None:
        self.look()
        if self._hits:
            self._take(self._hits[0])
        elif self.text():
            self._take_name()

    def _on_left(self) -> None:
        self.look()
        if len(self._hits) == 1:
            self._take(self._hits[0])
        elif not self._hits and self.text():
            self._take_name()

    def _down(self) -> None:
        item = self._rows.itemAt(0)
        first = item.widget() if item is not None else None
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)
