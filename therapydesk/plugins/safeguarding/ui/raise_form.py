"""The five questions of a concern, each above its field; what is typed is kept sealed until it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from therapydesk.api import UserError, tr
from therapydesk.plugins.safeguarding.service import NewConcern
from therapydesk.plugins.safeguarding.ui.when_field import WhenField
from therapydesk.ui.kit import style
from therapydesk.ui.kit.flow import FlowLayout
from therapydesk.ui.kit.growing_text import GrowingText
from therapydesk.ui.kit.labels import text_label

WIDTH_CHARS = 89  # average letters: 75 of a text, which are wider, with the padding
TEXTS = ("wants", "seen", "done")


class RaiseForm(QWidget):
    """`edited` with each change. `concern` is what to send, without whom it is about."""

    edited = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._texts: dict[str, GrowingText] = {}
        self._labels: dict[str, Any] = {}
        self.when = WhenField()
        self._danger = QButtonGroup(self)
        self._add_text("wants", tr("Their own words in quotation marks. If you could not ask, say why."))
        self._add_text("seen", tr("Facts first. Say which parts are your own view."))
        self._add_when()
        self._add_danger()
        self._add_text("done")
        self._column.addStretch(1)
        self.call_them("")
        self._fit()
        style.signals.theme_changed.connect(self._fit)
        self.setFocusProxy(self._texts["wants"])

    def _fit(self) -> None:
        self.setMaximumWidth(style.chars(WIDTH_CHARS))

    # -- the questions -------------------------------------------------------------------------------------

    def _question(self, name: str, buddy: QWidget) -> None:
        if self._labels:
            self._column.addSpacing(8)
        label = text_label("", "strong", wrap=True)
        label.setBuddy(buddy)
        self._labels[name] = label
        self._column.addWidget(label)

    def _add_text(self, name: str, hint: str = "") -> None:
        field = GrowingText(lines=2, most=16)
        field.setAccessibleDescription(hint)
        field.textChanged.connect(self.edited)
        field.left.connect(self.left)
        self._texts[name] = field
        self._question(name, field)
        self._column.addWidget(field)
        if hint:
            self._column.addWidget(text_label(hint, "small", "text_muted", wrap=True))

    def _add_when(self) -> None:
        self._question("when", self.when.day)
        self._column.addWidget(self.when)
        self.when.edited.connect(self.edited)
        self.when.left.connect(self.left)

    def _add_danger(self) -> None:
        choices = ((tr("No"), "no"), (tr("Yes, now"), "now"), (tr("I am not sure"), "unsure"))
        line = QWidget()
        row = FlowLayout(line, spacing=24)
        for place, (word, value) in enumerate(choices):
            made = QRadioButton(word)
            made.setProperty("value", value)
            made.setMinimumHeight(style.button_height())
            self._danger.addButton(made, place)
            row.addWidget(made)
        self._question("danger", self._danger.button(0))
        self._column.addWidget(line)
        self._ring = text_label(tr("Ring 999 now. Then send this."), "strong", "danger")
        self._column.addWidget(self._ring)
        self._danger.idToggled.connect(lambda _place, on: self._on_danger() if on else None)
        self._danger.button(2).setChecked(True)

    def _on_danger(self) -> None:
        self._ring.setVisible(self.danger() == "now")
        self.edited.emit()

    def call_them(self, name: str) -> None:
        """Put the person's name into the questions; without one they say "they"."""
        wants = (
            tr("1  What does {name} want to happen?").format(name=name)
            if name
            else tr("1  What do they want to happen?")
        )
        danger = (
            tr("4  Is {name}, or anyone else, in danger now?").format(name=name)
            if name
            else tr("4  Is anyone in danger now?")
        )
        words = {
            "wants": wants,
            "seen": tr("2  What have you seen, heard or been told?"),
            "when": tr("3  When and where?"),
            "danger": danger,
            "done": tr("5  What have you done, and who knows?"),
        }
        for key, text in words.items():
            self._labels[key].setText(text)
        for key, field in self._texts.items():
            field.setAccessibleName(words[key])
        for button in self._danger.buttons():
            button.setAccessibleDescription(danger)

    # -- what is in it -------------------------------------------------------------------------------------

    def danger(self) -> str:
        """no, now or unsure."""
        chosen = self._danger.checkedButton()
        return str(chosen.property("value")) if chosen is not None else "unsure"

    def text(self, name: str) -> GrowingText:
        """The field of a question: wants, seen, done."""
        return self._texts[name]

    def is_empty(self) -> bool:
        """Whether nothing was written yet."""
        return not any(field.text().strip() for field in self._texts.values()) and not self.when.texts()[2]

    def typed(self) -> dict[str, Any]:
        """What was written, as plain values; nothing while it is empty."""
        if self.is_empty():
            return {}
        found: dict[str, Any] = {name: field.text() for name, field in self._texts.items()}
        return {**found, "when": list(self.when.texts()), "danger": self.danger()}

    def bring_back(self, typed: Mapping[str, Any]) -> None:
        """Fill it with what was kept."""
        for name, field in self._texts.items():
            field.setText(str(typed.get(name, "")))
        when = typed.get("when")
        if isinstance(when, list) and len(when) == len(self.when.texts()):
            self.when.set_texts(*map(str, when))
        for button in self._danger.buttons():
            if button.property("value") == typed.get("danger"):
                button.setChecked(True)

    def clear(self) -> None:
        """Empty everything; what was written cannot be undone back."""
        for field in self._texts.values():
            field.setPlainText("")
            field.document().clearUndoRedoStacks()
        self.when.set_now()
        self._danger.button(2).setChecked(True)

    def concern(self) -> NewConcern:
        """What to send, without whom it is about. Raises UserError, with the focus on the field that is wrong."""
        if not self._texts["seen"].text().strip():
            self._texts["seen"].setFocus()
            raise UserError(tr("Write what you have seen, heard or been told (question 2)."))
        if self.when.check():
            self.when.setFocus()
            raise UserError(tr("Question 3: {problem}").format(problem=self.when.check()))
        words = {name: field.text().strip() for name, field in self._texts.items()}
        return NewConcern(
            words["seen"],
            wants=words["wants"],
            done=words["done"],
            when=self.when.when(),
            where=self.when.texts()[2],
            danger=self.danger(),
        )
