"""Opening a damaged vault for reading, with whatever keys can still be found (security §7)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import sqlcipher3.dbapi2 as sqlcipher

from therapydesk.core.errors import DamagedVault, VaultError
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations, zones
from therapydesk.core.vault.damage import generations_of, keep_copy, newest_generations
from therapydesk.core.vault.grants import Grants
from therapydesk.core.vault.keys import KeyRing, OwnKeys, ZoneKeys
from therapydesk.core.vault.opening import Unlocked, files_of, open_units
from therapydesk.core.vault.session import Actor
from therapydesk.core.vault.users import UserEntry, Users
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.vault.session import Host


@dataclass(repr=False)
class Found:
    """What a passphrase still opens of a damaged vault. `closed`: zones the user holds whose file does not open, and
    why; `borrowed`: zones whose key came from the grants of another generation; `guessed`: CURRENT was lost.
    """

    entry: UserEntry
    users: Users
    ring: KeyRing
    current: dict[Zone, str]
    grants: dict[Zone, Grants]
    guessed: bool = False
    borrowed: set[Zone] = field(default_factory=set)
    closed: dict[Zone, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenedForReading:
    """A damaged vault that is open: who reads, where the copy of its files lies, and which zones stay shut."""

    user: Actor
    kept: Path
    closed: Mapping[Zone, str]


def sign_in(vault: DamageDoor, user: str, passphrase: str) -> Found:
    """The keys that a passphrase opens, from whichever grants can still be read. Raises WrongPassphrase, DamagedVault
    when the list of users is lost.
    """
    users = Users.read(vault.folder)
    entry = users.named(user)
    own = vault.try_passphrase(entry, passphrase)
    found = Found(entry, users, KeyRing(own), {}, {})
    try:
        found.current = generations.read_current(vault.folder)
    except DamagedVault:
        found.current, found.guessed = newest_generations(vault.folder), True
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
    for name in [now, *(n for n in generations_of(folder, zone) if n != now)]:
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

    def name_damage(self, error: BaseException) -> DamagedVault | None:
        """Which file it is about, for an error that does not say so; None for any other error."""
        if not isinstance(error, DamagedVault):
            return None
        state = self.unlocked
        for zone, (path, keys) in files_of(self.folder, state.current, state.ring).items():
            try:
                generations.quick_check(zone, path, keys, lambda: False)
            except DamagedVault as found:
                return found
        return error

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
