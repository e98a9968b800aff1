"""Backups in the window: how old they are, where they go, checked, brought back; and what each role may."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.conftest import PASSPHRASE
from tests.keyrings import Memory
from therapydesk.core import dates
from therapydesk.core.audit import Head
from therapydesk.core.plugins import Plugins
from therapydesk.core.secrets import write_secret
from therapydesk.core.settings import MachineSettings
from therapydesk.core.vault import backup_schedule, marks
from therapydesk.core.vault.mark_keeper import entry_name
from therapydesk.core.vault.vault import Vault
from therapydesk.testing import add_person
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.jobs import Runner
from therapydesk.ui.kit.labels import StateMark
from therapydesk.ui.shell.restore_page import RestorePage
from therapydesk.ui.shell.settings_backups import BackupsPane
from therapydesk.ui.shell.settings_window import SettingsWindow
from therapydesk.ui.shell.window import MainWindow

ALL_WELL = "Backed up in one folder, opened again from there and read"


@pytest.fixture
def window(vault: Vault, plugins: Plugins, tmp_path: Path, qtbot: QtBot) -> Any:
    """The window of the owner, on Today; `settings()` opens Settings › Backups in it."""
    return _window(vault, plugins, tmp_path, qtbot)


def _window(vault: Vault, plugins: Plugins, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    settings = MachineSettings(tmp_path / "settings.json")
    made = MainWindow(settings)
    qtbot.addWidget(made)
    runner = Runner(made)
    runner.watch(vault.changes)
    made.show_desk(Desk(vault, vault.user, settings, plugins, runner, vault.changes, made.open_link), "Owner")
    made.show()

    def open_settings(group: str) -> None:
        assert made.view is not None
        made.view.show_page(SettingsWindow(made.view.desk, lambda: None, lambda: None, group, made.keeper))

    made.menus.settings_wanted.connect(open_settings)
    return made


def rest(window: MainWindow) -> None:
    """Wait until nothing works any more."""
    assert window.view is not None
    for _turn in range(3):
        window.view.desk.jobs.wait_idle(30_000)
        QApplication.processEvents()


def pane(window: MainWindow) -> BackupsPane:
    """Settings › Backups."""
    window.menus.settings_wanted.emit("backups")
    rest(window)
    assert window.view is not None
    assert window.view.page is not None
    found = window.view.page.findChild(BackupsPane)
    assert isinstance(found, BackupsPane)
    return found


def stick(tmp_path: Path, name: str = "stick") -> Path:
    folder = tmp_path / name
    folder.mkdir()
    return folder


def said(window: MainWindow) -> str:
    assert window.view is not None
    assert window.view.page is not None
    return window.view.page.messages.text()


def words(widget: Any) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


def test_the_first_folder_gets_a_backup_at_once_that_was_opened_and_read(
    window: MainWindow, tmp_path: Path
) -> None:
    folder = stick(tmp_path)
    shown = pane(window)
    assert shown.back_up_button is not None
    assert not shown.back_up_button.isEnabled()
    shown.add_folder(folder)
    rest(window)
    assert len(list(folder.glob("*.tdbackup"))) == 1
    assert ALL_WELL in said(window)
    assert window.status.backup.text().startswith("Backed up today")
    names = [mark.accessibleName() for mark in shown.findChildren(StateMark) if mark.isVisibleTo(shown)]
    assert len(names) == 3
    assert all("opened again and checked" in name for name in names)


def test_without_a_folder_the_key_leads_to_where_one_is_chosen(window: MainWindow) -> None:
    window.menus.backup_wanted.emit()
    assert window.view is not None
    assert isinstance(window.view.page, SettingsWindow)
    assert window.view.page.findChild(BackupsPane) is not None


def test_a_folder_that_is_not_there_is_said_and_shown_until_a_backup_succeeds(
    window: MainWindow, tmp_path: Path
) -> None:
    folder = stick(tmp_path)
    shown = pane(window)
    shown.add_folder(folder)
    rest(window)
    moved = folder.rename(tmp_path / "unplugged")
    window.menus.backup_wanted.emit()
    rest(window)
    assert "not there" in said(window).lower()
    assert window.status.backup.text() == "Backup failed"
    moved.rename(folder)
    window.menus.backup_wanted.emit()
    rest(window)
    assert window.status.backup.text().startswith("Backed up today")


def test_a_backup_in_the_vault_itself_is_refused(window: MainWindow, vault: Vault) -> None:
    shown = pane(window)
    inside = vault.folder / "backups"
    inside.mkdir()
    shown.add_folder(inside)
    assert "inside the vault" in said(window)
    assert not list(inside.iterdir())


def test_a_folder_taken_off_the_list_comes_back_by_undo(
    window: MainWindow, vault: Vault, tmp_path: Path
) -> None:
    folder = stick(tmp_path)
    shown = pane(window)
    shown.add_folder(folder)
    rest(window)
    assert window.view is not None
    assert window.view.page is not None
    settings, vault_id = window.view.desk.settings, vault.unlocked.users.vault
    (gone,) = [
        b for b in shown.findChildren(QPushButton) if "off this list" in b.text() and b.isVisibleTo(shown)
    ]
    gone.click()
    assert backup_schedule.folders(settings, vault_id) == []
    window.view.page.undo()
    assert backup_schedule.folders(settings, vault_id) == [folder]
    assert len(list(folder.glob("*.tdbackup"))) == 1


def test_a_broken_backup_is_named_when_it_is_checked(window: MainWindow, tmp_path: Path) -> None:
    folder = stick(tmp_path)
    shown = pane(window)
    shown.add_folder(folder)
    rest(window)
    (path,) = folder.glob("*.tdbackup")
    shown.check(path)
    rest(window)
    assert "can be read" in said(window)
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(bytes(whole))
    shown.check(path)
    rest(window)
    assert "can be read" not in said(window)
    assert window.view is not None
    assert window.view.page is not None
    assert window.view.page.messages.rank == "danger"


def test_what_would_be_lost_is_shown_before_anything_is_brought_back(
    window: MainWindow, vault: Vault, tmp_path: Path, qtbot: QtBot
) -> None:
    before = add_person(vault, "Carys Bowen")
    folder = stick(tmp_path)
    shown = pane(window)
    shown.add_folder(folder)
    rest(window)
    after = add_person(vault, "Newer Person")
    (path,) = folder.glob("*.tdbackup")
    shown.bring_back(path)
    rest(window)
    assert window.view is not None
    page = window.view.page
    assert isinstance(page, RestorePage)
    assert any("would be lost" in text for text in words(page))
    assert "Nothing is newer than the backup." in words(page)
    assert people(vault) >= {before, after}
    back = next(b for b in page.findChildren(QPushButton) if b.accessibleName() == "Back to Settings")
    back.click()
    assert isinstance(window.view.page, SettingsWindow)  # nothing was brought back
    shown.bring_back(path)
    rest(window)
    page = window.view.page
    assert isinstance(page, RestorePage)
    page.ask()
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    assert "will be gone" in " ".join(words(dialog))
    with qtbot.waitSignal(window.brought_back, timeout=30_000) as told:
        page.carry_out()
    assert "was brought back" in told.args[0]
    assert before in people(vault)
    assert after not in people(vault)
    assert len(list(folder.glob("*.tdbackup"))) == 2  # what was there before went into a backup of its own


def test_a_mark_in_the_keyring_that_the_backup_does_not_hold_is_warned_of(
    window: MainWindow, vault: Vault, tmp_path: Path, keyring: Memory
) -> None:
    folder = stick(tmp_path)
    shown = pane(window)
    shown.add_folder(folder)
    rest(window)
    (path,) = folder.glob("*.tdbackup")
    for mark, warned in ((marks.heads(vault)["core"], False), (Head(3, "f" * 64, None), True)):
        write_secret(entry_name(vault.unlocked.users.vault), json.dumps(marks.to_plain({"core": mark})))
        shown.bring_back(path)
        rest(window)
        assert window.view is not None
        assert any("which was marked outside" in text for text in words(window.view.page)) == warned


def test_where_nothing_can_be_kept_first_nothing_is_brought_back_and_it_says_what_to_do(
    window: MainWindow, vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = stick(tmp_path)
    shown = pane(window)
    shown.add_folder(folder)
    rest(window)
    (path,) = folder.glob("*.tdbackup")
    shown.bring_back(path)
    rest(window)
    assert window.view is not None
    page = window.view.page
    assert isinstance(page, RestorePage)
    real, shut = os.access, {str(folder)}
    monkeypatch.setattr(os, "access", lambda p, mode: str(p) not in shut and real(p, mode))
    page.ask()
    assert QApplication.activeModalWidget() is None
    assert "cannot be written to. Choose another folder for backups" in page.messages.text()
    (tmp_path / "other").mkdir()
    backup_schedule.set_folders(page.desk.settings, vault.unlocked.users.vault, [folder, tmp_path / "other"])
    page.ask()  # the control: another folder takes it
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    assert page._keep_in() == tmp_path / "other"
    dialog.close()


def people(vault: Vault) -> set[Any]:
    from therapydesk.api import PeopleQuery, list_people

    with vault.read() as db:
        return {row.id for row in list_people(db, PeopleQuery())}


def test_a_file_that_is_no_backup_changes_nothing(window: MainWindow, tmp_path: Path) -> None:
    shown = pane(window)
    odd = tmp_path / "odd.tdbackup"
    odd.write_bytes(b"not a backup")
    shown.bring_back(odd)
    rest(window)
    assert window.view is not None
    page = window.view.page
    assert isinstance(page, RestorePage)
    assert not page.restore_button.isEnabled()
    assert page.messages.rank == "danger"
    assert "Nothing was changed." in words(page)


def test_days_that_go_by_turn_it_amber_and_red(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = pane(window)
    shown.add_folder(stick(tmp_path))
    rest(window)
    assert window.keeper is not None
    tones = []
    for days in (1, 8, 15):
        now = dates.now() + timedelta(days=days)
        with monkeypatch.context() as patch:
            patch.setattr(dates, "_clock", lambda now=now: now)
            window.keeper.read_ages()
            rest(window)
        tones.append((window.status.backup.text(), window.status.backup.property("tone")))
    assert [text for text, _ in tones] == [
        "Backed up 1 day ago",
        "Backed up 8 days ago",
        "Backed up 15 days ago",
    ]
    assert tones[1][1] == "warn"
    assert tones[2][1] == "danger"


@pytest.mark.parametrize("role", ["link_worker", "auditor"])
def test_who_may_not_make_backups_sees_only_how_old_they_are(
    role: str, vault: Vault, plugins: Plugins, tmp_path: Path, qtbot: QtBot
) -> None:
    vault.add_user("Sam", [role], PASSPHRASE, [])
    vault.unlock("Sam", PASSPHRASE)
    window = _window(vault, plugins, tmp_path, qtbot)
    shown = pane(window)
    assert [b for b in shown.findChildren(QPushButton) if b.isVisibleTo(shown)] == []
    assert len([m for m in shown.findChildren(StateMark) if m.isVisibleTo(shown)]) == 3
    assert window.keeper is not None
    assert not window.keeper.may_make
