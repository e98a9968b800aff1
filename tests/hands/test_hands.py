"""Random hands see a fault that was planted, and none where none was (`dev.py hands` lets them work for longer)."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import qWarning
from PySide6.QtWidgets import QDialog

from tests.conftest import PASSPHRASE
from tests.hands import random_hands
from tests.hands.acts import Acts
from tests.hands.faults import Faults
from tests.hands.random_hands import RandomHands
from therapydesk.api import user_title
from therapydesk.core.plugins import Plugins
from therapydesk.core.vault.vault import Vault
from therapydesk.testing import desk_at
from therapydesk.ui.shell.command_palette import CommandPalette
from therapydesk.ui.shell.unlock import UnlockPage
from therapydesk.ui.shell.window import MainWindow

Work = Callable[[int], Faults]
SEED = 7


@pytest.fixture
def window(vault: Vault, plugins: Plugins, tmp_path: Path, qapp: object) -> Iterator[MainWindow]:
    """The window on an open vault."""
    with desk_at(vault, plugins, tmp_path) as desk:
        made = MainWindow(desk.settings)
        with vault.read() as db:
            made.show_desk(desk, user_title(db, vault.user.id))
        made.show()
        yield made
        desk.jobs.wait_idle()
        made.hide()
        made.deleteLater()


@pytest.fixture
def work(window: MainWindow, tmp_path: Path) -> Work:
    """Let the hands do so many acts in it."""

    def acts(most: int) -> Faults:
        faults, rng = Faults(lambda _text: None), random.Random(SEED)
        made = Acts(rng, faults.note, [tmp_path / "missing.csv"], tmp_path, PASSPHRASE)
        with faults.watching():
            RandomHands(lambda: [window], made, rng, faults).work(30, most)
        return faults

    return acts


def test_where_nothing_is_wrong_nothing_is_found(work: Work) -> None:
    faults = work(60)
    assert (faults.done >= 60, dict(faults.found)) == (True, {})


def plant(monkeypatch: pytest.MonkeyPatch, does: Callable[[], object]) -> None:
    """Going to a person, page or command does this as well."""
    goes = CommandPalette.open

    def planted(self: CommandPalette) -> None:
        goes(self)
        does()

    monkeypatch.setattr(CommandPalette, "open", planted)


def test_an_error_in_what_a_button_does_is_found(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, lambda: 1 // 0)
    assert "ZeroDivisionError in test_hands.py:<lambda>" in work(60).found


def test_a_warning_of_qt_is_found(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, lambda: qWarning("planted"))
    assert "Qt: planted" in work(60).found


def test_a_dialog_that_cannot_be_left_is_found(
    work: Work, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stays(QDialog):
        def reject(self) -> None:
            pass

    dialog = Stays(window, modal=True)
    dialog.setWindowTitle("planted")
    dialog.open()
    monkeypatch.setattr(random_hands, "NEVER_SHUT", 20)
    assert "Stays 'planted' cannot be left" in work(40).found


def test_what_is_shown_while_locked_is_found(window: MainWindow, work: Work) -> None:
    window.show_full(UnlockPage("Harbour Music Therapy", ["Ruth Mallory"]))
    dialog = QDialog(window)
    dialog.setWindowTitle("planted")
    dialog.show()
    assert "QDialog 'planted' is shown while locked" in work(20).found


def test_a_window_that_stands_still_is_ended_and_told(tmp_path: Path) -> None:
    said = "from tests.hands import faults; import time; faults.HELD = 1; faults.alive(); time.sleep(50)"
    root = Path(__file__).parents[2]
    done: Any = subprocess.run(
        [sys.executable, "-c", said], cwd=root, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert "Timeout (0:00:01)!" in done.stderr
