"""Who may sign in, and what opens for them: the permission is asked here, the keys are the vault's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from tests.conftest import PASSPHRASE, USER, add_users, opened_copy
from therapydesk.core.errors import NotFound, PermissionDenied, UserError, ZoneClosed
from therapydesk.core.permissions import ROLES, matrix
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES
from therapydesk.core.vault.session import Actor
from therapydesk.core.vault.vault import Vault
from therapydesk.records import staff
from therapydesk.records.staff import StaffMember, list_staff

NEW = "another set of plain words"
ACTIONS: dict[str, tuple[str, Callable[[Vault, UUID], object]]] = {
    "add": ("users.manage", lambda vault, _who: staff.add_staff(vault, "New", ["admin"], NEW)),
    "roles": ("users.manage", lambda vault, who: staff.change_roles(vault, who, ["auditor"])),
    "remove": ("users.manage", lambda vault, who: staff.remove_staff(vault, who)),
    "give clinical": ("users.grant_clinical", lambda v, who: staff.give_key(v, "clinical", who)),
    "take clinical": ("users.grant_clinical", lambda v, who: staff.take_key(v, "clinical", who)),
    "give safeguarding": ("users.grant_safeguarding", lambda v, who: staff.give_key(v, "safeguarding", who)),
    "take safeguarding": ("users.grant_safeguarding", lambda v, who: staff.take_key(v, "safeguarding", who)),
}


@pytest.fixture(scope="module")
def pair(plugins: Plugins, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed practice of two: Ruth with every role and key, Nia who is nothing but admin."""
    return add_users(template, tmp_path_factory.mktemp("pair") / "vault", plugins, {"Nia": (("admin",), ())})


@pytest.fixture
def two(plugins: Plugins, pair: Path, tmp_path: Path) -> Iterator[Vault]:
    vault = opened_copy(pair, tmp_path / "two", plugins)
    vault.unlock(USER, PASSPHRASE)
    yield vault
    vault.close()


def member(vault: Vault, name: str) -> StaffMember:
    return next(one for one in list_staff(vault) if one.name == name)


def act_as(vault: Vault, *roles: str) -> None:
    """The signed-in user, who holds every key, with these roles alone."""
    state = vault.unlocked
    state.user = Actor(state.user.id, state.user.name, frozenset(roles))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_obeys_the_table_for_each_role(two: Vault, action: str, role: str) -> None:
    permission, act = ACTIONS[action]
    nia = member(two, "Nia").id
    act_as(two, role)
    if role in matrix()[permission]:
        act(two, nia)
        return
    before = two.unlocked.users.copy()
    with pytest.raises(PermissionDenied, match="does not include"):
        act(two, nia)
    assert two.unlocked.users == before
    assert two.holders("clinical") == two.holders("safeguarding") == {two.user.id}


def test_somebody_added_opens_core_and_waits_for_the_key_that_the_role_needs(two: Vault) -> None:
    staff.add_staff(two, " Tomos ", ["therapist"], NEW)
    tomos = member(two, "Tomos")
    assert tomos.roles == {"therapist"}
    assert (tomos.holds, tomos.waits_for) == (("core",), ("clinical",))
    staff.give_key(two, "clinical", tomos.id)
    assert member(two, "Tomos").waits_for == ()
    two.unlock("Tomos", NEW)
    assert two.zones == {"core", "clinical"}


def test_the_role_gives_no_key_and_without_a_key_none_is_given(two: Vault) -> None:
    staff.change_roles(two, member(two, "Nia").id, ["therapist", "lead"])
    two.unlock("Nia", PASSPHRASE)
    assert two.zones == {"core"}
    assert not staff.may_give(two, "clinical")
    with pytest.raises(ZoneClosed):
        staff.give_key(two, "clinical", two.user.id)


def test_there_is_always_an_owner(two: Vault) -> None:
    ruth, nia = member(two, USER), member(two, "Nia")
    with pytest.raises(UserError, match="needs an owner"):
        staff.change_roles(two, ruth.id, ["therapist"])
    staff.change_roles(two, nia.id, ["owner"])
    staff.change_roles(two, ruth.id, ["therapist"])
    two.unlock("Nia", PASSPHRASE)
    assert "owner" in two.user.roles
    with pytest.raises(UserError, match="needs an owner"):
        staff.change_roles(two, nia.id, ["admin"])


def test_a_user_without_a_role_is_refused(two: Vault) -> None:
    with pytest.raises(UserError, match="at least one role"):
        staff.add_staff(two, "New", [], NEW)
    with pytest.raises(UserError, match="at least one role"):
        staff.change_roles(two, member(two, "Nia").id, [])


def test_who_leaves_is_gone_from_the_list_and_a_holder_changes_the_key_they_knew(two: Vault) -> None:
    staff.add_staff(two, "Siân", ["lead"], NEW)
    for zone in member(two, "Siân").waits_for:
        staff.give_key(two, zone, member(two, "Siân").id)
    staff.change_roles(two, member(two, "Nia").id, ["owner"])
    two.unlock("Nia", PASSPHRASE)
    assert staff.remove_staff(two, member(two, "Siân").id) == {"clinical", "safeguarding"}
    with pytest.raises(ZoneClosed):
        staff.change_key(two, "clinical")
    two.unlock(USER, PASSPHRASE)
    assert [one.name for one in list_staff(two)] == ["Nia", USER]
    assert two.zones_to_change() == {"clinical", "safeguarding"}
    for zone in two.zones_to_change():
        staff.change_key(two, zone)
    assert two.zones_to_change() == frozenset()
    assert two.zones == set(ZONES)
    with pytest.raises(NotFound):
        two.unlock("Siân", NEW)
