"""The lock of the operating system, over a real bus; and that nothing is missed where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from therapydesk.ui.shell.session_lock import ON_SESSION_BUS, ON_SYSTEM_BUS, SessionLock

SCRIPT = Path(__file__).with_name("session_bus.py")
NO_BUS = """
from PySide6.QtCore import QCoreApplication
from therapydesk.ui.shell.session_lock import SessionLock
app = QCoreApplication([])
print(SessionLock(app, lambda: None).listen())
"""


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="needs dbus-run-session")
def test_the_lock_and_the_sleep_of_the_system_are_heard() -> None:
    command = ["dbus-run-session", "--", sys.executable, str(SCRIPT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=25, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(1 + len(ON_SYSTEM_BUS) + len(ON_SESSION_BUS)), *["lock"] * 5]


def test_without_a_bus_nothing_is_heard_and_nothing_fails(tmp_path: Path) -> None:
    buses = {f"DBUS_{name}_BUS_ADDRESS": f"unix:path={tmp_path}/none" for name in ("SYSTEM", "SESSION")}
    done = subprocess.run(
        [sys.executable, "-c", NO_BUS],
        env={**os.environ, **buses},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_on_other_systems_no_bus_is_asked(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "PySide6.QtDBus", None)
    assert SessionLock(qapp, lambda: None).listen() == 0
