"""The table of figures: what is met, what is not and why, and the watch on the event loop."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from bench import figures
from bench.figures import Figure, p95, show, table
from bench.heartbeat import Heartbeat


def test_a_figure_over_its_goal_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "reasons", lambda: {("P5", ""): "it waits"})
    assert Figure("P5", "search", "≤ 20 ms", 0.02, 0.01, 0.03).met == "no: it waits"
    assert Figure("P5", "search", "≤ 20 ms", 0.02, 0.01, 0.02).met == "yes"
    assert Figure("P5", "search", "≤ 20 ms", 0.02, 0.01, 0.03, part="work").met == "no"
    assert Figure("P5", "search", "–", None, 0.01, 0.03).met == "–"


def test_the_reasons_belong_to_figures() -> None:
    assert all(key.startswith("P") and reason for (key, _part), reason in figures.reasons().items())


def test_the_table_has_a_row_for_each_figure_with_its_ratio() -> None:
    rows = table([Figure("P3", "memory", "≤ 120 MB", 120, 50, 75, "MB")]).splitlines()
    assert [cell.strip() for cell in rows[2].strip("|").split("|")] == [
        "P3",
        "memory",
        "≤ 120 MB",
        "50.0 MB",
        "75.0 MB",
        "1.50",
        "yes",
    ]


def test_short_times_are_shown_in_milliseconds() -> None:
    assert [show(value, "s") for value in (0.0005, 0.016, 1.5, 43.5)] == [
        "0.50 ms",
        "16.0 ms",
        "1.50 s",
        "43.5 s",
    ]


def test_p95_leaves_the_worst_twentieth_out() -> None:
    assert p95([float(n) for n in range(100)]) == 95.0
    assert p95([7.0]) == 7.0


def test_the_heartbeat_notices_a_block(qtbot: QtBot) -> None:
    beat = Heartbeat()
    ended = []

    def block() -> None:
        until = time.perf_counter() + 0.05
        while time.perf_counter() < until:
            pass
        QTimer.singleShot(5, lambda: ended.append(True))

    QTimer.singleShot(5, block)
    qtbot.waitUntil(lambda: bool(ended))
    assert beat.take() >= 0.05
