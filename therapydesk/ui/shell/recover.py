"""Open a vault with the recovery kit: the code, and a new passphrase."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from therapydesk.api import UserError, check_passphrase, tr
from therapydesk.ui.kit.forms import FormDialog

if TYPE_CHECKING:
    from therapydesk.core.plugins import Plugins
    from therapydesk.core.vault.vault import Vault
    from therapydesk.ui.kit.jobs import Runner


class RecoverDialog(FormDialog):
    """Emits `opened(vault)`. The old passphrase stops working; a new kit should be printed."""

    opened = Signal(object)

    def __init__(self, parent: QWidget, runner: Runner, folder: Path, plugins: Callable[[], Plugins]) -> None:
        super().__init__(parent, tr("Use the recovery kit"), tr("Open with the kit"), lambda _values: None)
        self._runner, self._folder, self._plugins = runner, folder, plugins
        hint = tr("The eight groups from the paper. Capitals and spaces do not matter.")
        self.form.add_text("code", tr("Recovery code"), hint, required=True)
        for name, label in (("first", tr("New passphrase")), ("again", tr("The same again"))):
            field = self.form.add_text(name, label, required=True)
            field.setEchoMode(QLineEdit.EchoMode.Password)

    def save(self) -> None:
        """Check, then open the vault in the background; the dialog stays until it is open."""
        if not self.form.finish():
            return
        values = self.form.values()
        try:
            check_passphrase(values["first"])
            if values["first"] != values["again"]:
                raise UserError(tr("The two passphrases are not the same."))
        except UserError as error:
            self.form.show_error(error)
            return
        self.save_button.setEnabled(False)

        def work(_job: object) -> Vault:
            from therapydesk.core.vault.vault import Vault

            vault = Vault.open(self._folder, host=self._plugins())
            try:
                vault.unlock_with_recovery(values["code"], values["first"])
            except BaseException:
                vault.close()
                raise
            return vault

        self._runner.start(work, self._opened, self._failed, title=tr("Opening with the recovery kit"))

    def _opened(self, vault: Vault) -> None:
        self.accept()
        self.opened.emit(vault)

    def _failed(self, error: Exception) -> None:
        self.save_button.setEnabled(True)
        if not isinstance(error, UserError):
            raise error
        self.form.show_error(error)
