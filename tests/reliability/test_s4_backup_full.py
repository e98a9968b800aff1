"""S4 for backups and restores: the disk gets full at any point. The sentence says so, what was there stays, and it goes on
after room was made.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER, opened_copy
from tests.core.vault.test_backup_failures import no_file_above
from tests.reliability.numbers import limit
from tests.reliability.small_disk import DISKS, real_disk
from therapydesk.core.errors import VaultError
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES
from therapydesk.core.vault import generations, ledger_beside, restore_finish
from therapydesk.core.vault.backup import Made, back_up, write_backup
from therapydesk.core.vault.backup_source import Source
from therapydesk.core.vault.backup_verify import SCRATCH, verify_backup
from therapydesk.core.vault.restore import restore
from therapydesk.core.vault.vault import Vault
from therapydesk.records.people import Person
from therapydesk.testing import add_person

STEPS = 12
pytestmark = pytest.mark.timeout(limit(300))


@dataclass(frozen=True)
class Starving:
    """A folder, and a way to do something while there are only so many bytes left for it."""

    folder: Path
    starved: Callable[[int], AbstractContextManager[None]]


@contextmanager
def on_a_real_disk(folder: Path) -> Iterator[Starving]:
    with real_disk(folder) as disk:

        @contextmanager
        def starved(room: int) -> Iterator[None]:
            disk.leave(room)
            try:
                yield
            finally:
                disk.make_room()

        yield Starving(folder, starved)


@contextmanager
def with_small_files(folder: Path) -> Iterator[Starving]:
    """Where nobody may mount: the system refuses to let any file grow beyond a size."""
    folder.mkdir(exist_ok=True)
    yield Starving(folder, no_file_above)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Starving]:
    make = on_a_real_disk if real_disk in DISKS else with_small_files
    with make(tmp_path / "disk") as made:
        yield made


def _fails(starved: AbstractContextManager[None], call: Callable[[], object]) -> bool:
    try:
        with starved:
            call()
    except VaultError:
        return True
    return False


def filled(vault: Vault, name: str) -> Vault:
    for number in range(20):
        add_person(vault, f"{name} {number}")
    return vault


def test_wherever_the_target_gets_full_the_newest_backup_stays(vault: Vault, disk: Starving) -> None:
    """Also when the room that was there at the start has gone meanwhile: the look at the start is passed by."""
    first = back_up(filled(vault, "first"), disk.folder)
    kept = first.path.read_bytes()
    filled(vault, "second")
    failed = 0
    for step in range(STEPS):
        room = first.size * (2 * step + 1) // (2 * STEPS)
        failed += _fails(disk.starved(room), lambda: _without_a_look(vault, disk.folder))
        left = {p.name for p in disk.folder.iterdir() if p.name != "filling"}
        assert left == {first.path.name, ledger_beside.path_in(disk.folder, vault.unlocked.users.vault).name}
        assert first.path.read_bytes() == kept
        assert not (vault.folder / SCRATCH).exists()
    assert failed == STEPS
    assert verify_backup(vault, first.path).zones == ZONES
    assert back_up(vault, disk.folder).verified.zones == ZONES


def people(vault: Vault) -> list[str]:
    """Whose people are in it: the word that their names begin with."""
    with vault.read() as db:
        return sorted(name.split()[0] for name in db.scalars(select(Person.full_name)))


def _without_a_look(vault: Vault, folder: Path) -> Made:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("therapydesk.core.vault.backup_targets.free_bytes", lambda _folder: 1 << 50)
        return write_backup(Source.of(vault), folder, "by hand")


def test_wherever_the_vaults_disk_gets_full_a_restore_leaves_it_as_it_was(
    template: Path, plugins: Plugins, disk: Starving, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    vault = opened_copy(template, disk.folder / "vault", plugins)
    request.addfinalizer(vault.close)  # before the disk goes
    vault.unlock(USER, PASSPHRASE)
    made = back_up(filled(vault, "then"), stick)
    filled(vault, "since")
    failed = 0
    for step in range(STEPS):
        room = made.size * 2 * step // STEPS
        before = generations.read_current(vault.folder)
        names = people(vault)
        refused = _fails(disk.starved(room), lambda: restore(vault, made.path, keep_in=None))
        failed += refused
        vault.unlock(USER, PASSPHRASE)  # finishes what a full disk left to do
        after = generations.read_current(vault.folder)
        new = after != before
        assert new or refused
        assert len(set(after.values())) == 1
        assert people(vault) == (["then"] * 20 if new else names)
        assert vault.check() == []
        assert not (vault.folder / restore_finish.FILE).exists()
        if new:
            filled(vault, "since")
    assert failed > 0
    assert set(restore(vault, made.path, keep_in=None).zones) == set(ZONES)


def test_control_writing_over_the_newest_backup_loses_it(vault: Vault, disk: Starving) -> None:
    """What a program does that writes its backup always under the same name."""
    first = back_up(filled(vault, "first"), disk.folder)
    elsewhere = vault.folder.parent / "elsewhere"
    elsewhere.mkdir()
    second = back_up(filled(vault, "second"), elsewhere)
    first.path.unlink()
    with pytest.raises(OSError, match="space|large"), disk.starved(first.size // 2):
        shutil.copyfile(second.path, first.path)
    with pytest.raises(Exception, match="damaged"):
        verify_backup(vault, first.path)
