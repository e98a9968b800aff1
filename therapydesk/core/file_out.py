"""Files that leave the program, wherever the user says."""

from __future__ import annotations

from pathlib import Path

from therapydesk.core.errors import UserError
from therapydesk.core.words import tr


def put_file(path: Path, content: bytes) -> None:
    """Write a file that only the user may read, over one of that name. Raises UserError."""
    try:
        path.touch(0o600)
        path.write_bytes(content)
    except OSError as error:
        raise UserError(
            tr("The file could not be saved: {why}.").format(why=error.strerror), tr("Choose another folder.")
        ) from error
