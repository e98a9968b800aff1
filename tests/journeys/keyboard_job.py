"""The main job by keyboard alone, in a real window. Started by test_keyboard.py in a process of its own.

    python keyboard_job.py VAULT USER PASSPHRASE_FILE CSV

Prints one line a step; the last is "done". Everything goes through key presses on the window that has the focus.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from therapydesk import app as program_module
from therapydesk.api import appointments, today
from therapydesk.plugins.notes import lists

Key = Qt.Key
Ctrl = Qt.KeyboardModifier.ControlModifier


def wait_for(what: str, condition: Callable[[], bool], seconds: float = 60) -> None:
    """Let the window live until the condition holds; stop with a sentence when it does not."""
    deadline = QDeadlineTimer(round(seconds * 1000))
    while not condition():
        if deadline.hasExpired():
            sys.exit(f"waited in vain for: {what}")
        QTest.qWait(20)


def activate(window: QWidget) -> None:
    """Give the window the keyboard; without a window manager it has to be asked for."""

    def is_active() -> bool:
        window.activateWindow()
        return QApplication.focusWindow() is not None

    wait_for("the keyboard", is_active)


def focused() -> QWidget:
    """The widget that has the keyboard."""
    wait_for("a widget with the focus", lambda: QApplication.focusWidget() is not None, 10)
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(key: Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """One key press on what has the focus."""
    QTest.keyClick(focused(), key, modifiers)
    QTest.qWait(30)


def write(text: str) -> None:
    """Type a text."""
    QTest.keyClicks(focused(), text)


def palette(text: str) -> None:
    """Ctrl+K, a text, Enter."""
    press(Key.Key_K, Ctrl)
    write(text)
    QTest.qWait(60)
    press(Key.Key_Return)


def main(vault: str, user: str, secret: str, _csv: str) -> None:
    """Unlock, find a person, book a session in the diary, write and sign a note, open the invoices, lock."""
    app = QApplication(sys.argv[:1])
    options = program_module._options().parse_args(["--vault", vault])
    program = program_module.Program(app, options)
    program.start()
    window = program.window
    wait_for("the window", lambda: window.isVisible())
    activate(window)
    unlock = program.unlock_page
    if unlock is None:
        sys.exit("there is no unlock page")
    unlock.user.setCurrentText(user)
    unlock.focus_first()
    write(Path(secret).read_text("utf-8").strip())
    press(Key.Key_Return)
    wait_for("the desk", lambda: window.view is not None and window.view.page is not None)
    view = window.view
    assert view is not None
    QTest.qWait(300)
    print("unlocked")

    palette("carys")
    wait_for("the person", lambda: view.current_person() is not None)
    print("person found")

    press(Key.Key_4, Ctrl)
    wait_for("the diary", lambda: view.page is not None and view.page.help_name == "diary")
    press(Key.Key_N, Ctrl)
    write("sat 7pm carys 45")
    QTest.qWait(400)
    press(Key.Key_Return)
    QTest.qWait(400)
    if program.vault is None:
        sys.exit("the vault is not open")
    with program.vault.read() as db:
        evening = [
            v
            for v in appointments.list_sessions(db, today(), today() + timedelta(8))
            if v.starts_at.hour == 19
        ]
    if not evening:
        sys.exit("the session is not booked")
    print("session booked")

    press(Key.Key_N, Ctrl | Qt.KeyboardModifier.ShiftModifier)
    wait_for("the note", lambda: type(focused()).__name__ == "GrowingText")
    write("We found a tempo together.")
    press(Key.Key_Return, Ctrl)
    QTest.qWait(300)
    press(Key.Key_Return)
    QTest.qWait(500)
    with program.vault.read() as db:
        newest = lists.list_notes(db, "", "signed", limit=500)
    if not any("tempo together" in row.first_words for row in newest):
        sys.exit("the note is not signed")
    print("note signed")
    activate(window)

    palette("invoices")
    wait_for("the invoices", lambda: view.page is not None and view.page.help_name == "invoices")
    print("invoices open")

    press(Key.Key_L, Ctrl)
    wait_for("the lock", lambda: program.vault is not None and not program.vault.is_unlocked)
    print("locked")
    window.close()
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:5])
