"""A backup counts once it was opened again from where it lies: hashes, both checks of each zone, counts, log (security §7).

Each zone can be verified by whoever holds its key. What nobody here holds is only compared with its hash, and waits.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from therapydesk.core.audit import Head
from therapydesk.core.audit_check import verify as verify_log
from therapydesk.core.errors import DamagedVault, UserError, VaultError
from therapydesk.core.permissions import require_of
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations, zones
from therapydesk.core.vault.backup_file import BackupFile, Tick, quiet
from therapydesk.core.vault.backup_log import VERIFIED, tell
from therapydesk.core.vault.backup_manifest import MANIFEST, DamagedBackup, Manifest, damaged
from therapydesk.core.vault.backup_source import Source, log_head, row_counts
from therapydesk.core.vault.backup_state import State
from therapydesk.core.vault.durable import translate
from therapydesk.core.vault.keys import ZoneKeys
from therapydesk.core.vault.opening import Unlocked
from therapydesk.core.vault.place import USERS_FILE
from therapydesk.core.vault.session import Db
from therapydesk.core.vault.units import Units
from therapydesk.core.vault.users import Users
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.jobs import Job
    from therapydesk.core.vault.vault import Vault

SCRATCH = "scratch"


@dataclass(frozen=True)
class Verified:
    """A backup that can be read. `zones` were opened and checked; those that `wait` need somebody who holds them."""

    manifest: Manifest
    path: Path
    zones: tuple[Zone, ...]
    wait: tuple[Zone, ...]


@dataclass(frozen=True)
class _Book:
    """What walking a log asks the vault for: who may have signed."""

    unlocked: Unlocked


_in_use: set[Path] = set()


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder inside the vault's for copies that nobody needs afterwards; what a crash left there goes first.

    Raises DiskFull, VaultError.
    """
    place = folder / SCRATCH
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        for left in set(place.iterdir()) - _in_use:
            shutil.rmtree(left, ignore_errors=True)
        room = Path(tempfile.mkdtemp(dir=place))
    except OSError as error:
        raise translate(error) from None
    _in_use.add(room)
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)
        _in_use.discard(room)
        with suppress(OSError):  # another piece of work has its own in it
            place.rmdir()


def verify_backup(vault: Vault, path: Path, job: Job | None = None) -> Verified:
    """Open a backup of this vault from where it lies and check all that the signed-in user's keys open.

    Raises DamagedBackup naming the part, NewerFormat, VaultError, PermissionDenied.
    """
    require_of(vault.user, "backup.make")
    source = Source.of(vault)
    try:
        with scratch(vault.folder) as room, BackupFile(path) as backup:
            tick = ticking(job, 2 * backup.size, tr("Checking the backup"))
            verified = verify_file(backup, source, room, tick=tick)
    except DamagedBackup as error:
        state = State.read(vault.folder)
        state.failed(path.parent, error)
        state.write(vault.folder)
        raise
    _remember(vault, verified)
    return verified


def _remember(vault: Vault, verified: Verified) -> None:
    manifest, state = verified.manifest, State.read(vault.folder)
    state.succeeded(verified.path.parent, manifest.made)
    for zone in verified.zones:
        state.proved(zone, manifest.made, manifest.id)
    state.write(vault.folder)
    told = {
        "made": manifest.made.isoformat(),
        "zones": list(verified.zones),
        "unverified": list(verified.wait),
    }
    tell(vault, VERIFIED, manifest.id, told)


