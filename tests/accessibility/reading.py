"""Starting the reader: a bus, the program, and the system's Python that reads it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PLACES = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
LAUNCHER = next((place for place in PLACES if Path(place).exists()), "")
ASK = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"


def _missing() -> str:
    if not os.environ.get("DISPLAY"):
        return "needs a screen; `python3 dev.py test` starts one"
    if not LAUNCHER or None in map(shutil.which, ("dbus-run-session", "xdotool")):
        return "needs dbus, at-spi2-core and xdotool; `python3 dev.py test` installs them"
    asked = subprocess.run(["/usr/bin/python3", "-c", ASK], capture_output=True, check=False)
    return "" if asked.returncode == 0 else "needs python3-pyatspi; `python3 dev.py test` installs it"


MISSING = _missing()
on_the_bus = pytest.mark.skipif(bool(MISSING), reason=MISSING or "nothing is missing")


def read(application: str, plan: list[Any], program: list[str], home: Path) -> dict[str, Any]:
    """What the reader found on each page of the plan."""
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "STATE", "DATA", "CACHE")}
    qt = {"QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "QT_ACCESSIBILITY": "1"}
    env = {**os.environ, **folders, **qt}
    session = [sys.executable, str(HERE / "session.py"), LAUNCHER, application, json.dumps(plan), *program]
    command = ["dbus-run-session", "--", *session]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env, timeout=220)
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
