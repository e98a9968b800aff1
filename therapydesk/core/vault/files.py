"""Large files (audio, video, scans): encrypted beside the zones, in `files/<zone>/<id>`, read by parts (security §5).

A file is made of parts of 1 MiB, each sealed by itself (XChaCha20-Poly1305) under a key that this file alone has; a
part's number, whether it is the last, and whose file it is are sealed with it, so that parts cannot be cut off, moved
or put into another file. The key lies in the file's row, in the zone: a new key for the zone is a new wrap for all of
them, and without the row nobody can read the file (docs/decisions, "Large files are sealed part by part").
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from uuid import UUID

import nacl.exceptions
from nacl import bindings
from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.core.errors import DamagedVault
from therapydesk.core.ids import new_id
from therapydesk.core.tables import Zone
from therapydesk.core.vault.durable import restore_help, sync_folder, translate
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

FOLDER = "files"
PART = 1024 * 1024  # bytes of content in each part but the last
MARK = b"TDFILE1\n"
TAG = bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES
KEY_BYTES = bindings.crypto_aead_xchacha20poly1305_ietf_KEYBYTES
NONCE_BYTES = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
LARGE = 20 * 1024 * 1024  # from here on a document is kept as a file instead of in the zone itself
Progress = Callable[[int], object]


class HoldsFile:
    """Columns of a row that may hold a large file: its size in bytes and its key; both empty when it does not."""

    sha256: Mapped[str]
    file_size: Mapped[int | None] = mapped_column(BigInteger)
    file_key: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


@dataclass(frozen=True)
class SealedFile:
    """A large file that was written: what its row must keep. `id` is the row's, too."""

    id: UUID
    zone: Zone
    size: int
    sha256: str
    key: bytes = field(repr=False)


def path_of(folder: Path, zone: Zone, file_id: UUID) -> Path:
    """Where a large file of a vault lies."""
    return folder / FOLDER / zone / str(file_id)


def length_of(size: int) -> int:
    """How many bytes a file of `size` bytes takes when sealed."""
    return len(MARK) + size + TAG * _parts(size)


@contextmanager
def sealing(
    folder: Path, zone: Zone, source: BinaryIO, progress: Progress | None = None
) -> Iterator[SealedFile]:
    """Write a large file, and take it away again when the block raises: write its row there, in one short unit of work.

    Reads `source` to its end, 1 MiB at a time. `progress(bytes so far)` may raise to stop. Raises DiskFull, VaultError.
    """
    file_id, key = new_id(), secrets.token_bytes(KEY_BYTES)
    path = path_of(folder, zone, file_id)
    temporary = path.with_name(f".{path.name}")
    try:
        try:
            _make_folder(folder, path.parent)
            size, digest = _write(temporary, _whose(zone, file_id), key, source, progress)
            os.replace(temporary, path)
            sync_folder(path.parent)
        except OSError as error:
            raise translate(error) from None
        yield SealedFile(file_id, zone, size, digest, key)
    except BaseException:
        temporary.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        raise


def _make_folder(folder: Path, target: Path) -> None:
    for made in (folder / FOLDER, target):
        if not made.is_dir():
            made.mkdir(mode=0o700, exist_ok=True)
            sync_folder(made.parent)


def _write(
    path: Path, whose: bytes, key: bytes, source: BinaryIO, progress: Progress | None
) -> tuple[int, str]:
    digest, size, number = hashlib.sha256(), 0, 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as file:
        file.write(MARK)
        part = _fill(source)
        while True:
            after = _fill(source) if len(part) == PART else b""
            file.write(_seal(part, whose, key, number, last=not after))
            digest.update(part)
            size, number = size + len(part), number + 1
            if progress is not None:
                progress(size)
            if not after:
                break
            part = after
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _fill(source: BinaryIO) -> bytes:
    """A whole part, also from a source that gives less than it is asked for."""
    pieces, room = [], PART
    while room and (piece := source.read(room)):
        pieces.append(piece)
        room -= len(piece)
    return b"".join(pieces)


