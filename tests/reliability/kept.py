"""The vault of format 1 that is kept in tests/data, and copies of it to be damaged."""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.reliability.world import Host, open_vault
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import durable, generations
from therapydesk.core.vault.keys import ZoneKeys
from therapydesk.core.vault.vault import Vault

PLACE = Path(__file__).parents[1] / "data" / "vault-format-1"
EXPECTED: dict[str, Any] = json.loads((PLACE / "expected.json").read_text("utf-8"))
OWNER: str = EXPECTED["users"][0]
SIGN_IN: tuple[str, str] = (OWNER, EXPECTED["passphrase"])
PAGE = 4096


def old_vault(folder: Path) -> Path:
    """A copy of the vault as it is kept; Git keeps no empty folders."""
    shutil.copytree(PLACE / "vault", folder)
    for name in ("pending", "files"):
        (folder / name).mkdir(exist_ok=True)
    return folder


def file_of(folder: Path, zone: Zone) -> Path:
    """The zone file in use."""
    return generations.zone_file(folder, zone, generations.read_current(folder)[zone])


@dataclass(frozen=True)
class Sound:
    """A closed, sound vault of this version, with the keys of its zones."""

    folder: Path
    secrets: dict[Zone, bytes]

    def keys(self, zone: Zone) -> ZoneKeys:
        return ZoneKeys(bytearray(self.secrets[zone]))


def sound_vault(folder: Path, host: Host, *, renewed: bool = False) -> Sound:
    """The kept vault, brought up to date and locked; each zone in one file. `renewed`: all small files, too, as this
    version writes them.
    """
    vault = open_vault(old_vault(folder), host)
    vault.unlock(*SIGN_IN)
    vault.settle()
    if renewed:
        durable.write_json(folder / "VAULT.json", durable.read_json(folder / "VAULT.json"))
        for zone in ZONES:
            vault.rotate(zone)
    secrets = {zone: bytes(vault.unlocked.ring.zones[zone].secret) for zone in ZONES}
    vault.close()
    return Sound(folder, secrets)


def flip(path: Path, place: int, bit: int = 0) -> None:
    """Turn one bit of a file."""
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << bit
    path.write_bytes(content)


def tables(raw: Any) -> dict[str, list[str]]:
    """The columns of every ordinary table of a zone file."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    names = [row[0] for row in raw.execute(query).fetchall()]
    return {name: [row[1] for row in raw.execute(f'PRAGMA table_info("{name}")')] for name in names}


def digest(raw: Any, table: str, columns: list[str], where: str = "") -> tuple[int, str]:
    """The number of rows and the hash over them, as `expected.json` has them."""
    names = ", ".join(f'"{column}"' for column in columns)
    rows = sorted(repr(row) for row in raw.execute(f'SELECT {names} FROM "{table}" {where}').fetchall())
    return len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()


def counts(vault: Vault) -> dict[str, int]:
    """How many rows each table of an unlocked vault has."""
    found = {}
    for zone, name in vault.unlocked.current.items():
        path = generations.zone_file(vault.folder, zone, name)
        with closing(generations.connect_alone(path, vault.unlocked.ring.zones[zone])) as raw:
            for table in tables(raw):
                found[f"{zone}.{table}"] = raw.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
    return found
