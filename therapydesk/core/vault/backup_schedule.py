"""When backups are made by themselves: at most hourly when something changed, and before what cannot be taken back
(security §7; docs/decisions, “Backups are made while the vault is open”).

The folders are a setting of the machine: a stick or a drive has another path on another computer.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from therapydesk.core import dates
from therapydesk.core.errors import UserError, VaultError
from therapydesk.core.permissions import may
from therapydesk.core.settings import MachineSettings
from therapydesk.core.vault import backup_targets, ledger_beside
from therapydesk.core.vault.backup import Outcome, back_up_to, write_backup
from therapydesk.core.vault.backup_file import target_error
from therapydesk.core.vault.backup_log import MADE, changed_since
from therapydesk.core.vault.backup_source import Source
from therapydesk.core.vault.backup_state import Ages, State, read_ages
from therapydesk.core.vault.backup_verify import verify_backup
from therapydesk.core.vault.place import read_format
from therapydesk.core.vault.rehearsal import rehearsal_due, rehearse

if TYPE_CHECKING:
    from uuid import UUID

    from therapydesk.core.jobs import Job
    from therapydesk.core.vault.vault import Vault

EVERY = timedelta(hours=1)
log = logging.getLogger("therapydesk")


def folders(settings: MachineSettings, vault: UUID) -> list[Path]:
    """Where backups of a vault go on this machine; two are suggested, one of them not in this computer."""
    return [Path(text) for text in settings.backup_folders.get(str(vault), [])]


def set_folders(settings: MachineSettings, vault: UUID, chosen: list[Path]) -> None:
    """Choose where backups of a vault go on this machine."""
    settings.backup_folders = {**settings.backup_folders, str(vault): [str(path) for path in chosen]}


def watch(vault: Vault, settings: MachineSettings) -> None:
    """From now on make a backup before what cannot be taken back, in the folders of this machine, and keep the list of who
    was erased beside the backups.
    """
    vault.before = partial(_before, settings)
    vault.after_erasing = partial(_after_erasing, settings)


def _after_erasing(settings: MachineSettings, source: Source) -> None:
    for folder in folders(settings, source.users.vault):
        try:
            ledger_beside.write(source, folder)
        except OSError as error:  # it goes there with the next backup, which is tried until one succeeds
            log.warning("ledger not written beside backups: %s", type(error).__name__)
            state = State.read(source.folder)
            state.failed(folder, target_error(error, folder))
            state.write(source.folder)


def _before(settings: MachineSettings, source: Source, why: str) -> None:
    for folder in folders(settings, source.users.vault):
        state = State.read(source.folder)
        try:
            made = write_backup(source, folder, why)
        except VaultError as error:
            source.check_open()
            log.warning("no backup %s: %s", why, type(error).__name__)
            state.failed(folder, error)
        else:
            manifest = made.verified.manifest
            state.succeeded(folder)
            for zone in made.verified.zones:
                state.proved(zone, manifest.made, manifest.id)
            state.waits.update(dict.fromkeys(made.verified.wait, str(made.path)))
            detail = {"made": manifest.made.isoformat(), "why": why, "zones": list(made.verified.zones)}
            state.untold.append([MADE, str(manifest.id), detail])
        state.write(source.folder)


def is_due(vault: Vault, settings: MachineSettings) -> bool:
    """Whether a backup should be made now: folders are set up, something changed, and the last one is an hour old.

    Also when the last try failed: a stick may have been plugged in meanwhile.
    """
    chosen = folders(settings, vault.unlocked.users.vault)
    if not chosen or not may(vault.user, "backup.make"):
        return False
    state = State.read(vault.folder)
    old = state.made is None or dates.now() - state.made >= EVERY
    return (old and changed_since(vault)) or bool(state.failures_in({str(p) for p in chosen}))


def run_due(vault: Vault, settings: MachineSettings, job: Job | None = None) -> list[Outcome]:
    """What is due now: a backup; zones in the newest one that only this user can verify; once a month the rehearsal.

    For a job, after each unlock and now and then. What fails is remembered and shown, not raised.
    """
    done: list[Outcome] = []
    if not may(vault.user, "backup.make"):
        return done
    if is_due(vault, settings):
        done = back_up_to(
            vault, folders(settings, vault.unlocked.users.vault), why=backup_targets.HOURLY, job=job
        )
    _verify_waiting(vault, job)
    if rehearsal_due(vault.folder):
        _rehearse_newest(vault, settings, job)
    return done


def _verify_waiting(vault: Vault, job: Job | None) -> None:
    waits = State.read(vault.folder).waits
    for path in {text for zone, text in waits.items() if zone in vault.zones}:
        try:
            verify_backup(vault, Path(path), job)
        except UserError as error:
            log.warning("backup not verified: %s", type(error).__name__)


def _rehearse_newest(vault: Vault, settings: MachineSettings, job: Job | None) -> None:
    for folder in folders(settings, vault.unlocked.users.vault):
        newest = next(iter(backup_targets.list_backups(folder, vault.unlocked.users.vault)), None)
        if newest is None or newest.trouble:
            continue
        try:
            rehearse(vault, newest.path, job)
        except UserError as error:
            log.warning("backup not rehearsed: %s", type(error).__name__)
        return


def ages(vault_folder: Path, settings: MachineSettings) -> Ages:
    """What the status bar shows. Needs no key: also for a vault that is locked. Reads two small files and looks at the
    folders, so call it from a job. Raises VaultError.
    """
    about = read_format(vault_folder)
    chosen = settings.backup_folders.get(str(about["vault"]), [])
    places = [backup_targets.where_is(Path(text), vault_folder) for text in chosen]
    alone = bool(places) and set(places) <= {"same_disk"}
    return read_ages(vault_folder, _made(about), chosen, same_disk_alone=alone)


def _made(about: dict[str, object]) -> datetime:
    try:
        found = datetime.fromisoformat(str(about.get("made", "")))
    except ValueError:
        return dates.now()
    return found if found.tzinfo is not None else dates.now()
