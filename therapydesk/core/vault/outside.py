"""Files of the vault that another program shows: each lent as a copy in a place that is the user's alone, and taken back.

The copies are taken back when the vault locks, and those that a crash left when it is opened again. On Linux the place is
in memory (XDG_RUNTIME_DIR) as long as there is room; else it is a folder of the user's account. A copy is removed, not
overwritten: on a flash disk that would promise what it cannot hold (docs/decisions, "Another program shows a copy").
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from platformdirs import user_cache_path

from therapydesk.core.errors import UserError
from therapydesk.core.vault.durable import translate
from therapydesk.core.words import tr

log = logging.getLogger("therapydesk")
PART = 1 << 20  # bytes
SPARE = 64 << 20  # bytes that stay free in memory
# What a program only shows. Nothing that may run, or that holds macros.
SHOWN = frozenset(
    ".aac .aif .aiff .flac .m4a .mid .midi .mp3 .oga .ogg .opus .wav .wma .avi .m4v .mkv .mov .mp4 .mpeg .mpg .ogv .webm "
    ".bmp .gif .jpeg .jpg .png .tif .tiff .webp .pdf .txt .cho .musicxml .mscz".split()
)


class Outside:
    """The copies of one vault, whose folder is `vault`; who holds its instance lock alone makes and removes them."""

    def __init__(self, vault: Path) -> None:
        name = hashlib.sha256(os.fsencode(vault.resolve())).hexdigest()[:24]
        self._places = [base / f"open-{name}" for base in _bases()]
        self.take_back()

    def ending(self, name: str) -> str:
        """The ending of a file's name. Raises UserError when other programs are not to show such files."""
        suffix = Path(name).suffix.casefold()
        if suffix not in SHOWN:
            raise UserError(
                tr("TherapyDesk does not hand files of this kind to another program."),
                tr("Save a copy, and open it from there."),
            )
        return suffix

    def lend(
        self, source: BinaryIO, name: str, size: int, progress: Callable[[int], object] | None = None
    ) -> Path:
        """Copy `source` (`size` bytes) for another program; `name` gives the ending only, which must be one of SHOWN.

        `progress(bytes so far)` may raise to stop. Raises UserError, DiskFull; then nothing is left.
        """
        target = self._room(size) / f"{secrets.token_hex(8)}{self.ending(name)}"
        try:
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(handle, "wb") as file:
                done = 0
                while part := source.read(PART):
                    file.write(part)
                    done += len(part)
                    if progress is not None:
                        progress(done)
            if sys.platform != "win32":
                target.chmod(0o400)  # what is changed in it would be lost
        except OSError as error:
            _remove(target)
            raise translate(error) from None
        except BaseException:
            _remove(target)
            raise
        return target

    def _room(self, size: int) -> Path:
        """The first place with room enough that nobody else may look into."""
        for place in self._places:
            try:
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
                if _is_private(place) and shutil.disk_usage(place).free > size + SPARE:
                    return place
            except OSError as error:
                log.warning("no place for a copy: %s", type(error).__name__)
        raise UserError(
            tr("There is no room for a copy that another program could show."),
            tr("Make room on the disk, and try again."),
        )

    def take_back(self) -> None:
        """Remove all copies. What another program holds fast stays until the next time; that is logged."""
        for place in self._places:
            if not _is_private(place):
                continue
            for copy in place.iterdir():
                _remove(copy)
            try:
                place.rmdir()
            except OSError as error:
                log.warning("a copy for another program stays: %s", type(error).__name__)

    def copies(self) -> list[Path]:
        """The copies there are."""
        return [copy for place in self._places if _is_private(place) for copy in place.iterdir()]


def _bases() -> list[Path]:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    bases = [Path(runtime) / "therapydesk"] if runtime and sys.platform != "win32" else []
    return [*bases, user_cache_path("therapydesk", appauthor=False)]


def _is_private(place: Path) -> bool:
    """Whether it is a folder of this account that no other account may enter; no link to one."""
    try:
        found = place.lstat()
    except OSError:
        return False
    if sys.platform == "win32":
        return stat.S_ISDIR(found.st_mode)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


def _remove(copy: Path) -> None:
    try:
        copy.unlink(missing_ok=True)
    except OSError as error:
        log.warning("a copy for another program stays: %s", type(error).__name__)
