"""Fresh process: the People list opened, scrolled and searched in the real window."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QAbstractScrollArea
from sqlalchemy import text

from bench.desk_window import DeskWindow
from bench.figures import median, p95
from bench.fresh import answer, memory
from bench.painted import Paints, wait, wait_until
from bench.plain import plain_file
from bench.scroll import scroll
from therapydesk.api import Link, normal_name

NAMES, LETTERS = 16, 7
BETWEEN_MS = 120  # from a painted list to the next key


def main() -> None:
    """Measure and hand back."""
    desk = DeskWindow(Path(sys.argv[1]))
    before = memory()
    start = time.perf_counter()
    desk.open(Link("caseload.people"))
    page: Any = desk.view.page
    assert page is not None
    view: QAbstractScrollArea = page.table.view
    paints = Paints(view.viewport())
    wait_until(lambda: paints.count > 0)
    first = time.perf_counter() - start
    wait(300)
    steps = scroll(view, paints)
    grown = memory() - before
    view.verticalScrollBar().setValue(0)
    with desk.vault.read() as db:
        names = [row[0] for row in db.execute(text("SELECT names FROM person_search"))]
    typed = _typed(names)
    keys = _search(page, paints, typed)
    queries = _bare_search(names, typed)
    desk.close()
    answer(
        first=first,
        scroll=p95(steps),
        memory=grown,
        key=p95(keys),
        key_median=median(keys),
        query=p95(queries),
    )


def _typed(names: list[str]) -> list[str]:
    """What stands in the field after each key: the first letters of some names."""
    chosen = random.Random(3).sample(names, NAMES)
    words = [" ".join(normal_name(name).split()[:2]) for name in chosen]
    return [word[: n + 1] for word in words for n in range(min(LETTERS, len(word))) if word[n] != " "]


def _search(page: Any, paints: Paints, typed: list[str]) -> list[float]:
    """For each key the seconds until its list is painted."""
    told, view = [0], page.table.view

    def shown() -> None:
        told[0] = paints.count + 1

    page.filter.changed.connect(shown)  # called after the page, which then shows the list of this text
    keys = []
    for so_far in typed:
        told[0] = 0
        start = time.perf_counter()
        page.filter.search.setText(so_far)
        # the list is hidden when nobody matches
        wait_until(lambda: told[0] > 0 and (told[0] <= paints.count or view.isHidden()))
        keys.append(time.perf_counter() - start)
        wait(BETWEEN_MS)
    return keys


def _bare_search(names: list[str], typed: list[str]) -> list[float]:
    """The same words looked up in the same names in a plain file: the query alone."""
    times = []
    with plain_file() as file:
        file.execute("CREATE VIRTUAL TABLE s USING fts5(names, tokenize='trigram', detail=full)")
        file.execute("BEGIN")
        file.executemany("INSERT INTO s VALUES (?)", [(name,) for name in names])
        file.execute("COMMIT")
        for so_far in typed:
            wanted = " AND ".join(f'"{word.rjust(3)}"' for word in so_far.split())
            start = time.perf_counter()
            file.execute("SELECT rowid FROM s WHERE s MATCH ? LIMIT 501", (wanted,)).fetchall()
            times.append(time.perf_counter() - start)
    return times


main()