def ticking(job: Job | None, total: int, text: str) -> Tick:
    """A tick that tells a job how far it is, in thousandths, and stops where the user stopped it."""
    done = 0

    def tick(size: int) -> None:
        nonlocal done
        done += size
        if job is not None:
            job.progress(min(999, 1000 * done // max(total, 1)), 1000, text)

    return tick


def verify_file(
    backup: BackupFile,
    source: Source,
    room: Path,
    *,
    looks: Mapping[Zone, Future[Look]] | None = None,
    tick: Tick = quiet,
) -> Verified:
    """The same for a backup that is open; what its zones were copied to stays in `room/<zone>/zone.db`.

    `looks` are of the files from which zones of it were just written: once what lies in the backup has the same hash,
    what was found there is true of it, too, and no second copy is made.
    """
    check_belongs(backup.manifest, source)
    backup.forget_cached()
    keys = _proved_keys(backup, source)
    source = replace(source, users=_everybody(backup, source, room))
    backup.manifest.check_signature(source.users)
    for name in backup.names():
        zone = next((z for z in keys if name.startswith(f"{z}/zone.db")), None)
        if zone is None or zone in (looks or {}):
            for _ in backup.stream(name, tick):
                pass
        else:
            (room / zone).mkdir(mode=0o700, exist_ok=True)
            backup.extract(name, room / name, tick)
    for zone, key in keys.items():
        path = room / zone / "zone.db"
        look = looks[zone].result() if looks and zone in looks else look_over(zone, path, key, source)
        _compare(zone, look, backup.manifest, key)
        tick(backup.manifest.parts[f"{zone}/zone.db"].size)
    return Verified(backup.manifest, backup.path, tuple(keys), tuple(z for z in ZONES if z not in keys))


def _proved_keys(backup: BackupFile, source: Source) -> dict[Zone, ZoneKeys]:
    """The keys of the zones that can be opened here, each of which proves the manifest."""
    found: dict[Zone, ZoneKeys] = {}
    for zone in source.held():
        entry = backup.manifest.zones[zone]
        keys = source.keys_named(zone, entry.public_key)
        if keys is not None:
            if entry.held or zone == "core":  # everybody holds core: no backup is without its proof
                backup.manifest.check_proof(zone, keys)
            found[zone] = keys
    if not found:
        raise damaged(MANIFEST)
    return found


def _everybody(backup: BackupFile, source: Source, room: Path) -> Users:
    """Who may have signed in a backup: people of today, and those of its day, whom an older vault may not know yet. The
    list is as the manifest says, which a key proved.
    """
    place = room / "users"
    place.mkdir(mode=0o700, exist_ok=True)
    (place / USERS_FILE).unlink(missing_ok=True)
    backup.extract(USERS_FILE, place / USERS_FILE)
    try:
        then = Users.read(place)
    except DamagedVault:
        raise damaged(USERS_FILE) from None
    return Users(source.users.vault, {**then.entries, **source.users.entries})


def check_belongs(manifest: Manifest, source: Source) -> None:
    """Raise VaultError for a backup of another vault."""
    if manifest.vault != source.users.vault:
        raise VaultError(
            tr("This backup is of another practice."),
            tr("Nothing was changed. Choose a backup of this practice."),
        )


@dataclass(frozen=True)
class Look:
    """What was found in a copy of a zone that is sound: row counts by table, and where its log stands."""

    counts: dict[str, int]
    head: Head


def look_over(
    zone: Zone, path: Path, keys: ZoneKeys, source: Source, stop: Callable[[], bool] = lambda: False
) -> Look:
    """Everything that can be said of the copy of one zone by itself. Changes nothing in a copy without a WAL.

    Raises DamagedBackup; VaultError when `stop()` says so, or the vault was locked meanwhile.
    """
    try:
        zones.check_header(path, zone)
        if path.with_name(f"{path.name}-wal").exists():
            with closing(generations.connect_alone(path, keys)) as raw:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        generations.check_file(zone, path, keys, lambda: stop() or not source.open())
        with closing(generations.connect_alone(path, keys)) as raw:
            look = Look(row_counts(raw), log_head(raw))
        _check_log(zone, path, keys, source)
    except (DamagedVault, sqlcipher.Error):
        source.check_open()  # a lock overwrites the keys: that is no fault of the backup
        raise damaged(f"{zone}/zone.db") from None
    except UserError:
        source.check_open()
        raise
    return look


def _compare(zone: Zone, look: Look, manifest: Manifest, keys: ZoneKeys) -> None:
    """Whether a copy holds what the manifest says; nothing was said of a zone that its maker did not hold."""
    if not manifest.zones[zone].held:
        return
    told = manifest.heads.get(zone)
    heads = told is not None and (told.seq, told.hash) == (look.head.seq, look.head.hash)
    if not heads or look.counts != manifest.counts(zone, keys):
        raise damaged(f"{zone}/zone.db")


def _check_log(zone: Zone, path: Path, keys: ZoneKeys, source: Source) -> None:
    """Walk the log of the copy as the vault walks its own."""
    with log_of(zone, path, keys, source) as db:
        result = verify_log(db, zone)
    if not result.sound:
        raise damaged(tr("the log of {zone}, at entry {n}").format(zone=zone, n=result.broken_at))


@contextmanager
def log_of(zone: Zone, path: Path, keys: ZoneKeys, source: Source) -> Iterator[Db]:
    """A `db` that reads one zone out of a copy."""
    raw = zones.connect({zone: (path, keys)})
    engine = create_engine("sqlite://", creator=lambda: raw, module=sqlcipher, poolclass=StaticPool)
    units = Units(engine, source.user, frozenset([zone]), {})
    state = Unlocked(source.user, source.ring, source.users, source.current, source.grants, units)
    try:
        with engine.connect() as connection, Db(connection, source.user, None, frozenset([zone])) as db:
            db.info["vault"] = _Book(state)
            yield db
    finally:
        engine.dispose()
        raw.close()
