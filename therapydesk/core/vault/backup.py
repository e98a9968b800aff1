"""Making a backup: copies, one file on the target, opened again from there, and only then given its name (security §7).

`back_up` for one folder by hand; `back_up_to` for all folders that are set up. What a failed attempt leaves is never a
backup, and never in the place of one.
"""

from __future__ import annotations

import importlib.metadata
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from therapydesk.core import dates
from therapydesk.core.errors import DamagedVault, DiskFull, UserError, VaultError
from therapydesk.core.ids import new_id
from therapydesk.core.permissions import require_of
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import backup_targets, ledger_beside, zones
from therapydesk.core.vault.backup_file import (
    SUFFIX,
    BackupFile,
    Tick,
    no_room,
    not_there,
    target_error,
    write_parts,
)
from therapydesk.core.vault.backup_log import MADE, newest_changes, tell
from therapydesk.core.vault.backup_manifest import Manifest, Part, ZoneEntry, seal_counts
from therapydesk.core.vault.backup_marks import compare_with_newest
from therapydesk.core.vault.backup_source import Snapshot, Source, snapshot
from therapydesk.core.vault.backup_state import State
from therapydesk.core.vault.backup_verify import Look, Verified, look_over, scratch, ticking, verify_file
from therapydesk.core.vault.durable import restore_help, translate
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.jobs import Job
    from therapydesk.core.vault.vault import Vault

log = logging.getLogger("therapydesk")
BY_HAND = "by hand"
SPARE = 8 * 1024 * 1024  # bytes that a target must have left afterwards


