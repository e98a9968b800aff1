"""The kinds of field a form has. Each can be read, written, and says when it changed and when it was left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QWidget

from therapydesk.api import UserError, parse_day, relative, show_day, today, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.flow import FlowLayout
from therapydesk.ui.kit.growing_text import GrowingText

Check = Callable[[str], Any]
Choices = Sequence[tuple[Any, str]]


class FieldBox(QObject):
    """What a form knows of a field, whatever its kind."""

    edited = Signal()
    left = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.widget = widget
        self.required = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and getattr(event, "reason", None) is not None:
            self.left.emit()
        return False

    def focus_widget(self) -> QWidget:
        return self.widget

    def raw(self) -> Any:
        raise NotImplementedError

    def set_raw(self, value: Any) -> None:
        raise NotImplementedError

    def value(self) -> Any:
        """Return what was understood. Raises UserError when it cannot be."""
        value = self.raw()
        if self.required and value in ("", None, [], ()):
            raise UserError(tr("This cannot be left empty."))
        return value

    def understood(self) -> str:
        """Return what to show under the field of what was understood, or ""."""
        return ""

    def typed(self) -> Any:
        """What to keep of it until it is stored, as plain values; None for what is never kept (a passphrase)."""
        return self.raw()

    def bring_back(self, typed: Any) -> None:
        """Fill it with what was kept."""
        self.set_raw(typed)


class TextBox(FieldBox):
    def __init__(self, widget: QLineEdit | GrowingText, check: Check | None = None) -> None:
        super().__init__(widget)
        self.field = widget
        self._check = check
        widget.textChanged.connect(lambda *_args: self.edited.emit())

    def raw(self) -> str:
        return self.field.text().strip()

    def set_raw(self, value: Any) -> None:
        self.field.setText("" if value is None else str(value))

    def value(self) -> Any:
        text = super().value()
        return self._check(text) if self._check is not None and text else text

    def typed(self) -> str | None:
        hidden = isinstance(self.field, QLineEdit) and self.field.echoMode() is not QLineEdit.EchoMode.Normal
        return None if hidden else self.field.text()


class DayBox(FieldBox):
    """A day as people type it; None when empty."""

    def __init__(self, widget: QLineEdit, future: bool | None = None) -> None:
        super().__init__(widget)
        self.field = widget
        self._future = future
        self._shown: tuple[str, date] | None = None
        widget.textChanged.connect(lambda *_args: self.edited.emit())

    def raw(self) -> str:
        return self.field.text().strip()

    def set_raw(self, value: Any) -> None:
        if isinstance(value, date):
            text = show_day(value)
            self._shown = (text, value)
            value = text
        self.field.setText(value or "")

    def value(self) -> date | None:
        text = super().value()
        if not text:
            return None
        if self._shown is not None and self._shown[0] == text:
            return self._shown[1]
        return parse_day(text, future=self._future)

    def understood(self) -> str:
        try:
            day = self.value()
        except UserError:
            return ""
        if day is None:
            return ""
        return tr("{day}, {when}").format(day=show_day(day), when=relative(day, today()))


class ChoiceBox(FieldBox):
    def __init__(self, widget: QComboBox, choices: Choices) -> None:
        super().__init__(widget)
        self.field = widget
        self._values: list[Any] = []
        self.set_choices(choices)
        widget.currentIndexChanged.connect(lambda *_args: self.edited.emit())

    def set_choices(self, choices: Choices) -> None:
        self.field.clear()
        self._values = [value for value, _text in choices]
        self.field.addItems([text for _value, text in choices])

    def raw(self) -> Any:
        index = self.field.currentIndex()
        return self._values[index] if 0 <= index < len(self._values) else None

    def set_raw(self, value: Any) -> None:
        self.field.setCurrentIndex(self._values.index(value) if value in self._values else 0)

    def typed(self) -> str:
        return str(self.raw())

    def bring_back(self, typed: Any) -> None:
        found = [value for value in self._values if str(value) == typed]
        if found:  # else it is not to be chosen any more, and the field stays as it is
            self.set_raw(found[0])


class CheckField(FieldBox):
    def __init__(self, widget: QCheckBox) -> None:
        super().__init__(widget)
        self.field = widget
        widget.toggled.connect(lambda *_args: self.edited.emit())

    def raw(self) -> bool:
        return self.field.isChecked()

    def set_raw(self, value: Any) -> None:
        self.field.setChecked(bool(value))


class ChoiceFlow(QWidget):
    """Checkable buttons that flow over several lines. Chosen ones are filled, outlined and semibold.

    With `exclusive` one at most is chosen; with `required` as well, a click on the chosen one leaves it chosen.
    """

    changed = Signal()

    def __init__(
        self,
        choices: Choices,
        *,
        exclusive: bool = False,
        required: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._exclusive, self._stays = exclusive, exclusive and required
        self._buttons: list[tuple[Any, QPushButton]] = []
        self._flow = FlowLayout(self, spacing=8)
        for value, text in choices:
            made = QPushButton(text)
            made.setAutoDefault(False)
            made.setCheckable(True)
            made.setProperty("checkable", True)
            made.clicked.connect(lambda _checked, own=made: self._on_click(own))
            self._flow.addWidget(made)
            self._buttons.append((value, made))
        if self._buttons:
            self.setFocusProxy(self._buttons[0][1])
        style.signals.theme_changed.connect(self.updateGeometry)

    def buttons(self) -> list[QPushButton]:
        return [made for _value, made in self._buttons]

    def values(self) -> list[Any]:
        """All that can be chosen."""
        return [value for value, _made in self._buttons]

    def chosen(self) -> list[Any]:
        return [value for value, made in self._buttons if made.isChecked()]

    def choose(self, values: Sequence[Any]) -> None:
        for value, made in self._buttons:
            made.setChecked(value in values)

    def _on_click(self, clicked: QPushButton) -> None:
        if self._stays:
            clicked.setChecked(True)
        if self._exclusive and clicked.isChecked():
            for _value, made in self._buttons:
                made.setChecked(made is clicked)
        self.changed.emit()


class ChoicesBox(FieldBox):
    """Several from a coded list; the value is a list in the order of the choices."""

    def __init__(self, widget: ChoiceFlow, *, exclusive: bool = False) -> None:
        super().__init__(widget)
        self.field = widget
        self._exclusive = exclusive
        widget.changed.connect(self.edited)
        for each in widget.buttons():
            each.installEventFilter(self)

    def focus_widget(self) -> QWidget:
        buttons = self.field.buttons()
        return buttons[0] if buttons else self.field

    def raw(self) -> Any:
        chosen = self.field.chosen()
        if self._exclusive:
            return chosen[0] if chosen else None
        return chosen

    def set_raw(self, value: Any) -> None:
        self.field.choose([value] if self._exclusive else list(value or ()))

    def typed(self) -> list[str]:
        return [str(value) for value in self.field.chosen()]

    def bring_back(self, typed: Any) -> None:
        wanted = typed if isinstance(typed, list) else []
        self.field.choose([value for value in self.field.values() if str(value) in wanted])
        self.field.changed.emit()  # as a click does, for whatever follows what is chosen
