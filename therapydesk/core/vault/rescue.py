"""Everything out of a backup, readable without this program: without a window, modules, or the vault it came from.

For the day when nothing else works. What is damaged is gone round: each zone, table and document by itself.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlcipher3.dbapi2 as sqlcipher

from therapydesk.core import dates
from therapydesk.core.errors import DamagedVault, UserError, VaultError
from therapydesk.core.permissions import require_of
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import files, generations
from therapydesk.core.vault.backup_file import check_is_file, unreadable
from therapydesk.core.vault.backup_keys import Secret
from therapydesk.core.vault.backup_manifest import MANIFEST, Manifest
from therapydesk.core.vault.creation import check_empty
from therapydesk.core.vault.durable import in_a_new_folder
from therapydesk.core.vault.files import SealedFile
from therapydesk.core.vault.grants import FILE as GRANTS
from therapydesk.core.vault.grants import Grants
from therapydesk.core.vault.keys import OwnKeys, ZoneKeys, wipe
from therapydesk.core.vault.place import USERS_FILE, read_format
from therapydesk.core.vault.rescue_parts import FoundPart, find_parts, take_out
from therapydesk.core.vault.rescue_tables import Written, new_file, rows_of, write_zone
from therapydesk.core.vault.salvage_rows import Source as Salvaged
from therapydesk.core.vault.salvage_rows import salvage_file
from therapydesk.core.vault.session import Actor
from therapydesk.core.vault.users import UserEntry, Users
from therapydesk.core.words import ntr, tr

if TYPE_CHECKING:
    from therapydesk.core.jobs import Job


@dataclass
class Rescued:
    """What came out. `made`: when the backup was made, if it still says; `closed`: zones whose key the user did not hold;
    `trouble`: what could not be read, in sentences.
    """

    made: str = ""
    zones: dict[Zone, Written] = field(default_factory=dict)
    closed: list[Zone] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(count for _, _, count in rows_of(self.zones))

    @property
    def documents(self) -> int:
        """Documents of all zones."""
        return sum(written.documents for written in self.zones.values())


def rescue(path: Path, to: Path, secret: Secret, job: Job | None = None) -> Rescued:
    """Write all that a backup holds and `secret` opens into a new folder: tables, documents, a list of them. Not encrypted.

    Raises WrongPassphrase, PermissionDenied (owners only), VaultError when nothing can be read, DiskFull; what was
    written by then is taken away.
    """
    check_empty(to)
    check_is_file(path)
    try:
        parts = find_parts(path)
    except OSError as error:
        raise unreadable(error) from None
    if USERS_FILE not in parts:
        raise VaultError(
            tr("Nothing can be rescued from this file: the list of users is not in it."),
            tr("Take another backup."),
        )
    try:
        to.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            return _Rescue(path, parts, to).run(secret, job)
        finally:
            shutil.rmtree(to / ".work", ignore_errors=True)
    except OSError as error:
        shutil.rmtree(to, ignore_errors=True)
        raise in_a_new_folder(error, to) from None
    except BaseException:
        shutil.rmtree(to, ignore_errors=True)
        raise


def still_in_it() -> str:
    """What must be known of all that comes out of a backup: nothing erases again there."""
    return tr("Whoever was erased after the backup was made is still in it: do not use it for them.")


class _Rescue:
    def __init__(self, path: Path, parts: dict[str, FoundPart], to: Path) -> None:
        self.path, self.parts, self.to, self.work = path, parts, to, to / ".work"
        self.found = Rescued()

    def run(self, secret: Secret, job: Job | None) -> Rescued:
        users, entry, own = self._sign_in(secret)
        try:
            self._read_manifest()
            for number, zone in enumerate(ZONES):
                if job is not None:
                    job.progress(number, len(ZONES), tr("Rescuing {zone}").format(zone=zone))
                keys = self._key(zone, users, entry, own)
                if keys is not None:
                    self._zone(zone, keys)
                    wipe(keys.secret)
        finally:
            wipe(own.secret)
        self._write_list()
        return self.found

    def _sign_in(self, secret: Secret) -> tuple[Users, UserEntry, OwnKeys]:
        if self._take("VAULT.json"):
            read_format(self.work)  # a format of later says so, before anything is opened
        self._take(USERS_FILE)
        users = Users.read(self.work)
        entry, own = secret(users)
        require_of(Actor(entry.id, entry.name, entry.roles), "backup.rescue")
        return users, entry, own

    def _take(self, name: str) -> bool:
        part = self.parts.get(name)
        if part is None:
            self._say(tr("Missing in the backup: {part}").format(part=name))
            return False
        if not part.whole:
            self._say(tr("The backup ends in the middle of: {part}").format(part=name))
        take_out(self.path, part, self.work / name)
        return True

    def _say(self, text: str) -> None:
        if text not in self.found.trouble:
            self.found.trouble.append(text)

    def _read_manifest(self) -> None:
        if not self._take(MANIFEST):
            return
        try:
            manifest = Manifest.from_bytes((self.work / MANIFEST).read_bytes())
        except VaultError as error:
            self._say(error.message)
            return
        self.found.made = dates.show_instant(manifest.made)

    def _key(self, zone: Zone, users: Users, entry: UserEntry, own: OwnKeys) -> ZoneKeys | None:
        if not self._take(f"{zone}/{GRANTS}"):
            return None
        try:
            keys = Grants.read(self.work / zone, users.vault, zone).open(entry.id, own)
            if keys is not None and zone == "core":
                users.check(keys)
        except DamagedVault as error:
            self._say(error.message)
            return None
        if keys is None:
            self.found.closed.append(zone)
        return keys

    def _zone(self, zone: Zone, keys: ZoneKeys) -> None:
        name = f"{zone}/{generations.ZONE_FILE}"
        if not self._take(name):
            return
        if f"{name}-wal" in self.parts:
            self._take(f"{name}-wal")
        path = self.work / name
        try:
            with closing(generations.connect_alone(path, keys)) as raw:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            generations.check_file(zone, path, keys)
        except (UserError, sqlcipher.Error):
            mended = self._mend(zone, path, keys)
            if mended is None:
                return
            path = mended
        try:
            self.found.zones[zone] = write_zone(
                zone, path, keys, self.to, lambda row, to: self._large(zone, row, to)
            )
        except (sqlcipher.Error, VaultError):
            self._say(tr("{zone}: not all of it could be read.").format(zone=zone))

    def _mend(self, zone: Zone, path: Path, keys: ZoneKeys) -> Path | None:
        """A new file of the rows that can be read out of a damaged one."""
        target = path.with_name("mended.db")
        try:
            saved = salvage_file(Salvaged(path, keys), target, keys, lambda *_: None)
        except (sqlcipher.Error, VaultError):
            self._say(tr("{zone}: nothing of it can be read.").format(zone=zone))
            return None
        lost = sum(table.lost + table.loose for table in saved)
        text = ntr("{zone} is damaged: {n} row is lost.", "{zone} is damaged: {n} rows are lost.", lost)
        self._say(text.format(zone=zone, n=lost))
        return target

    def _large(self, zone: Zone, row: dict[str, Any], target: Path) -> bool:
        name = f"{files.FOLDER}/{zone}/{UUID(str(row['id']))}"
        if not self._take(name):
            return False
        sealed = SealedFile(
            UUID(str(row["id"])), zone, int(row["file_size"]), str(row["sha256"]), bytes(row["file_key"])
        )
        try:
            with files.open_file(self.work, sealed) as source, open(target, "xb") as out:
                target.chmod(0o600)
                shutil.copyfileobj(source, out, files.PART)
        except DamagedVault as error:
            self._say(error.message)
            return False
        finally:
            (self.work / name).unlink(missing_ok=True)
        return True

    def _write_list(self) -> None:
        lines = [
            tr("Everything that could be read in a backup of TherapyDesk."),
            tr("Nothing here is encrypted. Delete this folder when you no longer need it."),
            "",
            tr("The backup was made on {day}.").format(day=self.found.made) if self.found.made else "",
            still_in_it(),
            *self.found.trouble,
            *(
                tr("{zone}: the key was not held, so it stayed shut.").format(zone=z)
                for z in self.found.closed
            ),
            "",
            *(f"{zone}/{table}.csv  {count}" for zone, table, count in rows_of(self.found.zones)),
        ]
        with new_file(self.to / "README.txt") as file:
            file.write("\n".join(lines) + "\n")
