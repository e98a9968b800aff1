"""What is done from the page of a damaged vault: read only, salvage, or a practice out of a backup."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from therapydesk.api import UserError, tr, zone_title
from therapydesk.core.errors import VaultError
from therapydesk.core.vault.damage_door import OpenedForReading
from therapydesk.core.vault.salvage import SalvageReport, salvage
from therapydesk.records.salvage_words import salvage_lines
from therapydesk.ui.shell.damage_page import DamagePage
from therapydesk.ui.shell.first_run import free_folder
from therapydesk.ui.shell.from_backup import FromBackupDialog, ask_backup

if TYPE_CHECKING:
    from therapydesk.core.jobs import Job
    from therapydesk.core.vault.vault import Vault
    from therapydesk.ui.kit.jobs import Runner


class DamageFlow(QObject):
    """`opened(vault)`: open for reading. `made(folder, sentence)`: another practice to unlock, and what to say of it.
    `back`: to the unlock page.
    """

    opened = Signal(object)
    made = Signal(object, str)
    back = Signal()

    def __init__(
        self, page: DamagePage, runner: Runner, folder: Path, open_vault: Callable[[], Vault]
    ) -> None:
        super().__init__(page)
        self._page, self._runner, self._folder, self._open_vault = page, runner, folder, open_vault
        page.read_wanted.connect(self._read)
        page.salvage_wanted.connect(self._salvage)
        page.from_backup_wanted.connect(self._from_backup)
        page.back_wanted.connect(self.back)

    def _read(self, user: str, passphrase: str) -> None:
        def work(_job: Job) -> tuple[Vault, OpenedForReading]:
            vault = self._open_vault()
            return vault, vault.open_for_reading(user, passphrase)

        def then(found: tuple[Vault, OpenedForReading]) -> None:
            self._page.empty()
            self.opened.emit(found[0])

        self._runner.start(work, then, self._failed)

    def _salvage(self, user: str, passphrase: str) -> None:
        def work(job: Job) -> SalvageReport:
            return salvage(self._open_vault(), user, passphrase, progress=job.progress)

        def then(report: SalvageReport) -> None:
            self._page.empty()
            self._page.say("\n".join(salvage_lines(report)), "ok" if report.opens else "warn")

        self._runner.start(work, then, self._failed, title=tr("Saving what can be read"))

    def _from_backup(self) -> None:
        ask_backup(self._page, self.from_backup)

    def from_backup(self, backup: Path) -> FromBackupDialog:
        """Ask who opens this backup, and make a practice out of it beside the damaged one."""
        dialog = FromBackupDialog(self._page, self._runner, backup, free_folder(self._folder))
        dialog.made.connect(self.made)
        dialog.open()
        return dialog

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self._page.say(str(error))


def reading_only(vault: Vault) -> str:
    """What must be known of a vault that is open for reading only; empty for a sound one."""
    if not vault.read_only:
        return ""
    shut = ", ".join(zone_title(zone) for zone in sorted(vault.read_only - vault.zones))
    text = tr("This practice is damaged and open for reading only. Nothing can be changed.")
    not_read = tr("Not to be read: {parts}.").format(parts=shut)
    return f"{text} {not_read}" if shut else text


def card_users(folder: Path) -> list[str]:
    """Who may sign in, when that can still be read."""
    from therapydesk.core.vault.place import read_card

    try:
        return list(read_card(folder).users)
    except VaultError:
        return []
