"""The reader of an added module, inside the limited worker (security §8).

The module is imported there anew, then the limits come down, then its `read` is called. Libraries that open files in
native code are not held back from reading by this; they find no keys and can neither write nor send.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from therapydesk.core.errors import UserError
from therapydesk.core.parsing.limits import Limits, limit_self, shut_doors
from therapydesk.core.parsing.types import Parsed


def read_there(request: dict[str, Any], root: str) -> dict[str, object]:
    """Import the module, take the limits on, read the one file; the answer as plain values. Raises what the module does."""
    asked = request["plugin"]
    sys.path.extend(place for place in asked["places"] if place not in sys.path)
    read = getattr(importlib.import_module(asked["module"]), asked["read"])
    limits = Limits(request["memory"] + _in_use(), request["cpu"] + int(time.process_time()) + 1)
    limit_self(limits)
    shut_doors(root, asked["path"])
    try:
        found = read(Path(asked["path"]), request["reader"] or None, None)
    except UserError as error:
        return {"refused": [error.message, error.help]}
    parsed = getattr(found, "parsed", found)  # a ReadFile, or what is in one
    if not isinstance(parsed, Parsed):
        raise TypeError("an importer's read gives a ReadFile or Parsed")
    return {"parsed": parsed.to_plain()}


def _in_use() -> int:
    """How much address space importing has taken already, in bytes; a guess where the system does not say."""
    if sys.platform == "linux":
        with suppress(OSError, ValueError), open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return 512 * 1024 * 1024
