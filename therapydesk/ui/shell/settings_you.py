"""Settings › You: the six words of one's keys, the passphrase, and a new recovery kit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from therapydesk.api import UserError, tr
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import StateMark, button, line, text_label
from therapydesk.ui.kit.messages import MessageBar
from therapydesk.ui.shell.pin_part import PinPart
from therapydesk.ui.shell.recovery_kit import RecoveryKitStep
from therapydesk.ui.shell.work_dialog import WorkDialog, add_new_passphrase

if TYPE_CHECKING:
    from therapydesk.ui.kit.page import BasePage


class YouPane(QWidget):
    """What belongs to whoever is signed in."""

    def __init__(self, desk: Desk, page: BasePage) -> None:
        super().__init__()
        self._desk, self._page = desk, page
        self.setProperty("words", "passphrase password pin recovery kit six words fingerprint")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(style.sp(3))
        column.addWidget(text_label(tr("Passphrase"), "section"))
        sentence = tr("Nobody can look it up for you. Change it when somebody else may know it.")
        column.addWidget(text_label(sentence, tone="text_muted", wrap=True))
        self.passphrase_button = button(tr("Change passphrase"), self.change_passphrase)
        column.addLayout(_left(self.passphrase_button))
        column.addWidget(line())
        self.pin = PinPart(desk, page)
        column.addWidget(self.pin)
        column.addWidget(line())
        column.addWidget(text_label(tr("Recovery kit"), "section"))
        self._has_kit = StateMark("", "full", "ok")
        column.addWidget(self._has_kit)
        sentence = tr(
            "A sheet of paper with a code. If your passphrase is forgotten, it is the only way back in. It works once, "
            "and a new one ends the one before."
        )
        column.addWidget(text_label(sentence, tone="text_muted", wrap=True))
        self.kit_button = button(tr("Make a new recovery kit"), self.make_kit, "print")
        column.addLayout(_left(self.kit_button))
        column.addWidget(line())
        column.addWidget(text_label(tr("Your six words"), "section"))
        self.words = text_label(desk.vault.fingerprint(desk.user.id), "strong", wrap=True)
        column.addWidget(self.words)
        sentence = tr("Read them out to whoever gives you a key, so that it goes to you and to nobody else.")
        column.addWidget(text_label(sentence, tone="text_muted", wrap=True))
        column.addStretch(1)
        self._show_kit()
        if desk.vault.by_pin:  # these need the passphrase
            self.passphrase_button.setEnabled(False)
            self.kit_button.setEnabled(False)

    def _show_kit(self) -> None:
        if self._desk.vault.needs_kit:
            self._has_kit.set_state(tr("You have no recovery kit"), "ring", "warn")
        else:
            self._has_kit.set_state(tr("You have a recovery kit"), "full", "ok")

    def change_passphrase(self) -> WorkDialog:
        """Ask for the old and a new passphrase."""
        vault = self._desk.vault

        def work(values: dict[str, Any]) -> None:
            vault.change_passphrase(values["old"], values["first"])

        def then(_nothing: None) -> None:
            self._page.done(tr("Passphrase changed. It counts from the next unlock."))

        words = tr("Change passphrase"), tr("Change passphrase")
        dialog = WorkDialog(self, self._desk.jobs, words, work, then)
        old = dialog.form.add_text("old", tr("Passphrase now"), required=True)
        old.setEchoMode(QLineEdit.EchoMode.Password)
        hint = tr("At least 12 characters. Four or five words that only you put together are strong.")
        add_new_passphrase(dialog, tr("New passphrase"), hint)
        dialog.open()
        return dialog

    def make_kit(self) -> KitDialog:
        """Show a new kit; it counts once it was typed back."""
        dialog = KitDialog(self, self._desk)
        dialog.accepted.connect(self._kept)
        dialog.open()
        return dialog

    def _kept(self) -> None:
        self._show_kit()
        self._page.done(tr("The new recovery kit counts. Destroy the old sheet, if there is one."))


class KitDialog(QDialog):
    """A new kit to print and type back. Until that is done the kit before keeps working."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)  # the code goes with it
        self.setWindowTitle(tr("Make a new recovery kit"))
        self.setWindowIcon(app_icon())
        self.setModal(True)
        self._vault = desk.vault
        self._kit = desk.vault.make_kit()
        self.step = RecoveryKitStep()
        self.messages = MessageBar(closable=False)
        self.use_button = button(tr("Use this kit"), self._keep, kind="primary")
        self.use_button.setEnabled(False)
        self.step.typed_back.connect(self.use_button.setEnabled)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(style.sp(4))
        column.addWidget(self.messages)
        column.addWidget(self.step, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(button(tr("Cancel"), self.reject))
        row.addWidget(self.use_button)
        column.addLayout(row)
        wanted = QSize(style.chars(110), style.line_height() * 27)
        self.resize(wanted.boundedTo(parent.window().size()))  # at doubled text it would not fit the screen
        self.step.show_code(str(self._kit.code), desk.vault.practice)
        self.step.focus_first()

    def _keep(self) -> None:
        try:
            self._vault.keep_kit(self._kit)
        except UserError as error:
            self.messages.show_message("danger", str(error))
            return
        self.accept()


def _left(made: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(made)
    row.addStretch(1)
    return row
