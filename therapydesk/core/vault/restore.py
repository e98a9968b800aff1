"""Bringing a vault back from a backup: new generations beside the ones in use, then one switch for all of them (security
§5, §7). What was there stays beside them as the generation before, and in a backup that is made first.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlcipher3.dbapi2 as sqlcipher

from therapydesk.core.audit import Head
from therapydesk.core.errors import UserError
from therapydesk.core.tables import Zone
from therapydesk.core.vault import generations, restore_finish, zones
from therapydesk.core.vault.backup import keep_backup
from therapydesk.core.vault.backup_file import BackupFile
from therapydesk.core.vault.backup_keys import ZoneReturn
from therapydesk.core.vault.backup_manifest import Manifest
from therapydesk.core.vault.backup_source import Source, log_head
from therapydesk.core.vault.backup_verify import scratch
from therapydesk.core.vault.durable import sync_file, sync_folder, translate, write_bytes
from therapydesk.core.vault.grants import FILE as GRANTS
from therapydesk.core.vault.ledger_beside import core_keys, learn
from therapydesk.core.vault.opening import open_units
from therapydesk.core.vault.restore_plan import check, files_to_bring, may_restore

if TYPE_CHECKING:
    from therapydesk.core.jobs import Job
    from therapydesk.core.vault.session import Host
    from therapydesk.core.vault.vault import Vault

BEFORE = "before a restore"


@dataclass(frozen=True)
class Restored:
    """What was brought back. `kept` is the backup of the state before; `locked`: the vault was damaged, and has to be
    unlocked anew.
    """

    manifest: Manifest
    zones: tuple[Zone, ...]
    kept: Path | None
    locked: bool


def restore(vault: Vault, path: Path, *, keep_in: Path | None, job: Job | None = None) -> Restored:
    """Bring back the zones that the signed-in user holds and may bring back; all of them or none.

    `keep_in` is the folder for a backup of the present state; None leaves that out (for a vault too damaged to be backed
    up: its generations stay all the same). Users, passphrases, keys and the erasure ledger stay those of today. Raises
    PermissionDenied, DamagedBackup, NewerFormat, DiskFull, VaultError; the vault is then as it was, and still open unless
    its disk is full. Raised after the switch, by what is left to do, it is locked, and the next unlock does that.
    """
    source = Source.of(vault)
    with scratch(vault.folder) as room, BackupFile(path) as backup:
        may_restore(vault, source, backup, room)  # before anything is made
    kept = keep_backup(vault, keep_in, BEFORE, job, spare=path).path if keep_in is not None else None
    with vault._renewing, scratch(vault.folder) as room, BackupFile(path) as backup:
        ways = may_restore(vault, source, backup, room)
        manifest = check(source, backup, room, ways, job).manifest
        before = {zone: head for zone, way in ways.items() if (head := _head_now(source, way)) is not None}
        _switch(vault, source, backup, room, ways, before)
    if vault.unlocked.units.read_only:
        vault.lock()
        return Restored(manifest, tuple(ways), kept, locked=True)
    try:
        restore_finish.finish(vault)
    except BaseException:  # somebody who was erased may be in it again: the next unlock finishes first
        vault.lock()
        raise
    return Restored(manifest, tuple(ways), kept, locked=False)


def _switch(
    vault: Vault,
    source: Source,
    backup: BackupFile,
    room: Path,
    ways: Mapping[Zone, ZoneReturn],
    before: Mapping[Zone, Head],
) -> None:
    """Build the new generations with every file closed, and put them in use in one step."""
    state, came = vault.unlocked, dict[Zone, str]()
    state.units.close()
    try:
        for zone, way in ways.items():
            came[zone] = build(vault.folder, source.current[zone], way, room, vault.host)
            restore_finish.mark(generations.folder_of(vault.folder, zone, came[zone]), backup.manifest)
        bring_files(vault.folder, backup, tuple(ways))
        beside = learn(backup.path.parent, source.users.vault, core_keys(source))
        erased = restore_finish.erased_in(backup, beside.erased)
        restore_finish.note(vault.folder, backup.manifest, came, before, erased)
        after: dict[Zone, str] = {**source.current, **came}
        generations.switch(vault.folder, after)
        state.current = after
    except BaseException:
        for zone, name in came.items():
            shutil.rmtree(generations.folder_of(vault.folder, zone, name), ignore_errors=True)
        restore_finish.forget(vault.folder)
        with suppress(
            UserError
        ):  # what went wrong is what is told; on a full disk nothing opens, and it stays locked
            _reopen(vault)
        raise
    _reopen(vault)


def _reopen(vault: Vault) -> None:
    """Open the zones in use again. Where that does not work the vault is locked, not half open."""
    state = vault.unlocked
    read_only = state.units.read_only
    try:
        state.units = open_units(vault.folder, state.current, state.ring, state.user, state.units.info)
    except BaseException:
        vault._shut()
        raise
    state.units.read_only |= read_only


def _head_now(source: Source, way: ZoneReturn) -> Head | None:
    try:
        with closing(generations.connect_alone(source.zone_file(way.zone), way.keys)) as raw:
            return log_head(raw)
    except (UserError, sqlcipher.Error):
        return None


def build(folder: Path, now: str, way: ZoneReturn, room: Path, host: Host) -> str:
    """The next generation of a zone, from the verified copy in `room`: today's key, today's grants, brought up to date.

    Returns its name; does not switch to it. Raises NewerFormat, DiskFull, DamagedVault.
    """
    target = generations.next_folder(folder, way.zone, now)
    try:
        _fill(target, way, room / way.zone / generations.ZONE_FILE, host)
    except OSError as error:
        shutil.rmtree(target, ignore_errors=True)
        raise translate(error) from None
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return target.name


def _fill(target: Path, way: ZoneReturn, copy: Path, host: Host) -> None:
    zone, path = way.zone, target / generations.ZONE_FILE
    if (
        way.keys.secret == way.backup_keys.secret
    ):  # the copy was checked a moment ago, and nobody needs it elsewhere
        os.replace(copy, path)
        with closing(generations.connect_alone(path, way.keys)) as raw:
            raw.execute("PRAGMA journal_mode=DELETE").fetchall()
    else:
        generations.copy(zone, copy, path, way.backup_keys, way.keys)
    owners = [owner for owner in host.owners() if zone in owner.zones]
    with closing(zones.connect({zone: (path, way.keys)})) as raw:
        behind = generations.behind(raw, owners, [zone])
    if behind:
        generations.build(zone, path, way.keys, owners)
        generations.check_file(zone, path, way.keys)
    write_bytes(target / GRANTS, way.grants)
    sync_file(path)
    sync_folder(target)
    sync_folder(target.parent)


def bring_files(folder: Path, backup: BackupFile, which: tuple[Zone, ...]) -> None:
    """Bring back the large files that are not there any more; those that are stay, and later ones do no harm."""
    try:
        for name in files_to_bring(folder, backup, which):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished = target.with_name(f".{target.name}")
            unfinished.unlink(missing_ok=True)
            try:
                backup.extract(name, unfinished)
                sync_file(unfinished)
                os.replace(unfinished, target)
            finally:
                unfinished.unlink(missing_ok=True)
            sync_folder(target.parent)
    except OSError as error:
        raise translate(error) from None
