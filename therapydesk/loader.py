"""The heavy libraries and the modules, imported on a thread while the passphrase is typed, so that no key waits for them."""

from __future__ import annotations

import contextlib
import gc
import threading
from typing import TYPE_CHECKING

from therapydesk.core.settings import MachineSettings

if TYPE_CHECKING:
    from pathlib import Path

    from therapydesk.core.plugins import Plugins


class Loader:
    """Nothing is imported before `start`; `loaded` waits until all of it is there."""

    def __init__(self, settings: MachineSettings, *, contrib: bool) -> None:
        self._settings, self._contrib = settings, contrib
        self.plugins: Plugins | None = None
        self._thread = threading.Thread(target=self.load, name="loader", daemon=True)
        self._starts = threading.Lock()
        self._log_started = False
        self._log_file: Path | None = None

    def start(self) -> None:
        """Begin, unless that was done."""
        with self._starts:  # whoever is quick with the passphrase asks for it before the first rest
            if self._thread.ident is None:
                self._thread.start()

    def loaded(self) -> Plugins:
        """The plugin host; waits for the thread."""
        self.start()
        self._thread.join()
        if self.plugins is None:
            raise RuntimeError("the modules could not be loaded")
        return self.plugins

    def start_log(self) -> None:
        """After the first paint, or at a fault before it."""
        if not self._log_started:
            self._log_started = True
            from platformdirs import user_log_path

            from therapydesk.core.log import setup_log

            with contextlib.suppress(OSError):  # a folder that takes no log must not stop the work
                self._log_file = setup_log(user_log_path("therapydesk", appauthor=False))

    def load(self) -> None:
        """What the thread does."""
        self.start_log()
        from therapydesk.core.vault.zones import send_messages

        if self._log_file is not None:
            with contextlib.suppress(OSError):
                send_messages(self._log_file.with_name("sqlcipher.log"))
        from therapydesk.built_in import BUILT_IN
        from therapydesk.core.plugins import load_all

        settings = self._settings
        allowed, off = settings.modules_allowed, settings.modules_off
        self.plugins = load_all(BUILT_IN, allowed, off, contrib=self._contrib, later=True)
        from sqlalchemy.orm import configure_mappers

        import therapydesk.ui.shell.desk_view  # noqa: F401  (warm for the first page)

        configure_mappers()  # else the first query does it, after Enter

        gc.freeze()  # what was loaded stays: without it each look for rubbish walks it, up to 80 ms at a time
        threading.Thread(target=_load_readers, name="readers", daemon=True).start()  # nobody waits for it


def _load_readers() -> None:
    """The libraries for odd days and telephone numbers: else the first key that makes one would wait for them."""
    from therapydesk.core.dates import parse_day
    from therapydesk.core.text import check_phone

    parse_day("may the 5th")
    check_phone("07700 900123")
