"""What a backup that fails leaves: the newest good one, and a sentence."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE
from therapydesk.core.errors import DamagedVault, DiskFull, VaultError
from therapydesk.core.jobs import Cancelled, Job
from therapydesk.core.tables import ZONES
from therapydesk.core.vault import backup_targets, generations
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.backup_state import State
from therapydesk.core.vault.backup_verify import SCRATCH, verify_backup
from therapydesk.core.vault.vault import Vault
from therapydesk.testing import add_person


def names(folder: Path) -> list[str]:
    """What lies there, without the list of erasures, which is no backup."""
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith("-erasures.json"))


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """Let the system refuse to write any file beyond this size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def untouched(target: Path, before: dict[str, bytes]) -> bool:
    return {path.name: path.read_bytes() for path in target.iterdir()} == before


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_disk_that_takes_no_more_says_so_and_keeps_the_newest(
    vault: Vault, target: Path, part: float
) -> None:
    made = back_up(vault, target)
    before = {path.name: path.read_bytes() for path in target.iterdir()}
    assert made.path.name in before
    size = made.size
    add_person(vault)
    largest = max(generations.zone_file(vault.folder, z, "g1").stat().st_size for z in ZONES)
    with (
        no_file_above(int(largest + (size - largest) * part)),
        pytest.raises(DiskFull, match="no file as large"),
    ):
        back_up(vault, target)
    assert untouched(target, before)
    assert not (vault.folder / SCRATCH).exists()
    assert State.read(vault.folder).failures[0].folder == str(target)
    assert back_up(vault, target).path.exists()
    assert State.read(vault.folder).failures == []


def test_a_folder_without_room_is_told_before_anything_is_written(vault: Vault, target: Path) -> None:
    folder = vault.folder / "files" / "core"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "huge").open("wb") as file:
        file.truncate(1 << 43)  # takes no room itself
    with pytest.raises(DiskFull, match=r"not enough room.*Make room for \d+ MB"):
        back_up(vault, target)
    assert names(target) == []


def test_a_missing_folder_is_told_as_that(vault: Vault, target: Path) -> None:
    target.rmdir()
    with pytest.raises(VaultError, match="folder is not there"):
        back_up(vault, target)


def test_a_stopped_job_leaves_nothing(vault: Vault, target: Path) -> None:
    steps: list[int] = []

    def report(done: int, _total: int, _text: str) -> None:
        steps.append(done)
        if done > 500:
            job.cancel()

    job = Job(report=report)
    with pytest.raises(Cancelled):
        back_up(vault, target, job=job)
    assert steps
    assert names(target) == []
    assert not (vault.folder / SCRATCH).exists()
    assert State.read(vault.folder).failures == []  # nothing failed


def test_what_a_killed_attempt_left_goes_with_the_next(vault: Vault, target: Path) -> None:
    left = target / f".{backup_targets.prefix(vault.unlocked.users.vault)}20260101.part"
    left.write_bytes(b"half a backup")
    (target / "mine.txt").write_text("of somebody else")
    (vault.folder / SCRATCH / "old").mkdir(parents=True)
    made = back_up(vault, target)
    assert names(target) == sorted(["mine.txt", made.path.name])
    assert not (vault.folder / SCRATCH).exists()


def test_a_lock_meanwhile_is_no_failure_of_the_folder(vault: Vault, target: Path) -> None:
    def report(done: int, _total: int, _text: str) -> None:
        if done > 300 and vault.is_unlocked:
            vault.lock()

    with pytest.raises(VaultError, match="locked"):
        back_up(vault, target, job=Job(report=report))
    assert names(target) == []
    assert State.read(vault.folder).failures == []


@pytest.mark.parametrize("name", ["zone.db", "grants.json"])
def test_a_file_of_the_vault_that_is_missing_is_told_as_that(team: Vault, target: Path, name: str) -> None:
    """Of a zone that is not held; the folder for backups is not to blame."""
    team.unlock("Nia Admin", PASSPHRASE)
    (team.folder / "clinical" / "g1" / name).unlink()
    with pytest.raises(DamagedVault, match=f"missing: clinical/g1/{name}"):
        back_up(team, target)
    assert names(target) == []


def test_the_practices_own_folder_takes_no_backups(vault: Vault) -> None:
    (vault.folder / "copies").mkdir()
    with pytest.raises(VaultError, match="own folder"):
        back_up(vault, vault.folder / "copies")


@pytest.mark.parametrize("kind", ["folder", "pipe", "nothing"])
def test_what_is_no_file_is_no_backup(vault: Vault, target: Path, kind: str) -> None:
    path = target / "x.tdbackup"
    if kind == "folder":
        path.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(VaultError, match="no backup"):
        verify_backup(vault, path)


def test_without_room_beside_the_zones_it_says_which_disk_is_full(
    vault: Vault, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = backup_targets.free_bytes
    monkeypatch.setattr(
        backup_targets, "free_bytes", lambda place: 1 if place == vault.folder else real(place)
    )
    with pytest.raises(DiskFull, match=r"the practice’s own disk .* Make room for \d+ MB"):
        back_up(vault, target)
    assert names(target) == []


def test_an_older_backup_that_is_good_does_not_take_a_failure_away(vault: Vault, target: Path) -> None:
    made = back_up(vault, target)
    target.rename(target.with_name("away"))
    with pytest.raises(VaultError):
        back_up(vault, target)
    target.with_name("away").rename(target)
    verify_backup(vault, made.path)
    assert [f.folder for f in State.read(vault.folder).failures] == [str(target)]
    newer = back_up(vault, target)  # the control
    assert State.read(vault.folder).failures == []
    newer.path.write_bytes(newer.path.read_bytes()[:-100])
    with pytest.raises(VaultError, match="damaged"):
        verify_backup(vault, newer.path)
    verify_backup(vault, made.path)
    assert len(State.read(vault.folder).failures) == 1
    verify_backup(vault, back_up(vault, target).path)
    assert State.read(vault.folder).failures == []
