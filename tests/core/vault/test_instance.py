"""One program at a time: live lock, stale lock, full and read-only disk told apart."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from therapydesk.core.errors import DiskFull, VaultError, VaultInUse
from therapydesk.core.vault.instance import InstanceLock

HOLDER = """
import sys
from pathlib import Path
from therapydesk.core.vault.instance import InstanceLock
lock = InstanceLock.take(Path(sys.argv[1]), "ruth")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_program_is_told_who_has_the_vault_open(tmp_path: Path) -> None:
    lock = InstanceLock.take(tmp_path)
    with pytest.raises(VaultInUse, match=str(os.getpid())):
        InstanceLock.take(tmp_path)
    lock.release()
    InstanceLock.take(tmp_path).release()


def test_a_lock_left_by_a_program_that_was_killed_is_not_in_use(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(VaultInUse, match=str(holder.pid)):
            InstanceLock.take(tmp_path)
        holder.kill()
        holder.wait()
    assert str(holder.pid) in (tmp_path / "LOCK").read_text()
    InstanceLock.take(tmp_path).release()


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        (errno.EROFS, VaultError, "cannot be written to"),
        (errno.EACCES, VaultError, "cannot be written to"),
        (errno.ENOSPC, DiskFull, "full"),
    ],
)
def test_a_read_only_or_full_disk_is_never_called_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[VaultError], sentence: str
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(kind, match=sentence) as caught:
        InstanceLock.take(tmp_path)
    assert not isinstance(caught.value, VaultInUse)


def test_a_disk_that_fills_up_while_the_lock_is_written_lets_go_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", refuse)
        with pytest.raises(DiskFull):
            InstanceLock.take(tmp_path)
    InstanceLock.take(tmp_path).release()
