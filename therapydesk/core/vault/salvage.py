"""Salvage (security §7): what can be read of damaged zones goes into new generations; the damaged files stay as they are.

An owner, therapist or lead salvages the zones they hold. What was lost is counted by table, and stands in the zone's log.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from therapydesk.core import audit
from therapydesk.core.errors import DamagedVault, DiskFull, VaultError
from therapydesk.core.permissions import require_of
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations, zones
from therapydesk.core.vault.damage import KEPT, keep_copy, kept_copies
from therapydesk.core.vault.damage_door import Found, sign_in
from therapydesk.core.vault.durable import sync_file, sync_folder
from therapydesk.core.vault.keys import ZoneKeys
from therapydesk.core.vault.opening import Unlocked
from therapydesk.core.vault.salvage_rows import FAILURES, Source, TableSaved, salvage_file
from therapydesk.core.vault.salvage_version import put_revisions_back
from therapydesk.core.vault.session import Actor
from therapydesk.core.vault.units import Units
from therapydesk.core.vault.vault import Vault
from therapydesk.core.vault.wal import check_wal
from therapydesk.core.words import tr

Outcome = Literal["sound", "rebuilt", "unreadable", "closed"]
Progress = Callable[[int, int, str], None]
PERMISSION = "backup.salvage"
ROOM = 3  # free space needed, as a multiple of the zone: the working copy, the new file, and some air


@dataclass
class ZoneSaved:
    """What became of a zone.

    sound: nothing had to be done. rebuilt: a new generation is in use. unreadable: not even the names of its tables could
    be read, so only a backup helps; its file is still in use. closed: its key is not known to who salvaged.
    """

    zone: Zone
    outcome: Outcome
    why: str = ""
    tables: list[TableSaved] = field(default_factory=list)
    unsaved_lately: bool = False  # the write-ahead log did not fit, so what was saved last is lost

    @property
    def lost(self) -> int:
        """Rows that are not in the new file."""
        return sum(t.lost + t.loose for t in self.tables)


@dataclass(frozen=True)
class SalvageReport:
    """What a salvage did. `kept`: where the files lie as they were; None where nothing was done to any."""

    kept: Path | None
    zones: tuple[ZoneSaved, ...]

    @property
    def opens(self) -> bool:
        """Whether the vault can be unlocked now."""
        return not any(each.outcome == "unreadable" for each in self.zones)


def salvage(vault: Vault, user: str, passphrase: str, *, progress: Progress | None = None) -> SalvageReport:
    """Keep a copy of the files, then build new files of the damaged zones this user holds, from all that can be read, and
    put them to use in one step. The vault is locked before and after.

    Sound zones are left alone. `progress(done, total, table)` may raise to stop; nothing has changed then. Raises
    WrongPassphrase, PermissionDenied, DiskFull, DamagedVault when the list of users is lost.
    """
    vault.lock()
    before = kept_copies(vault.folder)
    kept = keep_copy(vault.folder)
    found = sign_in(vault, user, passphrase)
    try:
        require_of(Actor(found.entry.id, found.entry.name, found.entry.roles), PERMISSION)
        saved = [_Salvage(vault, found, zone, progress or (lambda *_: None)).run() for zone in ZONES]
        rebuilt = {
            each.zone: _new_name(vault.folder, found, each) for each in saved if each.outcome == "rebuilt"
        }
        if rebuilt or found.guessed:
            generations.switch(vault.folder, {**dict.fromkeys(ZONES, "g1"), **found.current, **rebuilt})
    finally:
        found.ring.wipe()
    if not found.guessed and all(each.outcome in ("sound", "closed") for each in saved):
        if kept not in before:
            shutil.rmtree(kept, ignore_errors=True)
        return SalvageReport(None, tuple(saved))
    return SalvageReport(kept, tuple(saved))


def _new_name(folder: Path, found: Found, each: ZoneSaved) -> str:
    """The generation that was built: the one after the one in use."""
    return f"g{int(found.current[each.zone][1:]) + 1}"


@dataclass
class _Salvage:
    """One zone."""

    vault: Vault
    found: Found
    zone: Zone
    tell: Progress

    def run(self) -> ZoneSaved:
        zone, keys = self.zone, self.found.ring.zones.get(self.zone)
        if keys is None:
            why = self.found.closed.get(zone, "")
            return ZoneSaved(zone, "unreadable" if why else "closed", why)
        path = generations.zone_file(self.vault.folder, zone, self.found.current[zone])
        if not path.is_file():
            return ZoneSaved(
                zone, "unreadable", tr("A file of the vault is missing: {file}").format(file=zone)
            )
        with self._copies(path) as copies:
            sources = [Source(copy, keys) for copy in copies]
            cut = _is_cut(copies[0])
            if zone not in self.found.borrowed and not cut and _is_sound(zone, sources[0]):
                return ZoneSaved(zone, "sound")
            return self._rebuild(sources, keys, cut)

    @contextmanager
    def _copies(self, path: Path) -> Iterator[list[Path]]:
        """Working copies: with the write-ahead log, and without it, should it not belong to the file."""
        wal = path.with_name(f"{path.name}-wal")
        size = path.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
        if shutil.disk_usage(path.parent).free < ROOM * size:
            raise DiskFull(
                tr("There is not enough room on the disk to salvage the vault."),
                tr("Nothing was changed. Make room for {n} MB, then try again.").format(
                    n=int(ROOM * size / 1e6) + 1
                ),
            )
        place = self.vault.folder / KEPT / f".{uuid4().hex[:8]}"
        try:
            copies = []
            for name in ("with", "without") if wal.exists() else ("with",):
                (place / name).mkdir(parents=True, mode=0o700)
                copies.append(Path(shutil.copy2(path, place / name / path.name)))
            if wal.exists():
                shutil.copy2(wal, place / "with" / wal.name)
            yield copies
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _rebuild(self, sources: list[Source], keys: ZoneKeys, cut: bool) -> ZoneSaved:
        best: tuple[int, Path, ZoneSaved] | None = None
        why = ""
        target = generations.next_folder(self.vault.folder, self.zone, self.found.current[self.zone])
        for number, source in enumerate(sources):
            path = target / f"try{number}.db"
            try:
                tables = salvage_file(source, path, keys, self.tell)
            except FAILURES:
                why = tr("Not even the list of its tables can be read ({file}).").format(file=self._name())
                continue
            rows = sum(each.saved for each in tables)
            if best is None or rows > best[0]:
                best = (
                    rows,
                    path,
                    ZoneSaved(self.zone, "rebuilt", "", tables, unsaved_lately=cut or number > 0),
                )
            if all(each.whole for each in tables):
                break
        if best is None:
            shutil.rmtree(target)
            return ZoneSaved(self.zone, "unreadable", why)
        best[1].rename(target / generations.ZONE_FILE)
        for left in target.glob("try*"):
            left.unlink()
        self._finish(target, keys, best[2])
        return best[2]

    def _finish(self, target: Path, keys: ZoneKeys, saved: ZoneSaved) -> None:
        path = target / generations.ZONE_FILE
        put_revisions_back(
            path, keys, [o for o in self.vault.host.owners() if self.zone in o.zones], self.zone
        )
        self._write_log(path, keys, saved)
        zones.check_header(path, self.zone)
        generations.check_file(self.zone, path, keys)
        self.found.grants[self.zone].write(target, keys)
        sync_file(path)
        sync_folder(target)
        sync_folder(target.parent)

    def _name(self) -> str:
        return f"{self.zone}/{self.found.current[self.zone]}/{generations.ZONE_FILE}"

    def _write_log(self, path: Path, keys: ZoneKeys, saved: ZoneSaved) -> None:
        """One entry with what was lost, in the new file, before it is put to use."""
        entry, found = self.found.entry, self.found
        actor = Actor(entry.id, entry.name, entry.roles)
        signed_in = _SignedIn()
        info: dict[str, Any] = {"vault": signed_in, "host": self.vault.host}
        units = Units(zones.make_engine({self.zone: (path, keys)}), actor, frozenset({self.zone}), info)
        signed_in.unlocked = Unlocked(actor, found.ring, found.users, found.current, found.grants, units)
        lost = {t.name: t.lost + t.loose for t in saved.tables if not t.whole}
        try:
            with units.write(self.zone, 5.0) as db:
                detail = {
                    "lost": lost,
                    "kept": sum(t.saved for t in saved.tables),
                    "log": not saved.unsaved_lately,
                }
                audit.record(db, "salvaged", None, detail)
        finally:
            units.close()


class _SignedIn:
    """Stands for the vault where a log entry is written before the vault is open."""

    unlocked: Unlocked


def _is_cut(path: Path) -> bool:
    try:
        check_wal(path)
    except DamagedVault:
        return True
    return False


def _is_sound(zone: Zone, source: Source) -> bool:
    try:
        generations.check_file(zone, source.path, source.keys)
    except VaultError:
        return False
    return True
