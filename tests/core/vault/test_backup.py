"""Backups: what is in one, that it was opened again from where it lies, and what a failed attempt leaves."""

from __future__ import annotations

import json
import os
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.core.vault.test_admin import actions
from therapydesk.core import dates
from therapydesk.core.errors import PermissionDenied
from therapydesk.core.tables import ZONES
from therapydesk.core.vault import backup_state, backup_targets, generations
from therapydesk.core.vault.backup import back_up, back_up_to
from therapydesk.core.vault.backup_file import BackupFile
from therapydesk.core.vault.backup_log import changed_since
from therapydesk.core.vault.backup_state import State
from therapydesk.core.vault.backup_verify import verify_backup
from therapydesk.core.vault.vault import Vault
from therapydesk.testing import add_person


def names(folder: Path) -> list[str]:
    """What lies there, without the list of erasures, which is no backup."""
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith("-erasures.json"))


def stop_clock(at: datetime) -> None:
    dates.set_clock(lambda: at)


# --- What is in one ---


def test_all_zones_are_in_it_and_were_opened_and_checked(vault: Vault, target: Path) -> None:
    add_person(vault, "Carys Bowen")
    made = back_up(vault, target)
    assert (made.verified.zones, made.verified.wait) == (ZONES, ())
    assert names(target) == [made.path.name]
    with zipfile.ZipFile(made.path) as archive:
        wanted = {f"{zone}/{name}" for zone in ZONES for name in ("zone.db", "grants.json")}
        assert set(archive.namelist()) == wanted | {"VAULT.json", "users.json", "manifest.json"}
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
    assert made.path.stat().st_mode & 0o777 == 0o600


def test_nothing_in_it_can_be_read_without_a_key(vault: Vault, target: Path) -> None:
    add_person(vault, "Xanthippe Quillfeather")
    made = back_up(vault, target)
    content = made.path.read_bytes()
    assert b"Xanthippe" not in content
    assert b"SQLite format 3" not in content
    with zipfile.ZipFile(made.path) as archive:
        told = json.loads(archive.read("manifest.json"))
    assert b"person" not in json.dumps(told).encode()  # not even how many people there are


def test_large_files_are_counted_and_copied_as_they_are(vault: Vault, target: Path) -> None:
    folder = vault.folder / "files" / "clinical"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "one").write_bytes(os.urandom(3_000_000))
    (folder / ".unfinished").write_bytes(b"half")
    made = back_up(vault, target)
    with BackupFile(made.path) as backup:
        assert backup.names("files/") == ["files/clinical/one"]
        assert backup.read("files/clinical/one") == (folder / "one").read_bytes()


def test_it_is_made_while_others_write(vault: Vault, target: Path) -> None:
    """A writer that holds the zone does not stop it: then it is copied page by page, as of the last commit."""
    add_person(vault, "Before")
    with vault.write("clinical"), vault.read():
        made = back_up(vault, target)
    assert made.verified.zones == ZONES
    assert verify_backup(vault, made.path).zones == ZONES


def test_a_full_wal_that_cannot_be_emptied_is_in_the_copy(vault: Vault, target: Path) -> None:
    """A reader from before keeps the WAL from being worked in; what it holds comes along."""
    path = generations.zone_file(vault.folder, "core", vault.unlocked.current["core"])
    raw = generations.connect_alone(path, vault.unlocked.ring.zones["core"])
    raw.execute("BEGIN")
    raw.execute("SELECT count(*) FROM person").fetchone()
    add_person(vault, "Carys Bowen")
    made = back_up(vault, target)
    raw.close()
    with BackupFile(made.path) as backup:
        counts = backup.manifest.counts("core", vault.unlocked.ring.zones["core"])
    assert counts["person"] == 1


def test_a_zone_that_is_not_held_is_copied_as_it_lies_and_waits_for_its_holder(
    team: Vault, target: Path
) -> None:
    team.unlock("Nia Admin", PASSPHRASE)
    made = back_up(team, target)
    assert (made.verified.zones, made.verified.wait) == (("core",), ("clinical", "safeguarding"))
    state = State.read(team.folder)
    assert set(state.verified) == {"core"}
    assert state.waits == {zone: str(made.path) for zone in ("clinical", "safeguarding")}
    team.unlock("Siân Lead", PASSPHRASE)
    assert verify_backup(team, made.path).zones == ZONES
    state = State.read(team.folder)
    assert set(state.verified) == set(ZONES)
    assert state.waits == {}


def test_what_a_crash_left_in_the_wal_of_a_zone_not_held_comes_along(team: Vault, target: Path) -> None:
    team.unlock("Siân Lead", PASSPHRASE)
    path = generations.zone_file(team.folder, "safeguarding", team.unlocked.current["safeguarding"])
    keys = team.unlocked.ring.zones["safeguarding"]
    other = generations.connect_alone(path, keys)
    other.execute("PRAGMA wal_autocheckpoint=0")
    other.execute("UPDATE unit SET count = count + 1")
    wal = path.with_name("zone.db-wal")
    kept = wal.read_bytes()
    other.close()
    team.lock()
    wal.write_bytes(kept)  # as after a power cut
    team.unlock("Nia Admin", PASSPHRASE)
    made = back_up(team, target)
    with BackupFile(made.path) as backup:
        assert "safeguarding/zone.db-wal" in backup.names()
    team.unlock("Siân Lead", PASSPHRASE)
    assert verify_backup(team, made.path).zones == ZONES


