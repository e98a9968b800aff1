"""Marks in the keyring: kept when the log holds the ones before, and never in the way of anything."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from keyring.backends import fail, null
from keyring.errors import KeyringError, KeyringLocked

from tests.conftest import PASSPHRASE, USER
from tests.core.test_audit import add_person, entries, tamper
from tests.keyrings import Memory, OtherMemory
from therapydesk.core import audit, secrets
from therapydesk.core.secrets import KeyringState as State
from therapydesk.core.vault import mark_keeper, marks
from therapydesk.core.vault.mark_keeper import MarkAnswer
from therapydesk.core.vault.vault import Vault


def look(vault: Vault, expect: str = "") -> MarkAnswer:
    got: list[MarkAnswer] = []
    vault.marks.look(vault, expect, got.append)
    assert vault.marks.wait(10)
    return got[0]


def kept(vault: Vault, keyring: Memory) -> dict[str, list[Any]]:
    users = vault._users()
    name = mark_keeper.entry_name(users.vault)
    stored = keyring.kept.get((secrets.SERVICE, name))
    return {} if stored is None else dict(json.loads(stored.split(":", 2)[2]))


def again(vault: Vault) -> None:
    vault.lock()
    vault.unlock(USER, PASSPHRASE)


def test_the_first_look_marks_where_the_logs_stand(vault: Vault, keyring: Memory) -> None:
    answer = look(vault)
    assert (answer.state, answer.zones, answer.findings) == (State.ABSENT, frozenset(), ())
    assert kept(vault, keyring) == marks.to_plain(marks.heads(vault))


def test_locking_moves_the_mark_on_and_it_fits_the_next_time(vault: Vault, keyring: Memory) -> None:
    first = look(vault)
    add_person(vault)
    vault.lock()
    assert vault.marks.wait(10)
    after = kept(vault, keyring)
    vault.unlock(USER, PASSPHRASE)
    last = [e for e in entries(vault) if e.action == audit.CHECKPOINT][-1]
    assert after["core"] == [last.seq, last.hash]
    answer = look(vault, first.keyring)
    assert (answer.state, answer.findings) == (State.OK, ())
    assert answer.zones == {"core", "clinical", "safeguarding"}


def test_every_500_entries_the_mark_moves_on_too(vault: Vault, keyring: Memory) -> None:
    look(vault)
    with vault.write("clinical") as db:
        for number in range(510):
            audit.record(db, "probe", detail={"n": number})
    assert vault.marks.wait(10)
    assert kept(vault, keyring)["clinical"][0] > 500


def test_without_a_look_nothing_is_kept(vault: Vault, keyring: Memory) -> None:
    add_person(vault)
    again(vault)
    vault.marks.wait(10)
    assert keyring.kept == {}


def test_a_log_that_is_shorter_than_its_mark_is_told_and_the_mark_stays(
    vault: Vault, keyring: Memory
) -> None:
    look(vault)
    add_person(vault)
    vault.lock()
    vault.marks.wait(10)
    before = kept(vault, keyring)
    vault.unlock(USER, PASSPHRASE)
    tamper(vault, f"DELETE FROM audit_entry WHERE seq >= {before['core'][0] - 1}")
    (found,) = look(vault).findings
    assert (found.zone, found.broken_at) == ("core", before["core"][0])
    assert [(b.zone, b.entry) for b in vault.open_log_breaks()] == [("core", before["core"][0])]
    again(vault)
    vault.marks.wait(10)
    assert kept(vault, keyring)["core"] == before["core"]  # or nobody would know any more


def test_what_was_explained_is_not_told_again_and_the_marks_start_anew(vault: Vault, keyring: Memory) -> None:
    look(vault)
    tamper(vault, f"DELETE FROM audit_entry WHERE seq = {marks.heads(vault)['core'].seq}")
    look(vault)
    vault.explain_break(vault.open_log_breaks()[0], "brought back from a backup on purpose")
    assert vault.marks.wait(10)
    assert vault.open_log_breaks() == []
    assert look(vault).findings == ()
    told = [e for e in entries(vault) if e.action == "log break explained"][-1]
    assert json.loads(told.detail)["reason"] == "brought back from a backup on purpose"


def test_a_zone_of_somebody_else_keeps_its_mark(vault: Vault, keyring: Memory) -> None:
    look(vault)
    before = kept(vault, keyring)
    vault.lock()
    vault.marks.wait(10)
    vault.unlock(USER, PASSPHRASE)
    vault.unlocked.ring.zones.pop("safeguarding")
    look(vault)
    assert kept(vault, keyring)["safeguarding"][0] >= before["safeguarding"][0]
    assert kept(vault, keyring)["core"][0] > before["core"][0]


STATES: dict[State, Any] = {
    State.NONE: lambda: fail.Keyring(),  # type: ignore[no-untyped-call]
    State.NULL: lambda: null.Keyring(),  # type: ignore[no-untyped-call]
    State.LOCKED: lambda: failing(KeyringLocked()),
    State.DENIED: lambda: failing(PermissionError()),
    State.UNREADABLE: lambda: failing(KeyringError()),
}


def failing(error: BaseException) -> Memory:
    backend = Memory()
    backend.reading = error
    return backend


@pytest.mark.parametrize("state", STATES)
def test_a_keyring_that_does_not_help_is_told_and_stops_nothing(vault: Vault, state: State) -> None:
    secrets.use_backend(STATES[state]())
    try:
        answer = look(vault)
        assert (answer.state, answer.findings) == (state, ())
        assert secrets.explain(answer.state)
        again(vault)
        assert vault.marks.wait(10)
        assert vault.open_log_breaks() == []
    finally:
        secrets.use_backend(None)


def test_an_entry_that_is_no_mark_is_left_as_it_is(vault: Vault, keyring: Memory) -> None:
    name = mark_keeper.entry_name(vault.unlocked.users.vault)
    keyring.kept[secrets.SERVICE, name] = "something else"
    assert look(vault).state is State.UNREADABLE
    again(vault)
    vault.marks.wait(10)
    assert keyring.kept[secrets.SERVICE, name] == "something else"


def test_another_keyring_than_before_is_told_and_gets_the_marks(vault: Vault, keyring: Memory) -> None:
    first = look(vault)
    other = OtherMemory()
    secrets.use_backend(other)
    answer = look(vault, first.keyring)
    assert (answer.state, answer.findings) == (State.CHANGED, ())
    assert answer.keyring != first.keyring
    assert kept(vault, other)["core"] == marks.to_plain(marks.heads(vault))["core"]


def test_a_keyring_that_asks_its_user_holds_up_neither_work_nor_lock(vault: Vault) -> None:
    asking = threading.Event()

    class Asking(Memory):
        def get_password(self, service: str, username: str) -> str | None:
            asking.wait(30)
            return super().get_password(service, username)

    secrets.use_backend(Asking())
    try:
        got: list[MarkAnswer] = []
        vault.marks.look(vault, "", got.append)
        add_person(vault)
        vault.lock()
        assert not vault.marks.wait(0.05)
        asking.set()
        assert vault.marks.wait(10)
        assert got == []  # the vault is locked: nothing was compared, and nothing is said
    finally:
        asking.set()
        secrets.use_backend(None)


def test_closing_the_vault_ends_the_thread(vault: Vault, keyring: Memory) -> None:
    look(vault)
    thread = vault.marks._thread
    assert thread is not None
    vault.close()
    thread.join(5)
    assert not thread.is_alive()
    assert keyring.kept


def test_a_fault_does_not_end_the_keeping(
    vault: Vault, keyring: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", told.append)
    keyring.reading = ZeroDivisionError()
    vault.marks.look(vault)
    assert vault.marks.wait(10)
    keyring.reading = None
    assert look(vault).state in (State.ABSENT, State.OK)
    assert len(told) == 1
