"""Backups that nobody asked for: at most hourly when something changed, before what cannot be taken back, and what the
status bar knows of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.core.vault.test_admin import actions
from tests.core.vault.test_restore import Newer, add_detail
from therapydesk.core import dates
from therapydesk.core.plugins import Plugins
from therapydesk.core.settings import MachineSettings
from therapydesk.core.tables import ZONES
from therapydesk.core.vault import backup_schedule, backup_targets
from therapydesk.core.vault.backup import back_up_to
from therapydesk.core.vault.backup_state import State
from therapydesk.core.vault.vault import Vault
from therapydesk.testing import add_person


@pytest.fixture
def settings(tmp_path: Path) -> MachineSettings:
    return MachineSettings(tmp_path / "settings.json")


def set_up(vault: Vault, settings: MachineSettings, *folders: Path) -> None:
    backup_schedule.set_folders(settings, vault.unlocked.users.vault, list(folders))
    backup_schedule.watch(vault, settings)


def whys(vault: Vault, target: Path) -> list[str]:
    return [kept.why for kept in backup_targets.list_backups(target, vault.unlocked.users.vault)]


def stop_clock(at: datetime) -> None:
    dates.set_clock(lambda: at)


def test_without_folders_nothing_is_due(vault: Vault, settings: MachineSettings) -> None:
    assert not backup_schedule.is_due(vault, settings)
    assert backup_schedule.run_due(vault, settings) == []


def test_it_is_due_when_something_changed_and_the_last_is_an_hour_old(
    vault: Vault, settings: MachineSettings, target: Path
) -> None:
    start = dates.now()
    set_up(vault, settings, target)
    assert backup_schedule.is_due(vault, settings)
    assert [o.error for o in backup_schedule.run_due(vault, settings)] == [None]
    assert not backup_schedule.is_due(vault, settings)
    stop_clock(start + timedelta(hours=2))
    assert not backup_schedule.is_due(vault, settings)  # nothing changed
    add_person(vault)
    assert backup_schedule.is_due(vault, settings)
    backup_schedule.run_due(vault, settings)
    add_person(vault)
    stop_clock(start + timedelta(hours=2, minutes=59))
    assert not backup_schedule.is_due(vault, settings)  # not yet an hour
    stop_clock(start + timedelta(hours=3, minutes=1))
    assert backup_schedule.is_due(vault, settings)


def test_after_a_failure_it_is_tried_again(vault: Vault, settings: MachineSettings, target: Path) -> None:
    set_up(vault, settings, target / "stick")
    (outcome,) = backup_schedule.run_due(vault, settings)
    assert outcome.error is not None
    assert backup_schedule.ages(vault.folder, settings).failures[0].folder == str(target / "stick")
    assert backup_schedule.is_due(vault, settings)
    (target / "stick").mkdir()
    (outcome,) = backup_schedule.run_due(vault, settings)
    assert outcome.error is None
    assert backup_schedule.ages(vault.folder, settings).failures == ()


def test_a_role_without_backups_makes_none(team: Vault, settings: MachineSettings, target: Path) -> None:
    team.unlock("Lowri Link", PASSPHRASE)
    set_up(team, settings, target)
    assert not backup_schedule.is_due(team, settings)
    assert backup_schedule.run_due(team, settings) == []
    assert list(target.iterdir()) == []


def test_the_next_holder_verifies_what_waits(team: Vault, settings: MachineSettings, target: Path) -> None:
    team.unlock("Nia Admin", PASSPHRASE)
    set_up(team, settings, target)
    backup_schedule.run_due(team, settings)
    assert set(State.read(team.folder).waits) == {"clinical", "safeguarding"}
    team.unlock("Tomos Therapist", PASSPHRASE)
    backup_schedule.run_due(team, settings)
    assert set(State.read(team.folder).waits) == {"safeguarding"}
    team.unlock("Siân Lead", PASSPHRASE)
    backup_schedule.run_due(team, settings)
    assert State.read(team.folder).waits == {}
    assert {
        age.zone: age.level for age in backup_schedule.ages(team.folder, settings).zones
    } == dict.fromkeys(ZONES, "ok")


def test_once_a_month_it_is_rehearsed(vault: Vault, settings: MachineSettings, target: Path) -> None:
    start = dates.now()
    set_up(vault, settings, target)
    add_person(vault)
    backup_schedule.run_due(vault, settings)
    assert actions(vault, "core").count("backup rehearsed") == 1
    backup_schedule.run_due(vault, settings)
    assert actions(vault, "core").count("backup rehearsed") == 1
    stop_clock(start + timedelta(days=31))
    backup_schedule.run_due(vault, settings)
    assert actions(vault, "core").count("backup rehearsed") == 2


# --- Before what cannot be taken back ---


def test_one_is_made_before_a_new_key(vault: Vault, settings: MachineSettings, target: Path) -> None:
    set_up(vault, settings, target)
    add_detail(vault, "before")
    vault.rotate("clinical")
    assert whys(vault, target) == ["before a new key"]
    assert "backup" in actions(vault, "core")


def test_one_is_made_before_a_vault_is_brought_up_to_date(
    vault: Vault, settings: MachineSettings, target: Path, plugins: Plugins, tmp_path: Path
) -> None:
    set_up(vault, settings, target)
    vault.close()
    newer = Vault.open(vault.folder, host=Newer(plugins, tmp_path / "revisions"))
    backup_schedule.watch(newer, settings)
    newer.unlock(USER, PASSPHRASE)
    assert whys(newer, target) == ["before a new version"]
    add_person(newer)
    backup_schedule.run_due(newer, settings)
    assert actions(newer, "core").count("backup") == 2  # the first is told with the second
    newer.close()


def test_a_folder_that_is_not_there_does_not_stop_the_work_and_is_shown(
    vault: Vault, settings: MachineSettings, target: Path
) -> None:
    set_up(vault, settings, target / "gone", target)
    vault.prepare_for("before an import")
    assert whys(vault, target) == ["before an import"]
    ages = backup_schedule.ages(vault.folder, settings)
    assert [f.folder for f in ages.failures] == [str(target / "gone")]
    assert ages.level == "amber"


def test_without_folders_nothing_is_made_before_anything(vault: Vault, settings: MachineSettings) -> None:
    backup_schedule.watch(vault, settings)
    vault.prepare_for("before erasing")
    assert not (vault.folder / "backups.json").exists()


# --- What the status bar knows ---


def test_only_the_same_disk_is_amber_and_one_in_a_cloud_is_not(
    vault: Vault, settings: MachineSettings, target: Path
) -> None:
    cloud = target / "Dropbox"
    cloud.mkdir()
    set_up(vault, settings, target)
    backup_schedule.run_due(vault, settings)
    assert backup_schedule.ages(vault.folder, settings).level == "amber"
    set_up(vault, settings, target, cloud)
    assert backup_schedule.ages(vault.folder, settings).level == "ok"


def test_ages_need_no_key(vault: Vault, settings: MachineSettings, target: Path) -> None:
    set_up(vault, settings, target)
    backup_schedule.run_due(vault, settings)
    vault.lock()
    assert [age.days for age in backup_schedule.ages(vault.folder, settings).zones] == [0, 0, 0]


def test_a_folder_that_failed_once_and_is_not_used_makes_no_backup_every_five_minutes(
    vault: Vault, settings: MachineSettings, target: Path
) -> None:
    """Tried once by hand, or taken off the list since: no backup there could ever take its failure away."""
    set_up(vault, settings, target, target / "gone")
    backup_schedule.run_due(vault, settings)
    assert backup_schedule.is_due(vault, settings)  # the control: a folder that is used is tried again
    assert backup_schedule.ages(vault.folder, settings).failures != ()
    set_up(vault, settings, target)
    assert back_up_to(vault, [target / "typed once"])[0].made is None
    assert not backup_schedule.is_due(vault, settings)
    ages = backup_schedule.ages(vault.folder, settings)
    assert ages.failures == ()
    assert State.read(vault.folder).failures != []
    set_up(vault, settings, target, target / "gone")  # and back on the list
    assert [f.folder for f in backup_schedule.ages(vault.folder, settings).failures] == [str(target / "gone")]
