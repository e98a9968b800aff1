"""Which backup to go back to: what each would leave out, by the log of the damaged vault (security §7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import sqlcipher3.dbapi2 as sqlcipher

from therapydesk.core.errors import VaultError
from therapydesk.core.tables import Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.damage_door import Found


class Backup(Protocol):
    """What must be known of a backup to say what would be missing after bringing it back."""

    @property
    def path(self) -> Path: ...
    @property
    def made(self) -> datetime: ...
    @property
    def heads(self) -> Mapping[Zone, int]: ...


@dataclass(frozen=True)
class Missing:
    """What a zone would lose by going back to a backup: entries of the log after it, by table, and their time.

    `entries` is None when the log of the damaged file cannot be read.
    """

    zone: Zone
    entries: int | None
    first: str = ""
    last: str = ""
    tables: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Choice:
    """A backup and what would be missing after it."""

    backup: Backup
    missing: tuple[Missing, ...]


def compare_backups(folder: Path, found: Found, backups: Sequence[Backup]) -> list[Choice]:
    """The backups, newest first, each with what would be missing after bringing it back."""
    ordered = sorted(backups, key=lambda b: b.made, reverse=True)
    return [Choice(b, tuple(_missing(folder, found, zone, b) for zone in found.ring.zones)) for b in ordered]


def _missing(folder: Path, found: Found, zone: Zone, backup: Backup) -> Missing:
    path, keys = generations.zone_file(folder, zone, found.current[zone]), found.ring.zones[zone]
    query = "SELECT count(*), min(at), max(at), json_extract(detail, '$.table') FROM audit_entry WHERE seq > ? GROUP BY 4"
    try:
        with closing(generations.connect_alone(path, keys)) as raw:
            rows = raw.execute(query, (backup.heads.get(zone, 0),)).fetchall()
    except (VaultError, sqlcipher.Error):
        return Missing(zone, None)
    tables = tuple(sorted((str(name), count) for count, _, _, name in rows if name))
    first, last = min((r[1] for r in rows), default=""), max((r[2] for r in rows), default="")
    return Missing(zone, sum(r[0] for r in rows), first, last, tables)
