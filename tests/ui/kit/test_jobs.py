from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from therapydesk.api import UserError
from therapydesk.core.changes import Changed, Changes
from therapydesk.core.jobs import Job
from therapydesk.ui.kit.jobs import Runner


def test_work_runs_off_the_ui_thread_and_answers_on_it(runner: Runner) -> None:
    threads: list[int] = []

    def work(job: Job) -> int:
        threads.append(threading.get_ident())
        return 42

    got: list[object] = []
    runner.start(work, lambda result: got.append((result, threading.get_ident())))
    assert runner.busy()
    assert runner.wait_idle()
    assert got == [(42, threading.get_ident())]
    assert threads[0] != threading.get_ident()


def test_jobs_queue_on_one_thread(runner: Runner) -> None:
    order: list[tuple[int, int]] = []

    def note(n: int) -> Callable[[Job], None]:
        return lambda job: order.append((n, threading.get_ident()))

    for n in range(3):
        runner.start(note(n))
    runner.wait_idle()
    assert [n for n, _thread in order] == [0, 1, 2]
    assert len({thread for _n, thread in order}) == 1


def test_a_user_error_reaches_on_failed_as_it_is(runner: Runner) -> None:
    problem = UserError("The file is locked.", "Close it in the other program.")

    def work(job: Job) -> None:
        raise problem

    failed: list[Exception] = []
    runner.start(work, None, failed.append)
    runner.wait_idle()
    assert failed == [problem]


def test_a_fault_without_on_failed_goes_to_the_crash_dialog(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: caught.append(kind))
    runner.start(lambda job: 1 / 0)
    runner.wait_idle()
    assert caught == [ZeroDivisionError]


class _Page(QWidget):
    def __init__(self, told: list[object]) -> None:
        super().__init__()
        self.told = told

    def answer(self, value: object) -> None:
        self.told.append(value)


def test_a_widget_that_is_gone_is_not_called_and_a_failure_is_told_all_the_same(
    runner: Runner, qtbot: QtBot
) -> None:
    told: list[object] = []
    problem = UserError("The file is locked.")

    def fail(job: Job) -> None:
        raise problem

    there, gone = _Page(told), _Page(told)
    qtbot.addWidget(there)
    runner.start(lambda job: 1, there.answer)
    runner.start(lambda job: 2, gone.answer)
    runner.start(fail, gone.answer, gone.answer, "Importing")
    failed: list[tuple[str, object]] = []
    runner.failed.connect(lambda title, error: failed.append((title, error)))
    delete(gone)
    runner.wait_idle()
    assert told == [1]
    assert failed == [("Importing", problem)]


def test_cancel_calls_neither_and_tells(runner: Runner, qtbot: QtBot) -> None:
    started = threading.Event()
    go_on = threading.Event()
    called: list[object] = []

    def work(job: Job) -> None:
        started.set()
        go_on.wait(5)
        job.progress(1)

    with qtbot.waitSignal(runner.cancelled) as told:
        runner.start(work, called.append, called.append, "Importing referrals")
        assert started.wait(5)
        runner.cancel()
        go_on.set()
    assert told.args == ["Importing referrals"]
    assert called == []


def test_progress_is_told_on_the_ui_thread(runner: Runner, qtbot: QtBot) -> None:
    with qtbot.waitSignal(runner.progressed) as told:
        runner.start(lambda job: job.progress(2, 5, "row 2"), title="Import")
    assert told.args == ["Import", 2, 5, "row 2"]
    runner.wait_idle()


def test_commits_on_any_thread_reach_the_ui_thread(runner: Runner) -> None:
    changes, seen = Changes(), []
    runner.watch(changes)
    runner.changed.connect(lambda changed: seen.append((changed, threading.get_ident())))
    change = Changed(frozenset({"person"}))
    runner.start(lambda job: changes.publish(change))
    runner.wait_idle()
    assert seen == [(change, threading.get_ident())]
    runner.unwatch()
    changes.publish(change)
    assert len(seen) == 1


def test_a_widget_that_only_a_job_held_goes_on_the_ui_thread(runner: Runner) -> None:
    died: list[int] = []
    page = _Page([])
    weakref.finalize(page, lambda: died.append(threading.get_ident()))
    go_on = threading.Event()

    def work(job: Job, held: _Page = page) -> None:
        go_on.wait(5)

    runner.start(work, page.answer)
    del work, page
    go_on.set()
    runner.wait_idle()
    runner.start(lambda job: None)  # the worker goes on with another
    runner.wait_idle()
    assert died == [threading.get_ident()]


def _make_cycles(_job: Job) -> None:
    for _n in range(100_000):
        cycle: list[object] = []
        cycle.append(cycle)


def test_only_the_ui_thread_looks_for_garbage(runner: Runner, qtbot: QtBot) -> None:
    threads: set[int] = set()

    def note(phase: str, info: dict[str, int]) -> None:
        threads.add(threading.get_ident())

    gc.callbacks.append(note)
    try:
        runner.start(_make_cycles)
        runner.wait_idle()
        qtbot.waitUntil(lambda: bool(threads))
    finally:
        gc.callbacks.remove(note)
    assert threads == {threading.get_ident()}
    assert gc.get_count()[0] < 100_000


def test_work_that_ends_while_its_runner_closes_answers_nobody(runner: Runner) -> None:
    running, closing = threading.Event(), threading.Event()
    answers: list[object] = []

    def work(job: Job) -> str:
        running.set()
        assert closing.wait(5)
        return "read"

    runner.start(work, answers.append, answers.append)
    assert running.wait(5)
    closing.set()
    runner.close()
    assert runner.wait_idle()
    assert answers == []
