"""One program at a time: an OS lock on `LOCK`, which the system lets go when the holder dies
(security §5).
"""

from __future__ import annotations

import json
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from therapydesk.core import dates
from therapydesk.core.errors import VaultInUse
from therapydesk.core.vault.durable import translate
from therapydesk.core.words import tr

_LOCKED_BYTE = 1 << 30  # far behind the content, so that others can read who holds the lock (Windows)


@dataclass
class InstanceLock:
    """Held from `take` to `release`. Whether it is held is told by the OS, never by the file's content."""

    handle: int

    @classmethod
    def take(cls, folder: Path, user: str = "") -> InstanceLock:
        """Take the lock. Raises VaultInUse naming the holder; DiskFull or VaultError when the file cannot be
        written.
        """
        path = folder / "LOCK"
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise translate(error) from None
        if not _try_lock(handle):
            holder = _read(handle)
            os.close(handle)
            raise VaultInUse(
                tr("This vault is already open in another window of TherapyDesk."),
                tr("It was opened on {host} by process {pid}.").format(
                    host=holder.get("host", "?"), pid=holder.get("pid", "?")
                ),
            )
        lock = cls(handle)
        try:
            lock._write(user)
        except OSError as error:
            lock.release()
            raise translate(error) from None
        return lock

    def _write(self, user: str) -> None:
        content = {
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "user": user,
            "start": dates.now().isoformat(),
        }
        os.ftruncate(self.handle, 0)
        os.lseek(self.handle, 0, os.SEEK_SET)
        os.write(self.handle, json.dumps(content).encode())

    def release(self) -> None:
        """Let go. The file stays; its content means nothing without the lock."""
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1


def _read(handle: int) -> dict[str, object]:
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        found = json.loads(os.read(handle, 4096))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _try_lock(handle: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
