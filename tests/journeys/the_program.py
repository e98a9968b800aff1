"""The whole program in a window, on a machine that remembers nothing, and hands on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from keyring.backends import null
from PySide6.QtWidgets import QApplication, QPushButton

from tests.journeys.hands import Hands, shown, wait_for
from tests.keyrings import made
from therapydesk.app import Program
from therapydesk.core import secrets
from therapydesk.start_options import options
from therapydesk.ui.kit.messages import undo_list
from therapydesk.ui.shell import crash
from therapydesk.ui.shell.session_lock import SessionLock


class Machine:
    """A computer with the program on it: a home of its own, no settings, and a keyring that keeps nothing."""

    def __init__(self, program: Program, home: Path) -> None:
        self.program, self.home, self.hands = program, home, Hands()

    def press(self, text: str) -> None:
        """Click a button of this text in the window or dialog in front, once it is there."""
        self.hands.click_on(QPushButton, text)

    def wait(self, what: str, condition: Any, seconds: float = 30) -> None:
        """Let the program live until something is so."""
        wait_for(what, condition, seconds)

    def centre(self) -> str:
        """What fills the window."""
        return type(self.program.window.centralWidget()).__name__

    def says(self) -> str:
        """What the message bar of the page says."""
        view = self.program.window.view
        return view.page.messages.text() if view is not None and view.page is not None else ""

    def at_the_desk(self) -> None:
        """Wait until somebody is signed in and no work runs."""
        program = self.program
        self.wait("the desk", lambda: program.window.view is not None and not program._runner().busy())

    def field(self, kind: type, name: str) -> Any:
        """A field by the name that a screen reader says."""
        self.wait(f"the field {name}", lambda: shown(kind, name) is not None)
        return shown(kind, name)


@contextmanager
def machine(app: QApplication, home: Path, *arguments: str) -> Iterator[Machine]:
    """The program is started on a fresh machine whose home is this folder."""
    with pytest.MonkeyPatch.context() as patch:
        home.mkdir(exist_ok=True)
        patch.setenv("HOME", str(home))
        for name in ("CONFIG", "STATE", "DATA", "DOCUMENTS"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        patch.delenv("XDG_RUNTIME_DIR", raising=False)
        patch.setattr(crash, "install", lambda *_args: None)  # a fault is the test's own
        patch.setattr(SessionLock, "listen", lambda _self: 0)  # the desktop of whoever runs the test may lock
        secrets.use_backend(made(null.Keyring))
        undo_list.clear()
        program = Program(app, options().parse_args([*arguments]))
        try:
            program.start()
            program.window.activateWindow()
            yield Machine(program, home)
        finally:
            program.window.close()
            program.window.deleteLater()
            secrets.use_backend(None)
            app.processEvents()
