"""Keeping a copy of a damaged vault, and opening it for reading."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.core.vault.damaged import files, folder, host, opened, sound, spoil
from tests.reliability.kept import SIGN_IN
from tests.reliability.world import Host, open_vault
from therapydesk.core import audit
from therapydesk.core.errors import DamagedVault, DiskFull, ReadOnlyZone, WrongPassphrase
from therapydesk.core.tables import ZONES
from therapydesk.core.vault import damage
from therapydesk.records.people import Person

__all__ = ["folder", "host", "sound"]


def test_a_copy_is_kept_once_and_is_exactly_what_was_there(folder: Path) -> None:
    spoil(folder, "clinical", 1)
    before = {name: content for name, content in files(folder).items() if "/g" not in name or "/g3/" in name}
    kept = damage.keep_copy(folder)
    del before["LOCK"]
    assert files(kept) == before
    assert damage.keep_copy(folder) == kept
    spoil(folder, "clinical", 2)
    assert damage.keep_copy(folder) != kept
    assert len(damage.kept_copies(folder)) == 2


def test_no_room_for_the_copy_is_said_and_leaves_nothing_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(1, 1, 0))
    with pytest.raises(DiskFull, match="keep a copy"):
        damage.keep_copy(folder)
    assert damage.kept_copies(folder) == []


def test_with_one_zone_damaged_the_others_are_read_and_nothing_is_written(folder: Path, host: Host) -> None:
    spoil(folder, "clinical", 1)
    before = files(folder)
    vault = open_vault(folder, host)
    opened_for = vault.open_for_reading(*SIGN_IN)
    assert set(opened_for.closed) == {"clinical"}
    assert vault.zones == {"core", "safeguarding"}
    assert vault.read_only == set(ZONES)
    with vault.read() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 12
    with pytest.raises(ReadOnlyZone, match="damaged"), vault.write("core"):
        pass
    assert vault.zones_to_change() == frozenset()
    vault.close()
    after = files(folder)
    assert {n for n in before if n != "LOCK" and after[n] != before[n]} == set()


def test_a_wrong_passphrase_opens_no_damaged_vault(folder: Path, host: Host) -> None:
    spoil(folder, "clinical", 1)
    vault = open_vault(folder, host)
    with pytest.raises(WrongPassphrase):
        vault.open_for_reading(SIGN_IN[0], "some other plain words")
    assert not vault.is_unlocked
    vault.close()


def test_without_core_there_is_nothing_to_read_and_the_way_on_is_said(folder: Path, host: Host) -> None:
    spoil(folder, "core", 1)
    vault = open_vault(folder, host)
    with pytest.raises(DamagedVault, match="backup, or salvage"):
        vault.open_for_reading(*SIGN_IN)
    assert not vault.is_unlocked
    vault.close()


def test_damage_found_at_work_stops_the_writing_of_that_zone_alone(folder: Path, host: Host) -> None:
    vault = opened(folder, host)
    kept = vault.stop_writing("clinical")
    assert kept.is_dir()
    with pytest.raises(ReadOnlyZone), vault.write("clinical"):
        pass
    with vault.write("core") as db:
        audit.record(db, "still written")
    vault.lock()
    vault.unlock(*SIGN_IN)
    assert vault.read_only == frozenset()
    vault.close()


def test_what_is_typed_in_a_damaged_vault_stays_in_memory_and_is_written_later(
    folder: Path, host: Host
) -> None:
    vault = opened(folder, host)
    vault.save_draft("notes.1", "before")
    vault.stop_writing("core")
    vault.save_draft("notes.1", "We sang.")
    assert vault.load_draft("notes.1") == "We sang."
    vault.drop_draft("notes.2")
    vault.lock()
    vault.unlock(*SIGN_IN)
    assert vault.load_draft("notes.1") == "We sang."
    assert vault.unsaved_drafts == {}
    vault.close()


def test_a_zone_stays_shut_for_writing_when_another_ones_key_is_changed(folder: Path, host: Host) -> None:
    vault = opened(folder, host)
    vault.stop_writing("clinical")
    vault.rotate("core")
    assert vault.read_only == {"clinical"}
    with pytest.raises(ReadOnlyZone), vault.write("clinical"):
        pass
    vault.close()


def test_after_an_erasure_no_kept_copy_holds_the_zone(folder: Path, host: Host) -> None:
    from therapydesk.core.vault.scrub import scrub

    vault = opened(folder, host)
    kept = damage.keep_copy(folder)
    scrub(vault, "clinical")
    assert not (kept / "clinical").exists()
    assert (kept / "core").is_dir()
    vault.close()
