"""From a user's keys to open zones: grants, checks, migration, engine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from therapydesk.core.errors import DamagedVault, ZoneClosed
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations, zones
from therapydesk.core.vault.grants import Grants
from therapydesk.core.vault.keys import KeyRing, OwnKeys, ZoneKeys, verify
from therapydesk.core.vault.session import Actor, Host
from therapydesk.core.vault.units import Units
from therapydesk.core.vault.users import UserEntry, Users
from therapydesk.core.vault.wal import check_wal
from therapydesk.core.words import tr

log = logging.getLogger("therapydesk")


@dataclass(repr=False)
class Unlocked:
    """What is in memory while a vault is unlocked; thrown away, keys overwritten, at lock."""

    user: Actor
    ring: KeyRing
    users: Users
    current: dict[Zone, str]
    grants: dict[Zone, Grants]
    units: Units

    def sign(self, message: bytes) -> bytes:
        """The signed-in user's signature."""
        return self.ring.own.sign(message)

    def signed_by(self, user: UUID | None, message: bytes, signature: bytes) -> bool:
        """Whether a user of this vault signed the message."""
        entry = self.users.entries.get(user) if user is not None else None
        return entry is not None and verify(entry.sign_key, message, signature)

    def public_key(self, zone: Zone) -> bytes:
        """The key that messages for a zone are sealed to, held or not."""
        return self.grants[zone].public_key

    def open_message(self, zone: Zone, sealed: bytes) -> bytearray:
        """Open a message for a zone that is held, also one sealed to a key the zone had before. Raises
        VaultError.
        """
        keys = self.ring.zone(zone)
        for candidate in (keys, *self.grants[zone].former_keys(keys)):
            try:
                return candidate.open(sealed)
            except DamagedVault:
                continue
        raise DamagedVault(tr("A sealed message does not fit its key."), tr("It was left as it is."))

    def wipe(self) -> None:
        """Overwrite the keys."""
        self.ring.wipe()


def read_public(folder: Path, users: Users) -> tuple[dict[Zone, str], dict[Zone, Grants]]:
    """What may be read of a locked vault: which generations are in use, and their grants. Raises
    DamagedVault.
    """
    current = generations.read_current(folder)
    grants = {z: Grants.read(generations.folder_of(folder, z, current[z]), users.vault, z) for z in ZONES}
    return current, grants


def open_ring(users: Users, entry: UserEntry, own: OwnKeys, grants: Mapping[Zone, Grants]) -> KeyRing:
    """The keys of all zones granted to a user. Raises DamagedVault when a file was changed by an outsider."""
    ring = KeyRing(own)
    for zone, granted in grants.items():
        keys = granted.open(entry.id, own)
        if keys is not None:
            granted.check(entry.id, users)
            ring.zones[zone] = keys
    if "core" not in ring.zones:
        ring.wipe()
        raise ZoneClosed(tr("This user has no key to this vault any more."), tr("Ask the owner."))
    users.check(ring.zones["core"])
    return ring


def files_of(folder: Path, current: Mapping[Zone, str], ring: KeyRing) -> dict[Zone, tuple[Path, ZoneKeys]]:
    """The files that the keys open."""
    return {
        z: (generations.zone_file(folder, z, current[z]), ring.zones[z]) for z in ZONES if z in ring.zones
    }


def bring_up_to_date(
    folder: Path,
    current: dict[Zone, str],
    ring: KeyRing,
    host: Host,
    before: Callable[[], object] = lambda: None,
) -> dict[Zone, str]:
    """Check every zone file, and migrate those held that are behind; `before` is called when there are any. Returns the
    generations in use.
    """
    for zone in ZONES:
        path = generations.zone_file(folder, zone, current[zone])
        zones.check_header(path, zone)
        check_wal(path)
    owners = host.owners()
    files = files_of(folder, current, ring)
    waiting: list[Zone] = []
    with closing(zones.connect(files)) as raw:
        for zone, (path, _keys) in files.items():
            with generations.translating(path):
                waiting += generations.behind(raw, owners, [zone])
    if waiting:
        before()
    for zone in waiting:
        log.info("bringing %s up to date", zone)
        mine = [o for o in owners if zone in o.zones]
        current = generations.migrate(folder, zone, current, ring.zones[zone], mine)
    return current


def open_units(
    folder: Path, current: Mapping[Zone, str], ring: KeyRing, user: Actor, info: dict[str, Any]
) -> Units:
    """The engine on the zones held, proved by one connection."""
    engine = zones.make_engine(files_of(folder, current, ring))
    units = Units(engine, user, frozenset(ring.zones), info)
    with units.read():
        return units