# --- Who may ---


@pytest.mark.parametrize("name", ["Lowri Link", "Alun Auditor"])
def test_who_may_not_back_up_is_refused_and_nothing_is_written(team: Vault, target: Path, name: str) -> None:
    team.unlock(name, PASSPHRASE)
    with pytest.raises(PermissionDenied, match="does not include"):
        back_up(team, target)
    assert names(target) == []


@pytest.mark.parametrize("name", ["Nia Admin", "Tomos Therapist", "Siân Lead"])
def test_who_may_back_up_does(team: Vault, target: Path, name: str) -> None:
    team.unlock(name, PASSPHRASE)
    assert back_up(team, target).path.exists()


# --- What is remembered ---


def test_the_log_says_so_and_that_alone_is_no_change(vault: Vault, target: Path) -> None:
    assert changed_since(vault)
    back_up(vault, target)
    assert actions(vault, "core")[-1] == "backup"
    assert not changed_since(vault)
    vault.unlock(USER, PASSPHRASE)
    assert not changed_since(vault)
    add_person(vault)
    assert changed_since(vault)


def test_one_folder_that_fails_does_not_keep_the_other_from_its_backup(vault: Vault, target: Path) -> None:
    missing, good = back_up_to(vault, [target / "gone", target])
    assert good.made is not None
    assert missing.error is not None
    assert "plug it in" in str(missing.error)
    assert [f.folder for f in State.read(vault.folder).failures] == [str(target / "gone")]
    (target / "gone").mkdir()
    back_up(vault, target / "gone")
    assert State.read(vault.folder).failures == []


def test_ages_go_from_ok_to_amber_to_red(vault: Vault, target: Path) -> None:
    start = dates.now()
    levels = {}
    assert backup_state.read_ages(vault.folder, start, ()).level == "amber"  # none yet
    back_up(vault, target)
    for days in (0, 6, 7, 13, 14, 400):
        stop_clock(start + timedelta(days=days, minutes=1))
        levels[days] = backup_state.read_ages(vault.folder, start, ()).level
    assert levels == {0: "ok", 6: "ok", 7: "amber", 13: "amber", 14: "red", 400: "red"}


def test_a_backup_on_the_same_disk_alone_is_amber(vault: Vault, target: Path) -> None:
    back_up(vault, target)
    assert backup_state.read_ages(vault.folder, dates.now(), (), same_disk_alone=True).level == "amber"
    assert backup_state.read_ages(vault.folder, dates.now(), ()).level == "ok"
    assert backup_targets.where_is(target, vault.folder) == "same_disk"
    assert backup_targets.where_is(target / "gone", vault.folder) == "missing"
    cloud = target / "OneDrive - Harbour"
    cloud.mkdir()
    assert backup_targets.where_is(cloud, vault.folder) == "cloud"


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"{nonsense", b'{"verified": {"core": 3}}'])
def test_a_broken_state_file_shows_as_no_backup_yet(vault: Vault, target: Path, content: bytes) -> None:
    back_up(vault, target)
    (vault.folder / backup_state.FILE).write_bytes(content)
    assert backup_state.read_ages(vault.folder, dates.now(), ()).level == "amber"
    back_up(vault, target)
    assert backup_state.read_ages(vault.folder, dates.now(), ()).level == "ok"


# --- Which stay ---


def test_hourly_ones_are_thinned_and_those_by_hand_stay(vault: Vault, target: Path) -> None:
    start = dates.now().replace(hour=9)
    whys = ["hourly", "by hand", "hourly", "before an import", "hourly", "hourly"]
    made = []
    for hour, why in enumerate(whys):
        stop_clock(start + timedelta(hours=hour))
        made.append(back_up(vault, target, why=why).path.name)
    assert names(target) == sorted([made[1], made[3], made[5]])


def test_the_last_one_in_which_a_zone_was_verified_is_never_thinned_out(team: Vault, target: Path) -> None:
    start = dates.now()
    team.unlock("Siân Lead", PASSPHRASE)
    whole = back_up(team, target, why="hourly").path
    team.unlock("Nia Admin", PASSPHRASE)
    for minutes in range(1, 4):
        stop_clock(start + timedelta(minutes=minutes))
        back_up(team, target, why="hourly")
    assert whole.exists()
    assert len(names(target)) == 2


def test_backups_of_another_vault_in_the_same_folder_are_left_alone(vault: Vault, target: Path) -> None:
    """Copies of one vault share its id; a name that is alike is told by what is inside."""
    other = target / f"{backup_targets.prefix(vault.unlocked.users.vault)}20200101T000000000000Z.tdbackup"
    other.write_bytes(b"something else")
    back_up(vault, target)
    back_up(vault, target)
    assert other.exists()
    found = backup_targets.list_backups(target, vault.unlocked.users.vault)
    assert found[-1].path == other
    assert "damaged" in found[-1].trouble


def test_who_left_is_told_which_backups_their_passphrase_still_opens(team: Vault, target: Path) -> None:
    team.unlock(USER, PASSPHRASE)
    user = team.unlocked.users.named("Tomos Therapist").id
    before = back_up(team, target)
    team.remove_user(user)
    back_up(team, target)
    (open_still,) = backup_targets.open_to(target, team.unlocked.users.vault, user)
    assert (open_still.path, open_still.zones) == (before.path, ("core", "clinical"))
