"""Open a vault with the recovery kit: the code, and a new passphrase."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from therapydesk.api import tr
from therapydesk.ui.shell.work_dialog import WorkDialog, add_new_passphrase

if TYPE_CHECKING:
    from therapydesk.core.plugins import Plugins
    from therapydesk.core.vault.vault import Vault
    from therapydesk.ui.kit.jobs import Runner


class RecoverDialog(WorkDialog):
    """Emits `opened(vault)`. The old passphrase stops working; a new kit should be printed."""

    opened = Signal(object)

    def __init__(self, parent: QWidget, runner: Runner, folder: Path, plugins: Callable[[], Plugins]) -> None:
        words = tr("Use the recovery kit"), tr("Open with the kit")
        super().__init__(parent, runner, words, self._open_vault, lambda vault: self.opened.emit(vault))
        self._folder, self._plugins = folder, plugins
        hint = tr("The eight groups from the paper. Capitals and spaces do not matter.")
        self.form.add_text("code", tr("Recovery code"), hint, required=True)
        add_new_passphrase(self, tr("New passphrase"))

    def _open_vault(self, values: dict[str, Any]) -> Vault:
        from therapydesk.core.vault.vault import Vault

        vault = Vault.open(self._folder, host=self._plugins())
        try:
            vault.unlock_with_recovery(values["code"], values["first"])
        except BaseException:
            vault.close()
            raise
        return vault
