"""What the kill harnesses share: a worker process to be killed, started quickly from a server that has all
imported.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.forkserver
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from therapydesk.core.plugins import Owner
from therapydesk.core.tables import Zone
from therapydesk.core.vault.keys import Kdf
from therapydesk.core.vault.vault import Vault

PRELOAD = ["tests.reliability.world", "tests.reliability.workers", "alembic.command", "therapydesk.api"]


@dataclass
class Host:
    """Owners of tables as given, and the listeners a worker adds."""

    found: Sequence[Owner]
    handlers: dict[Zone, list[tuple[str, Callable[[Any, Any], None]]]] = field(default_factory=dict)

    def owners(self) -> Sequence[Owner]:
        return self.found

    def listeners(self, zone: Zone) -> Sequence[tuple[str, Callable[[Any, Any], None]]]:
        return self.handlers.get(zone, [])


def open_vault(folder: Path, host: Host) -> Vault:
    """The vault, locked, with cheap keys."""
    vault = Vault.open(folder, host=host)
    vault.kdf = Kdf.minimum()
    return vault


@dataclass
class Victim:
    """A worker process and the end of the pipe it talks on."""

    process: BaseProcess
    pipe: Connection

    @classmethod
    def start(cls, work: Callable[..., None], *arguments: Any) -> Victim:
        """Run `work(pipe, *arguments)` in a process of its own."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOAD)
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(there, *arguments), daemon=True)
        process.start()
        there.close()
        return cls(process, here)

    def hear(self, wanted: int, seconds: float = 20.0) -> list[Any]:
        """Wait for so many messages (fewer when the worker ends)."""
        found: list[Any] = []
        end = time.monotonic() + seconds
        while len(found) < wanted and self.pipe.poll(max(0.0, end - time.monotonic())):
            try:
                found.append(self.pipe.recv())
            except (EOFError, OSError):
                break
        return found

    def kill(self) -> list[Any]:
        """kill -9; returns what it had still said before that."""
        self.process.kill()
        self.process.join()
        assert self.process.exitcode in (-signal.SIGKILL, 0), f"the worker failed: {self.process.exitcode}"
        left = self.hear(1_000_000, 0.0)
        self.pipe.close()
        self.process.close()
        return left
