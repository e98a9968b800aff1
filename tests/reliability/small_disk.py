"""A disk that gets full: for root a real one in memory (tmpfs), and for anybody the engine's file layer that says so."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.reliability.write_recorder import Recorder

SIZE = 48 * 1024 * 1024


@dataclass
class SmallDisk:
    """`folder` lies on it. `leave(n)` leaves n bytes; `make_room()` takes the filling away."""

    folder: Path
    leave: Callable[[int], None]
    make_room: Callable[[], None]


@contextmanager
def engine_disk(folder: Path) -> Iterator[SmallDisk]:
    """The database engine is told that the disk is full. What Python writes itself still finds room."""
    recorder = Recorder(folder)

    def leave(room: int | None) -> None:
        recorder.room = room

    with recorder.recording():
        yield SmallDisk(folder, leave, lambda: leave(None))


@contextmanager
def real_disk(folder: Path) -> Iterator[SmallDisk]:
    """A file system of its own, which a file fills; only root may make one."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)], check=True)
    filling = folder / "filling"

    def leave(room: int) -> None:
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        with filling.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, free - room))

    try:
        yield SmallDisk(folder, leave, lambda: filling.unlink(missing_ok=True))
    finally:
        subprocess.run(
            ["umount", "--lazy", str(folder)], check=True
        )  # a test that failed may still hold a file


Disk = Callable[[Path], "object"]


def _can_mount() -> bool:
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as place:
        tried = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", place], capture_output=True, check=False)
        if tried.returncode == 0:
            subprocess.run(["umount", place], check=True)
    return tried.returncode == 0


DISKS = [engine_disk, *([real_disk] if _can_mount() else [])]
