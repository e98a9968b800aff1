"""What stands beside a register and a hub day: a card with one number, and lines that come and go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.labels import icon_button, text_label

Slot = Callable[..., object]


class NumberCard(Card):
    """One number, then its parts in words; a screen reader hears one sentence."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.sp(4))
        self.number = text_label("", "title")
        self.words = text_label("", wrap=True)
        row.addWidget(self.number)
        row.addWidget(self.words, 1)
        self.add_row(holder)

    def show_number(self, number: int, words: str, sentence: str) -> None:
        """`sentence` is what a screen reader says in place of both."""
        self.number.setText(str(number))
        self.words.setText(words)
        self.number.setAccessibleName(sentence)
        self.setAccessibleName(sentence)


@dataclass(frozen=True)
class Entry:
    """A line with a button at its right: `says` is what the button does, to a screen reader."""

    words: str
    icon: str = ""
    says: str = ""
    act: Slot | None = None


class Lines(QWidget):
    """Lines under each other, with `empty` in their place when there are none; without it they go."""

    def __init__(self, empty: str = "") -> None:
        super().__init__()
        self._empty = empty
        self._list = QVBoxLayout(self)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these instead of those before."""
        clear(self._list)
        if not entries and self._empty:
            self._list.addWidget(text_label(self._empty, "", "text_muted", wrap=True))
        for entry in entries:
            line = QWidget()
            inside = QHBoxLayout(line)
            inside.setContentsMargins(0, 0, 0, 0)
            inside.addWidget(text_label(entry.words, wrap=True), 1)
            if entry.act is not None:
                inside.addWidget(icon_button(entry.icon, entry.says, entry.act))
            self._list.addWidget(line)
        self.setVisible(bool(entries or self._empty))


def tab_in_order(*parts: QWidget) -> None:
    """Tab goes through these parts as one reads what is laid out in them, also what was made only just now."""
    last: QWidget | None = None
    for widget in (each for part in parts for each in _as_laid_out(part)):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
            if last is not None:
                QWidget.setTabOrder(last, widget)
            last = widget


def _as_laid_out(root: QWidget) -> Iterator[QWidget]:
    yield root
    inside, layout = root.widget() if isinstance(root, QScrollArea) else None, root.layout()
    if inside is not None:
        yield from _as_laid_out(inside)
    if layout is not None:
        yield from _in_layout(layout)


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    for number in range(layout.count()):
        item = layout.itemAt(number)
        if item is None:
            continue
        if (inner := item.layout()) is not None:
            yield from _in_layout(inner)
        if (widget := item.widget()) is not None:
            yield from _as_laid_out(widget)


def clear(layout: QLayout) -> None:
    """Take all widgets out; each is hidden at once, for it goes only when the event loop comes round."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
