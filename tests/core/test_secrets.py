"""Each state of the keyring is told from the others, and none loses what it holds."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from keyring.backends import chainer, fail, null
from keyring.backends.SecretService import Keyring as SecretService
from keyring.errors import InitError, KeyringError, KeyringLocked, NoKeyringError, PasswordSetError

from tests.keyrings import Memory, OtherMemory, made
from therapydesk.core import secrets
from therapydesk.core.secrets import KeyringState as State
from therapydesk.core.secrets import SecretNotKeptError, read_secret, write_secret


def dbus_error(name: str) -> Exception:
    """What the backend lets through when the message bus answers with an error."""
    pytest.importorskip("secretstorage", reason="the Secret Service is a Linux matter")
    jeepney: Any = import_module("jeepney")
    call = jeepney.new_method_call(jeepney.DBusAddress("/x", "a.b", "a.b"), "Unlock")
    call.header.serial = 1
    error = jeepney.DBusErrorResponse(jeepney.new_error(call, name))
    assert isinstance(error, Exception)
    return error


def test_what_is_written_is_read_again(keyring: Memory) -> None:
    written = write_secret("mark/core", "41:ab\N{LATIN SMALL LETTER W WITH CIRCUMFLEX}")
    assert written.state is State.OK
    found = read_secret("mark/core", expect=written.keyring)
    assert (found.state, found.value) == (State.OK, "41:ab\N{LATIN SMALL LETTER W WITH CIRCUMFLEX}")
    assert found.keyring == written.keyring
    assert write_secret("mark/core", "42:cd").keyring == written.keyring
    assert read_secret("mark/core").value == "42:cd"


def test_values_show_up_nowhere(keyring: Memory) -> None:
    assert "hunter2" not in repr(write_secret("pin", "hunter2"))
    assert "hunter2" not in str(read_secret("pin"))


def test_absent(keyring: Memory) -> None:
    assert read_secret("mark/core").state is State.ABSENT


def test_absent_stays_absent_in_the_keyring_that_was_expected(keyring: Memory) -> None:
    written = write_secret("one", "1")
    assert read_secret("two", expect=written.keyring).state is State.ABSENT


def test_changed_when_the_keyring_was_emptied_or_exchanged(keyring: Memory) -> None:
    written = write_secret("mark/core", "41:ab")
    keyring.kept.clear()
    assert read_secret("mark/core", expect=written.keyring).state is State.CHANGED
    write_secret("something", "else")  # a new keyring gets a mark of its own
    assert read_secret("mark/core", expect=written.keyring).state is State.CHANGED
    secrets.use_backend(OtherMemory())
    assert read_secret("mark/core", expect=written.keyring).state is State.CHANGED


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (NoKeyringError(), State.NONE),
        (InitError("no collection"), State.NONE),
        (ConnectionResetError(), State.NONE),
        (KeyringLocked("Failed to unlock the collection!"), State.LOCKED),
        (PermissionError(), State.DENIED),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), State.UNREADABLE),
        (KeyringError("something else"), State.UNREADABLE),
    ],
)
def test_states_of_reading(keyring: Memory, error: BaseException, state: State) -> None:
    write_secret("mark/core", "41:ab")
    keyring.reading = error
    assert read_secret("mark/core").state is state
    with pytest.raises(SecretNotKeptError) as refused:
        write_secret("mark/core", "42:cd")
    assert refused.value.state is state
    keyring.reading = None
    assert read_secret("mark/core").value == "41:ab"


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("org.freedesktop.DBus.Error.AccessDenied", State.DENIED),
        ("org.freedesktop.Secret.Error.IsLocked", State.LOCKED),
        ("org.freedesktop.DBus.Error.ServiceUnknown", State.NONE),
        ("org.freedesktop.DBus.Error.NoReply", State.NONE),
    ],
)
def test_errors_of_the_message_bus(keyring: Memory, name: str, state: State) -> None:
    keyring.reading = dbus_error(name)
    assert read_secret("mark/core").state is state


def test_denied_by_the_mac_keychain_is_not_locked(keyring: Memory) -> None:
    class KeychainDenied(OSError):
        pass

    keyring.reading = KeyringLocked("Can't get password from keychain")
    keyring.reading.__cause__ = KeychainDenied()
    assert read_secret("mark/core").state is State.DENIED


def test_denied_when_writing(keyring: Memory) -> None:
    keyring.writing = PasswordSetError("not allowed")
    with pytest.raises(SecretNotKeptError) as refused:
        write_secret("mark/core", "41:ab")
    assert refused.value.state is State.DENIED


def test_null_by_name_and_by_what_it_does(keyring: Memory) -> None:
    secrets.use_backend(made(null.Keyring))
    assert read_secret("mark/core").state is State.NULL
    keyring.forgetful = True
    secrets.use_backend(keyring)
    with pytest.raises(SecretNotKeptError) as refused:
        write_secret("mark/core", "41:ab")
    assert refused.value.state is State.NULL


@pytest.mark.parametrize("foreign", ["plain", "td1:00000000:41:ab", "td1:", "", "td2:x"])
def test_an_entry_that_cannot_be_read_is_never_overwritten(keyring: Memory, foreign: str) -> None:
    keyring.kept[secrets.SERVICE, "mark/core"] = foreign
    assert read_secret("mark/core").state is State.UNREADABLE
    with pytest.raises(SecretNotKeptError, match="cannot be read"):
        write_secret("mark/core", "42:cd")
    assert keyring.kept[secrets.SERVICE, "mark/core"] == foreign


def test_a_value_that_comes_back_altered_is_noticed(keyring: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(service: str, username: str, password: str) -> None:
        keyring.kept[service, username] = password[:-1]

    monkeypatch.setattr(keyring, "set_password", cut)
    with pytest.raises(SecretNotKeptError) as refused:
        write_secret("mark/core", "41:ab")
    assert refused.value.state is State.UNREADABLE


def test_forgetting(keyring: Memory) -> None:
    assert secrets.forget_secret("pin") is State.ABSENT
    write_secret("pin", "secret")
    keyring.writing = KeyringLocked()
    assert secrets.forget_secret("pin") is State.LOCKED
    keyring.writing = None
    assert secrets.forget_secret("pin") is State.OK
    assert read_secret("pin").state is State.ABSENT
    keyring.kept[secrets.SERVICE, "pin"] = "junk"
    assert secrets.forget_secret("pin") is State.OK


def test_only_keyrings_that_encrypt_are_chosen() -> None:
    assert secrets.choose(made(fail.Keyring)) is State.NONE
    assert secrets.choose(made(null.Keyring)) is State.NULL
    assert secrets.choose(Memory()) is State.NONE  # what stands for a plaintext backend of some package


def test_a_chain_gives_its_first_trusted_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    trusted = made(SecretService)
    chain = made(chainer.ChainerBackend)
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [Memory(), trusted])
    assert secrets.choose(chain) is trusted
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [Memory()])
    assert secrets.choose(chain) is State.NONE


def test_a_computer_without_a_keyring_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyring.get_keyring", fail.Keyring)
    secrets.use_backend(None)
    assert read_secret("mark/core", expect="x#1").state is State.NONE
    assert secrets.forget_secret("mark/core") is State.NONE
    with pytest.raises(SecretNotKeptError, match="no keyring"):
        write_secret("mark/core", "41:ab")


@pytest.mark.parametrize("name", ["no.such.Keyring", "keyring.backends.null.NoSuch", "os.path", "nothing"])
def test_a_keyring_that_is_named_and_cannot_be_loaded_is_none(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    secrets.use_backend(None)
    assert read_secret("device").state is State.NONE
    with pytest.raises(SecretNotKeptError):
        write_secret("device", "value")


def test_a_file_of_the_keyring_that_cannot_be_read_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "keyringrc.cfg").write_text("no file of settings [[[")
    monkeypatch.setattr("keyring.util.platform_.config_root", lambda: str(tmp_path))
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    secrets.use_backend(None)
    assert read_secret("device").state is State.NONE


def test_every_state_has_its_own_sentence_and_says_what_is_safe() -> None:
    sentences = [secrets.explain(state) for state in State if state is not State.OK]
    assert len(set(sentences)) == 7
    assert all(sentence.endswith(".") for sentence in sentences)
    assert secrets.explain(State.OK) == ""
    assert "passphrase" in SecretNotKeptError(State.LOCKED).help
