"""Python's search for garbage, on the UI thread alone.

Left to itself it runs on whatever thread makes the next object. On a worker it would delete widgets that are part of a
cycle there, and Qt ends the program when a widget goes on a thread that is not its own.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from therapydesk.core.garbage import collect_due

EVERY_MS = 1000


class _Collector(QTimer):
    """Looks for garbage now and then, as long as the application is there."""

    def __init__(self, app: QObject) -> None:
        super().__init__(app)
        self.timeout.connect(collect_due)
        self.start(EVERY_MS)


def collect_on_ui_thread() -> None:
    """From now on no other thread looks for garbage. To be called on the UI thread, as often as one likes."""
    app = QCoreApplication.instance()
    if app is not None and app.findChild(_Collector) is None:
        gc.disable()
        _Collector(app)
