"""A damaged vault (security §7): what is wrong is said, the files are kept as they are, and what can still be read is
opened for reading. Nothing here changes a file of the vault; `salvage` builds new ones.
"""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import sqlcipher3.dbapi2 as sqlcipher

from therapydesk.core import dates
from therapydesk.core.errors import DamagedVault, DiskFull, VaultError
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations, zones
from therapydesk.core.vault.durable import sync_file, sync_folder, translate
from therapydesk.core.vault.grants import FILE as GRANTS
from therapydesk.core.vault.grants import Grants
from therapydesk.core.vault.keys import KeyRing, OwnKeys, ZoneKeys
from therapydesk.core.vault.opening import Unlocked, open_units
from therapydesk.core.vault.place import USERS_FILE, read_format
from therapydesk.core.vault.session import Actor
from therapydesk.core.vault.users import UserEntry, Users
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.vault.session import Host

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


@dataclass(repr=False)
class Found:
    """What a passphrase still opens of a damaged vault. `closed`: zones the user holds whose file does not open, and
    why; `borrowed`: zones whose key came from the grants of another generation.
    """

    entry: UserEntry
    users: Users
    ring: KeyRing
    current: dict[Zone, str]
    grants: dict[Zone, Grants]
    borrowed: set[Zone] = field(default_factory=set)
    closed: dict[Zone, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenedForReading:
    """A damaged vault that is open: who reads, where the copy of its files lies, and which zones stay shut."""

    user: Actor
    kept: Path
    closed: Mapping[Zone, str]


class Backup(Protocol):
    """What must be known of a backup to say what would be missing after bringing it back."""

    @property
    def path(self) -> Path: ...
    @property
    def made(self) -> datetime: ...
    @property
    def heads(self) -> Mapping[Zone, int]: ...


@dataclass(frozen=True)
class Missing:
    """What a zone would lose by going back to a backup: entries of the log after it, by table, and their time.

    `entries` is None when the log of the damaged file cannot be read.
    """

    zone: Zone
    entries: int | None
    first: str = ""
    last: str = ""
    tables: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Choice:
    """A backup and what would be missing after it."""

    backup: Backup
    missing: tuple[Missing, ...]


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
            name for name in _generations(folder, zone) if generations.zone_file(folder, zone, name).is_file()
        ]
        if names:
            found[zone] = names[0]
    return found


def _generations(folder: Path, zone: Zone) -> list[str]:
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


def _live_files(folder: Path) -> list[Path]:
    try:
        current: Mapping[Zone, str] = generations.read_current(folder)
    except VaultError:
        current = {}
    places = [folder / "pending"]
    for zone in ZONES:
        names = [current[zone]] if zone in current else _generations(folder, zone)
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


# -- opening --


def sign_in(vault: DamageDoor, user: str, passphrase: str) -> Found:
    """The keys that a passphrase opens, from whichever grants can still be read. Raises WrongPassphrase, DamagedVault
    when the list of users is lost.
    """
    users = Users.read(vault.folder)
    entry = users.named(user)
    own = vault.try_passphrase(entry, passphrase)
    try:
        current: dict[Zone, str] = generations.read_current(vault.folder)
    except DamagedVault:
        current = newest_generations(vault.folder)
    found = Found(entry, users, KeyRing(own), current, {})
    for zone in ZONES:
        _find_key(vault.folder, zone, found)
    if "core" in found.ring.zones:
        try:
            users.check(found.ring.zones["core"])
        except DamagedVault:
            found.ring.wipe()
            raise
    return found


def _find_key(folder: Path, zone: Zone, found: Found) -> None:
    now = found.current.get(zone)
    if now is None:
        found.closed[zone] = tr("A file of the vault is missing: {file}").format(file=zone)
        return
    for name in [now, *(n for n in _generations(folder, zone) if n != now)]:
        try:
            grants = Grants.read(generations.folder_of(folder, zone, name), found.users.vault, zone)
            keys = grants.open(found.entry.id, found.ring.own)
            if keys is not None:
                grants.check(found.entry.id, found.users)
        except VaultError as error:
            if name == now:
                found.closed[zone] = error.message
            continue
        if keys is not None and name != now and not opens(generations.zone_file(folder, zone, now), keys):
            continue  # the key was changed since
        found.grants[zone] = grants
        if keys is not None:
            found.ring.zones[zone] = keys
        if name == now or keys is not None:
            found.closed.pop(zone, None)
            found.borrowed |= {zone} if name != now else set()
            return


