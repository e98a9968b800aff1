"""What backups ask of the log and tell it: whether something changed since the last one, and that one was made."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from therapydesk.core import audit
from therapydesk.core.errors import UserError
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault.backup_state import State

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

log = logging.getLogger("therapydesk")
MADE, VERIFIED, REHEARSED = "backup", "backup verified", "backup rehearsed"
# Entries after which a practice is what it was before.
QUIET = (
    *(MADE, VERIFIED, REHEARSED, audit.CHECKPOINT, "view"),
    *("unlock", "unlock failed", "unlock with recovery kit", "unlock with PIN", "lock", "clock went back"),
    *("log checked", "files checked", "left-over files removed", "old generations removed", "search"),
    "vault copied",
)


def newest_changes(vault: Vault) -> dict[Zone, int]:
    """The last entry in the log of each zone held that tells of a change."""
    found: dict[Zone, int] = {}
    with vault.read() as db:
        for zone in (z for z in ZONES if z in vault.zones):
            entry: Any = audit.ENTRIES[zone].__table__
            query = (
                select(entry.c.seq).where(entry.c.action.not_in(QUIET)).order_by(entry.c.seq.desc()).limit(1)
            )
            found[zone] = db.connection().scalar(query) or 0
    return found


def changed_since(vault: Vault) -> bool:
    """Whether something was changed that the newest backup does not hold."""
    known = State.read(vault.folder).changes
    return any(seq != known.get(zone, 0) for zone, seq in newest_changes(vault).items())


def tell(vault: Vault, action: str, backup: UUID, detail: Mapping[str, Any]) -> None:
    """An entry in core's log. A backup that stands does not fail because core is busy: it is told with the next one."""
    state = State.read(vault.folder)
    state.untold.append([action, str(backup), dict(detail)])
    state.write(vault.folder)
    tell_waiting(vault)


def tell_waiting(vault: Vault) -> None:
    """Tell core's log what it does not know yet."""
    state = State.read(vault.folder)
    if not state.untold:
        return
    try:
        with vault.write("core") as db:
            for what, ref, more in state.untold:
                audit.record(db, what, UUID(ref), more)
    except UserError as error:
        log.warning("log of backups waits: %s", type(error).__name__)
        return
    state.untold = []
    state.write(vault.folder)
