"""The unlock page. It paints before anything heavy is imported, so it uses the style alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from therapydesk.core.words import tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.icons import app_icon, icon


class UnlockPage(QWidget):
    """Who you are, the passphrase, one button. Emits `unlock_wanted(user, passphrase)`.

    Who has a PIN on this computer (`pins`) is asked for that first, and may always use the passphrase instead:
    `pin_wanted(user, pin)`.
    """

    unlock_wanted = Signal(str, str)
    pin_wanted = Signal(str, str)
    recovery_wanted = Signal()
    other_vault_wanted = Signal()

    def __init__(
        self, practice: str, users: Sequence[str], *, demo: bool = False, pins: Collection[str] = ()
    ) -> None:
        super().__init__()
        self._wait_left = 0
        self._pins = set(pins)
        self.by_pin = False
        holder = QWidget(self)
        holder.setFixedWidth(max(400, style.chars(48)))
        column = QVBoxLayout(holder)  # what is added has a parent at once, so nothing is a window of its own
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.sp(1))
        mark = QLabel()
        mark.setPixmap(app_icon().pixmap(QSize(56, 56)))
        mark.setAccessibleName(tr("TherapyDesk"))
        mark.setFixedHeight(56)
        title = QLabel(practice)
        title.setFont(style.title_font())
        title.setWordWrap(True)
        column.addWidget(mark)
        column.addSpacing(style.sp(4))
        self.note = QLabel(tr("Demo – made-up people") if demo else "")
        self.note.setWordWrap(True)
        style.set_tone(self.note, "text_muted")
        head = QVBoxLayout()  # the sentence stands right under the title
        head.setSpacing(0)
        head.addWidget(title)
        head.addWidget(self.note)
        column.addLayout(head)
        self.note.setVisible(demo)
        column.addSpacing(style.sp(4))
        self.user = QComboBox()
        self.user.setAccessibleName(tr("Your name"))
        self.user.addItems(list(users))
        name_label = QLabel(tr("Your name"))
        name_label.setFont(style.semibold())
        name_label.setBuddy(self.user)
        for widget in (name_label, self.user):
            column.addWidget(widget)
            widget.setVisible(len(users) > 1)
        column.addSpacing(style.sp(2))
        self._add_passphrase(column)
        self._add_buttons(column)
        inside = QWidget()
        inside.setProperty("part", "body")
        outer = QVBoxLayout(inside)
        outer.addStretch(1)
        across = QHBoxLayout()  # an alignment would not let the sentence have its second line
        across.addStretch(1)
        across.addWidget(holder)
        across.addStretch(1)
        outer.addLayout(across)
        outer.addSpacerItem(QSpacerItem(0, 48, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred))
        outer.addStretch(1)
        area = QScrollArea()  # for large text, and for what there is to say
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        self.user.currentTextChanged.connect(lambda name: self.ask_pin(name in self._pins))
        self.ask_pin(self.user.currentText() in self._pins)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._count_down)

    def _add_passphrase(self, column: QVBoxLayout) -> None:
        self._label = label = QLabel()
        label.setFont(style.semibold())
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.returnPressed.connect(self._unlock)
        self.passphrase.textEdited.connect(lambda _text: self.say(""))
        label.setBuddy(self.passphrase)
        self.show_letters = QPushButton(tr("Show"))
        self.show_letters.setIcon(icon("eye"))
        self.show_letters.setCheckable(True)
        self.show_letters.toggled.connect(self._show_letters)
        row = QHBoxLayout()
        row.setSpacing(style.sp(2))
        row.addWidget(self.passphrase, 1)
        row.addWidget(self.show_letters)
        self.message = QLabel()
        self.message.setWordWrap(True)
        style.set_tone(self.message, "danger")
        self.message.hide()
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setFont(style.small_font())
        style.set_tone(self.hint, "text_muted")
        column.addWidget(label)
        column.addLayout(row)
        column.addWidget(self.hint)
        column.addWidget(self.message)
        self.other_way = QPushButton()
        self.other_way.setProperty("kind", "link")
        self.other_way.clicked.connect(self._change_way)
        column.addWidget(self.other_way, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(style.sp(3))

    def _add_buttons(self, column: QVBoxLayout) -> None:
        """Unlock; under a line, the other ways in."""
        self.button = QPushButton(tr("Unlock"))
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self._unlock)
        recovery = QPushButton(tr("Use the recovery kit"))
        recovery.setProperty("kind", "link")
        recovery.clicked.connect(self.recovery_wanted)
        other = QPushButton(tr("Open another practice"))
        other.setProperty("kind", "link")
        other.clicked.connect(self.other_vault_wanted)
        self._other_ways = (recovery, other, self.other_way)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(style.sp(4))
        line = QFrame()
        line.setProperty("part", "line")
        column.addWidget(line)
        column.addSpacing(style.sp(2))
        row = QHBoxLayout()
        row.setSpacing(style.sp(5))
        row.addWidget(recovery)
        row.addWidget(other)
        row.addStretch(1)
        column.addLayout(row)

    def _show_letters(self, on: bool) -> None:
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)
        self.show_letters.setText(tr("Hide") if on else tr("Show"))

    def ask_pin(self, on: bool) -> None:
        """Ask for the PIN, or for the passphrase; what was typed for the other is forgotten."""
        self.by_pin = on
        self.passphrase.clear()
        asked = tr("PIN of this computer") if on else tr("Passphrase")
        self._label.setText(asked)
        self.hint.setText(tr("You can paste it.") if on else tr("You can paste it. Capital letters count."))
        self.passphrase.setAccessibleName(asked)
        self.show_letters.setAccessibleName(tr("Show the PIN") if on else tr("Show the passphrase"))
        self.other_way.setText(tr("Use your passphrase instead") if on else tr("Use your PIN instead"))
        self.other_way.setVisible(self.user.currentText() in self._pins)

    def _change_way(self) -> None:
        self.say("")
        self.ask_pin(not self.by_pin)
        self.passphrase.setFocus()

    def without_pin(self, sentence: str) -> None:
        """The PIN does not open (any more): say why, and ask for the passphrase."""
        self.ask_pin(False)
        self.say(sentence)

    def focus_first(self) -> None:
        self.passphrase.setFocus()

    def _unlock(self) -> None:
        if self.button.isEnabled() and self.passphrase.text():
            self.busy(True)
            wanted = self.pin_wanted if self.by_pin else self.unlock_wanted
            wanted.emit(self.user.currentText(), self.passphrase.text())

    def busy(self, on: bool) -> None:
        """While the key is being made from the passphrase: a second try would lock what the first one opens."""
        self.passphrase.setReadOnly(on)
        for widget in (self.button, self.user, *self._other_ways):
            widget.setEnabled(not on)
        self.button.setText(tr("Unlocking …") if on else tr("Unlock"))

    def say(self, sentence: str, wait: float = 0.0) -> None:
        """Show what went wrong, keep the text, and hold back further tries for `wait` seconds."""
        self.busy(False)
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))
        self.passphrase.setAccessibleDescription(sentence)
        if sentence:
            self.passphrase.selectAll()
            self.passphrase.setFocus()
        self._wait_left = round(wait)
        if self._wait_left > 0:
            self.button.setEnabled(False)
            self._clock.start()

    def _count_down(self) -> None:
        self._wait_left -= 1
        if self._wait_left <= 0:
            self._clock.stop()
            self.busy(False)
        else:
            self.button.setText(tr("Unlock in {n} s").format(n=self._wait_left))

    def tell(self, sentence: str) -> None:
        """A quiet word under the title, such as "Locked at 12:31. Drafts are kept."."""
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))

    def empty(self) -> None:
        """Forget what was typed."""
        self.passphrase.clear()
        self.message.hide()
        self.busy(False)
