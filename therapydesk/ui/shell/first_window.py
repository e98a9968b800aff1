"""One window for one vault: a second start brings the first window to the front and hands its files over (security §5).

The two talk over a local socket of the same account (a named pipe on Windows; never run there yet). What comes in is
either a list of files to be looked at by the import, or nothing: nobody gets anything out of the first window by asking.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_config_path
from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalSocket

WAIT_MS = 500
MOST = 64 * 1024  # bytes of a message


def address(folder: Path) -> str:
    """Where the window of this vault listens."""
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:24]
    if sys.platform == "win32":
        return f"TherapyDesk-{name}"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    beside = Path(runtime) / "therapydesk" if runtime else user_config_path("therapydesk", appauthor=False)
    return str(beside / f"window-{name}")


def raise_first(folder: Path, files: list[str]) -> bool:
    """Ask the window that has this vault to come to the front, with these files. False when there is none."""
    where = address(folder)
    if sys.platform != "win32" and not (Path(where).exists() and _is_ours(Path(where).parent)):
        return False  # at most starts there is none: nothing more is loaded to find that out
    from PySide6.QtNetwork import QLocalSocket

    socket = QLocalSocket()
    socket.connectToServer(where)
    if not socket.waitForConnected(WAIT_MS):
        return False  # left by a program that was killed
    message = json.dumps([str(Path(name).resolve()) for name in files]).encode() + b"\n"
    socket.write(message)
    socket.flush()
    said = socket.waitForReadyRead(WAIT_MS) and bytes(socket.readAll().data()) == b"here\n"
    socket.disconnectFromServer()
    return said


class FirstWindow(QObject):
    """Listens for second starts. `asked(files)` comes with each."""

    asked = Signal(list)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        from PySide6.QtNetwork import QLocalServer

        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)

    def listen(self, folder: Path) -> bool:
        """Listen for this vault from now on, and for no other. False where that is not possible: nothing else changes."""
        where = address(folder)
        if self._server.isListening():
            if self._server.fullServerName() == where:
                return True
            self._server.close()
        if sys.platform != "win32":
            try:
                Path(where).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError:
                return False
            if not _is_ours(Path(where).parent):
                return False
        if not _answers(where):
            self._server.removeServer(where)  # left by a program that was killed
        return self._server.listen(where)

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _greet(self) -> None:
        socket = self._server.nextPendingConnection()
        socket.readyRead.connect(lambda: self._hear(socket))
        socket.disconnected.connect(socket.deleteLater)
        if socket.bytesAvailable():
            self._hear(socket)

    def _hear(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > MOST:
                socket.abort()
            return
        files = _files(bytes(socket.readLine(MOST).data()))
        socket.write(b"here\n")
        socket.flush()
        self.asked.emit(files)


def _is_ours(folder: Path) -> bool:
    """Whether nobody else could have put something there: where there is no folder of the account, it lies in /tmp."""
    found = folder.stat()
    return sys.platform == "win32" or (found.st_uid == os.getuid() and not found.st_mode & 0o022)


def _answers(where: str) -> bool:
    from PySide6.QtNetwork import QLocalSocket

    socket = QLocalSocket()
    socket.connectToServer(where)
    return socket.waitForConnected(WAIT_MS)


def _files(line: bytes) -> list[str]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return []
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []
