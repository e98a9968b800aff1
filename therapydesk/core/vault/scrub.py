"""What was erased leaves the files, too: a zone is written anew without its empty pages, and what lay before it goes
(security §10).

A deleted row may still stand in free pages, in a search index, in the write-ahead log and in older generations.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import func, select

from therapydesk.core import audit
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.damage import forget_zone
from therapydesk.core.vault.durable import translate
from therapydesk.core.vault.opening import open_units
from therapydesk.core.vault.zones import Keys, in_words, schema_of

if TYPE_CHECKING:
    from therapydesk.core.vault.session import Db
    from therapydesk.core.vault.vault import Vault

ERASED, SCRUBBED = "erased", "files written anew"
WAIT = 5.0  # seconds for work that is going on when the files are exchanged


def due(db: Db, zone: Zone) -> bool:
    """Whether something was erased in a zone since its file was last written anew."""
    entry: Any = audit.ENTRIES[zone].__table__
    last = {
        action: db.connection().scalar(select(func.max(entry.c.seq)).where(entry.c.action == action)) or 0
        for action in (ERASED, SCRUBBED)
    }
    return last[ERASED] > last[SCRUBBED]


def scrub_due(vault: Vault) -> list[Zone]:
    """Write anew every zone held where something was erased; returns which."""
    with vault.read() as db:
        zones = [zone for zone in ZONES if zone in vault.zones and due(db, zone)]
    for zone in zones:
        scrub(vault, zone)
    return zones


def scrub(vault: Vault, zone: Zone) -> None:
    """Write a zone's file anew and remove all its older generations and kept copies, with what they still say. Raises
    DiskFull, DamagedVault; the file in use is as before then.
    """
    with vault._renewing:
        state = vault.unlocked
        keys = state.ring.zone(zone)
        how = generations.Renewal(zone, keys, change=lambda path: rebuild(path, keys))
        old = generations.zone_file(vault.folder, zone, state.current[zone])
        generations.check_room(old)
        name = generations.renew(vault.folder, state.current[zone], how)  # while people go on working
        with vault._swapping:
            state.units.wait_idle(WAIT)
            state.units.close()
            try:
                new = generations.zone_file(vault.folder, zone, name)
                if _count(old, keys) != _count(new, keys):  # something was written meanwhile
                    name = generations.renew(vault.folder, state.current[zone], how)
                after: dict[Zone, str] = {**state.current, zone: name}
                generations.switch(vault.folder, after)
                state.current = after
            finally:
                info = state.units.info
                state.units = open_units(vault.folder, state.current, state.ring, state.user, info)
        remove_others(vault.folder, zone, state.current[zone])
        forget_zone(vault.folder, zone)
        with vault.write(zone) as db:
            audit.record(db, SCRUBBED, None, {"zone": zone})


def _count(path: Path, keys: Keys) -> int:
    """How many units of work were written into a zone's file."""
    with closing(generations.connect_alone(path, keys)) as raw:
        row = raw.execute("SELECT count FROM unit").fetchone()
    return 0 if row is None else int(row[0])


def rebuild(path: Path, keys: Keys) -> None:
    """Make the search indexes of a file afresh, and the file without its free pages. Not for a file in use."""
    made = path.with_name(f"{path.name}.new")
    made.unlink(missing_ok=True)
    try:
        with closing(generations.connect_alone(path, keys)) as raw:
            for table in _search_tables(raw):
                raw.execute(f'INSERT INTO "{table}" ("{table}") VALUES (\'rebuild\')')
            raw.execute("VACUUM INTO ?", (str(made),))
    except sqlcipher.Error as error:
        raise in_words(error) from None
    try:
        made.chmod(0o600)
        os.replace(made, path)
    except OSError as error:
        raise translate(error) from None


def _search_tables(raw: Any, schema: str = "main") -> list[str]:
    query = f"SELECT name FROM {schema}.sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
    return [str(row[0]).replace('"', '""') for row in raw.execute(query).fetchall()]


def forget_in_search(db: Db, zone: Zone) -> None:
    """Let the search indexes of a zone overwrite what is deleted from them from now on."""
    connection = db.connection()
    schema = schema_of(zone)
    raw: Any = connection.connection.driver_connection
    for table in _search_tables(raw, schema):
        connection.exec_driver_sql(
            f'INSERT INTO {schema}."{table}" ("{table}", rank) VALUES (\'secure-delete\', 1)'
        )


def remove_others(folder: Path, zone: Zone, current: str) -> None:
    """Remove every generation of a zone but the one in use."""
    for path in (folder / zone).iterdir():
        if path.name != current and path.name[:1] == "g" and path.name[1:].isdigit():
            try:
                shutil.rmtree(path)
            except OSError as error:
                raise translate(error) from None