def _parts(size: int) -> int:
    return max(1, -(-size // PART))


def _whose(zone: Zone, file_id: UUID) -> bytes:
    return f"{zone} {file_id} ".encode()


def _seal(part: bytes, whose: bytes, key: bytes, number: int, *, last: bool) -> bytes:
    with_it, nonce = whose + (b"last" if last else b"more"), number.to_bytes(NONCE_BYTES, "big")
    return bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(part, with_it, nonce, key)


def open_file(folder: Path, sealed: SealedFile) -> io.BufferedReader:
    """Read a large file from any place; holds one part in memory. Raises DamagedVault, at once or while reading, for a
    file that is missing, cut, changed, or another one's.
    """
    return io.BufferedReader(_Reader(folder, sealed), 64 * 1024)


def missing(sealed: SealedFile) -> DamagedVault:
    """The sentence for a large file that is gone, with its name."""
    text = tr("A file of the vault is missing: {file}").format(file=_name(sealed))
    return DamagedVault(text, restore_help())


def damaged(sealed: SealedFile) -> DamagedVault:
    """The sentence for a large file that is not what was kept, with its name."""
    text = tr("A file of the vault is damaged: {file}").format(file=_name(sealed))
    return DamagedVault(text, restore_help())


def _name(sealed: SealedFile) -> str:
    return f"{FOLDER}/{sealed.zone}/{sealed.id}"


def remember_open(vault: Vault, file: io.BufferedReader) -> io.BufferedReader:
    """Have an open file closed when the vault is locked."""
    vault.opened_files.add(file)
    return file


class _Reader(io.RawIOBase):
    def __init__(self, folder: Path, sealed: SealedFile) -> None:
        super().__init__()
        self._sealed, self._whose = sealed, _whose(sealed.zone, sealed.id)
        self._at, self._number, self._part = 0, -1, b""
        try:
            self._file = path_of(folder, sealed.zone, sealed.id).open("rb")
        except FileNotFoundError:
            raise missing(sealed) from None
        except OSError as error:
            raise translate(error) from None
        length = os.fstat(self._file.fileno()).st_size
        if length != length_of(sealed.size) or self._file.read(len(MARK)) != MARK:
            self._file.close()
            raise damaged(sealed)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._sealed.size}[whence]
        if start + offset < 0:
            raise ValueError("a place before the file")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what BufferedReader hands over
        if self._at >= self._sealed.size:
            return 0
        part = self._read_part(self._at // PART)
        begin = self._at % PART
        piece = part[begin : begin + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _read_part(self, number: int) -> bytes:
        if number != self._number:
            last = number == _parts(self._sealed.size) - 1
            self._file.seek(len(MARK) + number * (PART + TAG))
            with_it = self._whose + (b"last" if last else b"more")
            nonce = number.to_bytes(NONCE_BYTES, "big")
            try:
                self._part = bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
                    self._file.read(PART + TAG), with_it, nonce, self._sealed.key
                )
            except (nacl.exceptions.CryptoError, ValueError, TypeError):
                raise damaged(self._sealed) from None
            except OSError as error:
                raise translate(error) from None
            self._number = number
        return self._part

    def close(self) -> None:
        if not self.closed:
            self._part = b""
            self._file.close()
        super().close()


def check_file(folder: Path, sealed: SealedFile, progress: Progress | None = None) -> None:
    """Read all of a large file and compare it with what was kept. Raises DamagedVault; what `progress` raises stops it."""
    digest, size = hashlib.sha256(), 0
    with open_file(folder, sealed) as file:
        while part := file.read(PART):
            digest.update(part)
            size += len(part)
            if progress is not None:
                progress(size)
    if size != sealed.size or digest.hexdigest() != sealed.sha256:
        raise damaged(sealed)
