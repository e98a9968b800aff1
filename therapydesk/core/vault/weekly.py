"""Once a week the files of each zone are read in full: both checks of the database engine (security §7).

When that was stands in the zone's own log, so it holds for every computer, and going back to a backup makes it due again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from therapydesk.core import audit, dates
from therapydesk.core.errors import DamagedVault, UserError
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.check import Finding
from therapydesk.core.vault.opening import files_of

if TYPE_CHECKING:
    from therapydesk.core.vault.session import Db
    from therapydesk.core.vault.vault import Vault

DONE = "files checked"
EVERY = timedelta(days=7)


def last_checked(vault: Vault) -> dict[Zone, datetime | None]:
    """When the files of each zone held were last found sound in full; None for never."""
    with vault.read() as db:
        return {zone: _last(db, zone) for zone in ZONES if zone in vault.zones}


def _last(db: Db, zone: Zone) -> datetime | None:
    entry: Any = audit.ENTRIES[zone].__table__
    query = select(entry.c.at).where(entry.c.action == DONE).order_by(entry.c.seq.desc()).limit(1)
    found: datetime | None = db.connection().scalar(query)
    return found


def due(vault: Vault) -> list[Zone]:
    """The zones held whose files were not found sound for a week, as the log says. A clock that ran back makes them due."""
    now = dates.now()
    return [z for z, at in last_checked(vault).items() if at is None or not timedelta(0) <= now - at < EVERY]


def check_due(vault: Vault, stop: Callable[[], bool] = lambda: False) -> list[Finding]:
    """Read the files that are due, in full, and write down those that are sound. `stop()` is asked now and then and ends
    it early; what was not finished stays due. Takes about 6 seconds for each gigabyte: for a job.
    """
    found: list[Finding] = []
    state = vault.unlocked
    files = files_of(vault.folder, state.current, state.ring)
    for zone in due(vault):
        if stop():
            break
        path, keys = files[zone]
        try:
            generations.check_file(zone, path, keys, stop)
        except DamagedVault as error:
            found.append(Finding(zone, "file", str(error)))
        except UserError:
            if not stop():
                raise
        else:
            if not stop():
                write_down(vault, zone)
    return found


def write_down(vault: Vault, zone: Zone) -> None:
    """The files of a zone were read in full and are sound."""
    with vault.write(zone) as db:
        audit.record(db, DONE)
