"""Marks in the computer's keyring, on a thread of their own: a locked keyring may ask the user, and nothing waits for it.

A mark is replaced only in a sitting in which the log was compared with it and held it: otherwise the first lock after
an older file was put back would wipe out the one sign of it (docs/decisions, "Marks are kept by a thread of their own").
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING
from uuid import UUID

from therapydesk.core.audit import Head
from therapydesk.core.audit_check import VerifyResult
from therapydesk.core.errors import UserError
from therapydesk.core.secrets import KeyringState, Secret, SecretNotKeptError, read_secret, write_secret
from therapydesk.core.tables import Zone
from therapydesk.core.vault import marks

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

log = logging.getLogger("therapydesk")
PATIENCE = 2.0  # seconds that closing the vault waits for a keyring that may be asking its user
LEARNS = (KeyringState.OK, KeyringState.ABSENT, KeyringState.CHANGED)


@dataclass(frozen=True)
class MarkAnswer:
    """What came of comparing the logs with the marks: how the keyring answered, for which zones it held a mark, and
    what does not fit. `keyring` says which keyring it was: expect that one from now on.
    """

    state: KeyringState
    zones: frozenset[Zone] = frozenset()
    findings: tuple[VerifyResult, ...] = ()
    keyring: str = ""


def entry_name(vault: UUID) -> str:
    """The name of a vault's marks in the keyring."""
    return f"log marks {vault}"


@dataclass
class MarkKeeper:
    """The marks of one vault. `answer` is what came of the last look at them; None before."""

    answer: MarkAnswer | None = None
    _vault: UUID | None = None
    _met: set[Zone] = field(default_factory=set)
    _heads: dict[Zone, Head] = field(default_factory=dict)
    _tasks: SimpleQueue[Callable[[], None] | None] = field(default_factory=SimpleQueue)
    _waiting: int = 0
    _free: threading.Condition = field(default_factory=threading.Condition)
    _thread: threading.Thread | None = None

    def look(
        self, vault: Vault, expect: str = "", then: Callable[[MarkAnswer], object] = lambda _answer: None
    ) -> None:
        """Compare the logs of an unlocked vault with the marks, and mark where they stand now. Returns at once; `then` is
        called with the answer on the keeper's thread, unless the vault was locked meanwhile. `expect` is the `keyring` of
        the last answer.
        """
        state = vault.unlocked
        name = entry_name(state.users.vault)

        def task() -> None:
            found = read_secret(name, expect=expect)
            try:
                answer = self._compare(vault, found)
                if not vault.is_unlocked or vault.unlocked is not state:
                    return
                self._vault = state.users.vault
                self._met = (
                    set(vault.zones) - {f.zone for f in answer.findings} if answer.state in LEARNS else set()
                )
                vault.note_breaks(answer.findings)
                heads = {z: head for z, head in marks.heads(vault).items() if z in self._met}
            except UserError as error:
                log.info("marks not compared: %s", type(error).__name__)
                return
            keyring = self._write(self._vault, heads) if heads else ""
            self.answer = MarkAnswer(
                answer.state, answer.zones, answer.findings, keyring or answer.keyring or expect
            )
            then(self.answer)

        self._start(task)

    @staticmethod
    def _compare(vault: Vault, found: Secret) -> MarkAnswer:
        try:
            kept = marks.from_plain(json.loads(found.value or "{}"))
        except ValueError:
            return MarkAnswer(KeyringState.UNREADABLE)
        held = {zone: head for zone, head in kept.items() if zone in vault.zones}
        return MarkAnswer(found.state, frozenset(held), tuple(marks.compare(vault, held)), found.keyring)

    def known(self, vault: UUID, seconds: float = PATIENCE) -> dict[Zone, Head]:
        """The marks that the keyring holds of a vault, to compare a backup with. Changes nothing. None where it does not
        answer within these seconds: it may be asking its user, and goes on behind.
        """
        found: list[dict[Zone, Head]] = []

        def task() -> None:
            try:
                found.append(marks.from_plain(json.loads(read_secret(entry_name(vault)).value or "{}")))
            except ValueError:
                log.info("marks not read: %s", KeyringState.UNREADABLE)

        self._start(task)
        self.wait(seconds)
        return found[0] if found else {}

    def keep(self, zone: Zone, head: Head) -> None:
        """Mark where a log stands that was just signed. Returns at once; does nothing for one that was not compared with
        its mark in this sitting.
        """
        if zone not in self._met or self._vault is None:
            return
        vault = self._vault
        with self._free:
            first = not self._heads
            self._heads[zone] = head
        if first:
            self._start(lambda: self._write_waiting(vault))

    def accept(self, vault: Vault, zone: Zone) -> None:
        """Mark a log anew where it stands, although it did not fit: somebody has explained why."""
        self._met.add(zone)
        self._vault = vault.unlocked.users.vault
        self.keep(zone, marks.heads(vault)[zone])

    def end_sitting(self) -> None:
        """The vault is locked: what is kept from now on must be compared first."""
        self._met = set()

    def wait(self, seconds: float = PATIENCE) -> bool:
        """Wait for what was asked for; False when the keyring takes longer than that."""
        with self._free:
            return self._free.wait_for(lambda: not self._waiting, seconds)

    def _write_waiting(self, vault: UUID) -> None:
        with self._free:
            heads, self._heads = dict(self._heads), {}
        self._write(vault, heads)

    @staticmethod
    def _write(vault: UUID, heads: Mapping[Zone, Head]) -> str:
        """Keep these marks beside those of other zones; returns which keyring took them, or nothing."""
        name = entry_name(vault)
        before = read_secret(name)
        try:
            kept = marks.from_plain(json.loads(before.value or "{}"))
            text = json.dumps(marks.to_plain({**kept, **heads}))
            return before.keyring if text == before.value else write_secret(name, text).keyring
        except (ValueError, SecretNotKeptError) as error:
            log.info("marks not kept: %s", getattr(error, "state", KeyringState.UNREADABLE))
            return ""

    def _start(self, task: Callable[[], None]) -> None:
        with self._free:
            self._waiting += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="marks", daemon=True)
                self._thread.start()
        self._tasks.put(task)

    def close(self) -> None:
        """Wait a little, and let the thread end with what it is doing."""
        self.wait()
        with self._free:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._tasks.put(None)

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            failed = True
            try:
                task()
                failed = False
            finally:  # a fault ends this thread, and the crash dialog tells it: the next task begins a new one
                with self._free:
                    self._waiting -= 1
                    self._thread = None if failed else self._thread
                    self._free.notify_all()