@dataclass(frozen=True)
class Made:
    """A backup that was made and verified where it lies. `removed`: older ones that the rule does not keep."""

    verified: Verified
    path: Path
    size: int
    removed: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What came of one folder: a backup, or the sentence that says why there is none."""

    folder: Path
    made: Made | None
    error: UserError | None


def back_up(vault: Vault, folder: Path, *, why: str = BY_HAND, job: Job | None = None) -> Made:
    """Make a backup of all zones in a folder and verify it there; the zones not held are copied as they are.

    Raises PermissionDenied, DiskFull, VaultError (folder not there, read-only), DamagedVault when the vault itself
    cannot be read; what was in the folder is then as before.
    """
    require_of(vault.user, "backup.make")
    return keep_backup(vault, folder, why, job)


def back_up_to(
    vault: Vault, folders: Sequence[Path], *, why: str = BY_HAND, job: Job | None = None
) -> list[Outcome]:
    """The same for several folders; one that fails does not keep the others from theirs. Raises PermissionDenied."""
    require_of(vault.user, "backup.make")
    return [_try(vault, folder, why, job) for folder in folders]


def _try(vault: Vault, folder: Path, why: str, job: Job | None) -> Outcome:
    try:
        return Outcome(folder, keep_backup(vault, folder, why, job), None)
    except UserError as error:
        return Outcome(folder, None, error)


def keep_backup(
    vault: Vault, folder: Path, why: str, job: Job | None = None, *, spare: Path | None = None
) -> Made:
    """Make one whatever the user's role, since the program itself wants it; remember how it went, and log it. `spare` is
    a backup that must not be thinned out by it.
    """
    source = Source.of(vault)
    changes = newest_changes(vault)
    compare_with_newest(vault, folder)
    try:
        made = write_backup(source, folder, why, job, spare=spare)
    except VaultError as error:
        source.check_open()
        state = State.read(vault.folder)
        state.failed(folder, error)
        state.write(vault.folder)
        raise
    remember(vault, folder, made, changes)
    return made


def remember(vault: Vault, folder: Path, made: Made, changes: dict[Zone, int]) -> None:
    """Keep what the status bar shows, and tell the log of core."""
    manifest, state = made.verified.manifest, State.read(vault.folder)
    state.succeeded(folder)
    for zone in made.verified.zones:
        state.proved(zone, manifest.made, manifest.id)
    state.waits.update(dict.fromkeys(made.verified.wait, str(made.path)))
    state.made, state.changes = manifest.made, {**state.changes, **changes}
    state.write(vault.folder)
    told = {"why": manifest.why, "zones": list(made.verified.zones), "unverified": list(made.verified.wait)}
    tell(vault, MADE, manifest.id, {**told, "removed": len(made.removed)})


# --- One file ---


def write_backup(
    source: Source, folder: Path, why: str, job: Job | None = None, *, spare: Path | None = None
) -> Made:
    """Write, verify, and name one backup. Raises VaultError; nothing of it is left then."""
    vault, made = source.users.vault, dates.now()
    path = folder / backup_targets.name_for(vault, made)
    unfinished = folder / f".{path.name.removesuffix(SUFFIX)}.part"
    try:
        _check_room(source, folder)
        backup_targets.remove_leftovers(folder, vault)
    except OSError as error:
        raise target_error(error, folder) from None
    tick = ticking(job, 4 * source.size(), tr("Making a backup"))
    with scratch(source.folder) as room:
        copies = _copies(source, room, tick)
        try:
            with _looking_over(source, copies) as looks:
                _write(source, unfinished, copies, why, tick)
                with BackupFile(unfinished) as backup:
                    verified = verify_file(backup, source, room, looks=looks, tick=tick)
            source.check_open()
            ledger_beside.write(source, folder)
            unfinished.rename(path)
            backup_targets.sync_target(folder)
        except OSError as error:
            raise target_error(error, folder) from None
        finally:
            _discard(unfinished)
    last = State.read(source.folder).verified
    stay = {last[zone].backup for zone in last if zone not in verified.zones} | {verified.manifest.id}
    removed = backup_targets.thin_out(folder, vault, stay, spare)
    return Made(
        Verified(verified.manifest, path, verified.zones, verified.wait),
        path,
        path.stat().st_size,
        tuple(removed),
    )


def _check_room(source: Source, folder: Path) -> None:
    if not folder.is_dir():
        raise not_there(folder)
    if folder.resolve().is_relative_to(source.folder.resolve()):
        raise VaultError(
            tr("Backups cannot lie in the practice’s own folder."), tr("Choose a folder somewhere else.")
        )
    needed = source.size() + SPARE
    if backup_targets.free_bytes(folder) < needed:
        raise no_room(folder, needed)


def _copies(source: Source, room: Path, tick: Tick) -> dict[Zone, Snapshot]:
    found: dict[Zone, Snapshot] = {}
    needed = sum(source.zone_file(zone).stat().st_size for zone in source.held()) + SPARE
    if backup_targets.free_bytes(source.folder) < needed:  # what is typed just now needs the rest
        raise _no_room_beside_the_zones(needed)
    try:
        for zone in source.held():
            source.check_open()
            found[zone] = snapshot(
                zone, source.zone_file(zone), source.ring.zones[zone], room / f"{zone}.db", tick
            )
    except OSError as error:
        raise translate(error) from None
    except VaultError:
        source.check_open()
        raise
    return found


def _no_room_beside_the_zones(needed: int) -> DiskFull:
    return DiskFull(
        tr("There is not enough room on the practice’s own disk to make a backup."),
        tr(
            "It is put together there first. Nothing already stored was lost. Make room for {n} MB, then try again."
        ).format(n=needed // 1_000_000 + 1),
    )


@contextmanager
def _looking_over(source: Source, copies: Mapping[Zone, Snapshot]) -> Iterator[dict[Zone, Future[Look]]]:
    """Check the copies on a thread of its own, while they are written to the target: one needs the processor, the other
    the disk. Nothing writes to them meanwhile.
    """
    ended = threading.Event()
    with ThreadPoolExecutor(1, "backup") as pool:
        try:
            yield {
                zone: pool.submit(look_over, zone, copy.path, source.ring.zones[zone], source, ended.is_set)
                for zone, copy in copies.items()
            }
        finally:
            ended.set()
            pool.shutdown(cancel_futures=True)


def _write(source: Source, target: Path, copies: dict[Zone, Snapshot], why: str, tick: Tick) -> None:
    parts = _parts(source, copies)
    write_parts(target, parts, lambda done: _manifest(source, copies, why, done).to_bytes(), tick)


def _parts(source: Source, copies: dict[Zone, Snapshot]) -> dict[str, Path | bytes]:
    """What goes in. First what a rescue needs: of a backup that was cut off, the beginning is what is left.

    Raises DamagedVault when a file of the vault is missing: what is not whole is no backup.
    """
    for zone in set(ZONES) - set(copies):
        zones.check_header(source.zone_file(zone), zone)
    try:
        parts: dict[str, Path | bytes] = {n: path.read_bytes() for n, path in source.small_parts().items()}
    except FileNotFoundError as error:
        name = Path(str(error.filename)).relative_to(source.folder).as_posix()
        raise DamagedVault(
            tr("A file of the vault is missing: {file}").format(file=name), restore_help()
        ) from None
    parts |= {f"{zone}/zone.db": copy.path for zone, copy in copies.items()}
    return {**parts, **source.closed_parts(), **source.large_parts()}


def _manifest(source: Source, copies: dict[Zone, Snapshot], why: str, done: dict[str, Part]) -> Manifest:
    source.check_open()
    found = Manifest(
        id=new_id(),
        vault=source.users.vault,
        made=dates.now(),
        app=importlib.metadata.version("therapydesk"),
        vault_format=int(str(source.about["format"])),
        needs=str(source.about.get("needs", "?")),
        by=source.user.id,
        why=why,
        parts=done,
        heads={zone: copy.head for zone, copy in copies.items()},
    )
    for zone in ZONES:
        keys, public = source.ring.zones.get(zone), source.grants[zone].public_key
        sealed = seal_counts(keys, copies[zone].counts) if keys is not None else b""
        found.zones[zone] = ZoneEntry(keys is not None, public, sealed)
    found.prove(source.ring.zones, source.ring.own)
    return found


def _discard(unfinished: Path) -> None:
    try:
        unfinished.unlink(missing_ok=True)
    except OSError as error:  # the disk is gone; the next attempt there removes it
        log.warning("unfinished backup not removed: %s", type(error).__name__)
