"""The folders that backups go to, and the backups that lie there (security §7)."""

from __future__ import annotations

import errno
import json
import logging
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

from therapydesk.core.errors import VaultError
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import thinning
from therapydesk.core.vault.backup_file import SUFFIX, BackupFile
from therapydesk.core.vault.durable import sync_folder
from therapydesk.core.vault.grants import FILE as GRANTS
from therapydesk.core.vault.place import cloud_service, on_network

log = logging.getLogger("therapydesk")
HOURLY = "hourly"
Where = Literal["missing", "same_disk", "other_disk", "cloud", "network"]


@dataclass(frozen=True)
class Kept:
    """A backup that lies in a folder. `trouble` says why one cannot be used; nothing else is known of it then."""

    path: Path
    size: int
    id: UUID | None = None
    made: datetime | None = None
    why: str = ""
    trouble: str = ""


def where_is(target: Path, vault_folder: Path) -> Where:
    """What kind of place a target is: a copy on the same disk dies with it."""
    try:
        there = target.stat()
    except OSError:
        return "missing"
    if cloud_service(target.resolve()):
        return "cloud"
    if on_network(target.resolve()):
        return "network"
    return "same_disk" if there.st_dev == vault_folder.stat().st_dev else "other_disk"


def prefix(vault: UUID) -> str:
    """How the names of a vault's backups begin; no name of the practice, since names of files are seen by others."""
    return f"therapydesk-{vault.hex[-8:]}-"


def name_for(vault: UUID, made: datetime) -> str:
    """The file name of a backup, by the moment in UTC: names in order are backups in order."""
    return f"{prefix(vault)}{made.astimezone(UTC):%Y%m%dT%H%M%S%fZ}{SUFFIX}"


def list_backups(target: Path, vault: UUID) -> list[Kept]:
    """The backups of a vault in a folder, newest first; those that cannot be opened come last, with the reason.

    Reads the manifests only. Raises VaultError when the folder cannot be read.
    """
    try:
        paths = sorted(target.glob(f"{prefix(vault)}*{SUFFIX}"), reverse=True)
    except OSError:
        paths = []
    found = [look(path) for path in paths]
    mine = [one for one in found if one[0].trouble or one[1] == vault]
    return [kept for kept, _ in sorted(mine, key=lambda one: bool(one[0].trouble))]


def look(path: Path) -> tuple[Kept, UUID | None]:
    """What a backup says of itself, and of which vault it is."""
    try:
        size = path.stat().st_size
        with BackupFile(path) as backup:
            m = backup.manifest
            return Kept(path, size, m.id, m.made, m.why), m.vault
    except OSError as error:
        return Kept(path, 0, trouble=str(error.strerror)), None
    except VaultError as error:
        return Kept(path, size, trouble=error.message), None


def thin_out(target: Path, vault: UUID, stay: Collection[UUID], spare: Path | None = None) -> list[Path]:
    """Remove the backups that the rule does not keep, but never one of `stay` or the file `spare`; returns what went.

    One that cannot be opened is left: somebody may still want to look at it. What cannot be removed stays for next time.
    """
    found = [kept for kept in list_backups(target, vault) if kept.made is not None]
    made = {kept.made: kept.why for kept in found if kept.made is not None}
    keep = thinning.kept(made, [moment for moment, why in made.items() if why != HOURLY])
    removed = []
    for kept in found:
        if kept.made in keep or kept.id in stay or _same_file(kept.path, spare):
            continue
        try:
            kept.path.unlink()
            removed.append(kept.path)
        except OSError as error:
            log.warning("old backup not removed: %s", type(error).__name__)
    return removed


def _same_file(path: Path, other: Path | None) -> bool:
    return other is not None and path.resolve() == other.resolve()


def sync_target(target: Path) -> None:
    """Make the name of a new backup outlast a power cut, where the target's disk can do that."""
    try:
        sync_folder(target)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):  # what drives on a network answer
            raise


@dataclass(frozen=True)
class StillOpen:
    """A backup that somebody's keys open, since it was made when they held these zones."""

    path: Path
    made: datetime
    zones: tuple[Zone, ...]


def open_to(target: Path, vault: UUID, user: UUID) -> list[StillOpen]:
    """The backups of a vault in a folder that a user's passphrase of then opens, newest first: whoever leaves keeps that,
    and a new key changes nothing in an old backup. Reads the lists of grants only.
    """
    found = []
    for kept in list_backups(target, vault):
        if kept.made is None:
            continue
        try:
            with BackupFile(kept.path) as backup:
                zones = tuple(z for z in ZONES if _grants(backup, z, user))
        except VaultError as error:
            log.warning("backup not looked into: %s", type(error).__name__)
            continue
        found += [StillOpen(kept.path, kept.made, zones)] if zones else []
    return found


def _grants(backup: BackupFile, zone: Zone, user: UUID) -> bool:
    try:
        granted = json.loads(backup.read(f"{zone}/{GRANTS}"))["grants"]
        return any(grant["to"] == str(user) for grant in granted)
    except (KeyError, TypeError, ValueError):
        return False


def remove_leftovers(target: Path, vault: UUID) -> None:
    """Remove what an attempt that died left behind; the instance lock says that none is running."""
    for path in target.glob(f".{prefix(vault)}*"):
        try:
            path.unlink()
        except OSError as error:
            log.warning("unfinished backup not removed: %s", type(error).__name__)


def free_bytes(target: Path) -> int:
    """Room left for this account in a folder. Raises OSError."""
    return shutil.disk_usage(target).free
