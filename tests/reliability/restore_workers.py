"""Bringing a backup back and changing a key, to be killed in the middle of; and a way that is not ours, as a control."""

from __future__ import annotations

import shutil
from multiprocessing.connection import Connection
from pathlib import Path
from zipfile import ZipFile

import sqlcipher3.dbapi2 as sqlcipher

from tests.reliability.world import Host, open_vault
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault.restore import restore


def restore_once(pipe: Connection, folder: Path, host: Host, sign_in: tuple[str, str], backup: Path) -> None:
    """Unlock, say so, bring the backup back, say so, lock."""
    vault = open_vault(folder, host)
    vault.unlock(*sign_in)
    pipe.send("unlocked")
    restore(vault, backup, keep_in=None)
    pipe.send("restored")
    vault.close()


def overwrite_in_place(pipe: Connection, folder: Path, backup: Path) -> None:
    """The control: unpack over the files in use, zone by zone, as somebody would by hand."""
    pipe.send("unlocked")
    for zone in ZONES:
        with ZipFile(backup) as archive, archive.open(f"{zone}/zone.db") as source:
            target = folder / zone / "g1" / "zone.db"
            with target.open("r+b") as file:
                shutil.copyfileobj(source, file, 4096)
        pipe.send(zone)


def rotate_once(pipe: Connection, folder: Path, host: Host, sign_in: tuple[str, str], zone: Zone) -> None:
    """Unlock, say so, change the key of a zone, say so, lock."""
    vault = open_vault(folder, host)
    vault.unlock(*sign_in)
    pipe.send("unlocked")
    vault.rotate(zone)
    pipe.send("rotated")
    vault.close()


def rotate_in_place(pipe: Connection, path: Path, old: str, new: str) -> None:
    """The control: change the key in the file in use, as the engine offers."""
    raw = sqlcipher.connect(str(path), isolation_level=None)
    raw.set_key(old.encode())
    raw.execute("PRAGMA journal_mode=OFF").fetchall()
    raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
    pipe.send("opened")
    raw.execute(f'PRAGMA rekey = "{new}"')
    pipe.send("rotated")
    raw.close()
