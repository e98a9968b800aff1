"""Work that waits for a moment of rest."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from therapydesk.ui.kit.later import Later


def test_it_calls_once_after_the_last_start(qtbot: Any) -> None:
    calls: list[int] = []
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    later = Later(widget, 20, lambda: calls.append(1))
    later.start()
    later.start()
    qtbot.waitUntil(lambda: bool(calls))
    qtbot.wait(60)
    assert calls == [1]


def test_it_does_not_call_for_a_widget_that_was_hidden_meanwhile(qtbot: Any) -> None:
    calls: list[int] = []
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    later = Later(widget, 20, lambda: calls.append(1))
    later.start()
    widget.hide()
    qtbot.wait(80)
    assert calls == []
