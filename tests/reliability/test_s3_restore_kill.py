"""S3 for the restore: kill -9 at any moment leaves all zones wholly old or wholly new, and the next unlock finishes it."""

from __future__ import annotations

import random
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER
from tests.reliability.numbers import limit, rounds
from tests.reliability.restore_workers import overwrite_in_place, restore_once
from tests.reliability.world import Host, Victim, open_vault
from therapydesk.core import audit
from therapydesk.core.errors import UserError
from therapydesk.core.ids import new_id
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES
from therapydesk.core.vault import generations, restore_finish
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.vault import Vault
from therapydesk.records.consents import ConsentDetail
from therapydesk.records.people import Person

EACH = 20
SIGN_IN = (USER, PASSPHRASE)
pytestmark = pytest.mark.timeout(limit(300))


@dataclass
class Found:
    """How the vaults were found after the kills."""

    old: int = 0
    new: int = 0
    torn: list[str] = field(default_factory=list)


def fill(vault: Vault, name: str, count: int) -> None:
    """The same people in core and in clinical, so that zones of different times are seen."""
    ids = [new_id() for _ in range(count)]
    with vault.write("core") as db:
        db.add_all(Person(id=i, full_name=f"{name} {n}", normal_name=name) for n, i in enumerate(ids))
    with vault.write("clinical") as db:
        db.add_all(ConsentDetail(consent_id=i, person_id=i, text=name) for i in ids)


@dataclass(frozen=True)
class Practice:
    """A closed vault as it is after the backup, and the backup; who is in each."""

    folder: Path
    backup: Path
    then: frozenset[UUID]
    now: frozenset[UUID]


def there(vault: Vault) -> tuple[frozenset[UUID], frozenset[UUID]]:
    with vault.read() as db:
        return frozenset(db.scalars(select(Person.id))), frozenset(
            db.scalars(select(ConsentDetail.person_id))
        )


@pytest.fixture
def host(plugins: Plugins) -> Host:
    return Host(plugins.owners())


@pytest.fixture
def practice(template: Path, host: Host, tmp_path: Path) -> Practice:
    folder, target = tmp_path / "filled", tmp_path / "stick"
    shutil.copytree(template, folder)
    target.mkdir()
    vault = open_vault(folder, host)
    vault.unlock(*SIGN_IN)
    fill(vault, "then", 30)
    then, _ = there(vault)
    backup = back_up(vault, target).path
    fill(vault, "since", 20)
    now, _ = there(vault)
    vault.close()
    return Practice(folder, backup, then, now)


def look(folder: Path, host: Host, practice: Practice, found: Found) -> None:
    """What the next start of the program finds."""
    current = generations.read_current(folder)
    if len(set(current.values())) != 1:
        found.torn.append(f"generations of two times: {current}")
        return
    new = set(current.values()) == {"g2"}
    vault = open_vault(folder, host)
    try:
        vault.unlock(*SIGN_IN)  # finishes what was begun
        core, clinical = there(vault)
        wanted = practice.then if new else practice.now
        if core != wanted or clinical != wanted:
            found.torn.append(f"{current}: {len(core)} people, {len(clinical)} details, not {len(wanted)}")
        found.torn += [str(finding) for finding in vault.check() if finding.kind != "link"]
        if (folder / restore_finish.FILE).exists():
            found.torn.append("not finished")
        with vault.read() as db:
            told = {z: db.scalars(select(audit.ENTRIES[z].action)).all().count("restored") for z in ZONES}
        if new != (min(told.values()) > 0):
            found.torn.append(f"{current}: the logs say {told}")
    except UserError as error:
        found.torn.append(f"{current}: {error}")
    finally:
        vault.close()
    found.new, found.old = found.new + new, found.old + (not new)


def length(practice: Practice, folder: Path, host: Host) -> float:
    """How long bringing it back takes."""
    shutil.copytree(practice.folder, folder)
    victim = Victim.start(restore_once, folder, host, SIGN_IN, practice.backup)
    assert victim.hear(1) == ["unlocked"]
    start = time.monotonic()
    assert victim.hear(1) == ["restored"]
    taken = time.monotonic() - start
    victim.kill()
    return taken


def test_a_killed_restore_leaves_all_zones_wholly_old_or_wholly_new(
    practice: Practice, host: Host, tmp_path: Path
) -> None:
    taken, found, kills = length(practice, tmp_path / "timed", host), Found(), 0
    for seed in rounds("S3", EACH):
        chance = random.Random(seed)
        for number in range(EACH):
            folder = tmp_path / "run"
            shutil.copytree(practice.folder, folder)
            victim = Victim.start(restore_once, folder, host, SIGN_IN, practice.backup)
            assert victim.hear(1) == ["unlocked"]
            victim.process.join(taken * 1.2 * (number + chance.random()) / EACH)
            victim.kill()
            look(folder, host, practice, found)
            kills += 1
            shutil.rmtree(folder)
    assert found.torn == []
    assert found.old > 0
    assert found.new > 0
    assert found.old + found.new == kills


def test_control_unpacking_over_the_files_in_use_is_found_torn(
    practice: Practice, host: Host, tmp_path: Path
) -> None:
    found = Found()
    for number in range(12):
        folder = tmp_path / f"run{number}"
        shutil.copytree(practice.folder, folder)
        victim = Victim.start(overwrite_in_place, folder, practice.backup)
        victim.hear(1 + number % 3)
        victim.kill()
        look(folder, host, practice, found)
        if found.torn:
            return
    pytest.fail("no kill came in between: the harness does not see zones of two times")
