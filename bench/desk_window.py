"""In a fresh process: the window with its desk on an unlocked practice."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from bench.painted import wait
from bench.practice import plugins
from therapydesk.api import Link, user_title
from therapydesk.core.settings import MachineSettings
from therapydesk.core.vault.vault import Vault
from therapydesk.demo.making import PASSPHRASE, THERAPIST
from therapydesk.ui.kit import looks, style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.jobs import Runner
from therapydesk.ui.shell.desk_view import DeskView
from therapydesk.ui.shell.window import MainWindow


class DeskWindow:
    """The window as it stands after unlocking, on Today."""

    def __init__(self, folder: Path) -> None:
        self.app = QApplication(sys.argv[:1])
        looks.apply_theme(self.app, style.Theme.LIGHT, 1.0)
        host = plugins()
        self.vault = Vault.open(folder, host=host)
        self.vault.unlock(THERAPIST, PASSPHRASE)
        settings = MachineSettings()
        self.window = MainWindow(settings)
        self.runner = Runner(self.window)
        self.runner.watch(self.vault.changes)
        user, changes = self.vault.user, self.vault.changes
        desk = Desk(self.vault, user, settings, host, self.runner, changes, self.window.open_link)
        with self.vault.read() as db:
            title = user_title(db, user.id)
        self.window.resize(1366, 768)
        self.window.show_desk(desk, title)
        self.window.show()
        wait(500)

    @property
    def view(self) -> DeskView:
        """What is in the window."""
        assert self.window.view is not None
        return self.window.view

    def open(self, link: Link) -> None:
        """Go to a page."""
        self.view.open(link)

    def close(self) -> None:
        """Lock and let go."""
        self.runner.close()
        self.vault.close()
