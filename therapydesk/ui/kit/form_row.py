"""A row of a form: a label, a field, and under it a hint or the sentence that says how to put it right."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from therapydesk.api import UserError
from therapydesk.ui.kit import style
from therapydesk.ui.kit.fields import FieldBox
from therapydesk.ui.kit.labels import IconMark, text_label

LABEL_LEFT_CHARS = 15


class FormRow(QWidget):
    """A field with its label above or beside it, and the line under it for hint or error."""

    def __init__(self, box: FieldBox, label: str, hint: str, *, left: bool, bare: bool = False) -> None:
        super().__init__()
        self.box, self.hint, self.error = box, hint, ""
        self.label = text_label(label, "" if left else "strong", "text_muted" if left else "")
        self.label.setBuddy(box.focus_widget())
        self.label_text = label
        box.widget.setAccessibleName(label)
        self._note_icon = IconMark("danger", "danger", small=True)
        self._note = text_label("", "small", wrap=True)
        note = QHBoxLayout()
        note.setSpacing(6)
        note.addWidget(self._note_icon, 0, Qt.AlignmentFlag.AlignTop)
        note.addWidget(self._note, 1)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        place = QHBoxLayout()
        place.addWidget(box.widget)
        if bare:
            self.label.hide()
            place.addStretch(1)
        if left:
            self.label.setFixedWidth(style.chars(LABEL_LEFT_CHARS))
            self.label.setMinimumHeight(style.button_height())
            self.label.setWordWrap(True)
            self._grid.addWidget(self.label, 0, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addLayout(place, 0, 1)
            self._grid.addLayout(note, 1, 1)
        else:
            self._grid.addWidget(self.label, 0, 0)
            self._grid.addLayout(place, 1, 0)
            self._grid.addLayout(note, 2, 0)
        self.show_note()

    def show_note(self) -> None:
        text = self.error or " · ".join(part for part in (self.box.understood(), self.hint) if part)
        self._note.setText(text)
        style.set_tone(self._note, "danger" if self.error else "text_muted")
        self._note.setVisible(bool(text))
        self._note_icon.setVisible(bool(self.error))
        style.set_property(self.box.widget, "error", bool(self.error))
        self.box.focus_widget().setAccessibleDescription(text)

    def check(self) -> Any:
        """Return the value, or None with `error` set. Shows what is wrong or what was understood."""
        value = None
        try:
            value = self.box.value()
            self.error = ""
        except UserError as problem:
            self.error = str(problem)
        self.show_note()
        return value
