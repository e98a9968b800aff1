"""The full check of the files, once a week."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.core.vault.test_vault import actions, zone_path
from therapydesk.core import dates
from therapydesk.core.tables import ZONES
from therapydesk.core.vault import weekly
from therapydesk.core.vault.vault import Vault


def later(days: float) -> None:
    moment = dates.now() + timedelta(days=days)
    dates.set_clock(lambda: moment)


def test_files_are_due_at_first_and_then_after_a_week(vault: Vault) -> None:
    assert weekly.due(vault) == list(ZONES)
    assert weekly.check_due(vault) == []
    assert weekly.due(vault) == []
    assert actions(vault).count(weekly.DONE) == 1
    later(6.9)
    assert weekly.due(vault) == []
    later(0.2)
    assert weekly.due(vault) == list(ZONES)
    assert set(weekly.last_checked(vault)) == set(ZONES)


def test_a_clock_that_ran_back_makes_them_due(vault: Vault) -> None:
    weekly.check_due(vault)
    later(-3)
    assert weekly.due(vault) == list(ZONES)


def test_each_zone_is_checked_by_who_holds_it(team: Vault) -> None:
    team.unlock("Tomos Therapist", PASSPHRASE)
    assert weekly.check_due(team) == []
    team.unlock(USER, PASSPHRASE)
    assert weekly.due(team) == ["safeguarding"]


def test_what_is_damaged_is_named_and_stays_due(vault: Vault) -> None:
    path = zone_path(vault.folder, "safeguarding")
    vault.lock()
    content = bytearray(path.read_bytes())
    content[-50] ^= 4
    path.write_bytes(content)
    vault.unlock(USER, PASSPHRASE)
    found = weekly.check_due(vault)
    assert [finding.zone for finding in found] == ["safeguarding"]
    assert "safeguarding/g1/zone.db" in found[0].message
    assert weekly.due(vault) == ["safeguarding"]


def test_it_ends_when_it_is_told_to_and_nothing_counts_as_checked(vault: Vault) -> None:
    assert weekly.check_due(vault, lambda: True) == []
    assert weekly.due(vault) == list(ZONES)


def test_stopped_in_the_middle_it_is_not_called_damaged(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr("therapydesk.core.vault.generations.STEPS", 1)

    def soon() -> bool:
        asked.append(1)
        return len(asked) > 3

    assert weekly.check_due(vault, soon) == []
    assert "core" in weekly.due(vault)
