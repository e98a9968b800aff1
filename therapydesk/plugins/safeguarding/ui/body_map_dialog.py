"""Place marks on a body map and describe each; they are recorded together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from therapydesk.api import UserError, tr
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.ui.body_map import BodyMap, Mark
from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import button, icon_button, text_label
from therapydesk.ui.kit.messages import MessageBar

Save = Callable[[Sequence[service.Mark]], object]
ROOM = 0.9  # of the screen


class BodyMapDialog(QDialog):
    """The map at the left, at the right a line for each mark. Enter in a line goes back to the map."""

    def __init__(self, parent: QWidget, save: Save) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Body map"))
        self.setWindowIcon(app_icon())
        self.setModal(True)
        self._save = save
        self.map = BodyMap(editable=True)
        self.map.placed.connect(self.place)
        self.map.chosen.connect(lambda number: self._fields[number].setFocus())
        self._fields: list[QLineEdit] = []
        self.messages = MessageBar(closable=False)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(12)
        self._lay_out()
        self._show([])

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(text_label(tr("Body map"), "section"))
        hint = tr(
            "Click where something is seen, or move with the arrow keys and press Enter. Left is theirs."
        )
        column.addWidget(text_label(hint, "", "text_muted", wrap=True))
        column.addWidget(self.messages)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.map, 1)
        holder = QWidget()
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(4, 4, 16, 4)
        inside.addLayout(self._lines)
        inside.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder)
        area.setMinimumWidth(style.chars(46))
        row.addWidget(area, 1)
        column.addLayout(row, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(button(tr("Cancel"), self.reject))
        self.save_button = button(tr("Record marks"), self.save, kind="primary", shortcut="Ctrl+Return")
        buttons.addWidget(self.save_button)
        column.addLayout(buttons)

    def open(self) -> None:
        room = self.screen().availableGeometry().size()
        self.resize(self.sizeHint().boundedTo(room * ROOM))  # by itself it would begin as small as may be
        super().open()
        self.map.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self, side: str, x: int, y: int) -> None:
        """A new mark; its line takes the focus."""
        self._show([*self.described(), Mark(side, x, y)])
        self._fields[-1].setFocus(Qt.FocusReason.OtherFocusReason)

    def described(self) -> list[Mark]:
        """The marks with what is written about them."""
        return [
            replace(mark, text=field.text().strip())
            for mark, field in zip(self.map.marks(), self._fields, strict=True)
        ]

    def take_out(self, number: int) -> None:
        """Take a mark out again."""
        self._show([mark for place, mark in enumerate(self.described()) if place != number])
        self.map.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, marks: list[Mark]) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._fields = []
        self.map.show_marks(marks)
        for number, mark in enumerate(marks):
            self._lines.addWidget(self._line(number, mark))
        if not marks:
            self._lines.addWidget(text_label(tr("No marks yet."), "", "text_muted"))

    def _line(self, number: int, mark: Mark) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        name = tr("Mark {n}: {words}").format(n=number + 1, words=mark.where)
        label = text_label(name, "strong", wrap=True)
        field = QLineEdit(mark.text)
        field.setPlaceholderText(tr("What is seen: kind, size, colour"))
        field.setAccessibleName(tr("{mark}: what is seen").format(mark=name))
        field.returnPressed.connect(lambda: self.map.setFocus(Qt.FocusReason.OtherFocusReason))
        label.setBuddy(field)
        self._fields.append(field)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(field, 1)
        row.addWidget(
            icon_button("clear", tr("Take mark {n} out").format(n=number + 1), lambda: self.take_out(number))
        )
        column.addWidget(label)
        column.addLayout(row)
        return holder

    def save(self) -> None:
        """Record all marks; each needs to be described."""
        marks = self.described()
        missing = next((place for place, mark in enumerate(marks) if not mark.text), None)
        if not marks:
            self.messages.show_message("danger", tr("Place a mark first."))
            self.map.setFocus()
            return
        if missing is not None:
            self.messages.show_message("danger", tr("Describe mark {n}.").format(n=missing + 1))
            self._fields[missing].setFocus()
            return
        try:
            self._save([service.Mark(m.side, m.x / 1000, m.y / 1000, m.text) for m in marks])
        except UserError as error:
            self.messages.show_message("danger", str(error))
            return
        self.accept()

    def reject(self) -> None:
        """Ask first when marks were placed."""
        if not self.map.marks() or self.messages.rank == "warn":
            super().reject()
            return
        text = tr("These marks are not recorded yet.")
        self.messages.clear()  # what went wrong before would keep the question away
        self.messages.show_message("warn", text, tr("Leave without saving"), lambda: QDialog.reject(self))
        self.messages.link_button().setFocus(Qt.FocusReason.OtherFocusReason)


def shown_marks(entries: Sequence[service.EntryView]) -> list[Mark]:
    """Recorded marks as the map shows them."""
    return [
        Mark(
            str(e.detail.get("view", "front")),
            round(float(e.detail.get("x", 0)) * 1000),
            round(float(e.detail.get("y", 0)) * 1000),
            e.text,
        )
        for e in entries
    ]
