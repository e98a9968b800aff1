"""Keep keys out of files that the operating system writes."""

from __future__ import annotations

import sys


def forbid_core_dumps() -> None:
    """A crash must not write our memory to the disk."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
