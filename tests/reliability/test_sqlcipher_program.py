"""With Debian's plain `sqlcipher` program, an admin's and a link worker's own keys open nothing but core.

Debian 12 has SQLCipher 3.4.1, which cannot read the files of SQLCipher 4 that the vault is made of, whatever is set (there
is no `cipher_compatibility` in it; pages are proved by another hash). So each zone is also written once more in the form
that this program reads, under the same key: there it opens core, and only core. The same is done with the files as they
are by a bare SQLCipher 4 in a process that knows nothing of TherapyDesk.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from tests.conftest import PASSPHRASE, USER, add_users, opened_copy
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations

PROGRAM = shutil.which("sqlcipher")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="needs Debian's package sqlcipher")
OTHERS: dict[str, tuple[tuple[str, ...], tuple[Zone, ...]]] = {
    "Nia Admin": (("admin",), ()),
    "Lowri Link": (("link_worker",), ()),
    "Tomos Therapist": (("therapist",), ("clinical",)),
}
COUNT = "SELECT 'tables ' || count(*) FROM sqlite_master;"
BARE = """
import sys, sqlcipher3.dbapi2 as sqlcipher
raw = sqlcipher.connect(sys.argv[1])
for line in sys.stdin.read().splitlines():
    for row in raw.execute(line):
        print(row[0])
"""
SETTINGS = (
    "",
    "PRAGMA cipher_page_size = 4096;",
    "PRAGMA cipher_compatibility = 4;",
    "PRAGMA cipher_compatibility = 3;",
    "PRAGMA cipher_use_hmac = OFF; PRAGMA cipher_page_size = 4096;",
)


@dataclass(frozen=True)
class Practice:
    """A closed vault, the same zones as SQLCipher 3 writes them, and each user's own keys as they are in memory."""

    folder: Path
    old: dict[Zone, Path]
    keys: dict[str, list[str]]

    def now(self, zone: Zone) -> Path:
        """A zone's file as it is."""
        name = generations.read_current(self.folder)[zone]
        return generations.zone_file(self.folder, zone, name)


@pytest.fixture(scope="module")
def practice(plugins: Plugins, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Practice:
    place = tmp_path_factory.mktemp("program")
    vault = opened_copy(add_users(template, place / "made", plugins, OTHERS), place / "vault", plugins)
    keys = {}
    raw_keys: dict[Zone, str] = {}
    for name in (*OTHERS, USER):
        vault.unlock(name, PASSPHRASE)
        ring = vault.unlocked.ring
        own = [f"x'{bytes(ring.own.secret).hex()}'", f"x'{ring.own.box_key.hex()}'", PASSPHRASE]
        keys[name] = [z.raw_key() for z in ring.zones.values()] + own
        raw_keys |= {zone: z.raw_key() for zone, z in ring.zones.items()}
    vault.close()
    found = Practice(vault.folder, {}, keys)
    for zone in ZONES:
        found.old[zone] = place / f"{zone}.db"
        _write_as_3(found.now(zone), found.old[zone], raw_keys[zone])
    return found


def _write_as_3(source: Path, target: Path, key: str) -> None:
    with closing(sqlcipher.connect(str(source))) as raw:
        raw.execute(f'PRAGMA key="{key}"')
        raw.execute("ATTACH ? AS old KEY ?", (str(target), key))
        raw.execute("PRAGMA old.cipher_compatibility = 3")
        raw.execute("SELECT sqlcipher_export('old')")


def debian(path: Path, key: str, settings: str = "") -> bool:
    """Whether Debian's program opens the file with this key. The key goes in by standard input, as a person types it."""
    script = f'PRAGMA key = "{key}";\n{settings}\n{COUNT}\n'
    command = [str(PROGRAM), "-batch", str(path)]
    done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=30, check=False)
    return "tables " in done.stdout


def bare(path: Path, key: str, settings: str = "") -> bool:
    """Whether a bare SQLCipher 4 opens the file with this key."""
    script = "\n".join([f'PRAGMA key = "{key}"', *filter(None, settings.split(";")), COUNT])
    command = [sys.executable, "-I", "-c", BARE, str(path)]
    done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=30, check=False)
    return "tables " in done.stdout


def opened(practice: Practice, name: str, files: dict[Zone, Path], opens: Callable[..., bool]) -> set[Zone]:
    """The zones that open with any of a user's keys and any settings."""
    tries = [(key, settings) for key in practice.keys[name] for settings in SETTINGS]
    return {zone for zone, path in files.items() if any(opens(path, *each) for each in tries)}


@pytest.mark.parametrize("name", ["Nia Admin", "Lowri Link"])
def test_with_their_own_keys_debians_program_opens_core_and_nothing_else(
    practice: Practice, name: str
) -> None:
    assert opened(practice, name, practice.old, debian) == {"core"}


@pytest.mark.parametrize("name", ["Nia Admin", "Lowri Link"])
def test_the_files_as_they_are_it_does_not_open_at_all(practice: Practice, name: str) -> None:
    assert opened(practice, name, {zone: practice.now(zone) for zone in ZONES}, debian) == set()


@pytest.mark.parametrize("name", ["Nia Admin", "Lowri Link"])
def test_a_bare_sqlcipher_4_opens_core_and_nothing_else(practice: Practice, name: str) -> None:
    assert opened(practice, name, {zone: practice.now(zone) for zone in ZONES}, bare) == {"core"}


@pytest.mark.parametrize("name", ["Tomos Therapist", USER])
def test_control_who_holds_more_opens_more_with_the_same_programs(practice: Practice, name: str) -> None:
    held = {"core", *OTHERS.get(name, ((), ZONES))[1]}
    assert opened(practice, name, practice.old, debian) == held
    assert opened(practice, name, {zone: practice.now(zone) for zone in ZONES}, bare) == held
