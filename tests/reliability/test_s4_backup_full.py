"""S4 for backups and restores: the disk gets full at any point. The sentence says so, what was there stays, and it goes on
after room was made.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER, opened_copy
from tests.core.vault.test_backup_failures import no_file_above
from tests.reliability.numbers import limit
from tests.reliability.small_disk import DISKS, SmallDisk, engine_disk
from therapydesk.core.errors import DiskFull, VaultError
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES
from therapydesk.core.vault import generations, restore_finish
from therapydesk.core.vault.backup import Made, back_up, write_backup
from therapydesk.core.vault.backup_source import Source
from therapydesk.core.vault.backup_verify import SCRATCH, verify_backup
from therapydesk.core.vault.restore import restore
from therapydesk.core.vault.vault import Vault
from therapydesk.records.people import Person
from therapydesk.testing import add_person

STEPS = 12
pytestmark = pytest.mark.timeout(limit(300))


@contextmanager
def limited_files(folder: Path) -> Iterator[SmallDisk]:
    """Where nobody may mount: the system refuses any file above a size, which is a full disk for the largest one."""
    folder.mkdir(exist_ok=True)
    held: list[object] = []

    def leave(room: int) -> None:
        context = no_file_above(room)
        context.__enter__()
        held.append(context)

    def make_room() -> None:
        while held:
            held.pop().__exit__(None, None, None)  # type: ignore[attr-defined]  # a context

    try:
        yield SmallDisk(folder, leave, make_room)
    finally:
        make_room()


REAL = [disk for disk in DISKS if disk is not engine_disk] or [limited_files]


@pytest.fixture(params=REAL)
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk]:
    with request.param(tmp_path / "disk") as made:
        yield made


def filled(vault: Vault, name: str) -> Vault:
    for number in range(20):
        add_person(vault, f"{name} {number}")
    return vault


def test_wherever_the_target_gets_full_the_newest_backup_stays(vault: Vault, disk: SmallDisk) -> None:
    """Also when the room that was there at the start has gone meanwhile: the look at the start is passed by."""
    first = back_up(filled(vault, "first"), disk.folder)
    kept = first.path.read_bytes()
    filled(vault, "second")
    failed = 0
    for step in range(STEPS):
        room = first.size * (2 * step + 1) // (2 * STEPS)
        disk.leave(room)
        failed += _fails(lambda: _without_a_look(vault, disk.folder), DiskFull)
        disk.make_room()
        assert [p.name for p in disk.folder.iterdir() if p.name != "filling"] == [first.path.name]
        assert first.path.read_bytes() == kept
        assert not (vault.folder / SCRATCH).exists()
    assert failed == STEPS
    assert verify_backup(vault, first.path).zones == ZONES
    assert back_up(vault, disk.folder).verified.zones == ZONES


def _fails(call: Callable[[], object], how: type[VaultError] = VaultError) -> bool:
    try:
        call()
    except how:
        return True
    return False


def people(vault: Vault) -> list[str]:
    """Whose people are in it: the word that their names begin with."""
    with vault.read() as db:
        return sorted(name.split()[0] for name in db.scalars(select(Person.full_name)))


def _without_a_look(vault: Vault, folder: Path) -> Made:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("therapydesk.core.vault.backup_targets.free_bytes", lambda _folder: 1 << 50)
        return write_backup(Source.of(vault), folder, "by hand")


def test_wherever_the_vaults_disk_gets_full_a_restore_leaves_it_as_it_was(
    template: Path, plugins: Plugins, disk: SmallDisk, tmp_path: Path, request: pytest.FixtureRequest
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
        disk.leave(made.size * 2 * step // STEPS)
        before = generations.read_current(vault.folder)
        names = people(vault)
        refused = _fails(lambda: restore(vault, made.path, keep_in=None))
        failed += refused
        disk.make_room()
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


def test_control_writing_over_the_newest_backup_loses_it(vault: Vault, disk: SmallDisk) -> None:
    """What a program does that writes its backup always under the same name."""
    first = back_up(filled(vault, "first"), disk.folder)
    elsewhere = vault.folder.parent / "elsewhere"
    elsewhere.mkdir()
    second = back_up(filled(vault, "second"), elsewhere)
    first.path.unlink()
    disk.leave(first.size // 2)
    with pytest.raises(OSError, match="space|large"):
        shutil.copyfile(second.path, first.path)
    disk.make_room()
    with pytest.raises(Exception, match="damaged"):
        verify_backup(vault, first.path)
