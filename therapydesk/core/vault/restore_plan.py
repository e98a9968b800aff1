"""What bringing a backup back would do, before anything is done: what it holds, and what would be lost (security §7)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import select

from therapydesk.core import audit
from therapydesk.core.audit_check import check_mark
from therapydesk.core.errors import PermissionDenied, UserError, VaultError
from therapydesk.core.permissions import may, require_of
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.backup_file import BackupFile
from therapydesk.core.vault.backup_keys import ZoneReturn, source_for, ways_back
from therapydesk.core.vault.backup_log import QUIET
from therapydesk.core.vault.backup_manifest import Manifest
from therapydesk.core.vault.backup_marks import RESTORED
from therapydesk.core.vault.backup_source import Source, log_head, row_counts
from therapydesk.core.vault.backup_verify import (
    Verified,
    check_belongs,
    log_of,
    scratch,
    ticking,
    verify_file,
)
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.audit import Head
    from therapydesk.core.jobs import Job
    from therapydesk.core.vault.vault import Vault

OWN = ("audit_entry", "unit", "outbox", "outbox_done", "draft")  # the vault's own tables
_VIRTUAL = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"
AGREED = "restore agreed"
_LOST = """SELECT action, coalesce(json_extract(detail, '$.table'), ''), count(*), max(at) FROM audit_entry
WHERE seq > ? GROUP BY 1, 2 ORDER BY 3 DESC"""


@dataclass(frozen=True)
class Loss:
    """What one zone would lose: `entries` of its log after the backup, by (action, table) in `lost`, the last at `last`;
    `rows` are tables with another number of rows: (table, now, then).

    `follows` is false when the log now does not hold the entry at which the backup was made: the zone was brought back
    from somewhere else since, or one of the two is not what it seems. All is empty where the zone cannot be read now.
    """

    zone: Zone
    entries: int | None
    follows: bool
    last: datetime | None
    lost: tuple[tuple[str, str, int], ...]
    rows: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class RestorePlan:
    """What `restore` would do with this backup. `left`: zones that stay as they are; `marks`: what does not fit the marks
    that were kept outside the vault; `files`: large files that would come back.
    """

    manifest: Manifest
    path: Path
    losses: tuple[Loss, ...]
    left: tuple[Zone, ...]
    files: int
    marks: tuple[str, ...]

    @property
    def zones(self) -> tuple[Zone, ...]:
        """The zones that would come back."""
        return tuple(loss.zone for loss in self.losses)


def plan_restore(
    vault: Vault, path: Path, job: Job | None = None, marks: Mapping[Zone, Head] | None = None
) -> RestorePlan:
    """Verify a backup and compare it with the vault as it is; changes nothing.

    `marks` are those kept outside; where none are given, those of the computer's keyring, which may take two seconds.
    Raises PermissionDenied, DamagedBackup, NewerFormat, VaultError.
    """
    source = Source.of(vault)
    with scratch(vault.folder) as room, BackupFile(path) as backup:
        ways = may_restore(vault, source, backup, room)
        marks = vault.marks.known(source.users.vault) if marks is None else marks
        verified = check(source, backup, room, ways, job)
        losses = tuple(_loss(source, backup.manifest, way, room) for way in ways.values())
        odd = tuple(text for way in ways.values() for text in _odd(source, way, room, marks))
        files = len(files_to_bring(vault.folder, backup, tuple(ways)))
    left = tuple(zone for zone in ZONES if zone not in ways)
    return RestorePlan(verified.manifest, path, losses, left, files, odd)


def may_restore(vault: Vault, source: Source, backup: BackupFile, room: Path) -> dict[Zone, ZoneReturn]:
    """The zones that the signed-in user can and may bring back, and how. Raises PermissionDenied, VaultError for none.

    An owner brings back what they hold, safeguarding only when they are a lead as well. A lead who is no owner brings
    back safeguarding once an owner has brought back, or agreed to, the same backup (security §4).
    """
    check_belongs(backup.manifest, source)
    allowed = _allowed(vault, backup.manifest)
    ways = {z: way for z, way in ways_back(source.folder, source, backup, room).items() if z in allowed}
    if not ways:
        raise VaultError(
            tr("There is nothing in this backup that your keys open."),
            tr("Somebody who holds the zone can bring it back."),
        )
    return ways


def check(
    source: Source, backup: BackupFile, room: Path, ways: Mapping[Zone, ZoneReturn], job: Job | None
) -> Verified:
    """Verify the zones that shall come back, leaving their copies in `room/<zone>/zone.db`."""
    tick = ticking(job, 2 * backup.size, tr("Checking the backup"))
    return verify_file(backup, source_for(source, ways), room, tick=tick)


def _allowed(vault: Vault, manifest: Manifest) -> set[Zone]:
    user = vault.user
    leads = may(user, "backup.restore_safeguarding")
    if may(user, "backup.restore"):
        return set(ZONES) if leads else {"core", "clinical"}
    if leads and _agreed(vault, manifest):
        return {"safeguarding"}
    if leads:
        raise PermissionDenied(
            tr("An owner must have brought back this backup, or agreed to it, first."),
            tr("Ask an owner to open Backups and choose it."),
        )
    require_of(user, "backup.restore")
    return set()


def _agreed(vault: Vault, manifest: Manifest) -> bool:
    entry: Any = audit.ENTRIES["core"].__table__
    query = select(entry.c.role).where(entry.c.ref == manifest.id, entry.c.action.in_((AGREED, RESTORED)))
    with vault.read() as db:
        return any("owner" in str(role).split(",") for role in db.connection().scalars(query))


def agree(vault: Vault, path: Path) -> None:
    """An owner agrees that a lead brings back safeguarding from this backup. Raises PermissionDenied, DamagedBackup."""
    require_of(vault.user, "backup.restore")
    with BackupFile(path) as backup:
        backup_id = backup.manifest.id
    with vault.write("core") as db:
        audit.record(db, AGREED, backup_id, {"zone": "safeguarding"})


def _loss(source: Source, manifest: Manifest, way: ZoneReturn, room: Path) -> Loss:
    zone, then = way.zone, room / way.zone / "zone.db"
    with closing(generations.connect_alone(then, way.backup_keys)) as raw:
        before, head = row_counts(raw), log_head(raw)
    try:
        with closing(generations.connect_alone(source.zone_file(zone), way.keys)) as raw:
            lost = [row for row in raw.execute(_LOST, (head.seq,)).fetchall() if row[0] not in QUIET]
            found = raw.execute("SELECT hash FROM audit_entry WHERE seq = ?", (head.seq,)).fetchone()
            now, virtual = row_counts(raw), [str(row[0]) for row in raw.execute(_VIRTUAL)]
    except (UserError, sqlcipher.Error):
        return Loss(zone, None, False, None, (), ())
    last = max((_moment(row[3]) for row in lost), default=None)
    follows = head.seq == 0 or (found is not None and found[0] == head.hash)
    tables = sorted(
        t for t in {*before, *now} if t not in OWN and not any(t.startswith(f"{v}_") for v in virtual)
    )
    rows = tuple((t, now.get(t, 0), before.get(t, 0)) for t in tables if now.get(t, 0) != before.get(t, 0))
    told = tuple((str(action), str(table), int(count)) for action, table, count, _ in lost)
    return Loss(zone, sum(count for _, _, count in told), follows, last, told, rows)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _odd(source: Source, way: ZoneReturn, room: Path, marks: Mapping[Zone, Head]) -> list[str]:
    """A mark that the backup should hold, since it is older than the backup, and does not."""
    mark = marks.get(way.zone)
    if mark is None:
        return []
    with log_of(way.zone, room / way.zone / "zone.db", way.backup_keys, source) as db:
        if mark.seq > audit.read_head(db, way.zone).seq or check_mark(db, way.zone, mark).sound:
            return []
    text = tr("The log of {zone} in this backup does not hold entry {n}, which was marked outside the vault.")
    return [text.format(zone=way.zone, n=mark.seq)]


def files_to_bring(folder: Path, backup: BackupFile, zones: tuple[Zone, ...]) -> list[str]:
    """The large files in a backup that the vault does not have any more."""
    names = [name for zone in zones for name in backup.names(f"files/{zone}/")]
    return [
        n
        for n in names
        if not (folder / n).exists() or (folder / n).stat().st_size != backup.manifest.parts[n].size
    ]
