"""Changing a key although nobody left: an owner by themselves, a lead that of safeguarding alone and with an owner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER, Users, add_users, opened_copy
from therapydesk.core.audit import ENTRIES
from therapydesk.core.errors import NotFound, PermissionDenied, UserError, WrongPassphrase, ZoneClosed
from therapydesk.core.permissions import ROLES, matrix
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import ZONES
from therapydesk.core.vault.session import Actor
from therapydesk.core.vault.vault import Vault
from therapydesk.records.activity import LogQuery, find_log, read_log
from therapydesk.records.key_renewal import (
    OwnersWord,
    needs_owner,
    owners_to_ask,
    renew_key,
    renewable_keys,
)

OTHERS: Users = {
    "Siân Lead": (("lead", "therapist"), ("clinical", "safeguarding")),
    "Owen Owner": (("owner",), ()),
    "Nia Admin": (("admin",), ()),
    "Tomos Therapist": (("therapist",), ("clinical",)),
    "Alun Auditor": (("auditor",), ()),
    "Lowri Link": (("link_worker",), ()),
    "Lena Lead": (("lead",), ()),
}
WORD = OwnersWord("Owen Owner", PASSPHRASE)


@pytest.fixture(scope="module")
def made(plugins: Plugins, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Closed: Owen is an owner who holds nothing but core, Siân a lead who holds safeguarding."""
    return add_users(template, tmp_path_factory.mktemp("owned") / "vault", plugins, OTHERS)


@pytest.fixture
def practice(plugins: Plugins, made: Path, tmp_path: Path) -> Iterator[Vault]:
    vault = opened_copy(made, tmp_path / "practice", plugins)
    vault.unlock("Siân Lead", PASSPHRASE)
    yield vault
    vault.close()


def generations(vault: Vault) -> list[str]:
    return [vault.unlocked.current[zone] for zone in ZONES]


def entries(vault: Vault, zone: Any, action: str) -> list[Any]:
    with vault.read() as db:
        entry: Any = ENTRIES[zone]
        return list(db.scalars(select(entry).where(entry.action == action)))


def act_as(vault: Vault, *roles: str) -> None:
    """The signed-in user, who holds every key, with these roles alone."""
    state = vault.unlocked
    state.user = Actor(state.user.id, state.user.name, frozenset(roles))


def test_the_table_says_what_the_design_says() -> None:
    """Security §4: "restore, rotate: owner, lead with owner for safeguarding"."""
    for what in ("restore", "rotate"):
        assert set(matrix()[f"backup.{what}"]) == {"owner"}
        assert set(matrix()[f"backup.{what}_safeguarding"]) == {"lead"}


def test_a_lead_changes_the_key_of_safeguarding_with_an_owner_who_does_not_hold_it(practice: Vault) -> None:
    assert (renewable_keys(practice), needs_owner(practice)) == (["safeguarding"], True)
    assert [one.name for one in owners_to_ask(practice)] == ["Owen Owner", USER]
    old = bytes(practice.unlocked.ring.zone("safeguarding").secret)
    renew_key(practice, "safeguarding", WORD)
    assert generations(practice) == ["g1", "g1", "g2"]
    assert bytes(practice.unlocked.ring.zone("safeguarding").secret) != old
    for name in (USER, "Siân Lead"):
        practice.unlock(name, PASSPHRASE)
        assert "safeguarding" in practice.zones
    assert practice.check() == []
    practice.unlock("Owen Owner", PASSPHRASE)
    assert practice.zones == {"core"}, "to agree gives no key"


def test_both_logs_name_both(practice: Vault) -> None:
    owner = next(one for one in owners_to_ask(practice) if one.name == "Owen Owner")
    renew_key(practice, "safeguarding", WORD)
    (agreed,) = entries(practice, "core", "key change agreed")
    assert (agreed.actor, agreed.ref) == (practice.user.id, owner.id)
    (changed,) = entries(practice, "safeguarding", "key changed with an owner")
    assert (changed.actor, changed.ref) == (practice.user.id, owner.id)
    with practice.read() as db:
        lines = read_log(db, find_log(db, LogQuery(group="keys")), 0, 50)
    told = {line.what: line for line in lines if line.who == "Siân Lead"}
    for what in ("An owner agreed that a key is changed", "Changed a key with the agreement of an owner"):
        assert told[what].about == "Owen Owner"
        assert ("Part", "Safeguarding concerns") in told[what].more
    written = "".join(e.detail for e in [agreed, changed])
    assert PASSPHRASE not in written


