"""Work in jobs of which only the last is wanted."""

from __future__ import annotations

import threading
from typing import Any

from PySide6.QtWidgets import QWidget
from shiboken6 import delete

from therapydesk.core.errors import UserError
from therapydesk.ui.kit.jobs import Runner
from therapydesk.ui.kit.newest import Newest


def test_only_what_was_started_last_is_told(qtbot: Any, runner: Runner) -> None:
    told: list[object] = []
    widget, gate = QWidget(), threading.Event()
    qtbot.addWidget(widget)
    newest = Newest(widget, runner, told.append, told.append)
    newest.start(lambda: gate.wait(5) and "first")
    newest.start(lambda: "second")
    newest.start(lambda: "third")
    gate.set()
    assert runner.wait_idle()
    assert told == ["third"]


def test_nothing_is_told_after_forgetting_nor_without_the_widget(qtbot: Any, runner: Runner) -> None:
    told: list[object] = []
    kept, gone = QWidget(), QWidget()
    qtbot.addWidget(kept)
    forgetful = Newest(kept, runner, told.append, told.append)
    forgetful.start(lambda: 1)
    forgetful.forget()
    Newest(gone, runner, told.append, told.append).start(lambda: 2)
    delete(gone)
    assert runner.wait_idle()
    assert told == []


def test_an_error_is_told(qtbot: Any, runner: Runner) -> None:
    failed: list[Exception] = []
    widget = QWidget()
    qtbot.addWidget(widget)

    def work() -> None:
        raise UserError("Not here.")

    Newest(widget, runner, failed.append, failed.append).start(work)
    assert runner.wait_idle()
    assert [str(error) for error in failed] == ["Not here."]
