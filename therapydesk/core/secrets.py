"""The operating system's keyring, and the seven ways in which it may not help (security §3).

It never holds the only copy of anything needed to read records: outside audit marks, server passwords and the
device secret of PIN unlock only. A locked keyring may ask the user: call this from a job, not the UI thread.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from configparser import Error as ConfigError
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from therapydesk.core.errors import UserError
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "TherapyDesk"
_MARKER = "keyring-id"
_PREFIX = "td1"
# Only keyrings that encrypt; others (plain files, test helpers, whatever a package adds) are treated as none.
_TRUSTED = (
    *("keyring.backends.SecretService", "keyring.backends.libsecret", "keyring.backends.kwallet"),
    *("keyring.backends.macOS", "keyring.backends.Windows"),
)
# What a keyring named in the environment or the user's file raises that cannot be loaded.
_NOT_LOADED = (ImportError, AttributeError, TypeError, ValueError, SyntaxError, ConfigError)


class KeyringState(Enum):
    """How a request to the keyring ended: OK, or one of the seven states, each with its own sentence."""

    OK = "ok"
    NONE = "none"
    NULL = "null"
    LOCKED = "locked"
    DENIED = "denied"
    ABSENT = "absent"
    UNREADABLE = "unreadable"
    CHANGED = "changed"


@dataclass(frozen=True, repr=False)
class Secret:
    """An answer of the keyring: its state, the value when there is one, and which keyring answered.

    Keep `keyring` (it is not secret) and give it back as `expect` when reading: only so can an exchanged
    keyring be told from an entry that was never there.
    """

    state: KeyringState
    value: str | None = None
    keyring: str = ""

    def __repr__(self) -> str:
        return f"Secret({self.state.name})"


class SecretNotKeptError(UserError):
    """The keyring did not keep a secret; `state` says which of the seven states it is in."""

    def __init__(self, state: KeyringState) -> None:
        super().__init__(explain(state), safe_without())
        self.state = state


def explain(state: KeyringState) -> str:
    """What is the matter with the keyring, in a sentence for the user; empty when nothing is."""
    sentences = {
        KeyringState.OK: "",
        KeyringState.NONE: tr("This computer has no keyring that TherapyDesk can use."),
        KeyringState.NULL: tr(
            "The keyring of this computer is switched off: it takes things and keeps nothing."
        ),
        KeyringState.LOCKED: tr("The keyring of this computer is locked. Unlock it, then try again."),
        KeyringState.DENIED: tr("The keyring of this computer does not let TherapyDesk in."),
        KeyringState.ABSENT: tr("The keyring works, but it holds nothing from TherapyDesk yet."),
        KeyringState.UNREADABLE: tr(
            "The keyring holds something from TherapyDesk that cannot be read. It was left as it is."
        ),
        KeyringState.CHANGED: tr("The keyring of this computer is another one than before."),
    }
    return sentences[state]


def safe_without() -> str:
    """What holds in every state: the keyring is a help, not a need."""
    return tr("Your records are safe and open with your passphrase as always.")


_given: KeyringBackend | None = None


def use_backend(backend: KeyringBackend | None) -> None:
    """Use this keyring whatever it is (tests); None goes back to the computer's own."""
    global _given
    _given = backend


def _members(backend: KeyringBackend) -> Iterator[KeyringBackend]:
    """The backend, or what a chain of them is made of."""
    parts = (
        getattr(backend, "backends", None) if type(backend).__module__ == "keyring.backends.chainer" else None
    )
    if parts is None:
        yield backend
    else:
        yield from cast("list[KeyringBackend]", parts)


def choose(backend: KeyringBackend) -> KeyringBackend | KeyringState:
    """The keyring that may be trusted with a secret, or why there is none."""
    state = KeyringState.NONE
    for part in _members(backend):
        module = type(part).__module__
        if module in _TRUSTED:
            return part
        if module == "keyring.backends.null":
            state = KeyringState.NULL
    return state


def _backend() -> KeyringBackend | KeyringState:
    if _given is not None:
        return _given
    import keyring

    try:
        return choose(keyring.get_keyring())
    except (keyring.errors.KeyringError, RuntimeError, OSError, *_NOT_LOADED):
        return KeyringState.NONE  # one that the user named, and that is not there or cannot start


def _faults() -> tuple[type[Exception], ...]:
    """What keyrings raise: the library's own, and what its backends let through."""
    from keyring.errors import KeyringError

    found: list[type[Exception]] = [KeyringError, OSError, ValueError, RuntimeError]
    if "secretstorage" in sys.modules:
        found.append(import_module("secretstorage.exceptions").SecretStorageException)
        found.append(import_module("jeepney").DBusErrorResponse)
    return tuple(found)


