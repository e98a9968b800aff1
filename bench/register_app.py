"""Fresh process: a register of 200 opened and marked in the real window, key by key."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bench.desk_window import DeskWindow
from bench.figures import median, p95
from bench.fresh import answer
from bench.heartbeat import Heartbeat
from bench.painted import Paints, has_keyboard, wait, wait_until
from therapydesk.api import Link

KEYS = (Qt.Key.Key_P, Qt.Key.Key_P, Qt.Key.Key_A, Qt.Key.Key_P, Qt.Key.Key_N)
MARKED = 100
BETWEEN_MS = 40


def main() -> None:
    """Measure and hand back."""
    desk = DeskWindow(Path(sys.argv[1]))
    session = sys.argv[2]
    desk.open(Link("groups.groups"))
    wait(600)
    beat = Heartbeat()
    wait(50)
    beat.take_work()
    start = time.perf_counter()
    desk.open(Link("groups.groups", None, ("register", session)))
    page: Any = desk.view.page
    table = page.record.table
    view = table.view
    paints = Paints(view.viewport(), lambda: table.row_count() > 0)  # it is read in a job
    wait_until(lambda: paints.count > 0)
    first = time.perf_counter() - start
    wait(600)
    opening_work = beat.take_work()
    wait_until(lambda: has_keyboard(desk.window))
    view.setFocus()
    wait(100)
    keys, works = [], []
    for n in range(MARKED):
        beat.take_work()
        before = paints.count
        start = time.perf_counter()
        QTest.keyClick(view, KEYS[n % len(KEYS)])
        wait_until(lambda seen=before: paints.count > seen)  # type: ignore[misc]  # a default binds it here
        keys.append(time.perf_counter() - start)
        wait(BETWEEN_MS)
        works.append(beat.take_work())
    desk.close()
    answer(
        first=first, opening_work=opening_work, key=median(keys), key_p95=p95(keys), key_work=median(works)
    )


main()
