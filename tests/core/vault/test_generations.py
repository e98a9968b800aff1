"""Old generations of a zone, and the short check at unlock."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.core.vault.test_vault import actions, zone_path
from therapydesk.core import dates
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.vault import Vault


def age(folder: Path, days: int) -> None:
    """Let the files of a generation be last written so many days ago."""
    then = (dates.now() - timedelta(days=days)).timestamp()
    for file in folder.iterdir():
        os.utime(file, (then, then))


def names(vault: Vault, zone: Zone) -> set[str]:
    return {path.name for path in (vault.folder / zone).iterdir()}


@pytest.fixture
def rotated(vault: Vault) -> Vault:
    """Core is in its fourth generation; the three before are 40 days old."""
    for _ in range(3):
        vault.rotate("core")
    for name in ("g1", "g2", "g3"):
        age(vault.folder / "core" / name, days=40)
    return vault


def test_the_generation_before_stays_and_older_ones_go_after_thirty_days(rotated: Vault) -> None:
    age(rotated.folder / "core" / "g2", days=29)
    rotated.unlock(USER, PASSPHRASE)
    assert names(rotated, "core") == {"g2", "g3", "g4"}
    assert actions(rotated).count("old generations removed") == 1
    age(rotated.folder / "core" / "g2", days=31)
    rotated.unlock(USER, PASSPHRASE)
    rotated.unlock(USER, PASSPHRASE)
    assert names(rotated, "core") == {"g3", "g4"}
    assert actions(rotated).count("old generations removed") == 2
    assert names(rotated, "clinical") == {"g1"}
    assert rotated.check() == []


def test_what_an_attempt_that_died_left_behind_is_not_taken_for_an_old_one(rotated: Vault) -> None:
    ahead = rotated.folder / "core" / "g5"
    ahead.mkdir()
    (rotated.folder / "core" / "notes").mkdir()
    assert generations.tidy(rotated.folder, "core", "g4") == ["g1", "g2"]
    assert names(rotated, "core") == {"g3", "g4", "g5", "notes"}


def test_an_old_generation_that_was_half_removed_goes_the_next_time(rotated: Vault) -> None:
    for file in (rotated.folder / "core" / "g1").iterdir():
        file.unlink()
    assert generations.tidy(rotated.folder, "core", "g4") == ["g1", "g2"]


def test_a_zone_is_tidied_only_by_who_opened_it(rotated: Vault) -> None:
    for _ in range(3):
        rotated.rotate("safeguarding")
    for name in ("g1", "g2", "g3"):
        age(rotated.folder / "safeguarding" / name, days=40)
    rotated.add_user("Nia", ["admin"], PASSPHRASE, [])
    rotated.unlock("Nia", PASSPHRASE)
    assert names(rotated, "safeguarding") == {"g1", "g2", "g3", "g4"}
    assert names(rotated, "core") == {"g3", "g4"}


@pytest.mark.parametrize("zone", ZONES)
def test_the_short_check_names_a_damaged_file_and_changes_nothing(team: Vault, zone: Zone) -> None:
    team.unlock(USER, PASSPHRASE)
    assert team.quick_check() == []
    path = zone_path(team.folder, zone)
    content = bytearray(path.read_bytes())
    for at in range(len(content) // 2, len(content), 512):
        content[at] ^= 1
    path.write_bytes(content)
    found = team.quick_check()
    assert [(f.zone, f.kind) for f in found] == [(zone, "file")]
    assert "damaged" in found[0].message
    assert "Nothing was changed" in found[0].message
    assert path.read_bytes() == bytes(content)


def test_the_short_check_ends_when_it_is_told_to(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generations, "STEPS", 1)
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 3

    assert vault.quick_check(stop) == []
    assert len(asked) < 10
