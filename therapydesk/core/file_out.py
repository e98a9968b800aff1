"""Files that leave the program, wherever the user says."""

from __future__ import annotations

import os
from pathlib import Path

from therapydesk.core.errors import UserError
from therapydesk.core.words import tr


def put_file(path: Path, content: bytes) -> None:
    """Write a file that only the user may read, in place of one of that name, which stays when writing fails.

    Raises UserError.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)  # a device or a pipe: there is nothing to put in its place
            return
        _replace(path, content)
    except OSError as error:
        raise UserError(
            tr("The file could not be saved: {why}.").format(why=error.strerror), tr("Choose another folder.")
        ) from error


def _replace(path: Path, content: bytes) -> None:
    """Beside it first, and under its name when all of it is there."""
    target = path.resolve()
    beside = target.parent / f".{target.name}.{os.urandom(4).hex()}"
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)
