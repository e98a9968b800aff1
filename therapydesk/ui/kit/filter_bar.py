"""The row above a list: a field to type in, choices beside it, and how many rows are shown."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from therapydesk.api import normal_name, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.fields import Choices
from therapydesk.ui.kit.flow import FlowLayout
from therapydesk.ui.kit.icons import icon
from therapydesk.ui.kit.labels import key_words, name_choice, text_label
from therapydesk.ui.kit.later import Later
from therapydesk.ui.kit.messages import announce

LARGE = 1.5  # text this much larger than normal leaves less room for the field


MOST_TYPED = 200  # letters of what is looked for: the rest of a page that was pasted helps nobody


class SearchField(QLineEdit):
    """A field with a magnifying glass; while empty it shows its shortcut at the right.

    Esc empties it, Down leaves it.
    """

    down_pressed = Signal()

    def __init__(self, placeholder: str, shortcut_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shortcut_text = shortcut_text
        self.setMaxLength(MOST_TYPED)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        glass = QAction(icon("search"), tr("Search"), self)
        glass.triggered.connect(self.selectAll)
        self.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
        self._clear = QAction(icon("clear"), tr("Clear"), self)
        self._clear.setToolTip(tr("Clear"))
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.triggered.connect(self.clear)
        self._clear.setVisible(False)
        self.textChanged.connect(lambda text: self._clear.setVisible(bool(text)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self.down_pressed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.text() or not self._shortcut_text:
            return
        painter = QPainter(self)
        painter.setFont(style.small_font())
        used = self.fontMetrics().horizontalAdvance(self.placeholderText()) + style.icon_size() + 40
        if used + painter.fontMetrics().horizontalAdvance(self._shortcut_text) < self.width():
            painter.setPen(style.token("text_muted"))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.rect().adjusted(0, 0, -10, 0), int(flags), self._shortcut_text)


class FilterBar(QWidget):
    """Says `changed` with every key and choice: with the last one, when others were typed while the list was read."""

    changed = Signal()
    down_pressed = Signal()

    def __init__(self, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchField(placeholder or tr("Filter this list"), key_words("Ctrl+F"))
        self._choices: dict[str, tuple[QComboBox, list[Any]]] = {}
        self._shown = text_label("", "", "text_muted")
        self._fit()
        style.signals.theme_changed.connect(self._fit)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        left = QWidget()
        self._flow = FlowLayout(left, spacing=8)
        self._flow.addWidget(self.search)
        self._row.addWidget(left, 1)
        self._row.addWidget(self._shown, 0, Qt.AlignmentFlag.AlignBottom)
        self._typed = Later(self, 0, self.changed.emit)  # after the keys that wait
        self.search.textChanged.connect(lambda _text: self._typed.start())
        self.search.returnPressed.connect(self._now)
        self.search.down_pressed.connect(self.down_pressed)
        self.setFocusProxy(self.search)

    def _fit(self) -> None:
        words = QFontMetrics(style.body_font()).horizontalAdvance(self.search.placeholderText())
        least = min(max(words + style.icon_size() + 32, style.chars(18)), style.chars(32))
        self.search.setFixedWidth(style.chars(32) if style.text_scale() <= LARGE else least)
        self._shown.setMinimumHeight(style.button_height())  # level with the last line of choices

    def _now(self) -> None:
        if self._typed.isActive():
            self._typed.stop()
            self.changed.emit()

    def add_choice(self, name: str, label: str, choices: Choices) -> QComboBox:
        """Add a list of pairs of value and text; the first is what "no filter" means."""
        made = QComboBox()
        name_choice(made, label)
        made.addItems([text for _value, text in choices])
        made.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self._choices[name] = (made, [value for value, _text in choices])
        self._flow.addWidget(made)
        return made

    def set_choices(self, name: str, choices: Choices) -> None:
        """Offer other choices; what was chosen stays when it is among them. Does not say `changed`."""
        box, values = self._choices[name]
        offered = [value for value, _text in choices]
        if offered == values:
            return
        chosen = values[box.currentIndex()]
        self._choices[name] = (box, offered)
        box.blockSignals(True)
        box.clear()
        box.addItems([text for _value, text in choices])
        box.setCurrentIndex(offered.index(chosen) if chosen in offered else 0)
        box.blockSignals(False)

    def add_widget(self, widget: QWidget) -> None:
        """Put a widget (key hints, a button) at the right end."""
        self._row.addWidget(widget)

    def text(self) -> str:
        return self.search.text().strip()

    def matches(self, *texts: str) -> bool:
        """Return whether each word that is typed begins a word of these texts; case and accents do not matter."""
        words = normal_name(" ".join(texts)).split()
        return all(
            any(word.startswith(typed) for word in words) for typed in normal_name(self.text()).split()
        )

    def value(self, name: str) -> Any:
        box, values = self._choices[name]
        return values[box.currentIndex()]

    def set_value(self, name: str, value: Any) -> None:
        box, values = self._choices[name]
        box.setCurrentIndex(values.index(value))

    def is_filtered(self) -> bool:
        """Return whether anything is typed or a choice is not its first."""
        return bool(self.text()) or any(box.currentIndex() > 0 for box, _values in self._choices.values())

    def clear_filters(self) -> None:
        """Take all filters off and say `changed` once."""
        self.blockSignals(True)
        self.search.clear()
        for box, _values in self._choices.values():
            box.setCurrentIndex(0)
        self.blockSignals(False)
        self._typed.stop()
        self.changed.emit()

    def set_shown(self, text: str) -> None:
        """Show, and speak when it changed, how many rows are shown: "24 of 60 shown"."""
        if text != self._shown.text():
            before = self._shown.text()
            self._shown.setText(text)
            if before:
                announce(self, text)

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()
