"""Is the vault sound? Files, records, links between zones, and the log (security §6, §7)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Table, Uuid, func, inspect, select

from therapydesk.core.audit_check import verify_all
from therapydesk.core.errors import DamagedVault, VaultError
from therapydesk.core.tables import Base, Zone, zone_of
from therapydesk.core.vault import generations
from therapydesk.core.vault.files_kept import check_files, look_at_files
from therapydesk.core.vault.opening import files_of
from therapydesk.core.vault.zones import in_words
from therapydesk.core.words import ntr, tr

if TYPE_CHECKING:
    from therapydesk.core.vault.session import Db
    from therapydesk.core.vault.vault import Vault


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be. `kind`: file (a zone's own), large file, record, link or log."""

    zone: Zone
    kind: str
    message: str

    def __str__(self) -> str:
        return f"{self.zone}: {self.message}"


def check_vault(vault: Vault) -> list[Finding]:
    """Check the zones held, thoroughly; reads every row. Empty when the vault is sound."""
    found: list[Finding] = []
    state = vault.unlocked
    for zone, (path, keys) in files_of(vault.folder, state.current, state.ring).items():
        try:
            generations.check_file(zone, path, keys)
            found += _check_keys(zone, path, keys)
        except VaultError as error:
            found.append(Finding(zone, "file", str(error)))
    if any(finding.kind == "file" for finding in found):
        return found
    with vault.read() as db:
        for zone in state.ring.zones:
            found += _check_log(db, zone)
            found += _check_links(db, zone)
    for zone in state.ring.zones:
        found += [Finding(zone, "large file", sentence) for sentence in check_files(vault, zone)]
    return found


def quick_check(vault: Vault, stop: Callable[[], bool]) -> list[Finding]:
    """The short check of the files of the zones held. Empty when they are sound, or when `stop()` ended it."""
    found: list[Finding] = []
    state = vault.unlocked
    for zone, (path, keys) in files_of(vault.folder, state.current, state.ring).items():
        if stop():
            break
        try:
            generations.quick_check(zone, path, keys, stop)
        except DamagedVault as error:
            found.append(Finding(zone, "file", str(error)))
            continue
        found += [Finding(zone, "large file", sentence) for sentence in look_at_files(vault, zone)]
    return found


def _check_keys(zone: Zone, path: Any, keys: Any) -> list[Finding]:
    """Foreign keys inside the zone."""
    try:
        with closing(generations.connect_alone(path, keys)) as raw:
            loose = raw.execute("PRAGMA foreign_key_check").fetchall()
    except sqlcipher.Error as error:
        return [Finding(zone, "file", str(in_words(error)))]
    tables = sorted({str(row[0]) for row in loose})
    text = tr("records point at something that is gone, in: {tables}").format(tables=", ".join(tables))
    return [Finding(zone, "record", text)] if loose else []


def _check_log(db: Db, zone: Zone) -> list[Finding]:
    text = tr("the log does not hold together at entry {n}: {why}")
    broken = [result for result in verify_all(db, zone) if not result.sound]
    return [Finding(zone, "log", text.format(n=each.broken_at, why=each.why)) for each in broken]


def _check_links(db: Db, zone: Zone) -> list[Finding]:
    """Links between zones are UUID columns named after the core table ("person_id"); the file cannot hold
    them.
    """
    if zone == "core":
        return []
    found = []
    core = {
        t.name: t for t in Base.metadata.tables.values() if zone_of(t) == "core" and len(t.primary_key) == 1
    }
    there = set(inspect(db.connection()).get_table_names(zone))
    for table in (t for t in Base.metadata.tables.values() if zone_of(t) == zone and t.name in there):
        for name, target in _links(table, core):
            column, key = table.c[name], next(iter(target.primary_key))
            query = select(func.count()).where(
                column.is_not(None), ~select(key).where(key == column).exists()
            )
            count = db.connection().scalar(query.select_from(table)) or 0
            if count:
                text = ntr("{n} loose link in {table}", "{n} loose links in {table}", count)
                found.append(Finding(zone, "link", text.format(n=count, table=f"{table.name}.{name}")))
    return found


def _links(table: Table, core: dict[str, Table]) -> list[tuple[str, Table]]:
    return [
        (column.name, core[column.name[:-3]])
        for column in table.columns
        if column.name.endswith("_id")
        and column.name[:-3] in core
        and isinstance(column.type, Uuid)
        and not column.foreign_keys
    ]
