"""Run under `dbus-run-session`: a listener in this process, and a second process that plays desktop and login manager.

session_bus.py            prints the number of signals that can be heard, then a line for each lock
session_bus.py tell       takes the login manager's name and sends the signals
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from PySide6.QtCore import QCoreApplication, QProcess, QTimer
from PySide6.QtDBus import QDBusConnection, QDBusMessage

from therapydesk.ui.shell.session_lock import LOGIN, SessionLock

PROPERTIES = "org.freedesktop.DBus.Properties"
SIGNALS: tuple[tuple[str, str, list[Any]], ...] = (
    ("org.freedesktop.ScreenSaver", "ActiveChanged", [True]),
    ("org.freedesktop.ScreenSaver", "ActiveChanged", [False]),  # unlocked again: nothing to do
    ("org.gnome.ScreenSaver", "ActiveChanged", [True]),
    (f"{LOGIN}.Session", "Lock", []),
    (f"{LOGIN}.Session", "Unlock", []),
    (f"{LOGIN}.Manager", "PrepareForSleep", [True]),
    (f"{LOGIN}.Manager", "PrepareForSleep", [False]),
    (
        PROPERTIES,
        "PropertiesChanged",
        [f"{LOGIN}.Session", {"Active": False}, ["IdleHint"]],
    ),  # users are switched
    (PROPERTIES, "PropertiesChanged", [f"{LOGIN}.Session", {"Active": True}, ["IdleHint"]]),
    (PROPERTIES, "PropertiesChanged", [f"{LOGIN}.Seat", {"Active": False}, ["IdleHint"]]),
)


def tell() -> None:
    """Send each signal once."""
    QCoreApplication([])
    bus = QDBusConnection.sessionBus()
    if not bus.registerService(LOGIN):
        sys.exit("the name of the login manager could not be taken")
    for interface, name, arguments in SIGNALS:
        message = QDBusMessage.createSignal("/a/path", interface, name)
        message.setArguments(arguments)
        bus.send(message)
    subprocess.run([sys.executable, "-c", ""], check=True)  # the signals leave before the name goes


def listen() -> None:
    """Say what is heard until the second process has ended."""
    app = QCoreApplication([])
    lock = SessionLock(app, lambda: sys.stdout.write("lock\n"))
    sys.stdout.write(f"{lock.listen()}\n")
    teller = QProcess(app)
    teller.finished.connect(lambda code, _status: QTimer.singleShot(200, lambda: app.exit(code)))
    teller.start(sys.executable, [__file__, "tell"])
    sys.exit(app.exec())


if __name__ == "__main__":
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = os.environ["DBUS_SESSION_BUS_ADDRESS"]  # one bus plays both
    tell() if "tell" in sys.argv else listen()
