"""Each thing that security §6 wants in the log is in it; what was typed or searched for is not."""

from __future__ import annotations

import json
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import PASSPHRASE, USER
from tests.core.test_audit import add_person, entries
from therapydesk.core.errors import WrongPassphrase
from therapydesk.core.outgoing import Outgoing, went_out
from therapydesk.core.vault.log_door import added_modules
from therapydesk.core.vault.vault import Vault
from therapydesk.records.practice import put_setting


def told(vault: Vault, action: str) -> list[dict[str, Any]]:
    return [json.loads(e.detail) for e in entries(vault) if e.action == action]


def again(vault: Vault) -> None:
    vault.lock()
    vault.unlock(USER, PASSPHRASE)


def test_coming_in_going_out_and_a_wrong_passphrase(vault: Vault) -> None:
    before = len(told(vault, "unlock"))
    vault.lock()
    with suppress(WrongPassphrase):
        vault.unlock(USER, "not the right words at all")
    vault.unlock(USER, PASSPHRASE)
    assert len(told(vault, "unlock")) == before + 1
    assert told(vault, "lock")
    assert [d["event"] for d in told(vault, "unlock failed")] == ["wrong passphrase"]


def test_searches_are_counted_and_what_for_is_not_kept(vault: Vault) -> None:
    for _ in range(3):
        vault.count_search()
    again(vault)
    assert told(vault, "search") == [{"count": 3}]
    again(vault)
    assert len(told(vault, "search")) == 1


def test_what_leaves_with_how_much_and_why(vault: Vault) -> None:
    person = add_person(vault)
    went_out(vault, "export", Outgoing("chronology", "safeguarding", 12, person, person, "for the council"))
    (entry,) = [e for e in entries(vault, "safeguarding") if e.action == "export"]
    assert json.loads(entry.detail) == {
        "what": "chronology",
        "count": 12,
        "person": str(person),
        "reason": "for the council",
    }
    assert entry.ref == person


def test_keys_given_taken_and_changed(vault: Vault) -> None:
    user = vault.add_user("Nia Bevan", ["therapist"], PASSPHRASE, ["clinical"])
    vault.revoke("clinical", user.id)
    vault.grant("clinical", user.id)
    vault.rotate("clinical")
    vault.remove_user(user.id)
    kinds = [e.action for e in entries(vault)] + [e.action for e in entries(vault, "clinical")]
    assert {"user added", "zone revoked", "zone granted", "key changed", "user removed"} <= set(kinds)


def test_settings_of_the_practice(vault: Vault) -> None:
    with vault.write("core") as db:
        put_setting(db, "practice.name", "Harbour")
    assert "practice_setting" in {d.get("table") for d in told(vault, "create") + told(vault, "change")}
    assert "Harbour" not in "".join(e.detail for e in entries(vault))


def test_modules_allowed_and_switched(vault: Vault) -> None:
    vault.tell_module("module allowed", "choir", "1.2", "ab" * 32)
    vault.tell_module("module switched off", "choir")
    assert told(vault, "module allowed") == [{"module": "choir", "version": "1.2", "digest": "ab" * 32}]
    assert told(vault, "module switched off") == [{"module": "choir"}]


def test_the_unlock_says_which_added_modules_ran(vault: Vault) -> None:
    found = SimpleNamespace(version="1.2", digest="c" * 64)
    running = SimpleNamespace(id="choir", found=found, on=True, module=object())
    off = SimpleNamespace(id="band", found=found, on=False, module=object())
    ours = SimpleNamespace(id="notes", found=None, on=True, module=object())
    host = SimpleNamespace(loaded={e.id: e for e in (running, off, ours)})
    assert added_modules(host) == {"modules": [f"choir 1.2 {'c' * 12}"]}
    assert added_modules(object()) == {}
    assert added_modules(vault.host) == {}


@pytest.mark.parametrize("action", ["unlock", "lock"])
def test_no_entry_holds_a_passphrase_or_a_name(vault: Vault, action: str) -> None:
    add_person(vault, "Carys Bevan")
    again(vault)
    assert told(vault, action)
    everything = "".join(e.detail for zone in ("core", "clinical") for e in entries(vault, zone))
    assert PASSPHRASE not in everything
    assert "Bevan" not in everything


def test_a_damaged_part_is_walked_through_and_not_written(vault: Vault) -> None:
    before = len(entries(vault, "clinical"))
    vault.stop_writing("clinical")
    assert {result.zone for result in vault.verify_logs() if result.sound} == {
        "core",
        "clinical",
        "safeguarding",
    }
    assert len(entries(vault, "clinical")) == before
    assert told(vault, "log checked")