@pytest.mark.parametrize(
    ("word", "error", "text"),
    [
        (None, UserError, "An owner has to agree"),
        (OwnersWord("Owen Owner", "not the passphrase"), WrongPassphrase, "not the right|passphrase"),
        (OwnersWord("Nia Admin", PASSPHRASE), PermissionDenied, "Nia Admin is no owner"),
        (OwnersWord("Siân Lead", PASSPHRASE), PermissionDenied, "Siân Lead is no owner"),
        (OwnersWord("Nobody", PASSPHRASE), NotFound, "no user of that name"),
    ],
)
def test_without_an_owner_who_agrees_nothing_is_changed(
    practice: Vault, word: OwnersWord | None, error: type[UserError], text: str
) -> None:
    with pytest.raises(error, match=text):
        renew_key(practice, "safeguarding", word)
    assert generations(practice) == ["g1", "g1", "g1"]
    assert entries(practice, "core", "key change agreed") == []


def test_an_owner_who_left_cannot_agree(practice: Vault) -> None:
    practice.unlock(USER, PASSPHRASE)
    owen = next(one for one in owners_to_ask(practice) if one.name == "Owen Owner")
    practice.remove_user(owen.id)
    practice.unlock("Siân Lead", PASSPHRASE)
    assert "Owen Owner" not in {one.name for one in owners_to_ask(practice)}
    before = generations(practice)
    with pytest.raises(NotFound):
        renew_key(practice, "safeguarding", WORD)
    assert generations(practice) == before


def test_guesses_of_an_owners_passphrase_have_to_wait_and_are_told(practice: Vault) -> None:
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            renew_key(practice, "safeguarding", OwnersWord("Owen Owner", "a guess of words"))
    with pytest.raises(WrongPassphrase, match="Too many"):
        renew_key(practice, "safeguarding", WORD)
    practice.unlock(USER, PASSPHRASE)
    assert len(entries(practice, "core", "unlock failed")) == 3


@pytest.mark.parametrize("zone", ["core", "clinical"])
def test_an_owners_word_opens_no_other_part_to_a_lead(practice: Vault, zone: Any) -> None:
    with pytest.raises(PermissionDenied, match="Owner"):
        renew_key(practice, zone, WORD)
    assert generations(practice) == ["g1", "g1", "g1"]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("zone", ZONES)
def test_each_role_with_every_key_and_no_owner_beside_it(practice: Vault, zone: Any, role: str) -> None:
    practice.unlock(USER, PASSPHRASE)
    act_as(practice, role)
    if role == "owner":
        renew_key(practice, zone)
        assert practice.unlocked.current[zone] == "g2"
        return
    with pytest.raises(UserError, match="has to agree|does not include"):
        renew_key(practice, zone)
    assert generations(practice) == ["g1", "g1", "g1"]


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("owner", "lead")])
def test_an_owners_word_makes_nobody_else_a_lead(practice: Vault, role: str) -> None:
    practice.unlock(USER, PASSPHRASE)
    act_as(practice, role)
    assert renewable_keys(practice) == []
    with pytest.raises(PermissionDenied, match="safeguarding lead who holds it, with an owner"):
        renew_key(practice, "safeguarding", WORD)
    assert generations(practice) == ["g1", "g1", "g1"]


def test_who_does_not_hold_the_key_is_told_who_can(practice: Vault) -> None:
    practice.unlock("Lena Lead", PASSPHRASE)
    assert renewable_keys(practice) == []
    with pytest.raises(ZoneClosed):
        renew_key(practice, "safeguarding", WORD)
    practice.unlock("Owen Owner", PASSPHRASE)
    assert renewable_keys(practice) == ["core"]
    with pytest.raises(ZoneClosed, match="A safeguarding lead who holds it changes it"):
        renew_key(practice, "safeguarding")
    with pytest.raises(ZoneClosed, match="Somebody who holds it has to"):
        renew_key(practice, "clinical")
    assert generations(practice) == ["g1", "g1", "g1"]
