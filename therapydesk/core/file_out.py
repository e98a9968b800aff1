"""Files that leave the program, wherever the user says."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from therapydesk.core.errors import UserError
from therapydesk.core.words import tr

PART = 1 << 20  # bytes


def put_file(path: Path, content: bytes) -> None:
    """Write a file that only the user may read, in place of one of that name, which stays when writing fails.

    Raises UserError.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)  # a device or a pipe: there is nothing to put in its place
            return
        _replace(path, [content])
    except OSError as error:
        raise UserError(
            tr("The file could not be saved: {why}.").format(why=error.strerror), tr("Choose another folder.")
        ) from error


def put_stream(path: Path, source: BinaryIO, progress: Callable[[int], object] | None = None) -> None:
    """As `put_file`, for what is too large to hold: read and written 1 MiB at a time. `progress(bytes so far)` may raise
    to stop; what was there before stays then.
    """
    done = 0

    def parts() -> Iterator[bytes]:
        nonlocal done
        while part := source.read(PART):
            yield part
            done += len(part)
            if progress is not None:
                progress(done)

    try:
        _replace(path, parts())
    except OSError as error:
        raise UserError(
            tr("The file could not be saved: {why}.").format(why=error.strerror), tr("Choose another folder.")
        ) from error


def _replace(path: Path, parts: Iterable[bytes]) -> None:
    """Beside it first, and under its name when all of it is there."""
    target = path.resolve()
    beside = target.parent / f".{target.name}.{os.urandom(4).hex()}"
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)