def opens(path: Path, keys: ZoneKeys) -> bool:
    """Whether the key fits the file; reads its first page."""
    if not path.is_file():
        return False
    try:
        with closing(generations.connect_alone(path, keys)):
            return True
    except VaultError:
        return False


class DamageDoor:
    """The part of the vault that still opens when something is damaged."""

    folder: Path

    if TYPE_CHECKING:
        _unlocked: Unlocked | None
        host: Host

        @property
        def unlocked(self) -> Unlocked: ...
        def lock(self) -> None: ...
        def try_passphrase(self, entry: UserEntry, passphrase: str) -> OwnKeys: ...

    def open_for_reading(self, user: str, passphrase: str) -> OpenedForReading:
        """Sign in to a damaged vault: a copy of its files is kept first, then what opens is open for reading only.

        Nothing is settled, migrated or logged. Raises WrongPassphrase; DamagedVault when core itself does not open (then
        there is only salvage or a backup); DiskFull when no copy can be kept.
        """
        self.lock()
        kept = keep_copy(self.folder)  # first: even opening a file for reading may tidy its write-ahead log
        found = sign_in(self, user, passphrase)
        for zone, keys in list(found.ring.zones.items()):
            why = self._why_shut(zone, found.current[zone], keys)
            if why:
                found.closed[zone] = why
                del found.ring.zones[zone]
        if "core" not in found.ring.zones:
            found.ring.wipe()
            raise DamagedVault(
                tr("The part of the vault with people and diary cannot be read."),
                tr("Nothing was changed. Bring the vault back from a backup, or salvage what can be read."),
            )
        actor = Actor(found.entry.id, found.entry.name, found.entry.roles)
        units = open_units(self.folder, found.current, found.ring, actor, {"vault": self, "host": self.host})
        units.read_only |= set(ZONES)
        nobody = {zone: Grants(found.users.vault, zone, b"") for zone in ZONES}
        self._unlocked = Unlocked(actor, found.ring, found.users, found.current, nobody | found.grants, units)
        return OpenedForReading(actor, kept, found.closed)

    def _why_shut(self, zone: Zone, name: str, keys: ZoneKeys) -> str:
        try:
            path = generations.zone_file(self.folder, zone, name)
            zones.check_header(path, zone)
            with closing(zones.connect({zone: (path, keys)})) as raw:
                behind = generations.behind(raw, [o for o in self.host.owners() if zone in o.zones], [zone])
        except (VaultError, sqlcipher.Error) as error:
            return error.message if isinstance(error, VaultError) else str(zones.in_words(error))
        return tr("It was written by an older version, and is brought up to date first.") if behind else ""

    def stop_writing(self, *damaged: Zone) -> Path:
        """Damage was found while the vault was open: keep a copy of the files, write these zones no more. Returns where
        the copy lies. The zones stay shut for writing even when no copy can be kept.
        """
        self.unlocked.units.read_only |= set(damaged)
        return keep_copy(self.folder)

    @property
    def read_only(self) -> frozenset[Zone]:
        """The zones that are not written, because something is damaged."""
        return frozenset() if self._unlocked is None else frozenset(self._unlocked.units.read_only)


# -- choosing --


def compare_backups(folder: Path, found: Found, backups: Sequence[Backup]) -> list[Choice]:
    """The backups, newest first, each with what would be missing after bringing it back."""
    ordered = sorted(backups, key=lambda b: b.made, reverse=True)
    return [Choice(b, tuple(_missing(folder, found, zone, b) for zone in found.ring.zones)) for b in ordered]


def _missing(folder: Path, found: Found, zone: Zone, backup: Backup) -> Missing:
    path, keys = generations.zone_file(folder, zone, found.current[zone]), found.ring.zones[zone]
    query = "SELECT count(*), min(at), max(at), json_extract(detail, '$.table') FROM audit_entry WHERE seq > ? GROUP BY 4"
    try:
        with closing(generations.connect_alone(path, keys)) as raw:
            rows = raw.execute(query, (backup.heads.get(zone, 0),)).fetchall()
    except (VaultError, sqlcipher.Error):
        return Missing(zone, None)
    tables = tuple(sorted((str(name), count) for count, _, _, name in rows if name))
    first, last = min((r[1] for r in rows), default=""), max((r[2] for r in rows), default="")
    return Missing(zone, sum(r[0] for r in rows), first, last, tables)