def _meaning(error: BaseException, *, writing: bool) -> KeyringState:
    """The state that an exception of a keyring stands for."""
    names: list[str] = []
    seen: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in seen:
        seen.append(current)
        names += [kind.__name__ for kind in type(current).__mro__] + [str(getattr(current, "name", ""))]
        code = getattr(current, "winerror", None)
        names += ["AccessDenied"] if code == 5 else ["NoSession"] if code in (1312, 1168) else []
        current = current.__cause__
    meanings = (
        (KeyringState.DENIED, ("AccessDenied", "KeychainDenied", "SecAuthFailure", "PermissionError")),
        (KeyringState.LOCKED, ("KeyringLocked", "LockedException", "PromptDismissedException", "IsLocked")),
        (KeyringState.UNREADABLE, ("UnicodeDecodeError", "ValueError")),
        (
            KeyringState.NONE,
            ("NoKeyringError", "InitError", "SecretServiceNotAvailableException", "NoSession"),
        ),
        (
            KeyringState.NONE,
            ("ServiceUnknown", "NoReply", "Disconnected", "ConnectionError", "RuntimeError", "OSError"),
        ),
    )
    for state, signs in meanings:
        if any(name.rpartition(".")[2] in signs for name in names):
            return state
    return KeyringState.DENIED if writing else KeyringState.UNREADABLE


def _wrap(value: str) -> str:
    return f"{_PREFIX}:{zlib.crc32(value.encode()):08x}:{value}"


def _unwrap(stored: object) -> str | None:
    prefix, _, rest = stored.partition(":") if isinstance(stored, str) else ("", "", "")
    check, _, value = rest.partition(":")
    return value if prefix == _PREFIX and _wrap(value) == stored and check else None


def _get(backend: KeyringBackend, name: str) -> Secret:
    """One entry, its state seen apart from whether it is the keyring that was expected."""
    if type(backend).__module__ == "keyring.backends.null":
        return Secret(KeyringState.NULL)
    try:
        stored: Any = backend.get_password(SERVICE, name)
    except _faults() as error:
        return Secret(_meaning(error, writing=False))
    if stored is None:
        return Secret(KeyringState.ABSENT)
    value = _unwrap(stored)
    return Secret(KeyringState.UNREADABLE) if value is None else Secret(KeyringState.OK, value)


def _identity(backend: KeyringBackend) -> str:
    """Which keyring this is: its kind, and the random mark that we once left in it."""
    marker = _get(backend, _MARKER).value or ""
    return f"{type(backend).__module__}.{type(backend).__qualname__}#{marker}"


def read_secret(name: str, *, expect: str = "") -> Secret:
    """Read an entry; `expect` is the `keyring` of the answer that wrote it. Never raises."""
    backend = _backend()
    if isinstance(backend, KeyringState):
        return Secret(backend)
    found = _get(backend, name)
    if found.state not in (KeyringState.OK, KeyringState.ABSENT):
        return found
    here = _identity(backend)
    if found.state is KeyringState.ABSENT and expect and expect != here:
        return Secret(KeyringState.CHANGED, keyring=here)
    return Secret(found.state, found.value, here)


def write_secret(name: str, value: str) -> Secret:
    """Keep a value, read it back and compare. An entry that cannot be read is never overwritten.

    Answers OK with the keyring to expect from now on. Raises SecretNotKeptError in any other state.
    """
    backend = _backend()
    if isinstance(backend, KeyringState):
        raise SecretNotKeptError(backend)
    before = _get(backend, name)
    if before.state not in (KeyringState.OK, KeyringState.ABSENT):
        raise SecretNotKeptError(before.state)
    if _get(backend, _MARKER).state is KeyringState.ABSENT:
        _put(backend, _MARKER, uuid4().hex[:12])
    _put(backend, name, value)
    return Secret(KeyringState.OK, value, _identity(backend))


def _put(backend: KeyringBackend, name: str, value: str) -> None:
    try:
        backend.set_password(SERVICE, name, _wrap(value))
    except _faults() as error:
        raise SecretNotKeptError(_meaning(error, writing=True)) from None
    after = _get(backend, name)
    if after.state is KeyringState.ABSENT:  # it said nothing and kept nothing
        raise SecretNotKeptError(KeyringState.NULL)
    if after.state is not KeyringState.OK or after.value != value:
        raise SecretNotKeptError(KeyringState.UNREADABLE if after.state is KeyringState.OK else after.state)


def forget_secret(name: str) -> KeyringState:
    """Delete an entry, readable or not. ABSENT when there was none; OK when it is gone now."""
    backend = _backend()
    if isinstance(backend, KeyringState):
        return backend
    before = _get(backend, name).state
    if before not in (KeyringState.OK, KeyringState.UNREADABLE):
        return before
    try:
        backend.delete_password(SERVICE, name)
    except _faults() as error:
        return _meaning(error, writing=True)
    after = _get(backend, name).state
    return KeyringState.OK if after is KeyringState.ABSENT else after
