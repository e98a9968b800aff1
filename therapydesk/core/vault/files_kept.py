"""The large files of a vault as a whole: which there should be, which there are, and what is left over."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import inspect, select

from therapydesk.core import audit, dates
from therapydesk.core.errors import DamagedVault, UserError
from therapydesk.core.tables import Base, Zone, zone_of
from therapydesk.core.vault import files
from therapydesk.core.vault.files import HoldsFile, SealedFile

if TYPE_CHECKING:
    from pathlib import Path

    from therapydesk.core.vault.session import Db
    from therapydesk.core.vault.vault import Vault

log = logging.getLogger("therapydesk")
AGE = timedelta(days=1)  # a younger file may be one whose row is just being written


def sealed_files(db: Db, zone: Zone) -> Iterator[SealedFile]:
    """Every large file that a row of the zone knows."""
    there = set(inspect(db.connection()).get_table_names(None if zone == "core" else zone))
    for table in _tables(zone):
        if table.name not in there:
            continue
        c = table.c
        query = select(c.id, c.file_size, c.sha256, c.file_key).where(c.file_key.is_not(None))
        for file_id, size, sha256, key in db.connection().execute(query.order_by(c.id)):
            yield SealedFile(file_id, zone, size, sha256, key)


def _tables(zone: Zone) -> list[Any]:
    mapped = (m for m in Base.registry.mappers if issubclass(m.class_, HoldsFile))
    tables: list[Any] = [m.local_table for m in mapped]
    return [t for t in tables if zone_of(t) == zone]


def check_files(vault: Vault, zone: Zone, progress: Callable[[int], object] | None = None) -> list[str]:
    """Read every large file of a zone through; one sentence for each that is missing or damaged."""
    found: list[str] = []
    with vault.read() as db:
        expected = list(sealed_files(db, zone))
    for sealed in expected:
        try:
            files.check_file(vault.folder, sealed, progress)
        except DamagedVault as error:
            found.append(error.message)
    return found


def look_at_files(vault: Vault, zone: Zone) -> list[str]:
    """The short look: is every large file of a zone there, in its full length? Reads none of them."""
    found: list[str] = []
    with vault.read() as db:
        expected = list(sealed_files(db, zone))
    for sealed in expected:
        path = files.path_of(vault.folder, zone, sealed.id)
        length = path.stat().st_size if path.is_file() else -1
        if length < 0:
            found.append(files.missing(sealed).message)
        elif length != files.length_of(sealed.size):
            found.append(files.damaged(sealed).message)
    return found


def remove_orphans(vault: Vault, *, older: timedelta = AGE) -> int:
    """Remove files of the zones held that no row knows (any more): what an attempt that died left, and what was erased.

    `older` is how long ago a file must have been written. Returns how many went; what cannot be removed stays.
    """
    gone = 0
    for zone in vault.zones - vault.read_only:
        try:
            gone += _remove(vault, zone, _left_over(vault, zone, dates.now() - older))
        except (OSError, UserError) as error:
            log.warning("left-over files of %s not removed: %s", zone, type(error).__name__)
    return gone


def _remove(vault: Vault, zone: Zone, left: list[Path]) -> int:
    """Write down how many go, then let them go: what is gone was always told of."""
    if left:
        with vault.write(zone) as db:
            audit.record(db, "left-over files removed", None, {"count": len(left)})
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _left_over(vault: Vault, zone: Zone, before: datetime) -> list[Path]:
    target = vault.folder / files.FOLDER / zone
    if not target.is_dir():
        return []
    there = [p for p in target.iterdir() if _is_ours(p.name)]
    old = [p for p in there if datetime.fromtimestamp(p.stat().st_mtime, UTC) <= before]
    if not old:
        return []
    with vault.read() as db:
        known = {str(sealed.id) for sealed in sealed_files(db, zone)}
    return [p for p in old if p.name not in known]


def _is_ours(name: str) -> bool:
    try:
        return str(UUID(name.removeprefix("."))) == name.removeprefix(".")
    except ValueError:
        return False
