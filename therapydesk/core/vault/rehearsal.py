"""Once a month a backup is brought back for trial: into a scratch folder, opened as a vault is, and read (security §7)."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, inspect, select

from therapydesk.core import dates
from therapydesk.core.errors import UserError
from therapydesk.core.permissions import require_of
from therapydesk.core.tables import Base, Zone, zone_of
from therapydesk.core.vault import restore
from therapydesk.core.vault.backup_file import BackupFile
from therapydesk.core.vault.backup_keys import source_for, ways_back
from therapydesk.core.vault.backup_log import REHEARSED, tell
from therapydesk.core.vault.backup_manifest import DamagedBackup, damaged
from therapydesk.core.vault.backup_source import Source
from therapydesk.core.vault.backup_state import State
from therapydesk.core.vault.backup_verify import scratch, ticking, verify_file
from therapydesk.core.vault.keys import KeyRing
from therapydesk.core.vault.opening import open_units
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.jobs import Job
    from therapydesk.core.vault.session import Db
    from therapydesk.core.vault.vault import Vault

EVERY, RECORDS = timedelta(days=30), 20


@dataclass(frozen=True)
class Rehearsed:
    """A backup that was brought back for trial: the zones, and how many records of which tables were read."""

    zones: tuple[Zone, ...]
    read: tuple[tuple[str, int], ...]


def rehearsal_due(vault_folder: Path) -> bool:
    """Whether the last rehearsal is a month old, and there is a backup to rehearse with."""
    state = State.read(vault_folder)
    return bool(state.verified) and (state.rehearsed is None or dates.now() - state.rehearsed >= EVERY)


def rehearse(
    vault: Vault, path: Path, job: Job | None = None, chance: random.Random | None = None
) -> Rehearsed:
    """Bring a backup back into a scratch folder, with all that a restore does, and read 20 records by chance.

    The vault is not touched. Raises PermissionDenied, DamagedBackup, VaultError; what failed is remembered.
    """
    require_of(vault.user, "backup.make")
    source = Source.of(vault)
    try:
        with scratch(vault.folder) as room, BackupFile(path) as backup:
            found = _try(vault, source, backup, room, job, chance or random.Random())
    except DamagedBackup as error:
        state = State.read(vault.folder)
        state.failed(path.parent, error)
        state.write(vault.folder)
        raise
    state = State.read(vault.folder)
    state.rehearsed = dates.now()
    state.write(vault.folder)
    tell(
        vault,
        REHEARSED,
        backup.manifest.id,
        {"zones": list(found.zones), "read": sum(n for _, n in found.read)},
    )
    return found


def _try(
    vault: Vault, source: Source, backup: BackupFile, room: Path, job: Job | None, chance: random.Random
) -> Rehearsed:
    ways = ways_back(source.folder, source, backup, room)
    tick = ticking(job, 2 * backup.size, tr("Trying out the backup"))
    verify_file(backup, source_for(source, ways), room, tick=tick)
    trial, current = room / "trial", dict[Zone, str]()
    for zone, way in ways.items():
        (trial / zone).mkdir(parents=True, mode=0o700)
        current[zone] = restore.build(trial, "g0", way, room, vault.host)
    ring = KeyRing(source.ring.own, {zone: way.keys for zone, way in ways.items()})
    units = open_units(trial, current, ring, source.user, {"vault": vault, "host": vault.host})
    try:
        with units.read() as db:
            read = read_some(db, tuple(ways), chance)
    except UserError as error:
        source.check_open()
        raise damaged(backup.path.name) from error
    finally:
        units.close()
    return Rehearsed(tuple(ways), tuple(sorted(read.items())))


def read_some(db: Db, zones: Sequence[Zone], chance: random.Random, wanted: int = RECORDS) -> dict[str, int]:
    """Read records by chance, as the program reads them, each table as likely as it has rows; how many of which.

    A document's content is compared with its hash. Raises DamagedBackup.
    """
    counts = _counts(db, zones)
    found: dict[str, int] = {}
    for model in chance.choices(list(counts), list(counts.values()), k=wanted) if counts else []:
        table: Any = model.__table__
        keys = list(table.primary_key)
        query = select(model).order_by(*keys).offset(chance.randrange(counts[model])).limit(1)
        row: Any = db.scalars(query).one()
        for attribute in inspect(model).column_attrs:  # also what is only read when it is asked for
            getattr(row, attribute.key)
        content, digest = getattr(row, "content", None), getattr(row, "sha256", None)
        if (
            isinstance(content, bytes)
            and digest is not None
            and hashlib.sha256(content).hexdigest() != digest
        ):
            raise damaged(table.name)
        found[table.fullname] = found.get(table.fullname, 0) + 1
    return found


def _counts(db: Db, zones: Sequence[Zone]) -> dict[type[Base], int]:
    there = {
        zone: set(inspect(db.connection()).get_table_names(None if zone == "core" else zone))
        for zone in zones
    }
    found: dict[type[Base], int] = {}
    for mapper in Base.registry.mappers:
        table: Any = mapper.local_table
        if not getattr(mapper.class_, "audited", True):
            continue  # the vault's own tables; the log was walked through already
        if table.name in there.get(zone_of(table), set()):
            count = db.scalar(select(func.count()).select_from(table)) or 0
            found.update({mapper.class_: count} if count else {})
    return found
