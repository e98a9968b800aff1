"""The part of Settings › You about the PIN of this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from therapydesk.api import UserError, tr
from therapydesk.core.vault.pin import check_pin
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import StateMark, button, text_label
from therapydesk.ui.shell.work_dialog import WorkDialog

if TYPE_CHECKING:
    from therapydesk.ui.kit.page import BasePage


class PinPart(QWidget):
    """Whether there is a PIN; set, change or remove it. The keyring may ask the user something, so all of it is a job."""

    def __init__(self, desk: Desk, page: BasePage) -> None:
        super().__init__()
        self._desk, self._page = desk, page
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.sp(3))
        column.addWidget(text_label(tr("PIN of this computer"), "section"))
        self.state = StateMark("", "full", "ok")
        column.addWidget(self.state)
        sentence = tr(
            "Quicker to type than the passphrase, which always works too. It opens people, diary, money and notes, never "
            "safeguarding. After five wrong tries it is gone. Half of it is in the keyring of this computer, so it is of "
            "no use on another."
        )
        column.addWidget(text_label(sentence, tone="text_muted", wrap=True))
        self.needs_passphrase = text_label(
            tr("You came in with your PIN. To change what is here, lock and sign in with your passphrase."),
            tone="warn",
            wrap=True,
        )
        column.addWidget(self.needs_passphrase)
        self.set_button = button("", self.set_pin)
        self.remove_button = button(tr("Remove the PIN"), self.remove)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.set_button)
        row.addWidget(self.remove_button)
        row.addStretch(1)
        column.addLayout(row)
        self.show_state()

    def show_state(self) -> None:
        """Show whether there is one."""
        vault = self._desk.vault
        has = bool(vault.has_pin(self._desk.user.id))
        if has:
            self.state.set_state(tr("You have a PIN on this computer"), "full", "ok")
        else:
            self.state.set_state(tr("You have no PIN on this computer"), "ring", "text_muted")
        self.set_button.setText(tr("Change the PIN") if has else tr("Set a PIN"))
        self.set_button.setEnabled(not vault.by_pin)
        self.needs_passphrase.setVisible(vault.by_pin)
        self.remove_button.setVisible(has)

    def set_pin(self) -> WorkDialog:
        """Ask for a PIN, twice."""
        vault = self._desk.vault

        def check(values: dict[str, Any]) -> None:
            check_pin(values["pin"])
            if values["pin"] != values["again"]:
                raise UserError(tr("The two PINs are not the same."))

        words = self.set_button.text(), tr("Use this PIN")
        dialog = WorkDialog(
            self, self._desk.jobs, words, lambda values: vault.set_pin(values["pin"]), self._was_set
        )
        hint = tr("At least 6 numbers or letters, and not 123456.")
        for name, label, under in (("pin", tr("PIN"), hint), ("again", tr("The same again"), "")):
            field = dialog.form.add_text(name, label, under, required=True)
            field.setEchoMode(QLineEdit.EchoMode.Password)
        dialog.check = check
        dialog.open()
        return dialog

    def _was_set(self, _nothing: object) -> None:
        self.show_state()
        self._page.done(tr("The PIN is set. It counts from the next unlock on this computer."))

    def remove(self) -> None:
        """Take the PIN away, behind the window."""
        self._desk.jobs.start(
            lambda _job: self._desk.vault.remove_pin(), self._removed, self._page.job_failed
        )

    def _removed(self, _nothing: object) -> None:
        self.show_state()
        self._page.done(tr("The PIN is removed. Your passphrase opens as always."))
