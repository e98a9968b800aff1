"""What is made piece by piece: one in each turn, all at once when it is wanted, nothing without the widget."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import delete

from therapydesk.ui.kit.in_turn import InTurn


def test_one_piece_in_each_turn_with_the_window_alive_in_between(qtbot: Any) -> None:
    widget, told = QWidget(), list[str]()
    qtbot.addWidget(widget)
    making = InTurn(widget, lambda: told.append("all"))

    def piece(n: int) -> None:
        told.append(f"piece {n}")
        QTimer.singleShot(0, lambda: told.append("window"))

    making.begin([partial(piece, n) for n in range(3)])
    assert making.busy
    assert told == []
    qtbot.waitUntil(lambda: "all" in told)
    assert [each for each in told if each != "window"] == ["piece 0", "piece 1", "piece 2", "all"]
    assert "window" in told[: told.index("piece 2")]


def test_what_is_left_is_made_at_once_when_it_is_wanted(qtbot: Any) -> None:
    widget, told = QWidget(), list[str]()
    qtbot.addWidget(widget)
    making = InTurn(widget, lambda: told.append("all"))
    making.begin([lambda: told.append("one"), lambda: told.append("two")])
    making.finish()
    assert told == ["one", "two", "all"]
    making.finish()
    QApplication.processEvents()
    assert told == ["one", "two", "all"]


def test_nothing_is_made_for_a_widget_that_is_gone(qtbot: Any) -> None:
    widget, told = QWidget(), list[str]()
    InTurn(widget, lambda: told.append("all")).begin([lambda: told.append("one")])
    delete(widget)
    qtbot.wait(30)
    assert told == []
