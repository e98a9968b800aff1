"""A practice out of a backup: on a new computer, or when the vault does not open any more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from therapydesk.api import tr
from therapydesk.ui.kit.files import choose_file
from therapydesk.ui.shell.backup_words import moment
from therapydesk.ui.shell.work_dialog import WorkDialog

if TYPE_CHECKING:
    from therapydesk.ui.kit.jobs import Runner


def ask_backup(parent: QWidget, chosen: Callable[[Path], object]) -> QFileDialog:
    """Ask for a backup file."""
    kind = tr("Backups of TherapyDesk")
    return choose_file(parent, tr("Which backup?"), chosen, f"{kind} (*.tdbackup)")


class FromBackupDialog(WorkDialog):
    """Emits `made(folder, sentence)`: the practice lies there, locked, as it was when the backup was made; the sentence must
    be told.
    """

    made = Signal(object, str)

    def __init__(self, parent: QWidget, runner: Runner, backup: Path, folder: Path) -> None:
        words = tr("Bring a practice back from a backup"), tr("Bring it back")
        super().__init__(parent, runner, words, self._set_up, lambda told: self.made.emit(*told))
        self._backup, self._folder = backup, folder
        self.form.add_text(
            "name", tr("Your name"), tr("As you signed in when the backup was made."), required=True
        )
        hint = tr(
            "Or the code of your recovery kit. It shows that the backup can be read; you unlock with it afterwards."
        )
        secret = self.form.add_text("secret", tr("Passphrase"), hint, required=True)
        secret.setEchoMode(QLineEdit.EchoMode.Password)

    def _set_up(self, values: dict[str, Any]) -> tuple[Path, str]:
        from therapydesk.core.vault.backup_keys import by_passphrase, by_recovery
        from therapydesk.core.vault.recovery import GROUPS, RecoveryCode, split_recovery_code
        from therapydesk.core.vault.restore_new import set_up_from_backup

        name, secret = values["name"].strip(), values["secret"]
        is_code = len(split_recovery_code(secret)) == GROUPS and len(secret.split()) in (1, GROUPS)
        way = by_recovery(RecoveryCode.parse(secret)) if is_code else by_passphrase(name, secret)
        done = set_up_from_backup(self._backup, self._folder, way)
        made = tr("The practice is here as it was on {moment}.").format(moment=moment(done.manifest.made))
        return self._folder, " ".join([made, *done.sentences])
