"""S13: whatever is the matter with the keyring, records open by passphrase, each state is told in its own sentence, and
backups are made; and what a recovery kit opens when it is wrong, right, used twice, or older than a change of key.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from keyring.backends import null
from keyring.errors import KeyringLocked, NoKeyringError

from tests.conftest import PASSPHRASE, USER, opened_copy
from tests.keyrings import Memory, OtherMemory, made
from therapydesk.core import secrets
from therapydesk.core.errors import UserError, WrongPassphrase
from therapydesk.core.plugins import Plugins
from therapydesk.core.secrets import KeyringState, SecretNotKeptError
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.backup_verify import verify_backup
from therapydesk.core.vault.keys import Kdf
from therapydesk.core.vault.pin import PinGone
from therapydesk.core.vault.vault import NewPractice, RecoveryCode, Vault
from therapydesk.testing import add_person

PIN = "290418"
NEW = "another four plain words"
AT_ONCE = 10.0  # seconds that the mark may take to be looked at


def _none(keyring: Memory) -> None:
    keyring.reading = keyring.writing = NoKeyringError()


def _null(_keyring: Memory) -> None:
    secrets.use_backend(made(null.Keyring))


def _locked(keyring: Memory) -> None:
    keyring.reading = keyring.writing = KeyringLocked("Failed to unlock the collection!")


def _denied(keyring: Memory) -> None:
    keyring.reading = keyring.writing = PermissionError()


def _absent(keyring: Memory) -> None:
    for name in [name for name in keyring.kept if name[1] != "keyring-id"]:
        del keyring.kept[name]


def _unreadable(keyring: Memory) -> None:
    keyring.kept = dict.fromkeys(keyring.kept, "somebody else's")


def _changed(_keyring: Memory) -> None:
    secrets.use_backend(OtherMemory())


States = dict[KeyringState, tuple[Callable[[Memory], None], str]]
STATES: States = {
    KeyringState.NONE: (_none, "has no keyring that TherapyDesk can use"),
    KeyringState.NULL: (_null, "is switched off"),
    KeyringState.LOCKED: (_locked, "is locked"),
    KeyringState.DENIED: (_denied, "does not let TherapyDesk in"),
    KeyringState.ABSENT: (_absent, "does not hold its half of your PIN any more"),
    KeyringState.UNREADABLE: (_unreadable, "cannot be read. It was left as it is"),
    KeyringState.CHANGED: (_changed, "is another one than before"),
}
KEEPS_NOTHING = {KeyringState.NONE, KeyringState.NULL, KeyringState.LOCKED, KeyringState.DENIED}
every_state = pytest.mark.parametrize("state", STATES, ids=lambda state: state.value)


@pytest.fixture
def before(vault: Vault, keyring: Memory) -> Vault:
    """Locked; with somebody in it, a PIN and marks in the keyring, all of it from when the keyring worked."""
    add_person(vault, "Carys Bowen")
    vault.set_pin(PIN)
    look(vault)
    vault.lock()
    vault.marks.wait(AT_ONCE)
    return vault


def look(vault: Vault) -> KeyringState:
    answers: list[KeyringState] = []
    vault.marks.look(vault, "", lambda answer: answers.append(answer.state))
    assert vault.marks.wait(AT_ONCE)
    return answers[0]


def people(vault: Vault) -> list[str]:
    from sqlalchemy import select

    from therapydesk.records.people import Person

    with vault.read() as db:
        return list(db.scalars(select(Person.full_name)))


def test_there_are_seven_and_each_has_a_sentence_of_its_own() -> None:
    assert set(STATES) == set(KeyringState) - {KeyringState.OK}
    assert len({secrets.explain(state) for state in KeyringState}) == 8
    assert "open with your passphrase" in secrets.safe_without()


@every_state
def test_first_run_needs_no_keyring(
    plugins: Plugins, keyring: Memory, tmp_path: Path, state: KeyringState
) -> None:
    secrets.write_secret("something", "of before")
    STATES[state][0](keyring)
    who = NewPractice("Harbour", USER, ("owner", "therapist"), PASSPHRASE)
    vault, _code = Vault.create(tmp_path / "new", who, host=plugins, kdf=Kdf.minimum())
    add_person(vault, "Carys Bowen")
    look(vault)
    vault.lock()
    vault.unlock(USER, PASSPHRASE)
    assert people(vault) == ["Carys Bowen"]
    vault.close()


@every_state
def test_the_passphrase_opens_and_what_the_keyring_held_is_left_as_it_is(
    before: Vault, keyring: Memory, state: KeyringState
) -> None:
    STATES[state][0](keyring)
    held = dict(keyring.kept)
    before.unlock(USER, PASSPHRASE)
    assert people(before) == ["Carys Bowen"]
    assert before.zones == {"core", "clinical", "safeguarding"}
    look(before)
    with before.write("core"):
        pass
    before.lock()
    before.marks.wait(AT_ONCE)
    if state is not KeyringState.ABSENT:  # there the marks are written anew
        assert keyring.kept == held
    before.unlock(USER, PASSPHRASE)
    assert people(before) == ["Carys Bowen"]


@every_state
def test_the_pin_says_what_is_the_matter_and_is_not_counted_as_wrong(
    before: Vault, keyring: Memory, state: KeyringState
) -> None:
    break_it, sentence = STATES[state]
    break_it(keyring)
    for _try in range(7):
        with pytest.raises(PinGone) as gone:
            before.unlock_with_pin(USER, PIN)
        assert sentence in gone.value.message
        assert "open with your passphrase as always" in gone.value.help
    keyring.reading = keyring.writing = None
    assert before.unlock(USER, PASSPHRASE)
    assert before.has_pin(before.user.id)


@pytest.mark.parametrize("state", sorted(KEEPS_NOTHING, key=str), ids=lambda state: state.value)
def test_a_pin_is_not_set_where_the_keyring_keeps_nothing_and_the_sentence_says_why(
    vault: Vault, keyring: Memory, state: KeyringState
) -> None:
    break_it, sentence = STATES[state]
    break_it(keyring)
    with pytest.raises(SecretNotKeptError) as refused:
        vault.set_pin(PIN)
    assert sentence in refused.value.message
    assert not vault.has_pin(vault.user.id)


def test_control_with_a_keyring_that_works_the_pin_opens(before: Vault) -> None:
    before.unlock_with_pin(USER, PIN)
    assert people(before) == ["Carys Bowen"]


def test_a_keyring_that_comes_back_brings_the_pin_back(before: Vault, keyring: Memory) -> None:
    for break_it in (_locked, _denied, _changed):
        break_it(keyring)
        with pytest.raises(PinGone):
            before.unlock_with_pin(USER, PIN)
        keyring.reading = keyring.writing = None
        secrets.use_backend(keyring)
        before.unlock_with_pin(USER, PIN)
        before.lock()


@every_state
def test_backups_need_no_keyring(
    before: Vault, keyring: Memory, tmp_path: Path, plugins: Plugins, state: KeyringState
) -> None:
    STATES[state][0](keyring)
    (tmp_path / "stick").mkdir()
    before.unlock(USER, PASSPHRASE)
    done = back_up(before, tmp_path / "stick")
    assert set(verify_backup(before, done.path).zones) == {"core", "clinical", "safeguarding"}


# -- the recovery kit ---------------------------------------------------------------------------------------


@pytest.fixture
def with_kit(vault: Vault, keyring: Memory) -> tuple[Vault, RecoveryCode]:
    """Unlocked, with somebody in it, and a kit."""
    add_person(vault, "Carys Bowen")
    kit = vault.make_kit()
    vault.keep_kit(kit)
    return vault, kit.code


def test_a_wrong_kit_opens_nothing_and_makes_one_wait(with_kit: tuple[Vault, RecoveryCode]) -> None:
    vault, _code = with_kit
    vault.lock()
    for _try in range(3):
        with pytest.raises(WrongPassphrase, match="not the code"):
            vault.unlock_with_recovery(RecoveryCode.new(), NEW)
    with pytest.raises(WrongPassphrase, match="Too many") as waits:
        vault.unlock_with_recovery(RecoveryCode.new(), NEW)
    assert getattr(waits.value, "wait", 0.0) > 0
    assert not vault.is_unlocked


def test_a_mistyped_kit_is_told_by_its_group_before_anything_is_tried(
    with_kit: tuple[Vault, RecoveryCode],
) -> None:
    vault, code = with_kit
    vault.lock()
    groups = list(code.groups)
    groups[4] = groups[4][1] + groups[4][0] + groups[4][2:] if groups[4][0] != groups[4][1] else "0000Z"
    with pytest.raises(UserError, match="Group 5"):
        vault.unlock_with_recovery("-".join(groups), NEW)


def test_the_right_kit_opens_all_that_its_user_holds_and_asks_for_a_new_passphrase(
    with_kit: tuple[Vault, RecoveryCode],
) -> None:
    vault, code = with_kit
    vault.lock()
    with pytest.raises(UserError, match="at least 12"):
        vault.unlock_with_recovery(str(code), "short")
    vault.unlock_with_recovery(str(code), NEW)
    assert people(vault) == ["Carys Bowen"]
    assert vault.zones == {"core", "clinical", "safeguarding"}
    assert vault.needs_kit, "it is used up, so another is asked for"
    with pytest.raises(WrongPassphrase):
        vault.unlock(USER, PASSPHRASE)
    vault._attempts._until.clear()
    vault.unlock(USER, NEW)


def test_a_kit_used_twice_opens_nothing_the_second_time(with_kit: tuple[Vault, RecoveryCode]) -> None:
    vault, code = with_kit
    vault.unlock_with_recovery(code, NEW)
    vault.lock()
    with pytest.raises(WrongPassphrase, match="no recovery kit"):
        vault.unlock_with_recovery(code, "a third set of plain words")
    vault.unlock(USER, NEW)


@pytest.mark.parametrize("zones", [("core",), ("clinical",), ("core", "clinical", "safeguarding")])
def test_a_kit_of_before_a_change_of_key_opens_what_is_there_now(
    with_kit: tuple[Vault, RecoveryCode], zones: tuple[str, ...]
) -> None:
    vault, code = with_kit
    for zone in zones:
        vault.rotate(zone)  # type: ignore[arg-type]  # a zone, from the table above
    add_person(vault, "Kit Lane")
    vault.lock()
    vault.unlock_with_recovery(code, NEW)
    assert sorted(people(vault)) == ["Carys Bowen", "Kit Lane"]
    assert vault.zones == {"core", "clinical", "safeguarding"}


def test_a_kit_of_somebody_who_was_removed_opens_nothing(vault: Vault, keyring: Memory) -> None:
    tomos = vault.add_user("Tomos", ("therapist",), PASSPHRASE, ("clinical",))
    vault.unlock("Tomos", PASSPHRASE)
    kit = vault.make_kit()
    vault.keep_kit(kit)
    vault.unlock(USER, PASSPHRASE)
    vault.remove_user(tomos.id)
    vault.lock()
    with pytest.raises(WrongPassphrase):
        vault.unlock_with_recovery(kit.code, NEW)


def test_the_kit_opens_on_a_fresh_machine_without_keyring_or_settings(
    with_kit: tuple[Vault, RecoveryCode], plugins: Plugins, tmp_path: Path
) -> None:
    vault, code = with_kit
    vault.close()
    secrets.use_backend(made(null.Keyring))
    elsewhere = opened_copy(vault.folder, tmp_path / "fresh", plugins)
    elsewhere.unlock_with_recovery(str(code), NEW)
    assert people(elsewhere) == ["Carys Bowen"]
    elsewhere.close()
    shutil.rmtree(tmp_path / "fresh")
