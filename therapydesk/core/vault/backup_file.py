"""One backup is one file: a zip in which nothing is compressed, so that any unpacking program gets the parts out.

Written under another name, brought to the disk, and only then given its own. Read with suspicion: it comes from outside.
"""

from __future__ import annotations

import errno
import hashlib
import os
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from therapydesk.core.errors import DiskFull, VaultError
from therapydesk.core.vault.backup_manifest import MANIFEST, Manifest, Part, damaged
from therapydesk.core.vault.durable import NO_ROOM, READ_ONLY, translate
from therapydesk.core.words import tr

SUFFIX = ".tdbackup"
CHUNK = 1024 * 1024
MOST_MANIFEST = 64 * CHUNK
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # parts carry no time of their own
_UNREADABLE = (
    *(zipfile.BadZipFile, struct.error, EOFError, ValueError, NotImplementedError, RuntimeError),
    OverflowError,
)
Tick = Callable[[int], object]  # told how many bytes were done; what it raises stops the work


def quiet(_done: int) -> None:
    """A tick that nobody watches."""


# --- Writing ---


def write_parts(
    path: Path, parts: Mapping[str, Path | bytes], finish: Callable[[dict[str, Part]], bytes], tick: Tick
) -> None:
    """Write a new file with these parts and, last, the manifest that `finish` makes of their hashes; bring it to the disk.

    Raises OSError.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with open(handle, "wb") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            done = {name: _put(archive, name, content, tick) for name, content in parts.items()}
            _put(archive, MANIFEST, finish(done), tick)
        out.flush()
        os.fsync(out.fileno())


def _put(archive: zipfile.ZipFile, name: str, content: Path | bytes, tick: Tick) -> Part:
    about = zipfile.ZipInfo(name, _EARLIEST)
    about.external_attr = 0o600 << 16
    about.file_size = len(content) if isinstance(content, bytes) else content.stat().st_size
    digest, size = hashlib.sha256(), 0
    with archive.open(about, "w", force_zip64=about.file_size > 1 << 30) as target:
        for block in [content] if isinstance(content, bytes) else blocks(content):
            target.write(block)
            digest.update(block)
            size += len(block)
            tick(len(block))
    return Part(size, digest.hexdigest())


def blocks(path: Path) -> Iterator[bytes]:
    """The content of a file, a piece at a time."""
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            yield block


def target_error(error: OSError, folder: Path) -> VaultError:
    """What went wrong with the folder that backups go to, in words."""
    if error.errno == errno.EFBIG:
        return DiskFull(
            tr("The disk takes no file as large as this backup: {folder}").format(folder=folder),
            tr(
                "Sticks are often set up for files of 4 GB at most. Set it up as exFAT, or take another disk."
            ),
        )
    if error.errno in NO_ROOM:
        return no_room(folder)
    if error.errno in READ_ONLY:
        return VaultError(
            tr("Backups cannot be written to {folder}.").format(folder=folder),
            tr("It is read-only for this account. The backups that are there were not touched."),
        )
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.EIO, errno.ENXIO, errno.ESTALE):
        return not_there(folder)
    return VaultError(
        tr("The backup to {folder} did not work: {why}.").format(folder=folder, why=error.strerror),
        tr("The backups that are there were not touched."),
    )


def no_room(folder: Path, needed: int = 0) -> DiskFull:
    """There is no room for a backup."""
    room = tr("Make room for {n} MB, then try again.").format(n=needed // 1_000_000 + 1) if needed else ""
    return DiskFull(
        tr("There is not enough room for a backup in {folder}.").format(folder=folder),
        tr("The backups that are there were not touched.") + (f" {room}" if room else ""),
    )


def not_there(folder: Path) -> VaultError:
    """The disk is not plugged in, or died."""
    return VaultError(
        tr("The backup folder is not there: {folder}").format(folder=folder),
        tr("If it is on a disk or stick of its own, plug it in, then try again."),
    )


# --- Reading ---


class BackupFile:
    """A backup that was opened for reading; `with` closes it. Raises DamagedBackup, NewerFormat, VaultError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        check_is_file(path)
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise unreadable(error) from None
        try:
            self._zip = zipfile.ZipFile(self._file)
            self._infos = self._checked_names()
            self.manifest = Manifest.from_bytes(self._small(MANIFEST))
            self._check_sizes()
        except OSError as error:
            self._file.close()
            raise unreadable(error) from None
        except _UNREADABLE:
            self._file.close()
            raise damaged(path.name) from None
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> BackupFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _checked_names(self) -> dict[str, zipfile.ZipInfo]:
        found: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            if info.filename in found or info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
                raise damaged(self.path.name)
            found[info.filename] = info
        if MANIFEST not in found or found[MANIFEST].file_size > MOST_MANIFEST:
            raise damaged(MANIFEST)
        return found

    def _check_sizes(self) -> None:
        for name in sorted({*self.manifest.parts, *self._infos} - {MANIFEST}):
            info, part = self._infos.get(name), self.manifest.parts.get(name)
            if info is None or part is None or info.file_size != part.size or info.compress_size != part.size:
                raise damaged(name)

    def _small(self, name: str) -> bytes:
        with self._zip.open(self._infos[name]) as source:
            return source.read(MOST_MANIFEST)

    def read(self, name: str) -> bytes:
        """A small part as a whole, checked against its hash."""
        return b"".join(self.stream(name))

    def stream(self, name: str, tick: Tick = quiet) -> Iterator[bytes]:
        """A part, a piece at a time; raises DamagedBackup at its end when it is not what was written."""
        part, digest, size = self.manifest.parts[name], hashlib.sha256(), 0
        try:
            with self._zip.open(self._infos[name]) as source:
                while block := source.read(CHUNK):
                    digest.update(block)
                    size += len(block)
                    tick(len(block))
                    yield block
        except OSError as error:
            raise unreadable(error) from None
        except _UNREADABLE:
            raise damaged(name) from None
        if size != part.size or digest.hexdigest() != part.sha256:
            raise damaged(name)

    def extract(self, name: str, target: Path, tick: Tick = quiet) -> None:
        """Write a part to a file of this machine, 0600. Raises DiskFull when there is no room for it."""
        try:
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            with open(handle, "wb") as out:
                self._pour(name, out, tick)
        except OSError as error:
            raise translate(error) from None

    def _pour(self, name: str, out: IO[bytes], tick: Tick) -> None:
        for block in self.stream(name, tick):
            out.write(block)

    def forget_cached(self) -> None:
        """Ask the system to read again from the disk what it may still have in memory from the writing."""
        if sys.platform == "linux":
            with suppress(OSError):  # some drives on a network do not know this
                os.posix_fadvise(self._file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def names(self, start: str = "") -> list[str]:
        """The parts whose name begins so."""
        return sorted(name for name in self.manifest.parts if name.startswith(start))

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for part in self.manifest.parts.values())


def check_is_file(path: Path) -> None:
    """Raise VaultError for a folder, or a pipe, which would keep us waiting for ever."""
    try:
        wrong = path.exists() and not path.is_file()
    except OSError as error:
        raise unreadable(error) from None
    if wrong:
        raise VaultError(
            tr("This is no file, so it is no backup."), tr("Choose a file whose name ends in .tdbackup.")
        )


def unreadable(error: OSError) -> VaultError:
    """Why a backup cannot be read, in words."""
    if error.errno == errno.ENOENT:
        return VaultError(
            tr("There is no backup file of that name."), tr("If it is on a disk of its own, plug it in.")
        )
    return VaultError(
        tr("The backup cannot be read: {why}.").format(why=error.strerror),
        tr("Nothing was changed. Check the disk it lies on, or take another backup."),
    )
