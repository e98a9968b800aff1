"""What a backup is made from: the open zones with their keys, the closed ones as they lie there (security §7)."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlcipher3.dbapi2 as sqlcipher

from therapydesk.core.audit import START, Head
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations, ledger
from therapydesk.core.vault.backup_file import CHUNK, Tick
from therapydesk.core.vault.grants import FILE as GRANTS
from therapydesk.core.vault.grants import Grants
from therapydesk.core.vault.keys import KeyRing, ZoneKeys
from therapydesk.core.vault.place import USERS_FILE, read_format
from therapydesk.core.vault.session import Actor
from therapydesk.core.vault.units import locked
from therapydesk.core.vault.users import Users
from therapydesk.core.vault.zones import in_words

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

FILES = "files"
STEP = 500  # pages copied between two looks whether to stop
TRIES = 3


@dataclass(frozen=True, repr=False)
class Source:
    """A vault as its backup sees it. `open` says whether the keys are still there: a lock overwrites them."""

    folder: Path
    about: dict[str, object]
    user: Actor
    ring: KeyRing
    users: Users
    current: dict[Zone, str]
    grants: dict[Zone, Grants]
    open: Callable[[], bool]
    given: dict[Zone, ZoneKeys] = field(default_factory=dict)  # keys found for a backup, by another way

    @classmethod
    def of(cls, vault: Vault) -> Source:
        """An unlocked vault. Raises VaultError when it is locked."""
        state, current = vault.unlocked, dict(vault.unlocked.current)
        return cls(
            vault.folder,
            read_format(vault.folder),
            state.user,
            state.ring,
            state.users,
            current,
            dict(state.grants),
            lambda: vault.is_unlocked and vault._unlocked is state and state.current == current,
        )

    def check_open(self) -> None:
        """Raise VaultError when the vault was locked, or a zone exchanged, meanwhile."""
        if not self.open():
            raise locked()

    def held(self) -> list[Zone]:
        """The zones whose keys are there."""
        return [zone for zone in ZONES if zone in self.ring.zones]

    def zone_file(self, zone: Zone) -> Path:
        """The database file of a zone that is in use."""
        return generations.zone_file(self.folder, zone, self.current[zone])

    def keys_named(self, zone: Zone, public_key: bytes) -> ZoneKeys | None:
        """The key of a zone, of now or from before it was changed, that goes with this public key."""
        keys = self.ring.zones.get(zone)
        if keys is None:
            return None
        known = [self.given[zone]] if zone in self.given else self.grants[zone].former_keys(keys)
        candidates = (keys, *known)
        return next((found for found in candidates if found.inbox_key == public_key), None)

    def small_parts(self) -> dict[str, Path]:
        """The small files that say whose vault this is and who holds what."""
        found = {"VAULT.json": self.folder / "VAULT.json", USERS_FILE: self.folder / USERS_FILE}
        if (self.folder / ledger.FILE).exists():
            found[ledger.FILE] = self.folder / ledger.FILE
        for zone in ZONES:
            found[f"{zone}/{GRANTS}"] = self.zone_file(zone).parent / GRANTS
        return found

    def closed_parts(self) -> dict[str, Path]:
        """The files of zones that are not held. Nobody writes them: the instance lock keeps others out, and we cannot."""
        found: dict[str, Path] = {}
        for zone in set(ZONES) - set(self.held()):
            path = self.zone_file(zone)
            found[f"{zone}/zone.db"] = path
            wal = path.with_name(f"{path.name}-wal")
            if wal.exists() and wal.stat().st_size:
                found[f"{zone}/zone.db-wal"] = (
                    wal  # part of the data after a crash; only a holder can work it in
                )
        return found

    def large_parts(self) -> dict[str, Path]:
        """The large encrypted files; one whose name begins with a dot is still being written."""
        found: dict[str, Path] = {}
        for zone in ZONES:
            folder = self.folder / FILES / zone
            paths = sorted(folder.iterdir()) if folder.is_dir() else []
            found.update(
                {f"{FILES}/{zone}/{p.name}": p for p in paths if p.is_file() and not p.name.startswith(".")}
            )
        return found

    def size(self) -> int:
        """About how many bytes a backup will have."""
        paths = [self.zone_file(zone) for zone in ZONES]
        paths += [path.with_name(f"{path.name}-wal") for path in paths]
        paths += [*self.large_parts().values(), *self.small_parts().values()]
        return sum(path.stat().st_size for path in paths if path.exists())


# --- The copy of one zone ---


@dataclass(frozen=True)
class Snapshot:
    """A copy of a zone as it stood at one moment, closed and without a WAL."""

    path: Path
    counts: dict[str, int]
    head: Head


def snapshot(zone: Zone, source: Path, keys: ZoneKeys, target: Path, tick: Tick) -> Snapshot:
    """Copy a zone that may be written to meanwhile; nobody who writes has to wait. Raises VaultError, OSError."""
    try:
        with closing(generations.connect_alone(source, keys)) as raw:
            if not _copy_resting(raw, source, target, tick):
                _copy_pages(raw, keys, target, tick)
        with closing(generations.connect_alone(target, keys)) as made:
            made.execute("PRAGMA journal_mode=DELETE").fetchall()
            found = Snapshot(target, row_counts(made), log_head(made))
    except sqlcipher.Error as error:
        raise in_words(error, {zone: (target, keys)}) from None
    return found


def _copy_resting(raw: Any, source: Path, target: Path, tick: Tick) -> bool:
    """Copy the encrypted file as it lies there, where that is safe; ten times faster than page by page.

    With an empty WAL and a reader on it, a zone file does not change: what is written goes into the WAL, and nothing can
    be moved from there into the file until the reader ends. False when somebody wrote at each try.
    """
    wal = source.with_name(f"{source.name}-wal")
    raw.execute("PRAGMA busy_timeout=200")
    for _ in range(TRIES):
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        raw.execute("BEGIN")
        try:
            raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if not wal.exists() or wal.stat().st_size == 0:
                _copy_bytes(source, target, tick)
                return True
        finally:
            raw.execute("ROLLBACK")
    return False


def _copy_bytes(source: Path, target: Path, tick: Tick) -> None:
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with open(handle, "wb") as out, source.open("rb") as file:
        while block := file.read(CHUNK):
            out.write(block)
            tick(len(block))


def _copy_pages(raw: Any, keys: ZoneKeys, target: Path, tick: Tick) -> None:
    """Page by page, out of one read transaction, so that a writer does not make it begin anew."""
    with closing(generations.connect_alone(target, keys)) as made:
        made.execute("PRAGMA synchronous=OFF")  # a copy of which nothing is left after a power cut
        raw.execute("BEGIN")
        try:
            raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
            size = int(raw.execute("PRAGMA page_size").fetchone()[0])
            raw.backup(made, pages=STEP, progress=lambda *_: tick(STEP * size))
        finally:
            raw.execute("ROLLBACK")


_TABLES = """SELECT name FROM sqlite_master WHERE type = 'table'
AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%'"""


def row_counts(raw: Any) -> dict[str, int]:
    """How many rows each table of a zone has; the tables behind a full-text search count too."""
    names = [str(row[0]) for row in raw.execute(_TABLES)]
    return {name: int(raw.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names}


def log_head(raw: Any) -> Head:
    """Where the log of a zone stands."""
    row = raw.execute("SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(0, START, None) if row is None else Head(int(row[0]), str(row[1]), None)
