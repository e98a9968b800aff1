"""The keys that go with a backup: those of the vault it is put back into, or those that the backup itself grants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from therapydesk.core.errors import DamagedVault, UserError, WrongPassphrase, ZoneClosed
from therapydesk.core.permissions import require_of
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.backup_file import BackupFile
from therapydesk.core.vault.backup_manifest import damaged
from therapydesk.core.vault.backup_source import Source
from therapydesk.core.vault.backup_verify import Verified, verify_file
from therapydesk.core.vault.grants import FILE as GRANTS
from therapydesk.core.vault.grants import Grants
from therapydesk.core.vault.keys import KeyRing, OwnKeys, ZoneKeys, wipe
from therapydesk.core.vault.opening import open_ring
from therapydesk.core.vault.place import USERS_FILE, read_format
from therapydesk.core.vault.recovery import RecoveryCode
from therapydesk.core.vault.session import Actor
from therapydesk.core.vault.users import UserEntry, Users
from therapydesk.core.words import tr

Secret = Callable[[Users], tuple[UserEntry, OwnKeys]]


def by_passphrase(name: str, passphrase: str) -> Secret:
    """Sign in to a backup as one of the people who could when it was made, with the passphrase of then."""
    return lambda users: (users.named(name), users.named(name).open(passphrase))


def by_recovery(code: RecoveryCode) -> Secret:
    """Sign in to a backup with a recovery kit that was good when it was made; the kit is not used up."""

    def open_one(users: Users) -> tuple[UserEntry, OwnKeys]:
        for kit in users.kits.values():
            try:
                return users.get(kit.user), kit.open(code)
            except WrongPassphrase:
                continue
        raise WrongPassphrase(tr("That is not the code of this backup’s recovery kit."))

    return open_one


def sign_in(backup: BackupFile, room: Path, secret: Secret) -> Source:
    """What a backup is by itself, without the vault it came from; its small files are put into `room`.

    Raises WrongPassphrase, NotFound, DamagedBackup.
    """
    for name in ("VAULT.json", USERS_FILE, *(f"{zone}/{GRANTS}" for zone in ZONES)):
        target = room / name
        target.parent.mkdir(mode=0o700, exist_ok=True)
        target.unlink(missing_ok=True)
        backup.extract(name, target)
    about = read_format(room)
    try:
        users = Users.read(room)
        grants = {zone: Grants.read(room / zone, users.vault, zone) for zone in ZONES}
    except DamagedVault:
        raise damaged(USERS_FILE) from None
    entry, own = secret(users)
    if entry.left:
        wipe(own.secret)
        raise ZoneClosed(tr("This user had left when the backup was made."), tr("Sign in as somebody else."))
    ring = open_ring(users, entry, own, grants)
    actor = Actor(entry.id, entry.name, entry.roles)
    return Source(room, about, actor, ring, users, {}, grants, lambda: True)


def verify_alone(path: Path, secret: Secret) -> Verified:
    """Verify a backup without the vault it came from, in the temporary folder of this account (nothing there is readable
    without a key). Raises WrongPassphrase, PermissionDenied, DamagedBackup, VaultError.
    """
    with TemporaryDirectory(prefix="therapydesk-") as place, BackupFile(path) as backup:
        source = sign_in(backup, Path(place), secret)
        try:
            require_of(source.user, "backup.make")
            room = Path(place) / "zones"
            room.mkdir(mode=0o700)
            return verify_file(backup, source, room)
        finally:
            source.ring.wipe()


@dataclass(frozen=True, repr=False)
class ZoneReturn:
    """How one zone comes back: the key it has in the backup, the key it shall have, and the grants that go with that."""

    zone: Zone
    backup_keys: ZoneKeys
    keys: ZoneKeys
    grants: bytes


def ways_back(folder: Path, source: Source, backup: BackupFile, room: Path) -> dict[Zone, ZoneReturn]:
    """For each zone that the signed-in user may open now: how it can be brought back.

    Whoever holds a zone today goes on holding it, and nobody else. Only where today's grants cannot be read any more do
    those of the backup come back too. Zones that are not held, or whose key in the backup nobody here knows, are left out.
    """
    found: dict[Zone, ZoneReturn] = {}
    for zone in ZONES:
        path = generations.folder_of(folder, zone, source.current[zone]) / GRANTS
        try:
            granted, content = Grants.read(path.parent, source.users.vault, zone), path.read_bytes()
            if source.user.id in granted.grants:
                granted.check(source.user.id, source.users)
        except (UserError, OSError):
            granted, content = _grants_in(backup, source, room, zone)
        keys = _open(granted, source.user.id, source.ring.own)
        if keys is None:
            continue
        wanted = backup.manifest.zones[zone].public_key
        candidates = [keys, *granted.former_keys(keys)]
        mine = next((k for k in candidates if k.inbox_key == wanted), None)
        if mine is not None:
            found[zone] = ZoneReturn(zone, mine, keys, content)
    return found


def _grants_in(backup: BackupFile, source: Source, room: Path, zone: Zone) -> tuple[Grants, bytes]:
    """The grants of a zone as they were in a backup, without those of people who have left since."""
    place = room / f"grants-{zone}"
    place.mkdir(mode=0o700, exist_ok=True)
    (place / GRANTS).unlink(missing_ok=True)
    backup.extract(f"{zone}/{GRANTS}", place / GRANTS)
    try:
        granted = Grants.read(place, source.users.vault, zone)
    except DamagedVault:
        raise damaged(f"{zone}/{GRANTS}") from None
    keys = _open(granted, source.user.id, source.ring.own)
    if keys is not None:
        here = {user for user, entry in source.users.entries.items() if not entry.left}
        granted.grants = {user: grant for user, grant in granted.grants.items() if user in here}
        granted.write(place, keys)
    return granted, (place / GRANTS).read_bytes()


def _open(granted: Grants, user: UUID, own: OwnKeys) -> ZoneKeys | None:
    try:
        return granted.open(user, own)
    except DamagedVault:
        return None


def source_for(source: Source, ways: Mapping[Zone, ZoneReturn]) -> Source:
    """The source with the keys that were found for the backup, for verifying it."""
    ring = KeyRing(source.ring.own, {zone: way.keys for zone, way in ways.items()})
    return replace(source, ring=ring, given={zone: way.backup_keys for zone, way in ways.items()})
