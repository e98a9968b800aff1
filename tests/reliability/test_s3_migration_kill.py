"""S3 for the migration at unlock: kill -9 at any moment leaves the vault wholly old or wholly new."""

from __future__ import annotations

import random
import shutil
import time
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER
from tests.reliability.numbers import limit, rounds
from tests.reliability.workers import change_in_place, unlock_once
from tests.reliability.world import Host, Victim, open_vault
from therapydesk.core import migrations
from therapydesk.core.ids import new_id
from therapydesk.core.plugins import Plugins
from therapydesk.core.vault import generations
from therapydesk.core.vault.keys import ZoneKeys
from therapydesk.core.vault.vault import Vault
from therapydesk.records.people import Person

KILLS = 20  # in one round
PEOPLE = 50
COLUMNS = [f"extra_{number}" for number in range(12)]
SIGN_IN = (USER, PASSPHRASE)
pytestmark = pytest.mark.timeout(limit(300))

REVISION = '''"""Several steps, each of which could be the last."""
import sqlalchemy as sa
from alembic import op
revision = "{rev}"
down_revision = {down!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in {columns!r}:
        op.add_column("person", sa.Column(column, sa.String()))
        op.execute(f"UPDATE person SET {{column}} = full_name")
'''


@dataclass
class Outcome:
    """How the vaults were found after the kills."""

    old: int = 0
    new: int = 0
    torn: list[str] = field(default_factory=list)


@pytest.fixture
def hosts(plugins: Plugins, tmp_path: Path) -> tuple[Host, Host]:
    """The program before the new version, and after it."""
    core, *rest = plugins.owners()
    folder = tmp_path / "revisions"
    shutil.copytree(core.migrations, folder, ignore=shutil.ignore_patterns("__pycache__"))
    down = migrations.newest(core, "core")
    rev = f"{int(down or '0') + 1:04}"
    (folder / "core" / f"{rev}_more.py").write_text(REVISION.format(rev=rev, down=down, columns=COLUMNS))
    return Host([core, *rest]), Host([replace(core, migrations=folder), *rest])


@pytest.fixture
def filled(template: Path, hosts: tuple[Host, Host], tmp_path: Path) -> Path:
    """A closed vault of the version before, with people in it."""
    folder = tmp_path / "filled"
    shutil.copytree(template, folder)
    vault = open_vault(folder, hosts[0])
    vault.unlock(*SIGN_IN)
    with vault.write("core") as db:
        db.add_all(Person(id=new_id(), full_name=f"P {n}", normal_name="p") for n in range(PEOPLE))
    vault.close()
    return folder


def live(vault: Vault) -> tuple[Path, ZoneKeys]:
    current = generations.read_current(vault.folder)
    return generations.zone_file(vault.folder, "core", current["core"]), vault.unlocked.ring.zones["core"]


def look(path: Path, keys: ZoneKeys, outcome: Outcome) -> None:
    """Is the file that is in use wholly old or wholly new?"""
    generations.check_file("core", path, keys)
    with closing(generations.connect_alone(path, keys)) as raw:
        there = {row[1] for row in raw.execute("PRAGMA table_info(person)")} & set(COLUMNS)
        people = raw.execute("SELECT count(*) FROM person").fetchone()[0]
        filled = [raw.execute(f"SELECT count({c}) FROM person").fetchone()[0] for c in sorted(there)]
    if people != PEOPLE or len(there) not in (0, len(COLUMNS)) or set(filled) - {PEOPLE}:
        outcome.torn.append(f"{people} people, {len(there)} columns, {filled}")
    outcome.old += not there
    outcome.new += len(there) == len(COLUMNS)


def length(folder: Path, host: Host) -> float:
    """How long an unlock with a migration takes."""
    victim = Victim.start(unlock_once, folder, host, SIGN_IN)
    assert victim.hear(1) == ["opened"]
    start = time.monotonic()
    assert victim.hear(1) == ["unlocked"]
    taken = time.monotonic() - start
    victim.kill()
    return taken


def test_a_killed_migration_leaves_the_vault_wholly_old_or_wholly_new(
    filled: Path, hosts: tuple[Host, Host], tmp_path: Path
) -> None:
    before, after = hosts
    reader = open_vault(filled, before)
    reader.unlock(*SIGN_IN)
    _, keys = live(reader)
    kept = ZoneKeys(bytearray(keys.secret))
    reader.close()
    shutil.copytree(filled, tmp_path / "timed")
    taken = length(tmp_path / "timed", after)
    for seed in rounds("S3", KILLS):
        outcome = kill_in_turn(filled, after, kept, taken, tmp_path, random.Random(seed))
        assert outcome.torn == []
        assert outcome.old > 0
        assert outcome.old + outcome.new == KILLS


def kill_in_turn(
    filled: Path, after: Host, kept: ZoneKeys, taken: float, tmp_path: Path, chance: random.Random
) -> Outcome:
    """Kill a migration at moments spread over its length; how the vaults were found."""
    outcome = Outcome()
    for number in range(KILLS):
        folder = tmp_path / f"run{number}"
        shutil.copytree(filled, folder)
        victim = Victim.start(unlock_once, folder, after, SIGN_IN)
        victim.hear(1)
        victim.process.join(taken * 1.2 * (number + chance.random()) / KILLS)
        victim.kill()
        current = generations.read_current(folder)
        look(generations.zone_file(folder, "core", current["core"]), kept, outcome)
        again = open_vault(folder, after)
        again.unlock(*SIGN_IN)  # finishes what was begun
        with again.read() as db:
            assert len(db.scalars(select(Person.id)).all()) == PEOPLE
        final = Outcome()
        look(*live(again), final)
        assert (final.new, final.torn) == (1, [])
        again.close()
        shutil.rmtree(folder)
    return outcome


def test_control_a_change_in_place_is_found_torn(
    filled: Path, hosts: tuple[Host, Host], tmp_path: Path
) -> None:
    reader = open_vault(filled, hosts[0])
    reader.unlock(*SIGN_IN)
    _, keys = live(reader)
    key = keys.raw_key()
    kept = ZoneKeys(bytearray(keys.secret))
    reader.close()
    outcome = Outcome()
    for number in range(20):
        folder = tmp_path / f"run{number}"
        shutil.copytree(filled, folder)
        path = generations.zone_file(folder, "core", "g1")
        victim = Victim.start(change_in_place, path, key, COLUMNS)
        victim.hear(2 + number % 6)
        victim.kill()
        look(path, kept, outcome)
        if outcome.torn:
            return
    pytest.fail("no kill came in between: the harness does not see torn files")
