"""The reader of an added module runs in the limited worker, like the built-in ones (security §8): no keys, no vault, no
network, no writing, and of all files outside the program only the one that was chosen.
"""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from therapydesk.core.contributions import Importer
from therapydesk.core.errors import UserError
from therapydesk.core.importing import ReadFile
from therapydesk.core.parsing.types import Parsed
from therapydesk.core.parsing.worker import read_by
from therapydesk.core.words import tr


def as_taken(hook: str, offered: list[Any]) -> list[Any]:
    """What is taken of an added module's offer: the same, but for readers."""
    return [limited(each) for each in offered] if hook == "importers" else offered


def limited(importer: Importer) -> Importer:
    """The same importer, whose `read` runs in the worker. Raises UserError for one that cannot be found there."""
    read = importer.read
    if not _is_found_again(read):
        text = tr("The reader of “{title}” is not a function of a module.")
        raise UserError(text.format(title=importer.title))

    def read_limited(
        path: Path, reader: str | None = None, cancelled: Callable[[], bool] | None = None
    ) -> ReadFile:
        """Read the file in a process of its own. Raises a UserError naming it."""
        parsed = read_in_worker(read, path, reader=reader, cancelled=cancelled)
        content = path.read_bytes()
        return ReadFile(path.name, hashlib.sha256(content).hexdigest(), content, parsed)

    return dataclasses.replace(importer, read=read_limited)


def read_in_worker(
    read: Callable[..., Any],
    path: Path,
    *,
    reader: str | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Parsed:
    """Have `read(path, reader, cancelled)`, a function of a module, read an unchecked file in the limited worker.

    It gives a Parsed or a ReadFile and may raise UserError. Every failure is a UserError that says which file it is. Raises
    ValueError for a function that cannot be found there.
    """
    if not _is_found_again(read):
        raise ValueError("a reader in the worker is a function of a module")
    request = {
        "module": read.__module__,
        "read": read.__qualname__,
        "path": str(path.resolve()),
        "places": sys.path,
    }
    return read_by(path, request, reader=reader, cancelled=cancelled)


def _is_found_again(read: Callable[..., Any]) -> bool:
    module, name = getattr(read, "__module__", ""), getattr(read, "__qualname__", "")
    return bool(module) and "." not in name and getattr(sys.modules.get(module), name, None) is read
