"""A PIN opens core and clinical on one computer, never safeguarding; the fifth wrong one ends it (security §3)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from uuid import UUID

import pytest

from tests.conftest import PASSPHRASE, USER, opened_copy
from tests.keyrings import Memory
from therapydesk.core import audit, secrets
from therapydesk.core.errors import DamagedVault, UserError, WrongPassphrase, ZoneClosed
from therapydesk.core.plugins import Plugins
from therapydesk.core.vault import pin
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.backup_verify import verify_backup
from therapydesk.core.vault.keys import seal
from therapydesk.core.vault.pin import PinGone, PinKeys, Slot
from therapydesk.core.vault.place import pin_file, read_card
from therapydesk.core.vault.vault import Vault

PIN = "290418"


@pytest.fixture
def with_pin(vault: Vault, keyring: Memory) -> Vault:
    """Locked; its user, who holds every zone, has a PIN."""
    vault.set_pin(PIN)
    vault.lock()
    return vault


def user_id(vault: Vault) -> UUID:
    return vault._users().named(USER).id


def actions(vault: Vault) -> list[str]:
    with vault.read() as db:
        return [entry.action for entry in db.query(audit.AuditEntry).order_by(audit.AuditEntry.seq)]


def pins_in(keyring: Memory) -> list[str]:
    return [name for _service, name in keyring.kept if name.startswith("pin/")]


def test_it_opens_core_and_clinical_and_not_safeguarding(with_pin: Vault) -> None:
    with_pin.unlock_with_pin(USER, PIN)
    assert with_pin.by_pin
    assert with_pin.zones == {"core", "clinical"}
    with pytest.raises(ZoneClosed), with_pin.write("safeguarding"):
        pass
    assert actions(with_pin)[-1] == "unlock with PIN"
    with_pin.lock()
    with_pin.unlock(USER, PASSPHRASE)
    assert with_pin.zones == {"core", "clinical", "safeguarding"}, "the control: the passphrase opens it"
    assert not with_pin.by_pin


def test_nothing_behind_the_pin_opens_the_safeguarding_grant(with_pin: Vault, vault: Vault) -> None:
    slot = Slot.read(with_pin.folder, user_id(with_pin))
    assert slot is not None
    keys = slot.open(with_pin.folder, PIN)
    with_pin.unlock(USER, PASSPHRASE)
    state = with_pin.unlocked
    sealed = state.grants["safeguarding"].grants[state.user.id].sealed
    with pytest.raises(DamagedVault):
        keys.open(sealed)
    behind = bytes(keys.secret)
    assert bytes(state.ring.own.secret) not in behind
    assert bytes(state.ring.zones["safeguarding"].secret) not in behind
    assert bytes(state.ring.zones["clinical"].secret) in behind, "the control: what it may open is there"
    assert keys.open(state.grants["clinical"].grants[state.user.id].sealed)
    forged = PinKeys.of(
        state.ring.own, {"safeguarding": (sealed, bytes(state.ring.zones["safeguarding"].secret))}
    )
    assert not forged.knows(sealed), "also when it is asked for"


def test_drafts_come_back_whichever_way_one_comes_in(with_pin: Vault) -> None:
    with_pin.unlock(USER, PASSPHRASE)
    with_pin.save_draft("notes.1", "by passphrase")
    with_pin.unlock_with_pin(USER, PIN)
    assert with_pin.load_draft("notes.1") == "by passphrase"
    with_pin.save_draft("notes.2", "by PIN")
    with_pin.unlock(USER, PASSPHRASE)
    assert with_pin.load_draft("notes.2") == "by PIN"


def test_a_draft_of_before_there_were_pins_still_opens(vault: Vault, keyring: Memory) -> None:
    own = vault.unlocked.ring.own
    assert bytes(own.open(seal(own.box_key, b"old"))) == b"old"


def test_what_the_log_says_of_a_pin_sitting_is_signed_and_sound(with_pin: Vault) -> None:
    with_pin.unlock_with_pin(USER, PIN)
    with_pin.lock()
    with_pin.unlock(USER, PASSPHRASE)
    assert with_pin.log_findings == []
    assert {f.kind for f in with_pin.check()} <= {"link"}


def test_four_wrong_ones_leave_it_and_the_fifth_ends_it(with_pin: Vault, keyring: Memory) -> None:
    for left in ("4 tries are left", "3 tries", "2 tries", "1 try is left"):
        with pytest.raises(WrongPassphrase, match="not the right PIN") as wrong:
            with_pin.unlock_with_pin(USER, "111112")
        assert left in wrong.value.help
    with pytest.raises(PinGone, match="fifth wrong PIN"):
        with_pin.unlock_with_pin(USER, "111112")
    assert not pin_file(with_pin.folder, user_id(with_pin)).exists()
    assert pins_in(keyring) == []
    with pytest.raises(PinGone, match="no PIN"):
        with_pin.unlock_with_pin(USER, PIN)
    with_pin._attempts._until.clear()  # the waits after wrong passphrases are another test's
    with_pin._attempts.carry_over = lambda *_: None  # type: ignore[method-assign]
    with_pin.unlock(USER, PASSPHRASE)
    assert actions(with_pin).count("unlock failed") == 5


def test_control_a_right_one_begins_the_count_anew(with_pin: Vault) -> None:
    for _round in range(2):
        for _try in range(4):
            with pytest.raises(WrongPassphrase):
                with_pin.unlock_with_pin(USER, "111112")
        with_pin.unlock_with_pin(USER, PIN)
        with_pin.lock()


def test_the_count_outlasts_the_program(with_pin: Vault, plugins: Plugins) -> None:
    for _try in range(4):
        with pytest.raises(WrongPassphrase):
            with_pin.unlock_with_pin(USER, "111112")
    with_pin.close()
    again = Vault.open(with_pin.folder, host=plugins)
    with pytest.raises(PinGone):
        again.unlock_with_pin(USER, "111112")
    again.close()


def test_after_a_change_of_key_by_oneself_the_pin_goes_on(with_pin: Vault) -> None:
    with_pin.unlock(USER, PASSPHRASE)
    for zone in ("core", "clinical", "safeguarding"):
        with_pin.rotate(zone)
    with_pin.unlock_with_pin(USER, PIN)
    assert with_pin.zones == {"core", "clinical"}
    with_pin.rotate("clinical")
    with_pin.unlock_with_pin(USER, PIN)
    assert with_pin.zones == {"core", "clinical"}


def test_after_a_change_of_key_by_a_colleague_the_passphrase_is_asked_for_once(with_pin: Vault) -> None:
    with_pin.unlock(USER, PASSPHRASE)
    with_pin.add_user("Tomos", ("owner", "therapist"), PASSPHRASE, ("clinical",))
    with_pin.unlock("Tomos", PASSPHRASE)
    with_pin.rotate("clinical")
    with pytest.raises(PinGone, match="key was changed"):
        with_pin.unlock_with_pin(USER, PIN)
    with_pin.unlock(USER, PASSPHRASE)
    with_pin.unlock_with_pin(USER, PIN)
    assert with_pin.zones == {"core", "clinical"}


def test_a_colleague_who_was_removed_does_not_come_in_with_a_pin(vault: Vault, keyring: Memory) -> None:
    tomos = vault.add_user("Tomos", ("therapist",), PASSPHRASE, ("clinical",))
    vault.unlock("Tomos", PASSPHRASE)
    vault.set_pin(PIN)
    vault.unlock_with_pin("Tomos", PIN)
    vault.unlock(USER, PASSPHRASE)
    vault.remove_user(tomos.id)
    with pytest.raises(UserError, match="no user of that name"):
        vault.unlock_with_pin("Tomos", PIN)
    assert read_card(vault.folder).pins == frozenset()


def test_what_needs_the_passphrase_says_so(with_pin: Vault) -> None:
    with_pin.unlock_with_pin(USER, PIN)
    for refused in (
        lambda: with_pin.change_passphrase(PASSPHRASE, "another four plain words"),
        with_pin.make_kit,
        lambda: with_pin.set_pin("729163"),
    ):
        with pytest.raises(UserError, match="came in with your PIN"):
            refused()
    with_pin.remove_pin()
    assert not with_pin.has_pin(with_pin.user.id)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("12345", "at least 6"), ("123456", "first that"), ("111111", "first that"), ("987654", "first that"),
     ("121212", "first that"), ("      ", "first that")],
)  # fmt: skip
def test_a_pin_that_is_easily_guessed_is_refused(
    vault: Vault, keyring: Memory, typed: str, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        vault.set_pin(typed)
    assert keyring.kept == {}
    assert not vault.has_pin(vault.user.id)


def test_another_pin_ends_the_one_before(with_pin: Vault, keyring: Memory) -> None:
    with_pin.unlock(USER, PASSPHRASE)
    with_pin.set_pin("729163")
    assert len(pins_in(keyring)) == 1
    with pytest.raises(WrongPassphrase):
        with_pin.unlock_with_pin(USER, PIN)
    with_pin.unlock_with_pin(USER, "729163")


def test_the_card_of_a_locked_vault_tells_who_has_a_pin(with_pin: Vault) -> None:
    assert read_card(with_pin.folder).pins == {USER}
    with_pin.unlock(USER, PASSPHRASE)
    with_pin.remove_pin()
    assert read_card(with_pin.folder).pins == frozenset()


def test_a_copy_of_the_folder_is_of_no_use_elsewhere(
    with_pin: Vault, plugins: Plugins, tmp_path: Path
) -> None:
    with_pin.close()
    copied = opened_copy(with_pin.folder, tmp_path / "stolen", plugins)
    secrets.use_backend(Memory())
    with pytest.raises(PinGone, match="another one than before"):
        copied.unlock_with_pin(USER, PIN)
    copied.close()


def test_keys_put_behind_a_pin_by_somebody_else_are_not_used(with_pin: Vault) -> None:
    slot = Slot.read(with_pin.folder, user_id(with_pin))
    assert slot is not None
    stranger = PinKeys(bytearray(6 * 32))
    slot.renewed(stranger).write(with_pin.folder)
    with pytest.raises(PinGone, match="key was changed"):
        with_pin.unlock_with_pin(USER, PIN)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"user": 3}'])
def test_a_damaged_file_is_said_and_the_passphrase_opens(with_pin: Vault, content: str) -> None:
    pin_file(with_pin.folder, user_id(with_pin)).write_text(content)
    with pytest.raises(PinGone, match="damaged"):
        with_pin.unlock_with_pin(USER, PIN)
    with_pin.unlock(USER, PASSPHRASE)
    with_pin.set_pin("729163")
    with_pin.unlock_with_pin(USER, "729163")


def test_no_file_and_no_entry_holds_the_pin_or_a_key(with_pin: Vault, keyring: Memory) -> None:
    with_pin.unlock(USER, PASSPHRASE)
    ring = with_pin.unlocked.ring
    kept = pin_file(with_pin.folder, with_pin.user.id).read_text() + json.dumps(list(keyring.kept.values()))
    for secret in (PIN, ring.own.secret.hex(), ring.zones["core"].secret.hex(), ring.own.paper_seed().hex()):
        assert secret not in kept


def test_a_full_disk_leaves_the_pin_that_was_there(
    with_pin: Vault, keyring: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_pin.unlock(USER, PASSPHRASE)

    def full(*_: object) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as patch:
        patch.setattr(pin, "write_json", full)
        with pytest.raises(OSError, match="full"):
            with_pin.set_pin("729163")
    assert len(pins_in(keyring)) == 1
    with_pin.unlock_with_pin(USER, PIN)


def test_a_backup_made_in_a_pin_sitting_is_whole_and_waits_for_the_passphrase(
    with_pin: Vault, tmp_path: Path
) -> None:
    (tmp_path / "stick").mkdir()
    with_pin.unlock_with_pin(USER, PIN)
    done = back_up(with_pin, tmp_path / "stick")
    assert (set(done.verified.zones), done.verified.wait) == ({"core", "clinical"}, ("safeguarding",))
    with_pin.unlock(USER, PASSPHRASE)
    assert set(verify_backup(with_pin, done.path).zones) == {"core", "clinical", "safeguarding"}


def test_a_folder_copied_back_in_does_not_hide_the_file(with_pin: Vault) -> None:
    shutil.rmtree(with_pin.folder / "pins")
    with pytest.raises(PinGone, match="no PIN"):
        with_pin.unlock_with_pin(USER, PIN)
