"""Generations of zone files: live files are never rebuilt in place; a new copy is built, checked, then
switched to.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from therapydesk.core import dates, migrations
from therapydesk.core.errors import DamagedVault, DiskFull
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault.durable import (
    read_json,
    restore_help,
    sync_file,
    sync_folder,
    translate,
    write_json,
)
from therapydesk.core.vault.grants import FILE as GRANTS
from therapydesk.core.vault.session import Owner
from therapydesk.core.vault.zones import Keys, check_header, connect, in_words, schema_of
from therapydesk.core.words import tr

log = logging.getLogger("therapydesk")
CURRENT, ZONE_FILE = "CURRENT", "zone.db"
ROOM = 2.5  # free space needed, as a multiple of the zone's size
KEPT = timedelta(days=30)  # how long a generation stays after it was last in use
STEPS = 10_000  # steps of the database engine between two looks whether to stop


def read_current(folder: Path) -> dict[Zone, str]:
    """Which generation of each zone is in use. Raises DamagedVault."""
    data = read_json(folder / CURRENT)
    try:
        found: dict[Zone, str] = {zone: _name(data[zone]) for zone in ZONES}
    except (KeyError, TypeError, ValueError):
        raise DamagedVault(
            tr("A file of the vault is damaged: {file}").format(file=CURRENT), restore_help()
        ) from None
    return found


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith("g") or not value[1:].isdigit():
        raise ValueError(value)
    return value


def switch(folder: Path, current: Mapping[Zone, str]) -> None:
    """Make these generations the ones in use, in one rename."""
    write_json(folder / CURRENT, dict(current))


def folder_of(folder: Path, zone: Zone, name: str) -> Path:
    """The folder of a generation."""
    return folder / zone / name


def zone_file(folder: Path, zone: Zone, name: str) -> Path:
    """The database file of a generation."""
    return folder_of(folder, zone, name) / ZONE_FILE


def next_folder(folder: Path, zone: Zone, now: str) -> Path:
    """An empty folder for the generation after `now`; what an attempt that died left there is removed."""
    target = folder_of(folder, zone, f"g{int(now[1:]) + 1}")
    try:
        if target.exists():
            shutil.rmtree(target)
        target.mkdir(mode=0o700)
    except OSError as error:
        raise translate(error) from None
    return target


def tidy(folder: Path, zone: Zone, now: str) -> list[str]:
    """Remove generations of a zone that nobody needs any more; returns their names.

    The one before `now` always stays: as long as there is no verified backup, it is the way back. Older ones go when
    they were not written to for 30 days. What cannot be removed is left for the next time.
    """
    found = [path for path in (folder / zone).iterdir() if path.name[:1] == "g" and path.name[1:].isdigit()]
    before = sorted((p for p in found if int(p.name[1:]) < int(now[1:])), key=lambda p: int(p.name[1:]))
    removed = []
    for path in before[:-1]:
        try:
            used = max((file.stat().st_mtime for file in path.iterdir()), default=0.0)
            if dates.now() - datetime.fromtimestamp(used, UTC) >= KEPT:
                shutil.rmtree(path)
                removed.append(path.name)
        except OSError as error:
            log.warning("old generation of %s not removed: %s", zone, type(error).__name__)
    return removed


def check_room(path: Path) -> None:
    """Raise DiskFull when there is no room for building a new generation of this file."""
    wal = path.with_name(f"{path.name}-wal")
    size = path.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
    if shutil.disk_usage(path.parent).free < ROOM * size:
        raise DiskFull(
            tr("There is not enough room on the disk to bring the vault up to date."),
            tr("Nothing was changed. Make room for {n} MB, then unlock again.").format(
                n=int(ROOM * size / 1e6) + 1
            ),
        )


def copy(zone: Zone, source: Path, target: Path, keys: Keys, new_keys: Keys | None = None) -> None:
    """A checked copy of a zone file by the online backup API, with another key where one is given."""
    with translating(source), closing(connect_alone(source, keys)) as raw:
        made = connect_alone(target, new_keys or keys)
        try:
            raw.backup(made)
            made.execute("PRAGMA journal_mode=DELETE").fetchall()
        finally:
            made.close()
    check_header(target, zone)
    check_file(zone, target, new_keys or keys)


def connect_alone(path: Path, keys: Keys) -> Any:
    """A keyed connection to one zone file as `main`, without the settings for daily work."""
    return connect({"core": (path, keys)})


def check_file(zone: Zone, path: Path, keys: Keys, stop: Callable[[], bool] = lambda: False) -> None:
    """Both full checks, each on a connection of its own, since one bad page poisons a connection (security
    §7). Raises VaultError when `stop()` ended it.
    """
    for pragma in ("cipher_integrity_check", "integrity_check"):
        with translating(path), closing(connect_alone(path, keys)) as raw:
            raw.set_progress_handler(lambda: int(stop()), STEPS)
            _look(raw, pragma, zone, path)


def quick_check(zone: Zone, path: Path, keys: Keys, stop: Callable[[], bool]) -> None:
    """The check of every unlock: each page can be read and fits the others. Raises DamagedVault; ends early, without an
    answer, when `stop()` says so.
    """
    with translating(path), closing(connect_alone(path, keys)) as raw:
        raw.set_progress_handler(lambda: int(stop()), STEPS)
        try:
            _look(raw, "quick_check", zone, path)
        except sqlcipher.OperationalError:
            if not stop():
                raise


def _look(raw: Any, pragma: str, zone: Zone, path: Path) -> None:
    found = [str(row[0]) for row in raw.execute(f"PRAGMA {pragma}").fetchall()]
    if found not in ([], ["ok"]):
        raise DamagedVault(
            tr("A file of the vault is damaged: {file}").format(
                file=f"{zone}/{path.parent.name}/{path.name}"
            ),
            restore_help(),
        )


@contextmanager
def translating(path: Path | None = None) -> Iterator[None]:
    """Errors of the database are raised as what the user must know, naming the file where one is given."""
    try:
        yield
    except (DBAPIError, sqlcipher.Error) as error:
        raise in_words(error, None, path) from None


@contextmanager
def building(zone: Zone, path: Path, keys: Keys) -> Iterator[Connection]:
    """A connection for making or changing the tables of one zone file that is not in use; all or nothing."""
    raw = connect({zone: (path, keys)})
    raw.execute(
        "PRAGMA foreign_keys=OFF"
    )  # a table is changed by copying it, which would delete what points at it
    engine = create_engine("sqlite://", creator=lambda: raw, module=sqlcipher, poolclass=StaticPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    try:
        with translating(), engine.begin() as connection:
            yield connection
            loose = raw.execute(f"PRAGMA {schema_of(zone)}.foreign_key_check").fetchall()
            if loose:
                raise DamagedVault(
                    tr("Bringing the vault up to date would leave {n} records loose.").format(n=len(loose)),
                    tr("Nothing was changed. Send the report in Help, About to the makers."),
                )
    finally:
        engine.dispose()
        raw.close()


def build(zone: Zone, path: Path, keys: Keys, owners: Sequence[Owner]) -> None:
    """Bring the tables of one file up to date: core first, then the rest. Also makes a new file."""
    with building(zone, path, keys) as connection:
        for owner in sorted(owners, key=lambda o: o.id != "core"):
            migrations.upgrade(connection, owner, zone)
    check_header(path, zone)


def behind(raw: Any, owners: Sequence[Owner], zones: Sequence[Zone]) -> list[Zone]:
    """The zones for which revisions wait. Raises NewerFormat."""
    waiting = []
    for zone in zones:
        found = [migrations.is_behind(raw, owner, zone) for owner in owners if zone in owner.zones]
        waiting += [zone] if any(found) else []
    return waiting


@dataclass(frozen=True)
class Renewal:
    """How a zone's next generation is built: its keys now and then, what changes, and who
    writes the grants.
    """

    zone: Zone
    keys: Keys
    new_keys: Keys | None = None
    change: Callable[[Path], None] | None = None
    write_grants: Callable[[Path], None] | None = None


def renew(folder: Path, now: str, how: Renewal) -> str:
    """Build the next generation of a zone: copy, change, check, fsync. Returns its name; does not switch to
    it.
    """
    source = zone_file(folder, how.zone, now)
    check_room(source)
    target = next_folder(folder, how.zone, now)
    path, keys = target / ZONE_FILE, how.new_keys or how.keys
    copy(how.zone, source, path, how.keys, keys)
    if how.change is not None:
        how.change(path)
        check_file(how.zone, path, keys)
    if how.write_grants is not None:
        how.write_grants(target)
    else:
        shutil.copyfile(source.parent / GRANTS, target / GRANTS)
    for made in (path, target / GRANTS):
        sync_file(made)
    sync_folder(target)
    sync_folder(target.parent)
    return target.name


def migrate(
    folder: Path, zone: Zone, current: dict[Zone, str], keys: Keys, owners: Sequence[Owner]
) -> dict[Zone, str]:
    """Bring a zone up to date in a new generation and switch to it; the old one stays. Returns the new
    CURRENT.
    """
    how = Renewal(zone, keys, change=lambda path: build(zone, path, keys, owners))
    name = renew(folder, current[zone], how)
    after: dict[Zone, str] = {**current, zone: name}
    switch(folder, after)
    return after
