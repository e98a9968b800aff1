"""The lock of the operating system, over a real bus; and that nothing is missed where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from therapydesk.ui.shell import session_lock_macos, session_lock_windows
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


@pytest.mark.parametrize(
    ("message", "what", "locks"),
    [
        (session_lock_windows.SESSION_CHANGE, 0x7, True),  # locked
        (session_lock_windows.SESSION_CHANGE, 0x2, True),  # another user in front
        (session_lock_windows.SESSION_CHANGE, 0x8, False),  # unlocked
        (session_lock_windows.SESSION_CHANGE, 0x1, False),  # back in front
        (session_lock_windows.POWER, 0x4, True),  # goes to sleep
        (session_lock_windows.POWER, 0x7, False),  # is awake again
        (0x0100, 0x7, False),  # a key
    ],
)
def test_what_windows_says_that_means_a_lock(message: int, what: int, locks: bool) -> None:
    """The table alone: the rest was never run on Windows."""
    assert session_lock_windows.means_lock(message, what) is locks


def test_the_listeners_of_other_systems_hear_nothing_here(qapp: QApplication) -> None:
    assert session_lock_windows.listen(qapp, lambda: None) is None
    assert session_lock_macos.listen(lambda: None) == 0
    here = session_lock_windows.WindowMessages(lambda: None)
    assert here.nativeEventFilter(b"xcb_generic_event_t", 0) == (False, 0)


def test_on_other_systems_no_bus_is_asked(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "PySide6.QtDBus", None)
    monkeypatch.setattr(session_lock_windows, "listen", lambda *_: None)  # its own calls are of Windows only
    assert SessionLock(qapp, lambda: None).listen() == 0
