"""S3 for a new key: kill -9 at any moment leaves the zone under the old key or the new one, whole, and it opens."""

from __future__ import annotations

import random
import shutil
import time
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER
from tests.reliability.numbers import limit, rounds
from tests.reliability.restore_workers import rotate_in_place, rotate_once
from tests.reliability.world import Host, Victim, open_vault
from therapydesk.core.errors import UserError
from therapydesk.core.ids import new_id
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.keys import ZoneKeys
from therapydesk.records.people import Person

EACH, PEOPLE = 20, 60
SIGN_IN = (USER, PASSPHRASE)
WHICH: tuple[Zone, ...] = ("core", "clinical")
pytestmark = pytest.mark.timeout(limit(300))


@pytest.fixture
def host(plugins: Plugins) -> Host:
    return Host(plugins.owners())


@pytest.fixture
def filled(template: Path, host: Host, tmp_path: Path) -> Path:
    folder = tmp_path / "filled"
    shutil.copytree(template, folder)
    vault = open_vault(folder, host)
    vault.unlock(*SIGN_IN)
    with vault.write("core") as db:
        db.add_all(Person(id=new_id(), full_name=f"P {n}", normal_name="p") for n in range(PEOPLE))
    vault.close()
    return folder


def length(filled: Path, folder: Path, host: Host) -> float:
    shutil.copytree(filled, folder)
    victim = Victim.start(rotate_once, folder, host, SIGN_IN, "core")
    assert victim.hear(1) == ["unlocked"]
    start = time.monotonic()
    assert victim.hear(1) == ["rotated"]
    taken = time.monotonic() - start
    victim.kill()
    return taken


def people(folder: Path, host: Host, *, again: bool) -> set[UUID]:
    """Whoever is in the vault after it was opened as ever; it is sound, and a key can be changed `again`."""
    vault = open_vault(folder, host)
    try:
        vault.unlock(*SIGN_IN)
        with vault.read() as db:
            found = set(db.scalars(select(Person.id)))
        assert vault.check() == []
        if again:
            vault.rotate("core")
    finally:
        vault.close()
    return found


def test_a_killed_change_of_key_leaves_a_vault_that_opens(filled: Path, host: Host, tmp_path: Path) -> None:
    taken, old, new = length(filled, tmp_path / "timed", host), 0, 0
    for seed in rounds("S3", EACH):
        chance = random.Random(seed)
        for number in range(EACH):
            folder, zone = tmp_path / "run", WHICH[number % 2]
            shutil.copytree(filled, folder)
            victim = Victim.start(rotate_once, folder, host, SIGN_IN, zone)
            assert victim.hear(1) == ["unlocked"]
            victim.process.join(taken * 1.2 * (number + chance.random()) / EACH)
            victim.kill()
            switched = generations.read_current(folder)[zone] != "g1"
            old, new = old + (not switched), new + switched
            assert len(people(folder, host, again=number % 5 == 4)) == PEOPLE
            shutil.rmtree(folder)
    assert old > 0
    assert new > 0


def test_control_a_key_changed_in_place_is_found_torn(filled: Path, host: Host, tmp_path: Path) -> None:
    reader = open_vault(filled, host)
    reader.unlock(*SIGN_IN)
    before, after = ZoneKeys(bytearray(reader.unlocked.ring.zones["core"].secret)), ZoneKeys.new()
    reader.close()
    path = generations.zone_file(filled, "core", "g1")
    for number in range(40):
        copy = tmp_path / f"run{number}.db"
        shutil.copyfile(path, copy)
        victim = Victim.start(rotate_in_place, copy, before.raw_key(), after.raw_key())
        victim.hear(1)
        victim.process.join(0.001 * number)
        victim.kill()
        if not _opens(copy, before) and not _opens(copy, after):
            return
    pytest.fail("no kill came in between: the harness does not see a file of two keys")


def _opens(path: Path, keys: ZoneKeys) -> bool:
    try:
        generations.check_file("core", path, keys)
        with closing(generations.connect_alone(path, keys)) as raw:
            return bool(raw.execute("SELECT count(*) FROM person").fetchone()[0] == PEOPLE)
    except UserError:
        return False
