"""Run under `dbus-run-session`: the whole program, locked in every way there is, and what is left after each.

lock_ways.py FOLDER USER SECRET [WAY …]   prints one JSON object: what was seen before and after each way
lock_ways.py tell INTERFACE NAME JSON     plays the desktop or the login manager on the bus
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

NAME = "Carys Zebrafinch"
TYPED = "Her sister Quagga rang"
LOGIN = "org.freedesktop.login1"
HEARD: dict[str, tuple[str, str, list[Any]]] = {
    "desktop locked": ("org.freedesktop.ScreenSaver", "ActiveChanged", [True]),
    "session locked": (f"{LOGIN}.Session", "Lock", []),
    "before sleep": (f"{LOGIN}.Manager", "PrepareForSleep", [True]),
    "user switched": (
        "org.freedesktop.DBus.Properties",
        "PropertiesChanged",
        [f"{LOGIN}.Session", {"Active": False}, ["IdleHint"]],
    ),
}
WAYS = (
    *("key", "button", "idle", "slept", "slept by the clock", *HEARD),
    *("a page fails", "broken", "window closed"),
)


def tell(interface: str, name: str, arguments: str) -> None:
    """Send one signal as the login manager."""
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    QCoreApplication([])
    bus = QDBusConnection.sessionBus()
    if not bus.registerService(LOGIN):
        sys.exit("the name of the login manager could not be taken")
    message = QDBusMessage.createSignal("/a/path", interface, name)
    message.setArguments(json.loads(arguments))
    bus.send(message)
    subprocess.run([sys.executable, "-c", ""], check=True)  # it leaves before the name goes


class Sitting:
    """The program with somebody signed in, and much open."""

    def __init__(self, folder: str, user: str, secret: str) -> None:
        from PySide6.QtWidgets import QApplication

        from therapydesk.app import Program
        from therapydesk.start_options import options

        self.folder, self.user, self.secret = folder, user, secret
        self.app = QApplication(sys.argv[:1])
        arguments = ["--vault", folder, "--user", user, "--passphrase-file", secret]
        self.program: Any = Program(self.app, options().parse_args(arguments))
        self.program.start()

    def until(self, ready: Callable[[], object]) -> None:
        from PySide6.QtCore import QEventLoop, QTimer

        loop, timer = QEventLoop(), QTimer(interval=20)
        timer.timeout.connect(lambda: loop.quit() if ready() else None)
        timer.start()
        QTimer.singleShot(20_000, loop, loop.quit)
        loop.exec()

    def is_open(self) -> bool:
        return self.program.window.view is not None and not self.program.runner.busy()

    def open_much(self) -> dict[str, Any]:
        """A form with text in it, a question, a print preview, help, a menu, a name on the clipboard, a thing to undo."""
        from PySide6.QtGui import QGuiApplication
        from PySide6.QtWidgets import QMenu

        from therapydesk.testing import add_person
        from therapydesk.ui.kit.messages import confirm
        from therapydesk.ui.kit.printing import PrintWindow

        program, page = self.program, self.program.window.view.page
        add_person(program.vault, NAME)
        dialog = form_of(page)
        dialog.form.field("why").insert(TYPED)
        dialog.form.field("secret").insert("four plain words")
        PrintWindow(page, "A list", lambda _size: a_page(NAME)).open()
        confirm(page, f"Remove {NAME}?", NAME, "Remove", lambda: None)
        program.side.open_help()
        program.window.activateWindow()
        QGuiApplication.clipboard().setText(NAME)
        page.done(f"Changed {NAME}", undo=lambda: None)
        menu = QMenu(NAME, page)
        menu.addAction(NAME)
        menu.popup(page.mapToGlobal(page.rect().center()))
        self.app.processEvents()
        return {
            "dialog": dialog,
            "secret": dialog.form.field("secret"),
            "view": program.window.view,
            "gone": weakref.ref(program.window.view),
        }

    def what_is_there(self) -> dict[str, Any]:
        """What must be gone after a lock, and is there before."""
        from PySide6.QtGui import QGuiApplication

        from therapydesk.ui.kit.messages import undo_list

        shown = [w for w in self.app.topLevelWidgets() if w.isVisible() and w is not self.program.window]
        return {
            "handles": handles(self.folder),
            "windows": sorted(type(each).__name__ for each in shown),
            "clipboard": QGuiApplication.clipboard().text(),
            "undo": undo_list.can_undo(),
            "title": self.program.window.windowTitle(),
            "page": type(self.program.window.centralWidget()).__name__,
            "typed": self.typed_secrets(),
        }

    def typed_secrets(self) -> list[str]:
        """What stands in fields for passphrases, of any window that is left."""
        from PySide6.QtWidgets import QApplication, QLineEdit

        fields = [w for w in QApplication.allWidgets() if isinstance(w, QLineEdit)]
        return [w.text() for w in fields if w.echoMode() is not QLineEdit.EchoMode.Normal and w.text()]

    def lock_by(self, way: str) -> None:
        """One of the ways."""
        from PySide6.QtCore import QProcess, Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QToolButton

        program, watch = self.program, self.program._watch
        window = program.window
        if way in HEARD:
            interface, name, arguments = HEARD[way]
            teller = QProcess(window)
            teller.start(
                sys.executable,
                ["-m", "tests.reliability.lock_ways", "tell", interface, name, json.dumps(arguments)],
            )
            self.until(lambda: not program.vault.is_unlocked)
            teller.waitForFinished()
        elif way == "key":
            for each in self.app.topLevelWidgets():  # under a modal dialog no key reaches the window
                if each is not window:
                    each.hide()
            window.activateWindow()
            QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        elif way == "button":
            button = next(b for b in window.findChildren(QToolButton) if b.accessibleName() == "Lock")
            button.click()
        elif way == "idle":
            watch._last_input -= program.settings.lock_minutes * 60 + 1
            watch.check()
        elif way == "slept":
            watch.check(monotonic=watch._monotonic + 31)
        elif way == "slept by the clock":
            watch.check(wall=watch._wall + 31)
        elif way == "a page fails":
            window.view.page.save_now = lambda: 1 / 0
            with suppress(ZeroDivisionError):
                program.lock()
        elif way == "broken":  # the control: a lock that forgets everything but the keys
            program.vault.lock()
        else:
            window.close()

    def go(self, way: str) -> dict[str, Any]:
        """Open much, lock in this way, see what is left, unlock again and see what comes back."""
        from PySide6.QtCore import QCoreApplication, QEvent
        from PySide6.QtGui import QGuiApplication
        from shiboken6 import isValid

        self.until(self.is_open)
        QGuiApplication.clipboard().clear()
        made = self.open_much()
        before = self.what_is_there()
        self.lock_by(way)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.app.processEvents()
        found: dict[str, Any] = {"before": before, "after": self.what_is_there()}
        found["valid"] = {name: isValid(made[name]) for name in ("dialog", "secret", "view")}
        made["view"] = made["dialog"] = made["secret"] = None
        gc.collect()
        found["view alive"] = made["gone"]() is not None
        if way == "window closed":
            return found
        if way == "broken":
            self.program._watch.stop()
            self.program._close_dialogs()
            self.program._show_unlock(Path(self.folder))
        self.program._unlock(self.user, Path(self.secret).read_text())
        self.until(self.is_open)
        page = self.program.window.view.page
        back = form_of(page)
        found["back"] = back.form.values()["why"]
        back.form.saved()
        back.reject()
        return found


def a_page(text: str) -> bytes:
    """A PDF with one line of text."""
    from io import BytesIO

    from reportlab.pdfgen.canvas import Canvas

    held = BytesIO()
    canvas = Canvas(held)
    canvas.drawString(100, 700, text)
    canvas.save()
    return held.getvalue()


def form_of(page: Any) -> Any:
    """A form as any module makes one."""
    from PySide6.QtWidgets import QLineEdit

    from therapydesk.ui.kit.forms import FormDialog

    dialog = FormDialog(page, "Change something", "Save", lambda values: None, "something")
    dialog.form.add_text("why", "Why")
    dialog.form.add_text("secret", "Passphrase").setEchoMode(QLineEdit.EchoMode.Password)
    dialog.open()
    return dialog


def handles(folder: str) -> list[str]:
    """Files of the vault that this process has open or mapped, but for the lock itself."""
    links = [Path("/proc/self/fd", n) for n in os.listdir("/proc/self/fd")]
    names = [os.readlink(link) for link in links if os.path.lexists(link)]
    names += [
        line.split(None, 5)[5].strip()
        for line in Path("/proc/self/maps").read_text().splitlines()
        if "/" in line
    ]
    return sorted({Path(n).name for n in names if n.startswith(folder) and Path(n).name != "LOCK"})


def main(folder: str, user: str, secret: str, *ways: str) -> None:
    """Every way, one after the other; closing the window is the last."""
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = os.environ["DBUS_SESSION_BUS_ADDRESS"]  # one bus plays both
    sitting = Sitting(folder, user, secret)
    faults: list[str] = []

    def fault(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        faults.append(f"{kind.__name__}: {error}")
        sys.__excepthook__(kind, error, trace)

    sys.excepthook = fault
    found = {way: sitting.go(way) for way in ways or WAYS}
    sys.stdout.write(json.dumps({"ways": found, "faults": faults}) + "\n")


if __name__ == "__main__":
    tell(*sys.argv[2:]) if sys.argv[1] == "tell" else main(*sys.argv[1:])
