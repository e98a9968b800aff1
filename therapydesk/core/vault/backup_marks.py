"""Each backup holds a mark of where every log stood: an older file put back under the program is noticed by it, also where
the keyring kept no mark (security §6).
"""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from therapydesk.core import audit
from therapydesk.core.audit import Head
from therapydesk.core.audit_check import VerifyResult
from therapydesk.core.errors import VaultError
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import backup_targets, marks
from therapydesk.core.vault.backup_file import BackupFile
from therapydesk.core.vault.backup_source import Source

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

RESTORED = "restored"
log = logging.getLogger("therapydesk")


def compare_with_newest(vault: Vault, folder: Path) -> list[VerifyResult]:
    """Compare the logs with the newest backup in a folder, and note what does not fit; returns that.

    A zone that was brought back after that backup was made is left out: its log begins anew where it was brought back to.
    """
    source = Source.of(vault)
    kept = next(
        (k for k in backup_targets.list_backups(folder, source.users.vault) if k.made is not None), None
    )
    if kept is None or kept.made is None:
        return []
    try:
        heads = _proved_heads(source, kept.path)
    except VaultError as error:
        log.warning("marks of a backup not read: %s", type(error).__name__)
        return []
    since = _brought_back(vault)
    mine = {z: head for z, head in heads.items() if z not in since or since[z] < kept.made}
    found = marks.compare(vault, mine)
    vault.note_breaks(found)
    return found


def _proved_heads(source: Source, path: Path) -> dict[Zone, Head]:
    with BackupFile(path) as backup:
        manifest = backup.manifest
        for zone in source.held():
            keys = source.keys_named(zone, manifest.zones[zone].public_key)
            if keys is not None and zone in manifest.macs:
                manifest.check_proof(zone, keys)
        return dict(manifest.heads)


def _brought_back(vault: Vault) -> dict[Zone, datetime]:
    """When each zone held was last brought back from a backup."""
    found: dict[Zone, datetime] = {}
    with vault.read() as db:
        for zone in (z for z in ZONES if z in vault.zones):
            entry: Any = audit.ENTRIES[zone].__table__
            last = db.connection().scalar(select(func.max(entry.c.at)).where(entry.c.action == RESTORED))
            found.update({zone: last} if last is not None else {})
    return found
