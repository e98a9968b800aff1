"""Lock, switching of users and sleep under Windows, as messages to the window. Written from the documentation of Windows;
never run yet.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication
from PySide6.QtGui import QGuiApplication

SESSION_CHANGE, POWER = 0x02B1, 0x0218  # WM_WTSSESSION_CHANGE, WM_POWERBROADCAST
# WTS_CONSOLE_DISCONNECT (another user in front), WTS_REMOTE_DISCONNECT, WTS_SESSION_LOGOFF, WTS_SESSION_LOCK
AWAY = {0x2, 0x4, 0x6, 0x7}
SUSPEND = 0x4  # PBT_APMSUSPEND


def means_lock(message: int, what: int) -> bool:
    """Whether a message says that nobody is in front of the desktop any more, or soon nobody will be."""
    return (message == SESSION_CHANGE and what in AWAY) or (message == POWER and what == SUSPEND)


class WindowMessages(QAbstractNativeEventFilter):
    """Calls `lock` for the messages that mean it. Keep a reference; no message is held back."""

    def __init__(self, lock: Callable[[], object]) -> None:
        super().__init__()
        self._lock = lock

    def nativeEventFilter(
        self, kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> tuple[bool, int]:
        if sys.platform == "win32" and kind == b"windows_generic_MSG":
            from ctypes import wintypes

            told = wintypes.MSG.from_address(int(message))
            if means_lock(told.message, told.wParam):
                self._lock()
        return False, 0


def listen(app: QCoreApplication, lock: Callable[[], object]) -> WindowMessages | None:
    """Listen on the first window of the program; None elsewhere, or when the system refuses."""
    if sys.platform == "win32":
        import ctypes

        windows = QGuiApplication.topLevelWindows()
        this_session = 0
        if windows and ctypes.windll.wtsapi32.WTSRegisterSessionNotification(
            int(windows[0].winId()), this_session
        ):
            messages = WindowMessages(lock)
            app.installNativeEventFilter(messages)
            return messages
    return None
