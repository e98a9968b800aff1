"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

PACKAGES = ("PySide6-Essentials", "SQLAlchemy", "sqlcipher3", "PyNaCl", "reportlab", "python-calamine")


def processor() -> str:
    """The processor's name as the system says it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def load() -> float:
    """How many processes want to run, over the last minute; nought where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def cipher() -> str:
    """The version of SQLCipher."""
    connection = sqlcipher.connect(":memory:")
    found = connection.execute("PRAGMA cipher_version").fetchone()
    connection.close()
    return str(found[0]) if found else "?"


def versions() -> str:
    """Everything the figures depend on, in one line."""
    parts = [f"Python {platform.python_version()}", f"SQLCipher {cipher()}"]
    return ", ".join(parts + [f"{name} {version(name)}" for name in PACKAGES])


def memory() -> str:
    """How much memory the machine has, in words."""
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return "memory not known"
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 1024**3:.0f} GB memory"


def system() -> str:
    """Cores, processor, memory, system."""
    return f"{os.cpu_count()} cores, {processor()}, {memory()}, {platform.system()} {platform.release()}"


@dataclass(frozen=True)
class Spell:
    """The time in which everything was measured, from when this was made."""

    began: float = field(default_factory=time.monotonic)
    load_before: float = field(default_factory=load)

    def words(self) -> str:
        """How long it was until now and how busy the machine, such as "12 minutes; load 0.1 …"."""
        minutes, after = (time.monotonic() - self.began) / 60, load()
        most = max(after - 1, self.load_before)  # one process is the bench itself
        busy = "busy with other work" if most > 0.75 else "about idle otherwise"
        loads = f"load average {self.load_before:.2f} at the start, {after:.2f} at the end"
        return f"{minutes:.0f} minutes; {loads}: {busy}"
