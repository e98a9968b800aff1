"""A backup as a vault of its own: on a new computer, or beside a vault that does not open any more (security §7)."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations, restore_finish
from therapydesk.core.vault.backup_file import BackupFile
from therapydesk.core.vault.backup_keys import Secret, sign_in
from therapydesk.core.vault.backup_manifest import Manifest, newer
from therapydesk.core.vault.backup_verify import ticking, verify_file
from therapydesk.core.vault.creation import check_empty
from therapydesk.core.vault.durable import in_a_new_folder, sync_file, sync_folder
from therapydesk.core.vault.ledger import Erased
from therapydesk.core.vault.ledger_beside import KnownErasures, core_keys, learn, not_known_words
from therapydesk.core.vault.place import FORMAT, check_place
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.jobs import Job


@dataclass(frozen=True)
class SetUp:
    """A vault that was made out of a backup. `known_to`: who was erased after this moment is not known there. `trouble`:
    why the list of erasures beside the backup was not used.
    """

    manifest: Manifest
    known_to: datetime
    trouble: str = ""

    @property
    def sentences(self) -> list[str]:
        """What must be told of erasures."""
        return [text for text in (self.trouble, not_known_words(self.known_to)) if text]


def set_up_from_backup(path: Path, folder: Path, secret: Secret, job: Job | None = None) -> SetUp:
    """Make a vault in a new folder out of a backup, all zones as they are in it; those that `secret` opens are verified
    first. Everybody signs in as they did when the backup was made; a recovery kit works once, as ever. Whoever was erased
    since, as the list beside the backup says, is erased again at the first unlock.

    Raises WrongPassphrase, DamagedBackup, NewerFormat, DiskFull, VaultError for a bad place; nothing is left behind then.
    """
    check_place(folder)
    check_empty(folder)
    temporary = folder.parent / f".{folder.name}.{uuid4().hex[:8]}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir(mode=0o700)
        with BackupFile(path) as backup:
            if backup.manifest.vault_format > FORMAT:
                raise newer(backup.manifest.needs)
            beside = _verify(backup, temporary / "check", secret, job)
            made = max(backup.manifest.made, beside.as_of or backup.manifest.made)
            _lay_out(backup, temporary, beside.erased, made)
            found = SetUp(backup.manifest, made, beside.trouble)
        shutil.rmtree(temporary / "check")
        if folder.exists():
            folder.rmdir()
        temporary.rename(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise in_a_new_folder(error, folder) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return found


def _verify(backup: BackupFile, room: Path, secret: Secret, job: Job | None) -> KnownErasures:
    """Verify it; returns what the list of erasures beside it says, which the same keys prove."""
    (room / "zones").mkdir(parents=True, mode=0o700)
    source = sign_in(backup, room, secret)
    try:
        tick = ticking(job, 3 * backup.size, tr("Checking the backup"))
        verify_file(backup, source, room / "zones", tick=tick)
        return learn(backup.path.parent, source.users.vault, core_keys(source))
    finally:
        source.ring.wipe()


def _lay_out(backup: BackupFile, folder: Path, erased: tuple[Erased, ...], known_to: datetime) -> None:
    first: dict[Zone, str] = dict.fromkeys(ZONES, "g1")
    made = [folder / "pending", *(generations.folder_of(folder, zone, "g1") for zone in ZONES)]
    made += [folder / "files" / zone for zone in ZONES]
    for place in made:
        place.mkdir(parents=True, mode=0o700)
    for name in backup.names():
        zone, _, rest = name.partition("/")
        target = folder / zone / "g1" / rest if zone in ZONES else folder / name
        backup.extract(name, target)
        sync_file(target)
    for zone in ZONES:
        restore_finish.mark(generations.folder_of(folder, zone, "g1"), backup.manifest)
    every = restore_finish.erased_in(backup, erased)
    restore_finish.note(folder, backup.manifest, first, {}, every, known_to)
    generations.switch(folder, first)
    for place in made:
        sync_folder(place)
