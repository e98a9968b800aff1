"""A backup on a new computer, in place of a damaged zone, and for trial once a month."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, USER, opened_copy
from tests.core.vault.conftest import Listening
from tests.core.vault.test_admin import NEW, actions
from tests.core.vault.test_restore import add_detail, current, details, people, unsound
from therapydesk.core.errors import (
    DamagedVault,
    VaultError,
    WrongPassphrase,
)
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES
from therapydesk.core.vault import generations
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.backup_file import BackupFile
from therapydesk.core.vault.backup_keys import by_passphrase, by_recovery
from therapydesk.core.vault.backup_verify import verify_backup
from therapydesk.core.vault.recovery import RecoveryCode
from therapydesk.core.vault.rehearsal import rehearsal_due, rehearse
from therapydesk.core.vault.restore import restore
from therapydesk.core.vault.restore_new import set_up_from_backup
from therapydesk.core.vault.vault import Vault
from therapydesk.testing import add_person

# --- A new computer ---


def test_a_new_vault_is_made_of_a_backup_and_opens_as_before(
    vault: Vault, target: Path, tmp_path: Path, plugins: Plugins
) -> None:
    add_person(vault, "Carys Bowen")
    kit = vault.make_kit()
    vault.keep_kit(kit)
    made = back_up(vault, target)
    vault.close()
    folder = tmp_path / "new"
    code = RecoveryCode.parse(str(kit.code))
    set_up_from_backup(made.path, folder, by_recovery(code))
    fresh = Vault.open(folder, host=plugins)
    fresh.unlock_with_recovery(code, NEW)
    assert people(fresh) == ["Carys Bowen"]
    assert fresh.needs_kit
    assert fresh.check() == []
    fresh.close()


def test_a_later_backup_by_somebody_whom_an_older_vault_does_not_know_is_good(
    vault: Vault, target: Path, tmp_path: Path, plugins: Plugins
) -> None:
    first = back_up(vault, target)
    vault.add_user("Nia", ["owner", "admin"], NEW, [])
    vault.unlock("Nia", NEW)
    add_person(vault, "By Nia")
    vault.lock()  # signs the log, too
    vault.unlock("Nia", NEW)
    later = back_up(vault, target)
    folder = tmp_path / "new"
    set_up_from_backup(first.path, folder, by_passphrase(USER, PASSPHRASE))
    fresh = Vault.open(folder, host=plugins)
    fresh.unlock(USER, PASSPHRASE)
    assert verify_backup(fresh, later.path).zones == ZONES
    fresh.close()


def test_a_wrong_passphrase_or_a_bad_backup_leaves_no_folder(
    vault: Vault, target: Path, tmp_path: Path
) -> None:
    made = back_up(vault, target)
    folder = tmp_path / "new"
    with pytest.raises(WrongPassphrase):
        set_up_from_backup(made.path, folder, by_passphrase(USER, "not the right words"))
    with pytest.raises(WrongPassphrase):
        set_up_from_backup(made.path, folder, by_recovery(RecoveryCode.new()))
    made.path.write_bytes(made.path.read_bytes()[:-5000])
    with pytest.raises(VaultError, match="damaged"):
        set_up_from_backup(made.path, folder, by_passphrase(USER, PASSPHRASE))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["stick", "vault"]


def test_a_folder_with_something_in_it_or_in_a_cloud_is_refused(
    vault: Vault, target: Path, tmp_path: Path
) -> None:
    made = back_up(vault, target)
    with pytest.raises(VaultError, match="something in this folder"):
        set_up_from_backup(made.path, target, by_passphrase(USER, PASSPHRASE))
    with pytest.raises(VaultError, match="OneDrive"):
        set_up_from_backup(made.path, tmp_path / "OneDrive" / "new", by_passphrase(USER, PASSPHRASE))


# --- A damaged vault ---


def test_a_damaged_zone_comes_back_although_it_does_not_open(
    vault: Vault, target: Path, plugins: Plugins
) -> None:
    add_detail(vault, "before")
    made = back_up(vault, target)
    vault.close()
    path = generations.zone_file(vault.folder, "clinical", "g1")
    path.write_bytes(os.urandom(path.stat().st_size))
    hurt = Vault.open(vault.folder, host=plugins)
    with pytest.raises(DamagedVault):
        hurt.unlock(USER, PASSPHRASE)
    hurt.open_for_reading(USER, PASSPHRASE)
    done = restore(hurt, made.path, keep_in=None)
    assert done.locked
    hurt.unlock(USER, PASSPHRASE)
    assert details(hurt) == ["before"]
    assert unsound(hurt) == []
    hurt.close()


def test_a_zone_whose_grants_are_lost_comes_back_without_those_who_left(
    team: Vault, target: Path, host: Listening
) -> None:
    team.unlock(USER, PASSPHRASE)
    made = back_up(team, target)
    team.close()
    (team.folder / "clinical" / "g1" / "grants.json").unlink()
    hurt = Vault.open(team.folder, host=host)
    with pytest.raises(DamagedVault):
        hurt.unlock(USER, PASSPHRASE)
    hurt.open_for_reading(USER, PASSPHRASE)
    restore(hurt, made.path, keep_in=None)
    hurt.unlock("Tomos Therapist", PASSPHRASE)
    assert "clinical" in hurt.zones
    hurt.close()


# --- The rehearsal ---


def test_a_rehearsal_reads_records_out_of_the_backup_and_is_due_monthly(vault: Vault, target: Path) -> None:
    assert not rehearsal_due(vault.folder)  # nothing to rehearse with
    for number in range(5):
        add_person(vault, f"Person {number}")
    made = back_up(vault, target)
    assert rehearsal_due(vault.folder)
    add_person(vault, "Only in the vault")
    found = rehearse(vault, made.path)
    assert found.zones == ZONES
    assert sum(count for _, count in found.read) == 20
    assert not rehearsal_due(vault.folder)
    assert current(vault) == dict.fromkeys(ZONES, "g1")
    assert actions(vault, "core")[-1] == "backup rehearsed"


def test_a_backup_is_not_touched_by_being_read(vault: Vault, target: Path) -> None:
    made = back_up(vault, target)
    before = made.path.read_bytes()
    made.path.chmod(0o400)
    verify_backup(vault, made.path)
    rehearse(vault, made.path)
    with BackupFile(made.path) as backup:
        assert backup.manifest.vault == vault.unlocked.users.vault
    assert made.path.read_bytes() == before


def test_two_copies_of_one_vault_share_their_backups(
    vault: Vault, target: Path, plugins: Plugins, tmp_path: Path
) -> None:
    made = back_up(vault, target)
    vault.lock()
    shutil.rmtree(tmp_path / "copy", ignore_errors=True)
    copy = opened_copy(vault.folder, tmp_path / "copy", plugins)
    copy.unlock(USER, PASSPHRASE)
    assert verify_backup(copy, made.path).zones == ZONES
    copy.close()
