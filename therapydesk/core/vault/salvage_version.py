"""Which revision a salvaged file has, when the row that says so is lost: the one whose tables look the same."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from therapydesk.core import migrations
from therapydesk.core.tables import Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.keys import ZoneKeys
from therapydesk.core.vault.session import Owner


def put_revisions_back(path: Path, keys: ZoneKeys, owners: Sequence[Owner], zone: Zone) -> list[str]:
    """Fill the version tables that are there and empty; returns the owners for which that was done.

    Without a revision that fits exactly the newest is taken: the file was in use by this version of the program.
    """
    with closing(generations.connect_alone(path, keys)) as raw:
        there = _tables(raw, "main")
        lost = [o for o in owners if _is_empty(raw, o, there) and migrations.newest(o, zone) is not None]
        for owner in lost:
            put = f'INSERT INTO "{migrations.version_table(owner)}" (version_num) VALUES (?)'
            raw.execute(put, (_revision(owner, zone, there),))
    return [owner.id for owner in lost]


def _tables(raw: Any, schema: str) -> dict[str, str]:
    query = f"SELECT name, sql FROM {schema}.sqlite_master WHERE type = 'table' AND sql IS NOT NULL"
    return {name: " ".join(sql.split()) for name, sql in raw.execute(query).fetchall()}


def _is_empty(raw: Any, owner: Owner, there: dict[str, str]) -> bool:
    name = migrations.version_table(owner)
    return name in there and raw.execute(f'SELECT 1 FROM "{name}"').fetchone() is None


def _revision(owner: Owner, zone: Zone, there: dict[str, str]) -> str:
    names = sorted({p.name.split("_")[0] for p in (owner.migrations / zone).glob("[0-9]*.py")}, reverse=True)
    for name in names:
        with migrations.scratch(zone) as connection:
            migrations.upgrade(connection, owner, zone, name)
            raw: Any = connection.connection.driver_connection
            made = _tables(raw, "main" if zone == "core" else zone)
        own = {table: sql for table, sql in made.items() if not table.startswith("sqlite_")}
        if all(there.get(table) == sql for table, sql in own.items()):
            return name
    return names[0]
