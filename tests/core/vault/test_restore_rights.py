"""Who may bring a vault back, and that nobody comes back with it who has left."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.core.vault.test_admin import NEW, id_of
from tests.core.vault.test_restore import add_detail, current, details, people
from therapydesk.core.errors import (
    NotFound,
    PermissionDenied,
    WrongPassphrase,
)
from therapydesk.core.tables import ZONES
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.restore import restore
from therapydesk.core.vault.restore_plan import agree, plan_restore
from therapydesk.core.vault.vault import Vault
from therapydesk.records.users import User
from therapydesk.testing import add_person

# --- People, keys ---


def test_users_passphrases_and_keys_stay_those_of_today(vault: Vault, target: Path) -> None:
    made = back_up(vault, target)
    vault.add_user("Nia", ["admin"], NEW, [])
    vault.change_passphrase(PASSPHRASE, NEW)
    vault.rotate("clinical")
    add_detail(vault, "after")
    restore(vault, made.path, keep_in=None)
    assert details(vault) == []
    with vault.read() as db:
        assert db.get(User, id_of(vault, "Nia")) is not None
    vault.unlock("Nia", NEW)
    with pytest.raises(WrongPassphrase):
        vault.unlock(USER, PASSPHRASE)
    vault.unlock(USER, NEW)
    assert vault.zones == set(ZONES)
    assert vault.check() == []


def test_who_was_removed_since_does_not_come_back_with_the_backup(team: Vault, target: Path) -> None:
    team.unlock(USER, PASSPHRASE)
    made = back_up(team, target)
    team.remove_user(id_of(team, "Tomos Therapist"))
    restore(team, made.path, keep_in=None)
    assert id_of_left(team, "Tomos Therapist") not in team.unlocked.grants["clinical"].grants
    with pytest.raises(NotFound):
        team.unlock("Tomos Therapist", PASSPHRASE)


def id_of_left(vault: Vault, name: str) -> UUID:
    return next(entry.id for entry in vault.unlocked.users.entries.values() if entry.name == name)


def test_a_zone_that_is_not_held_stays_as_it_is(team: Vault, target: Path) -> None:
    team.unlock(USER, PASSPHRASE)
    team.set_roles(id_of(team, "Nia Admin"), ["owner", "admin"])
    add_detail(team, "before")
    made = back_up(team, target)
    add_detail(team, "after")
    add_person(team, "After")
    team.unlock("Nia Admin", PASSPHRASE)
    plan = plan_restore(team, made.path)
    assert (plan.zones, plan.left) == (("core",), ("clinical", "safeguarding"))
    restore(team, made.path, keep_in=None)
    assert current(team) == {"core": "g2", "clinical": "g1", "safeguarding": "g1"}
    assert people(team) == []
    team.unlock(USER, PASSPHRASE)
    assert details(team) == ["after", "before"]


# --- Who may ---


@pytest.mark.parametrize("name", ["Nia Admin", "Lowri Link", "Tomos Therapist", "Alun Auditor"])
def test_who_is_no_owner_is_refused_before_anything_is_made(team: Vault, target: Path, name: str) -> None:
    team.unlock(USER, PASSPHRASE)
    made = back_up(team, target)
    before = sorted(target.iterdir()), current(team)
    team.unlock(name, PASSPHRASE)
    for attempt in (lambda: restore(team, made.path, keep_in=target), lambda: plan_restore(team, made.path)):
        with pytest.raises(PermissionDenied, match="Owner"):
            attempt()
    assert (sorted(target.iterdir()), current(team)) == before


def test_safeguarding_comes_back_with_a_lead_and_an_owner(team: Vault, target: Path) -> None:
    team.unlock(USER, PASSPHRASE)
    team.set_roles(id_of(team, "Nia Admin"), ["owner"])
    made = back_up(team, target)
    team.unlock("Siân Lead", PASSPHRASE)
    with pytest.raises(PermissionDenied, match="An owner must have"):
        restore(team, made.path, keep_in=None)
    with pytest.raises(PermissionDenied):
        agree(team, made.path)
    team.unlock("Nia Admin", PASSPHRASE)
    agree(team, made.path)
    team.unlock("Siân Lead", PASSPHRASE)
    assert restore(team, made.path, keep_in=None).zones == ("safeguarding",)
    assert current(team) == {"core": "g1", "clinical": "g1", "safeguarding": "g2"}


def test_an_owner_who_is_no_lead_leaves_safeguarding_alone(vault: Vault, target: Path) -> None:
    made = back_up(vault, target)
    vault.set_roles(vault.user.id, ["owner", "therapist"])
    vault.unlock(USER, PASSPHRASE)
    assert "safeguarding" in vault.zones  # the key is held; the role is not
    assert restore(vault, made.path, keep_in=None).zones == ("core", "clinical")
