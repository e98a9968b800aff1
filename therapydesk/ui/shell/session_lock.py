"""Lock, sleep and switching of users, where the operating system tells of them (security §3): Linux, with D-Bus.

Windows and macOS have files of their own. Where nothing is heard, the gap in time that `LockWatch` looks for has to do.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import SLOT, QCoreApplication, QObject, Slot

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection

LOGIN = "org.freedesktop.login1"
ON_SYSTEM_BUS = (  # sender, interface, signal, slot
    (LOGIN, f"{LOGIN}.Session", "Lock", "told()"),  # any session: to lock once too often does no harm
    (LOGIN, f"{LOGIN}.Manager", "PrepareForSleep", "told(bool)"),
)
ON_SESSION_BUS = tuple(
    ("", f"{desktop}.ScreenSaver", "ActiveChanged", "told(bool)")
    for desktop in ("org.freedesktop", "org.gnome", "org.cinnamon", "org.mate", "org.xfce")
)


class SessionLock(QObject):
    """Calls `lock` when the desktop's session is locked or the machine goes to sleep, as long as the program runs."""

    def __init__(self, parent: QObject, lock: Callable[[], object]) -> None:
        super().__init__(parent)
        self._lock = lock
        self._messages: object | None = None

    def listen(self) -> int:
        """Begin to listen; returns how many signals can be heard (0: no bus)."""
        if not sys.platform.startswith("linux"):
            return self._listen_elsewhere()
        from PySide6.QtDBus import QDBusConnection

        heard = int(self._listen_for_switching(QDBusConnection.systemBus()))
        buses = ((QDBusConnection.systemBus, ON_SYSTEM_BUS), (QDBusConnection.sessionBus, ON_SESSION_BUS))
        for open_bus, signals in buses:
            bus = open_bus()
            if not bus.isConnected():
                continue
            for sender, interface, name, slot in signals:
                # The binding takes a string here and refuses the bytes that its own types ask for.
                heard += bus.connect(sender, "", interface, name, self, SLOT(slot))  # type: ignore[call-overload]
        return heard

    def _listen_elsewhere(self) -> int:
        from therapydesk.ui.shell import session_lock_macos, session_lock_windows

        app = QCoreApplication.instance()
        self._messages = session_lock_windows.listen(app, self._lock) if app is not None else None
        return session_lock_macos.listen(self._lock) + (self._messages is not None)

    def _listen_for_switching(self, bus: QDBusConnection) -> bool:
        """Somebody else's desktop in front: the login manager says that a session is not active any more."""
        if not bus.isConnected():
            return False
        slot = SLOT("changed(QString,QVariantMap,QStringList)")
        interface = "org.freedesktop.DBus.Properties"
        # The binding takes a string here and refuses the bytes that its own types ask for.
        return bool(bus.connect(LOGIN, "", interface, "PropertiesChanged", self, slot))  # type: ignore[call-overload]

    @Slot(str, "QVariantMap", "QStringList")
    def changed(self, interface: str, values: dict[str, object], _unknown: list[str]) -> None:
        """Something about a session changed; only that it is not active any more matters here."""
        if interface == f"{LOGIN}.Session" and values.get("Active") is False:
            self._lock()

    @Slot()
    @Slot(bool)
    def told(self, begins: bool = True) -> None:
        """The session is locked, or the machine is about to sleep; with False that it is over."""
        if begins:
            self._lock()
