"""A sound vault with something in it, and ways to damage a copy of it."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from tests.reliability.kept import PAGE, SIGN_IN, Sound, file_of, flip, sound_vault
from tests.reliability.world import Host, open_vault
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.vault import Vault


@pytest.fixture(scope="module")
def host(plugins: Plugins) -> Host:
    return Host(plugins.owners())


@pytest.fixture(scope="module")
def sound(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Sound:
    return sound_vault(tmp_path_factory.mktemp("salvage") / "vault", host, renewed=True)


@pytest.fixture
def folder(sound: Sound, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound.folder, tmp_path / "vault"))


def page_of(sound: Sound, zone: Zone, table: str) -> int:
    """The first page of a table."""
    with closing(generations.connect_alone(file_of(sound.folder, zone), sound.keys(zone))) as raw:
        return int(raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0])


def spoil(folder: Path, zone: Zone, page: int) -> None:
    flip(file_of(folder, zone), (page - 1) * PAGE + 100)


def opened(folder: Path, host: Host) -> Vault:
    vault = open_vault(folder, host)
    vault.unlock(*SIGN_IN)
    return vault


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }
