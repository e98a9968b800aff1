"""What the menus open beside the work: settings, help, the list of keys, about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault
    from therapydesk.ui.shell.window import MainWindow

Call = Callable[[], None]


class SideWindows(QObject):
    """Each is imported when it is first wanted. `vault()` is the one that is open, if any."""

    def __init__(
        self, window: MainWindow, apply_look: Call, lock: Call, vault: Callable[[], Vault | None]
    ) -> None:
        super().__init__(window)
        self._window, self._apply_look, self._lock, self._vault = window, apply_look, lock, vault
        menus = window.menus
        menus.settings_wanted.connect(self.open_settings)
        menus.help_wanted.connect(self.open_help)
        menus.shortcuts_wanted.connect(self.open_shortcuts)
        menus.about_wanted.connect(self.open_about)

    def open_settings(self, group: str) -> None:
        """Settings, at a group."""
        from therapydesk.ui.shell.settings_window import SettingsWindow

        view = self._window.view
        if view is not None:
            view.show_page(
                SettingsWindow(view.desk, self._apply_look, self._lock, group, self._window.keeper)
            )

    def open_help(self) -> None:
        """The page of the screen in front."""
        from therapydesk.ui.shell.help_window import HelpWindow

        page = self._window.view.page if self._window.view is not None else None
        package = type(page).__module__.partition(".")[0] if page is not None else "therapydesk"
        HelpWindow(self._window, getattr(page, "help_name", "") or "start", package).show()

    def open_shortcuts(self) -> None:
        """All keys."""
        from therapydesk.ui.shell.help_window import ShortcutsWindow

        ShortcutsWindow(self._window).show()

    def open_about(self) -> None:
        """What this is, and what it was made with."""
        from therapydesk.ui.shell.help_window import AboutDialog

        AboutDialog(self._window, self._vault()).open()
