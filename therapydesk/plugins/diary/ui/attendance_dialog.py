"""Who came: one row a person, one key each (P came, A chose not to come, N did not come, C we cancelled)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from therapydesk.api import UserError, appointments, mark, today, tr
from therapydesk.plugins.diary.ui.add_line import session_words
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import KeyHint, SegmentedButtons
from therapydesk.ui.kit.form_drafts import DraftKeeper, DraftVault, name_of_draft, vault_of
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import button, name_choice, text_label
from therapydesk.ui.kit.messages import MessageBar
from therapydesk.ui.kit.subject import Subject

Marks = list[appointments.AttendanceMark]
PARTS = (
    ("came", mark("For all of it")),
    ("came_late", mark("Came late")),
    ("left_early", mark("Left early")),
)
MAIN = ("came", "sent_apologies", "no_word", "we_cancelled")
KEYS = {
    Qt.Key.Key_P: "came",
    Qt.Key.Key_A: "sent_apologies",
    Qt.Key.Key_N: "no_word",
    Qt.Key.Key_C: "we_cancelled",
}


class AttendeeRow(QFrame):
    """One attendee: what became of them, more exactly, and for the clinical zone why in words."""

    def __init__(
        self, attendee: appointments.AttendeeView, text: str, keys: bool, on_next: Callable[[], object]
    ):
        super().__init__()
        self.attendee, self._keys, self._on_next = attendee, keys, on_next
        name = attendee.name or tr("Others, without a name")
        words = name if attendee.role == "person" else tr("{name}, came along").format(name=name)
        self.setAccessibleName(words)
        options = [(state, appointments.mark_word(state)) for state in MAIN]
        self.states = SegmentedButtons(options, tr("{name}: what became of them").format(name=name))
        self.detail = QComboBox()
        name_choice(self.detail, tr("{name}: more exactly").format(name=name))
        self.detail.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.why = QLineEdit()
        self.why.setPlaceholderText(tr("In words, for the clinical record only"))
        self.why.setAccessibleName(tr("{name}: why, in words").format(name=name))
        self.count = QSpinBox()
        self.count.setRange(0, 999)
        self.count.setAccessibleName(tr("{name}: how many came").format(name=name))
        self._values: list[str] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(8)
        column.addWidget(text_label(words, "strong", wrap=True))
        if attendee.person_id is None:
            self.count.setValue(attendee.headcount)
            column.addWidget(self.count, 0, Qt.AlignmentFlag.AlignLeft)
            self.setFocusProxy(self.count)
            return
        column.addWidget(self.states)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.detail, 2)
        line.addWidget(self.why, 3)
        column.addLayout(line)
        self.states.chosen.connect(self._show_details)
        self._start(text)
        self.setFocusProxy(self.states)

    def _start(self, text: str) -> None:
        state = self.attendee.state
        main = "came" if state in appointments.CAME or state not in MAIN else state
        self.states.choose(main)
        self._show_details(main)
        wanted = state if state in appointments.CAME else self.attendee.reason
        if wanted in self._values:
            self.detail.setCurrentIndex(self._values.index(wanted))
        self.why.setText(text)

    def _show_details(self, state: str) -> None:
        if state == "came":
            pairs = [(value, tr(words)) for value, words in PARTS]
        else:
            by = "us" if state == "we_cancelled" else "them"
            reasons = [r for r in appointments.absence_reasons("absence") if r.said_by == by]
            pairs = [("", tr("Reason not recorded")), *((r.code, r.title) for r in reasons)]
        self._values = [value for value, _words in pairs]
        self.detail.clear()
        self.detail.addItems([words for _value, words in pairs])
        self.why.setVisible(state != "came")

    def mark(self) -> appointments.AttendanceMark:
        """What was chosen."""
        if self.attendee.person_id is None:
            return appointments.AttendanceMark(
                "came", attendance_id=self.attendee.attendance_id, headcount=self.count.value()
            )
        state: str = self.states.value()
        detail = self._values[max(0, self.detail.currentIndex())]
        came = state == "came"
        return appointments.AttendanceMark(
            detail if came else state,
            attendance_id=self.attendee.attendance_id,
            reason="" if came else detail,
            reason_text="" if came else self.why.text(),
        )

    def typed(self) -> list[Any]:
        """What stands in the row, as plain values."""
        if self.attendee.person_id is None:
            return [self.count.value()]
        return [self.states.value(), self._values[max(0, self.detail.currentIndex())], self.why.text()]

    def bring_back(self, typed: list[Any]) -> None:
        """What stood in it before a lock."""
        if self.attendee.person_id is None:
            self.count.setValue(int(typed[0]))
            return
        state, detail, why = typed
        self.states.choose(state)
        self._show_details(state)
        if detail in self._values:
            self.detail.setCurrentIndex(self._values.index(detail))
        self.why.setText(why)

    def choose(self, state: str) -> None:
        """Choose, and go on to the next person."""
        self.states.choose(state)
        self._show_details(state)
        self._on_next()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        state = KEYS.get(Qt.Key(event.key()))
        plain = not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        if state is not None and plain and self._keys and self.attendee.person_id is not None:
            self.choose(state)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self._on_next()
        else:
            super().keyPressEvent(event)


class AttendanceDialog(QDialog):
    """Complete a session, or correct who came.

    `save(marks)` may raise UserError: then it stays open and says why.
    """

    def __init__(
        self,
        parent: QWidget,
        view: appointments.AppointmentView,
        save: Callable[[Marks], object],
        *,
        texts: dict[Any, str] | None = None,
        keys: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Who came"))
        self.setWindowIcon(app_icon())
        self.setModal(True)
        self._save, self._session = save, view.id
        self.messages = MessageBar(closable=False)
        self.rows = [
            AttendeeRow(a, (texts or {}).get(a.attendance_id, ""), keys, partial(self._go, n + 1))
            for n, a in enumerate(view.attendees)
        ]
        again = view.state == "completed"
        self.save_button = button(
            tr("Save who came") if again else tr("Complete session"), self.save, kind="primary"
        )
        self.cancel_button = button(tr("Cancel"), self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(12)
        layout.addWidget(text_label(tr("Who came"), "section", wrap=True))
        layout.addWidget(text_label(session_words(view), "", "text_muted", wrap=True))
        layout.addWidget(self.messages)
        layout.addWidget(self._list(self.rows), 1)
        if keys and len(self.rows) > 0:
            layout.addLayout(self._hints())
        layout.addLayout(self._buttons())
        self.setMinimumWidth(min(style.chars(72), 900))
        if view.starts_at.date() > today():
            self.messages.show_message("info", tr("This session is still to come."))

    def _list(self, rows: Sequence[AttendeeRow]) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for row in rows:
            column.addWidget(row)
        if not rows:
            column.addWidget(text_label(tr("Nobody was expected by name."), "", "text_muted", wrap=True))
        column.addStretch(1)
        if len(rows) < 4:
            return holder
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder)
        area.setMinimumHeight(style.line_height() * 18)
        return area

    def _hints(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(16)
        for key, word in (
            ("P", tr("came")),
            ("A", tr("chose not to")),
            ("N", tr("did not")),
            ("C", tr("we cancelled")),
        ):
            line.addWidget(KeyHint(key, word))
        line.addStretch(1)
        return line

    def _buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addStretch(1)
        line.addWidget(self.cancel_button)
        line.addWidget(self.save_button)
        return line

    def open(self) -> None:
        vault = vault_of(self)
        if vault is not None:
            self._keep_drafts(vault)
        super().open()
        self._go(0)

    def _keep_drafts(self, vault: DraftVault) -> None:
        """What is chosen and typed comes back after a lock."""
        rows = {str(row.attendee.attendance_id): row for row in self.rows}
        before = {name: row.typed() for name, row in rows.items()}
        keeper = DraftKeeper(self, vault, name_of_draft(self, *sorted(rows)), self.windowTitle())
        keeper.typed = lambda: {
            name: row.typed() for name, row in rows.items() if row.typed() != before[name]
        }
        kept = {name: typed for name, typed in keeper.kept().items() if name in rows}
        for name, typed in kept.items():
            rows[name].bring_back(typed)
        if kept:
            self.messages.show_message("info", tr("What you typed before is back."))
        for row in self.rows:
            changes = (
                row.states.chosen,
                row.detail.currentIndexChanged,
                row.why.textChanged,
                row.count.valueChanged,
            )
            for change in changes:
                change.connect(lambda *_args: keeper.touched())
        self.finished.connect(keeper.drop)

    def _go(self, number: int) -> None:
        target: QWidget = self.rows[number] if number < len(self.rows) else self.save_button
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def subject(self) -> Subject:
        """Whoever the focus is on, and the session."""
        people = [row.attendee.person_id for row in self.rows if row.isAncestorOf(self.focusWidget() or row)]
        return Subject(people[0] if people else None, ("appointment", str(self._session)))

    def save(self) -> None:
        """Save and close, or stay and say what is wrong."""
        try:
            self._save([row.mark() for row in self.rows])
        except UserError as error:
            self.messages.show_message("danger", str(error))
            return
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        finish = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if enter and (finish or self.focusWidget() is self.save_button):
            self.save()
        elif not enter:
            super().keyPressEvent(event)
