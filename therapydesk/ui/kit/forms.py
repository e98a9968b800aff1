"""Forms

Rows of a label, a field, a hint and, when something is wrong, the sentence that says how to put it
right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from therapydesk.api import UserError, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.fields import (
    Check,
    CheckField,
    ChoiceBox,
    ChoiceFlow,
    Choices,
    ChoicesBox,
    DayBox,
    FieldBox,
    TextBox,
)
from therapydesk.ui.kit.form_area import BAR, RING, FormArea
from therapydesk.ui.kit.form_drafts import name_of_draft, vault_of
from therapydesk.ui.kit.form_kept import DraftedForm
from therapydesk.ui.kit.form_row import FormRow
from therapydesk.ui.kit.growing_text import GrowingText
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.messages import announce


def _problem(row: FormRow) -> str:
    """Which field, and what is wrong with it. A field that asks something ends with a mark of its own."""
    words = tr("{field} {problem}") if row.label_text.endswith("?") else tr("{field}: {problem}")
    return words.format(field=row.label_text, problem=row.error)


class Form(DraftedForm):
    """Rows 12 apart. Fields are checked when they are left and on `finish`, never while typing."""

    edited = Signal()

    def __init__(self, *, labels: str = "above", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._left = labels == "left"
        self._setting = False
        self.layout_ = QVBoxLayout(self)
        self.layout_.setContentsMargins(0, 0, 0, 0)
        self.layout_.setSpacing(12)
        self.layout_.addWidget(self.summary)

    # -- fields ------------------------------------------------------------------------------------------

    def _add(
        self, name: str, label: str, box: FieldBox, hint: str, *, required: bool = False, bare: bool = False
    ) -> None:
        box.required = required
        row = FormRow(box, label, hint, left=self._left, bare=bare)
        self._rows[name] = row
        box.edited.connect(lambda: self._on_edited(row))
        box.left.connect(lambda: self._on_left(row))
        self.layout_.addWidget(row)

    def add_text(
        self,
        name: str,
        label: str,
        hint: str = "",
        multiline: bool = False,
        required: bool = False,
        check: Check | None = None,
    ) -> Any:
        """Add a line, or with `multiline` a growing text.

        `check` turns the text into its value or raises UserError.
        """
        field: QLineEdit | GrowingText = GrowingText() if multiline else QLineEdit()
        self._add(name, label, TextBox(field, check), hint, required=required)
        return field

    def add_choice(
        self, name: str, label: str, choices: Choices, hint: str = "", required: bool = False
    ) -> QComboBox:
        """Add a list to choose one from: pairs of value and text."""
        field = QComboBox()
        field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        field.setMinimumContentsLength(12)
        field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._add(name, label, ChoiceBox(field, choices), hint, required=required)
        return field

    def add_check(self, name: str, label: str, hint: str = "") -> QCheckBox:
        """Add a box to tick; its label stands beside it."""
        field = QCheckBox(label)
        self._add(name, label, CheckField(field), hint, bare=True)
        return field

    def add_date(
        self, name: str, label: str, hint: str = "", required: bool = False, future: bool | None = None
    ) -> QLineEdit:
        """Add a day, typed day first ("24/11", "next tue"); what was understood is shown under it."""
        field = QLineEdit()
        self._add(name, label, DayBox(field, future), hint, required=required)
        return field

    def add_choices(
        self,
        name: str,
        label: str,
        choices: Choices,
        hint: str = "",
        exclusive: bool = False,
        required: bool = False,
    ) -> ChoiceFlow:
        """Add buttons to choose several from (or one, with `exclusive`)."""
        field = ChoiceFlow(choices, exclusive=exclusive, required=required)
        self._add(name, label, ChoicesBox(field, exclusive=exclusive), hint, required=required)
        return field

    def add_widget(self, widget: QWidget) -> None:
        """Put something that is not a field (a heading, a note) between the rows."""
        self.layout_.addWidget(widget)

    def field(self, name: str) -> QWidget:
        return self._rows[name].box.widget

    def label(self, name: str) -> QLabel:
        return self._rows[name].label

    def set_row_visible(self, name: str, visible: bool) -> None:
        """Show or hide a row; a hidden row is neither checked nor part of `values`."""
        self._rows[name].setVisible(visible)

    def set_choices(self, name: str, choices: Choices) -> None:
        box = self._rows[name].box
        if isinstance(box, ChoiceBox):
            box.set_choices(choices)

    def set_hint(self, name: str, hint: str) -> None:
        self._rows[name].hint = hint
        self._rows[name].show_note()

    # -- values ------------------------------------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """Return the values as understood; a field that cannot be understood gives its text."""
        found: dict[str, Any] = {}
        for name, row in self._shown():
            try:
                found[name] = row.box.value()
            except UserError:
                found[name] = row.box.raw()
        return found

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Fill fields by name. Names the form does not have are passed by."""
        self._setting = True
        for name, value in values.items():
            if name in self._rows:
                row = self._rows[name]
                row.box.set_raw(value)
                row.error = ""
                row.show_note()
        self._setting = False
        self.dirty = False
        self._before = self.plain_values()

    def _shown(self) -> list[tuple[str, FormRow]]:
        return [(name, row) for name, row in self._rows.items() if not row.isHidden()]

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong, by field name, as last checked."""
        return {name: row.error for name, row in self._shown() if row.error}

    def set_error(self, name: str, message: str) -> None:
        """Show an error that only the service could know under its field."""
        self._rows[name].error = message
        self._rows[name].show_note()

    def finish(self) -> bool:
        """Check every field. When something is wrong: list it, go to the first such field, answer False."""
        for _name, row in self._shown():
            row.check()
        wrong = [row for _name, row in self._shown() if row.error]
        if not wrong:
            self.summary.clear()
            return True
        self.summary.show_message("danger", "\n".join(_problem(row) for row in wrong))
        wrong[0].box.focus_widget().setFocus(Qt.FocusReason.OtherFocusReason)
        return False

    def focus_first(self) -> None:
        shown = self._shown()
        if shown:
            first = shown[0][1].box.focus_widget()
            first.setFocus(Qt.FocusReason.OtherFocusReason)
            if isinstance(first, QLineEdit):
                first.selectAll()  # as Tab does, so that typing takes the place of what stands there

    def _on_edited(self, row: FormRow) -> None:
        if self._setting:
            return
        self.dirty = True
        if isinstance(row.box, ChoiceBox | ChoicesBox | CheckField) and row.error:
            row.check()
        self.touched()
        self.edited.emit()

    def _on_left(self, row: FormRow) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and row.box.widget.isAncestorOf(focused):
            return
        if not self.dirty and not row.error:
            return
        before = row.error
        if row.box.required and row.box.raw() in ("", None, []):
            return  # empty is only wrong on finish: one may want to fill it last
        row.check()
        if row.error and row.error != before:
            announce(row.box.widget, row.error, assertive=True)


class FormDialog(QDialog):
    """A short form (at most seven fields) over a page.

    `on_save(values)` runs when the form is right; a UserError from it is shown and the dialog stays, with
    all that was typed. Ctrl+Enter finishes, Esc leaves and asks only if something was typed. On a page of the desk what
    is typed comes back after a lock, when the form is opened again for the same thing: say with `about` which record
    that is. Without it the form must be on the same person's page and begin with the same title and values.
    """

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        action_text: str,
        on_save: Callable[[dict[str, Any]], object],
        about: object = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setWindowIcon(app_icon())
        self.setModal(True)
        self.setSizeGripEnabled(False)
        self._on_save, self._about = on_save, about
        self.form = Form()
        self.messages = self.form.summary
        self.save_button = button(action_text, self.save, kind="primary")
        self.cancel_button = button(tr("Cancel"), self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24 - RING, 24, 24 - RING - BAR, 24)
        layout.setSpacing(16)
        heading = text_label(title, "section", wrap=True)
        heading.setContentsMargins(RING, 0, RING + BAR, 0)
        layout.addWidget(heading)
        layout.addWidget(FormArea(self.form))
        layout.addStretch(1)
        row = QHBoxLayout()
        row.setContentsMargins(RING, 0, RING + BAR, 0)
        row.setSpacing(8)
        row.addStretch(1)
        self._buttons = row
        row.addWidget(self.cancel_button)
        row.addWidget(self.save_button)
        layout.addLayout(row)
        self.setMinimumWidth(min(style.chars(60), 900))

    def add_other_action(self, text: str, slot: Callable[[], object]) -> QPushButton:
        """Add a button at the left for what ends the dialog another way ("Take away"); what is typed is let go."""

        def act() -> None:
            QDialog.reject(self)
            slot()

        made = button(text, act)
        self._buttons.insertWidget(0, made)
        return made

    def open(self) -> None:
        vault = vault_of(self)
        if vault is not None:
            self.form.keep_drafts(vault, self._name_of_draft(), self.windowTitle())
            self.finished.connect(self.form.saved)
        super().open()
        self.form.focus_first()

    def _name_of_draft(self) -> str:
        """Two forms for different things never have the same name, or text would come back about the wrong person."""
        if self._about is not None:
            return name_of_draft(self, "about", self._about, *self.form.names())
        return name_of_draft(self, self.windowTitle(), json.dumps(self.form.plain_values()))

    def save(self) -> None:
        """Check, save and close; stay open with the reason when something is wrong."""
        if not self.form.finish():
            return
        try:
            self._on_save(self.form.values())
        except UserError as error:
            self.form.show_error(error)
            return
        self.accept()

    def reject(self) -> None:
        if not self.form.dirty:
            super().reject()
            return
        self.messages.clear()  # what is wrong with the form would keep the question away
        self.messages.show_message(
            "warn", tr("What you typed is not saved yet."), tr("Leave without saving"), super().reject
        )
        self.messages.link_button().setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.save()
        elif enter and isinstance(QApplication.focusWidget(), QLineEdit):
            self.focusNextChild()
        else:
            super().keyPressEvent(event)
