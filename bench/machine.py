"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
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


def system() -> str:
    """Cores, processor, system."""
    return f"{os.cpu_count()} cores, {processor()}, {platform.system()} {platform.release()}"
