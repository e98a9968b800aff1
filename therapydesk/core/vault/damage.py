"""A damaged vault (security §7): what is wrong is said, and its files are kept as they are. Nothing here changes a file
of the vault; `damage_door` opens what can be read, `salvage` builds new files.
"""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from therapydesk.core import dates
from therapydesk.core.errors import DiskFull, VaultError
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations, zones
from therapydesk.core.vault.durable import sync_file, sync_folder, translate
from therapydesk.core.vault.grants import FILE as GRANTS
from therapydesk.core.vault.grants import Grants
from therapydesk.core.vault.place import USERS_FILE, read_format
from therapydesk.core.vault.users import Users
from therapydesk.core.vault.wal import check_wal
from therapydesk.core.words import tr

KEPT = "damaged"  # folder in the vault: what a damaged vault looked like, one folder for each time
SMALL = ("VAULT.json", generations.CURRENT, USERS_FILE, "erasure.json")


@dataclass(frozen=True)
class Damage:
    """One thing that is wrong. `file` is relative to the vault; `zone` is None when it concerns all of it."""

    file: str
    message: str
    zone: Zone | None = None

    def __str__(self) -> str:
        return self.message


# -- looking --


def examine(folder: Path) -> list[Damage]:
    """What is wrong with the files that can be judged without a key: missing, unreadable, foreign, not encrypted."""
    damages = []
    try:
        read_format(folder)
    except VaultError as error:
        damages.append(Damage("VAULT.json", error.message))
    users = _users_or_none(folder, damages)
    try:
        current = generations.read_current(folder)
    except VaultError as error:
        damages.append(Damage(generations.CURRENT, error.message))
        current = newest_generations(folder)
    for zone in ZONES:
        damages += _examine_zone(folder, zone, current.get(zone), users)
    return damages


def _users_or_none(folder: Path, damages: list[Damage]) -> Users | None:
    try:
        return Users.read(folder)
    except VaultError as error:
        damages.append(Damage(USERS_FILE, error.message))
        return None


def _examine_zone(folder: Path, zone: Zone, name: str | None, users: Users | None) -> Iterator[Damage]:
    if name is None:
        yield Damage(zone, tr("A file of the vault is missing: {file}").format(file=zone), zone)
        return
    path = generations.zone_file(folder, zone, name)
    try:
        zones.check_header(path, zone)
        check_wal(path)
    except VaultError as error:
        yield Damage(path.relative_to(folder).as_posix(), error.message, zone)
    if users is not None:
        try:
            Grants.read(path.parent, users.vault, zone)
        except VaultError as error:
            yield Damage(path.with_name(GRANTS).relative_to(folder).as_posix(), error.message, zone)


def newest_generations(folder: Path) -> dict[Zone, str]:
    """The newest generation of each zone that has a file; for a vault whose CURRENT is lost."""
    found: dict[Zone, str] = {}
    for zone in ZONES:
        names = [
            name
            for name in generations_of(folder, zone)
            if generations.zone_file(folder, zone, name).is_file()
        ]
        if names:
            found[zone] = names[0]
    return found


def generations_of(folder: Path, zone: Zone) -> list[str]:
    """The names of a zone's generations, newest first."""
    place = folder / zone
    names = [p.name for p in place.iterdir()] if place.is_dir() else []
    return sorted((n for n in names if n[:1] == "g" and n[1:].isdigit()), key=lambda n: -int(n[1:]))


# -- keeping --


def keep_copy(folder: Path) -> Path:
    """Copy the files as they are now into `damaged/` and return that folder; a copy of exactly these files that is
    there already is enough. Large files are never rebuilt and are not copied. Raises DiskFull, VaultError.
    """
    live = _live_files(folder)
    place = folder / KEPT
    for before in reversed(kept_copies(folder)):
        if _same(folder, before, live):
            return before
    target = place / f"{dates.now():%Y%m%dT%H%M%S%f}"
    temporary = target.with_name(f".{target.name}")
    try:
        size = sum(path.stat().st_size for path in live)
        place.mkdir(exist_ok=True, mode=0o700)
        if shutil.disk_usage(place).free < size:
            raise DiskFull(
                tr("There is not enough room on the disk to keep a copy of the damaged files."),
                tr("Nothing was changed. Make room for {n} MB, then try again.").format(
                    n=int(size / 1e6) + 1
                ),
            )
        for path in live:
            copy = temporary / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copy2(path, copy)
            sync_file(copy)
        temporary.rename(target)
        sync_folder(place)
    except OSError as error:
        raise translate(error) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def kept_copies(folder: Path) -> list[Path]:
    """The copies that were kept, oldest first. They hold all that the vault held then: whoever erases or changes a key
    must think of them.
    """
    place = folder / KEPT
    return sorted(p for p in place.iterdir() if p.is_dir() and p.name[:1] != ".") if place.is_dir() else []


def forget_zone(folder: Path, zone: Zone) -> int:
    """Remove what the kept copies hold of a zone; returns from how many. After an erasure nothing may still say it. Raises
    VaultError.
    """
    holding = [copy / zone for copy in kept_copies(folder) if (copy / zone).is_dir()]
    for place in holding:
        try:
            shutil.rmtree(place)
        except OSError as error:
            raise translate(error) from None
    return len(holding)


def _live_files(folder: Path) -> list[Path]:
    try:
        current: Mapping[Zone, str] = generations.read_current(folder)
    except VaultError:
        current = {}
    places = [folder / "pending"]
    for zone in ZONES:
        names = [current[zone]] if zone in current else generations_of(folder, zone)
        places += [generations.folder_of(folder, zone, name) for name in names]
    found = [folder / name for name in SMALL]
    for place in places:
        found += sorted(place.iterdir()) if place.is_dir() else []
    return [path for path in found if path.is_file() and not path.name.endswith("-shm")]


def _same(folder: Path, before: Path, live: Sequence[Path]) -> bool:
    """Whether a kept copy has exactly these files, by size and time."""
    names = {path.relative_to(folder) for path in live}
    there = {path.relative_to(before) for path in before.rglob("*") if path.is_file()}
    with suppress(OSError):
        return names == there and all(filecmp.cmp(folder / n, before / n) for n in names)
    return False
