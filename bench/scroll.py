"""Scrolling a table by pages, each step until it is painted."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QAbstractScrollArea

from bench.painted import Paints, wait_until

STEPS = 150


def scroll(view: QAbstractScrollArea, paints: Paints) -> list[float]:
    """The seconds of each step: half of them page by page, half jumps through the whole list."""
    bar = view.verticalScrollBar()
    places = [bar.pageStep() * (n + 1) for n in range(STEPS // 2)]
    places += [bar.maximum() * (n + 1) // (STEPS // 2) for n in range(STEPS // 2)]
    times = []
    for place in places:
        if place == bar.value() or place > bar.maximum():
            continue
        before = paints.count
        start = time.perf_counter()
        bar.setValue(place)
        wait_until(lambda seen=before: paints.count > seen)  # type: ignore[misc]  # a default binds it here
        times.append(time.perf_counter() - start)
    return times
