"""A vault that does not open because something in it is damaged: what is wrong, and what can be done (security §7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from therapydesk.api import tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.messages import MessageBar

LETTERS = 76


class DamagePage(QWidget):
    """Nothing is changed by showing it. `read_wanted` and `salvage_wanted` come with name and passphrase."""

    read_wanted = Signal(str, str)
    salvage_wanted = Signal(str, str)
    from_backup_wanted = Signal()
    back_wanted = Signal()

    def __init__(self, sentence: str, users: Sequence[str], user: str, passphrase: str) -> None:
        super().__init__()
        self._buttons: list[QPushButton] = []
        self.messages = MessageBar(closable=False)
        self.user = QComboBox()
        self.user.addItems(list(users))
        self.user.setCurrentText(user)
        self.user.setAccessibleName(tr("Your name"))
        self.passphrase = QLineEdit(passphrase)
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName(tr("Passphrase"))
        holder = QWidget()
        holder.setMaximumWidth(style.chars(LETTERS))
        column = QVBoxLayout(holder)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(style.sp(4))
        column.addWidget(text_label(tr("Something in this practice is damaged"), "title", wrap=True))
        column.addWidget(self.messages)
        column.addWidget(text_label(self._calm(), wrap=True))
        self._from_backup(column)
        for label, field in ((tr("Your name"), self.user), (tr("Passphrase"), self.passphrase)):
            named = text_label(label, "strong")
            named.setBuddy(field)
            pair = QVBoxLayout()
            pair.setSpacing(4)
            pair.addWidget(named)
            pair.addWidget(field)
            column.addLayout(pair)
            named.setVisible(bool(users))
            field.setVisible(bool(users))
        if users:
            self._choices(column)
        column.addWidget(
            button(tr("Back to unlocking"), self.back_wanted.emit, "left", "link"),
            0,
            Qt.AlignmentFlag.AlignLeft,
        )
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        area.setWidget(holder)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        self.messages.show_message("danger", sentence)

    @staticmethod
    def _calm() -> str:
        return tr("Nothing was changed, and nothing will be until you choose. The best way comes first.")

    def _from_backup(self, column: QVBoxLayout) -> None:
        """It asks for nothing first, so it stands above the fields: the focused button is in view with large text, too."""
        words = tr(
            "Brings the practice back as it was when the backup was made, into a new folder. The damaged one stays."
        )
        self._choice(column, tr("From a backup"), words, tr("Choose a backup"), self.from_backup_wanted.emit)

    def _choices(self, column: QVBoxLayout) -> None:
        words = tr(
            "Opens what can still be opened, so that you can look things up and print. Nothing can be written."
        )
        self._choice(
            column, tr("Only read"), words, tr("Open for reading"), lambda: self._ask(self.read_wanted.emit)
        )
        words = tr(
            "Where there is no backup: what can be read of the damaged parts is put into new files, and you are told what "
            "is missing. The damaged files are kept as they are."
        )
        self._choice(
            column,
            tr("Save what can be read"),
            words,
            tr("Save what can be read"),
            lambda: self._ask(self.salvage_wanted.emit),
        )

    def _choice(
        self, column: QVBoxLayout, title: str, words: str, action: str, slot: Callable[[], object]
    ) -> None:
        card = Card(title)
        card.add_row(text_label(words, tone="text_muted", wrap=True))
        made = button(action, slot)
        self._buttons.append(made)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 8, 0, 0)
        row.addWidget(made)
        row.addStretch(1)
        card.add_row(holder)
        column.addWidget(card)

    def _ask(self, wanted: Callable[[str, str], object]) -> None:
        if not self.passphrase.text():
            self.messages.show_message("warn", tr("Type your passphrase first."))
            self.passphrase.setFocus()
            return
        self.busy(True)
        wanted(self.user.currentText(), self.passphrase.text())

    def busy(self, on: bool) -> None:
        """While something is done."""
        for each in self._buttons:
            each.setEnabled(not on)

    def say(self, sentence: str, rank: str = "danger") -> None:
        """What came of it, in the place of what was said before."""
        self.busy(False)
        self.messages.clear()
        self.messages.show_message(rank, sentence)

    def empty(self) -> None:
        """Forget the passphrase."""
        self.passphrase.clear()

    def focus_first(self) -> None:
        self._buttons[0].setFocus()
