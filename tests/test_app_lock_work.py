"""Work that runs while the program locks shows nothing afterwards, and what is asked for meanwhile is not opened (S12)."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QMenu
from shiboken6 import isValid

from tests.conftest import PASSPHRASE, USER
from tests.journeys.the_program import Machine, machine

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def at_work(qapp: QApplication, closed: Path, tmp_path: Path) -> Iterator[Machine]:
    """The program, unlocked."""
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE)
    words = ("--vault", str(closed), "--user", USER, "--passphrase-file", str(secret))
    with machine(qapp, tmp_path / "home", *words) as made:
        made.at_the_desk()
        yield made


@pytest.fixture
def closed(template: Path, tmp_path: Path) -> Path:
    """A closed vault."""
    shutil.copytree(template, tmp_path / "vault")
    return tmp_path / "vault"


class Work:
    """A job that cannot be stopped, which then opens a dialog over the window."""

    def __init__(self, at: Machine) -> None:
        self.begun, self.go_on, self.over = threading.Event(), threading.Event(), False
        self.window: QMainWindow = at.program.window
        self.runner = at.program._runner()
        self.runner.start(self._wait, self._show)
        self.runner.finished.connect(self._end)
        at.wait("the work to begin", self.begun.is_set)

    def _wait(self, _job: object) -> bool:
        self.begun.set()
        return self.go_on.wait(30)

    def _show(self, _result: object) -> None:
        dialog = QDialog(self.window)
        dialog.setWindowTitle("Carys")
        dialog.open()

    def _end(self, _title: str) -> None:
        self.over = True


def in_view() -> list[str]:
    return [
        w.windowTitle()
        for w in QApplication.topLevelWidgets()
        if w.isVisible() and not isinstance(w, QMainWindow)
    ]


def test_the_control_shows_its_dialog(at_work: Machine) -> None:
    work = Work(at_work)
    work.go_on.set()
    at_work.wait("the dialog", lambda: in_view() == ["Carys"])


def test_what_ends_while_the_program_locks_shows_nothing(at_work: Machine) -> None:
    work = Work(at_work)
    QTimer.singleShot(50, work.go_on.set)
    at_work.program.lock()
    assert work.over, "it ended while the program locked"
    assert (at_work.centre(), in_view()) == ("UnlockPage", [])


def test_what_ends_after_the_lock_shows_nothing(at_work: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work(at_work)
    wait = work.runner.wait_idle
    monkeypatch.setattr(work.runner, "wait_idle", lambda _ms: wait(50))
    at_work.program.lock()
    assert not work.over, "it goes on after the lock"
    work.go_on.set()
    at_work.wait("the end of it", lambda: work.over and not work.runner.busy())
    QApplication.processEvents()
    assert (at_work.centre(), in_view()) == ("UnlockPage", [])


def test_what_is_asked_for_while_the_program_locks_does_not_stay(at_work: Machine) -> None:
    work = Work(at_work)
    QTimer.singleShot(20, at_work.program.side.open_shortcuts)
    QTimer.singleShot(150, work.go_on.set)
    at_work.program.lock()
    assert (at_work.centre(), in_view()) == ("UnlockPage", [])


def test_the_window_may_be_closed_while_the_program_locks(at_work: Machine) -> None:
    work, program = Work(at_work), at_work.program
    QTimer.singleShot(20, program.window.close)
    QTimer.singleShot(150, work.go_on.set)
    program.lock()
    assert program.vault is None or not program.vault.is_unlocked


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_menu_that_is_open_when_the_program_locks_is_there_after_unlocking(at_work: Machine) -> None:
    program = at_work.program
    menu = next(a for a in program.window.menuBar().actions() if a.text() == "View").menu()
    assert isinstance(menu, QMenu)
    menu.popup(program.window.pos())
    assert menu.isVisible()
    program.lock()
    assert in_view() == []
    program._unlock(USER, PASSPHRASE)
    at_work.at_the_desk()
    assert isValid(menu)
    assert "Dark" in [action.text() for action in menu.actions()]
