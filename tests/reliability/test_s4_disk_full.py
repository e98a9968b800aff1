"""S4: the disk is full while saving, importing, bringing up to date and opening. Nothing that was there is lost, the
sentence is the right one, reading goes on, and after room is made the same action works.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.plugins.referrals.conftest import LIST, as_read
from tests.reliability import numbers
from tests.reliability.kept import SIGN_IN, Sound, sound_vault
from tests.reliability.small_disk import DISKS, SmallDisk
from tests.reliability.world import Host
from therapydesk.api import today
from therapydesk.core import migrations
from therapydesk.core.errors import DiskFull
from therapydesk.core.plugins import Plugins
from therapydesk.core.vault import generations
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.notes import service as notes
from therapydesk.plugins.notes.models import Note
from therapydesk.plugins.referrals import service as referrals
from therapydesk.plugins.referrals.models import Reason, Referral
from therapydesk.records.people import Person

pytestmark = pytest.mark.timeout(numbers.limit(600))
PARTS = 4 * len(DISKS)  # saving, importing, opening and bringing up to date, on each kind of disk
MOST = 96 * 1024  # bytes left at most: more than any of the actions needs, but for bringing up to date
REVISION = '''"""One more column."""
import sqlalchemy as sa
from alembic import op
revision = "{rev}"
down_revision = {down!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("extra", sa.String()))
    op.execute("UPDATE person SET extra = full_name")
    op.execute("CREATE TABLE scratch AS SELECT randomblob(3000000) AS bytes")
    op.execute("DROP TABLE scratch")
'''


@dataclass(frozen=True)
class Seen:
    """How many there are of what the actions make."""

    people: int
    notes: int
    referrals: int
    reasons: int


Action = Callable[[Vault], None]


def save(vault: Vault) -> None:
    """A long note, saved and signed in one action."""
    with vault.write("clinical") as db:
        person = next(iter(db.scalars(select(Person.id).order_by(Person.id))))
        note = notes.start_note(db, person, today())
        note = notes.save_note(db, note.id, {"happened": "We sang. " * 3000}, note.row_version)
        notes.sign_note(db, note.id)


def take_in(vault: Vault) -> None:
    """A list of referrals."""
    with vault.read() as db:
        plan = referrals.plan(db, as_read(LIST))
    with vault.write("core") as db:
        referrals.carry_out(db, plan)
    vault.settle()


def careless(vault: Vault) -> None:
    """The control: saves, and says it has saved whatever happens."""
    with suppress(DiskFull):
        save(vault)


def look(vault: Vault) -> Seen:
    with vault.read() as db:
        found = [
            db.scalar(select(func.count()).select_from(t)) or 0 for t in (Person, Note, Referral, Reason)
        ]
    return Seen(*found)


@pytest.fixture(scope="module")
def sound(plugins: Plugins, tmp_path_factory: pytest.TempPathFactory) -> Sound:
    return sound_vault(tmp_path_factory.mktemp("s4") / "vault", Host(plugins.owners()))


ENOUGH = 64 * 4096  # bytes in which all three files open
STEP = 17 * 4096  # five steps go from no room nearly to that, sixty-four meet every page between

MakeDisk = Callable[[Path], AbstractContextManager[SmallDisk]]


def placed(sound: Sound, disk: SmallDisk) -> Path:
    folder = disk.folder / "vault"
    shutil.copytree(sound.folder, folder, ignore=shutil.ignore_patterns("g1", "LOCK"))
    return folder


def trial(action: Action, vault: Vault, disk: SmallDisk, room: int) -> tuple[bool, list[str]]:
    """Do it with so much room; whether the disk was full, and what was wrong."""
    before, wrong, full = look(vault), list[str](), False
    disk.leave(room)
    try:
        action(vault)
    except DiskFull as error:
        full = True
        wrong += [] if "disk is full" in error.message and "Make room" in error.help else [str(error)]
    after = look(vault)  # reading goes on
    disk.make_room()
    if full and action is save and after != before:
        wrong.append("half a note")
    if not full and after == before:
        wrong.append("it said it was done, and it was not")
    if full:
        action(vault) if after.referrals == before.referrals else vault.settle()
        wrong += [] if look(vault) != before else ["it did not go on after room was made"]
    wrong += [str(finding) for finding in vault.check()]
    return full, wrong


@pytest.mark.parametrize("make_disk", DISKS)
@pytest.mark.parametrize("action", [save, take_in])
def test_a_full_disk_loses_nothing_and_is_said(
    make_disk: MakeDisk, action: Action, sound: Sound, plugins: Plugins, tmp_path: Path
) -> None:
    chance, full = random.Random(action.__name__), 0
    for number in numbers.rounds("S4", parts=PARTS):
        room = [0, 4096, MOST][number] if number < 3 else chance.randrange(MOST)
        place = tmp_path / f"disk{number}"
        place.mkdir()
        with make_disk(place) as disk:
            vault = Vault.open(placed(sound, disk), host=plugins)
            vault.unlock(*SIGN_IN)
            was_full, wrong = trial(action, vault, disk, room)
            vault.close()
        assert wrong == [], f"{room} bytes left"
        full += was_full
        shutil.rmtree(place)
    assert full > 0


@pytest.mark.parametrize("make_disk", DISKS)
def test_the_control_who_says_saved_and_has_not_is_found(
    make_disk: MakeDisk, sound: Sound, plugins: Plugins, tmp_path: Path
) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    with make_disk(place) as disk:
        vault = Vault.open(placed(sound, disk), host=plugins)
        vault.unlock(*SIGN_IN)
        _, wrong = trial(careless, vault, disk, 4096)
        vault.close()
    assert wrong == ["it said it was done, and it was not"]


@pytest.mark.parametrize("make_disk", DISKS)
def test_a_vault_opens_on_a_full_disk_or_says_why_not(
    make_disk: MakeDisk, sound: Sound, plugins: Plugins, tmp_path: Path
) -> None:
    for number in numbers.rounds("S4", parts=PARTS):
        place = tmp_path / f"disk{number}"
        place.mkdir()
        with make_disk(place) as disk:
            folder = placed(sound, disk)
            disk.leave(number * STEP % ENOUGH)
            said, vault = "", None
            try:
                vault = Vault.open(folder, host=plugins)
                vault.unlock(*SIGN_IN)
            except DiskFull as error:
                said = error.message
            assert "disk is full" in said or (vault is not None and vault.is_unlocked)
            disk.make_room()
            vault = vault or Vault.open(folder, host=plugins)
            vault.unlock(*SIGN_IN)
            assert look(vault).people == 12
            assert vault.check() == []
            vault.close()
        shutil.rmtree(place)


@pytest.mark.parametrize("make_disk", DISKS)
def test_bringing_up_to_date_on_a_full_disk_leaves_the_old_one_in_use(
    make_disk: MakeDisk, sound: Sound, plugins: Plugins, tmp_path: Path
) -> None:
    core, *rest = plugins.owners()
    newer = tmp_path / "revisions"
    shutil.copytree(core.migrations, newer, ignore=shutil.ignore_patterns("__pycache__"))
    down = migrations.newest(core, "core")
    rev = f"{int(down or '0') + 1:04}"
    (newer / "core" / f"{rev}_more.py").write_text(REVISION.format(rev=rev, down=down))
    host, full = Host([replace(core, migrations=newer), *rest]), 0
    for number in numbers.rounds("S4", parts=PARTS):
        place = tmp_path / f"disk{number}"
        place.mkdir()
        with make_disk(place) as disk:
            folder = placed(sound, disk)
            before = generations.read_current(folder)
            vault = Vault.open(folder, host=host)
            disk.leave(number * 1_700_000 % 4_000_000)  # the third ends in the midst of the revision
            said = ""
            try:
                vault.unlock(*SIGN_IN)
            except DiskFull as error:
                said = str(error)
            if said:
                full += 1
                assert "disk" in said
                assert generations.read_current(folder) == before
                disk.make_room()
                vault.unlock(*SIGN_IN)
            assert generations.read_current(folder)["core"] != before["core"]
            assert look(vault).people == 12
            assert vault.check() == []
            vault.close()
        shutil.rmtree(place)
    assert full > number // 2
