"""The whole program with a damaged practice: what can be done is shown, and each of it works (S6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.conftest import PASSPHRASE, USER
from therapydesk.api import PeopleQuery, list_people
from therapydesk.app import Program
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.vault import Vault
from therapydesk.start_options import options
from therapydesk.testing import add_person
from therapydesk.ui.shell.damage_page import DamagePage
from therapydesk.ui.shell.restore_page import RestorePage
from therapydesk.ui.shell.settings_backups import BackupsPane

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]
Start = Callable[[Path], Program]


@pytest.fixture
def practice(vault: Vault, tmp_path: Path) -> Path:
    """A practice with somebody in it and a backup in `stick`, closed."""
    add_person(vault, "Carys Bowen")
    (tmp_path / "stick").mkdir()
    back_up(vault, tmp_path / "stick")
    vault.close()
    return vault.folder


@pytest.fixture
def start(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    """The program on a practice, at its unlock page."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    running: list[Program] = []

    def begin(folder: Path) -> Program:
        program = Program(qapp, options().parse_args(["--vault", str(folder), "--user", USER]))
        running.append(program)
        qtbot.addWidget(program.window)
        program.start()
        qtbot.waitUntil(lambda: program.loader._thread.ident is not None, timeout=20_000)
        return program

    yield begin
    for program in running:
        program.close()


def unlock(program: Program) -> None:
    assert program.unlock_page is not None
    program.unlock_page.passphrase.setText(PASSPHRASE)
    program.unlock_page._unlock()


def spoil(folder: Path, zone: str) -> Path:
    """Overwrite the middle of a zone's file."""
    (path,) = folder.glob(f"{zone}/g*/zone.db")
    data = bytearray(path.read_bytes())
    data[: len(data) // 2] = bytes(len(data) // 2)
    path.write_bytes(bytes(data))
    return path


def damage_page(program: Program, qtbot: QtBot) -> DamagePage:
    qtbot.waitUntil(lambda: isinstance(program.window.centralWidget(), DamagePage), timeout=30_000)
    page = program.window.centralWidget()
    assert isinstance(page, DamagePage)
    return page


def press(widget: QWidget, text: str) -> None:
    (found,) = [b for b in widget.findChildren(QPushButton) if b.text() == text]
    found.click()


def names(program: Program) -> list[str]:
    assert program.vault is not None
    with program.vault.read() as db:
        return [row.name for row in list_people(db, PeopleQuery())]


def test_a_damaged_part_is_read_past_and_brought_back(
    practice: Path, start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    path = spoil(practice, "clinical")
    before = path.read_bytes()
    program = start(practice)
    unlock(program)
    page = damage_page(program, qtbot)
    assert "clinical" in page.messages.text()
    press(page, "Open for reading")
    qtbot.waitUntil(lambda: program.window.view is not None, timeout=30_000)
    view = program.window.view
    assert view is not None
    assert view.page is not None
    assert "reading only" in view.page.messages.text()
    assert names(program) == ["Carys Bowen"]
    assert path.read_bytes() == before
    program.side.open_settings("backups")
    assert view.page is not None
    pane = view.page.findChild(BackupsPane)
    assert isinstance(pane, BackupsPane)
    (backup,) = (tmp_path / "stick").glob("*.tdbackup")
    pane.bring_back(backup)
    restore = view.page
    assert isinstance(restore, RestorePage)
    qtbot.waitUntil(restore.restore_button.isEnabled, timeout=30_000)
    restore.carry_out()
    qtbot.waitUntil(lambda: program.window.view is None, timeout=30_000)
    assert program.unlock_page is not None
    assert "was brought back" in program.unlock_page.note.text()
    unlock(program)
    qtbot.waitUntil(lambda: program.window.view is not None, timeout=30_000)
    assert program.vault is not None
    assert program.vault.read_only == frozenset()
    assert "clinical" in program.vault.zones


def test_when_nothing_opens_a_practice_is_made_from_the_backup(
    practice: Path, start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    spoil(practice, "core")
    program = start(practice)
    unlock(program)
    page = damage_page(program, qtbot)
    press(page, "Open for reading")
    qtbot.waitUntil(lambda: "cannot be read" in page.messages.text(), timeout=30_000)
    (flow,) = [child for child in page.children() if hasattr(child, "from_backup")]
    (backup,) = (tmp_path / "stick").glob("*.tdbackup")
    dialog: Any = flow.from_backup(backup)
    dialog.form.set_values({"name": USER, "secret": "wrong on purpose"})
    dialog.save()
    qtbot.waitUntil(lambda: "passphrase" in dialog.form.summary.text().lower(), timeout=30_000)
    dialog.form.set_values({"name": USER, "secret": PASSPHRASE})
    dialog.save()
    qtbot.waitUntil(lambda: not isinstance(program.window.centralWidget(), DamagePage), timeout=30_000)
    assert program._folder != practice
    assert program.unlock_page is not None
    told = program.unlock_page.note.text()
    assert told.startswith("The practice is here as it was on ")
    assert "Who was erased after" in told
    unlock(program)
    qtbot.waitUntil(lambda: program.window.view is not None, timeout=30_000)
    assert names(program) == ["Carys Bowen"]
    assert practice.exists()


def test_what_can_be_read_is_saved_and_told(practice: Path, start: Start, qtbot: QtBot) -> None:
    spoil(practice, "clinical")
    program = start(practice)
    unlock(program)
    page = damage_page(program, qtbot)
    press(page, "Save what can be read")
    qtbot.waitUntil(lambda: "are kept in" in page.messages.text(), timeout=60_000)
    assert "People, diary and money: sound" in page.messages.text()
    assert page.passphrase.text() == ""
    press(page, "Back to unlocking")
    assert program.unlock_page is program.window.centralWidget()
