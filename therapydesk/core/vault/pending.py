"""What happens while nobody can write the log: sealed to core's key in `pending/`, taken in at the next
unlock.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from therapydesk.core import audit, dates
from therapydesk.core.errors import VaultError
from therapydesk.core.ids import new_id
from therapydesk.core.vault.durable import write_bytes
from therapydesk.core.vault.keys import seal

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

FOLDER = "pending"
log = logging.getLogger("therapydesk")


def put(folder: Path, public_key: bytes, event: str, user: UUID) -> None:
    """Keep an event. A disk that takes nothing is no reason to answer otherwise than before."""
    target = folder / FOLDER
    content = json.dumps({"event": event, "user": str(user), "at": dates.now().isoformat()}).encode()
    try:
        target.mkdir(exist_ok=True, mode=0o700)
        write_bytes(target / f"{new_id().hex}-{user.hex}", seal(public_key, content))
    except (OSError, VaultError) as error:
        log.warning("event not kept: %s", type(error).__name__)


def counts(folder: Path) -> dict[UUID, int]:
    """How many events wait, by user (the names of the files tell, so that a restart does not forget wrong
    tries).
    """
    found: dict[UUID, int] = {}
    for path in _files(folder):
        user = UUID(path.name.split("-")[1])
        found[user] = found.get(user, 0) + 1
    return found


def _files(folder: Path) -> list[Path]:
    target = folder / FOLDER
    if not target.is_dir():
        return []
    return sorted(p for p in target.iterdir() if len(p.name) == 65 and p.name[32] == "-")


def take_in(vault: Vault) -> int:
    """Write what waits into core's log, then delete the files; returns how many. The id makes a second try
    harmless.
    """
    files = _files(vault.folder)
    if not files:
        return 0
    known = _known(vault, [UUID(p.name[:32]) for p in files])
    with vault.write("core") as db:
        for path in files:
            message = UUID(path.name[:32])
            if message not in known:
                audit.record(db, "unlock failed", message, _read(vault, path))
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)


def _known(vault: Vault, ids: list[UUID]) -> set[UUID]:
    with vault.read() as db:
        return set(db.scalars(audit.refs(ids)))


def _read(vault: Vault, path: Path) -> dict[str, Any]:
    try:
        data = json.loads(bytes(vault.unlocked.open_message("core", path.read_bytes())))
    except (VaultError, ValueError, OSError):
        return {"event": "unreadable"}
    return {k: str(data.get(k, "")) for k in ("event", "user", "at")}
