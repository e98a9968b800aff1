"""The laptop is lost: on a fresh machine a backup and the recovery kit bring all of it back; the old passphrase is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from tests.conftest import PASSPHRASE, USER
from tests.core.vault.test_admin import actions
from tests.journeys.hands import Ctrl, Key, shown
from tests.journeys.test_restore_after_damage import notes, write_note
from tests.journeys.the_program import machine
from therapydesk.api import Person
from therapydesk.core.errors import WrongPassphrase
from therapydesk.core.plugins import Plugins
from therapydesk.core.settings import MachineSettings
from therapydesk.core.vault import backup_schedule
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.recovery import RecoveryCode
from therapydesk.core.vault.vault import Vault
from therapydesk.records.erasure import erase_person
from therapydesk.testing import add_person
from therapydesk.ui.shell.unlock import UnlockPage

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # where there is no screen
]
NEW = "another four plain words"


@pytest.fixture
def kept(vault: Vault, tmp_path: Path) -> tuple[Path, RecoveryCode]:
    """What is left: a stick with a backup, and the paper. Somebody who is in the backup was erased after it."""
    stick = tmp_path / "stick"
    stick.mkdir()
    settings = MachineSettings(tmp_path / "old laptop.json")
    backup_schedule.set_folders(settings, vault.unlocked.users.vault, [stick])
    backup_schedule.watch(vault, settings)
    add_person(vault, "Carys Bowen")
    write_note(vault, "She sang the second verse alone.")
    ivor = add_person(vault, "Ivor Pugh")
    kit = vault.make_kit()
    vault.keep_kit(kit)
    done = back_up(vault, stick)
    erase_person(vault, ivor, "request")
    vault.close()
    return done.path, kit.code


def test_the_backup_and_the_kit_bring_the_practice_back(
    kept: tuple[Path, RecoveryCode], qapp: QApplication, tmp_path: Path, plugins: Plugins
) -> None:
    backup, code = kept
    with machine(qapp, tmp_path / "new laptop") as desk:
        hands, program = desk.hands, desk.program
        desk.wait("the first run", lambda: desk.centre() == "FirstRun")
        desk.press("Next")
        desk.press("Bring one back from a backup")
        desk.press("Next")
        hands.name_file(backup)
        desk.field(QLineEdit, "Your name").setFocus()
        hands.write(f"{USER}\t{code}")
        hands.press(Key.Key_Return, Ctrl)
        desk.wait("the unlock page", lambda: desk.centre() == "UnlockPage", 60)
        page = program.unlock_page
        assert isinstance(page, UnlockPage)
        assert page.user.currentText() == USER
        assert "is not known here: look through your papers" in page.note.text()

        desk.press("Use the recovery kit")
        desk.field(QLineEdit, "Recovery code").setFocus()
        hands.write(f"{str(code).lower()}\t{NEW}\t{NEW}")
        hands.press(Key.Key_Return, Ctrl)
        desk.at_the_desk()
        vault = program.vault
        assert vault is not None
        with vault.read() as db:
            assert sorted(person.full_name for person in db.query(Person)) == ["Carys Bowen", "Erased"]
        assert notes(vault) == ["She sang the second verse alone."]
        assert vault.zones == {"core", "clinical", "safeguarding"}
        assert "unlock with recovery kit" in actions(vault, "core")
        desk.wait("the kit to be asked for", lambda: "You have no recovery kit" in desk.says())

        desk.press("Make a recovery kit")
        desk.wait("Settings, You", lambda: shown(QPushButton, "Make a new recovery kit") is not None)
        folder = vault.folder
        program.window.close()
    again = Vault.open(folder, host=plugins)
    with pytest.raises(WrongPassphrase):
        again.unlock(USER, PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        again.unlock_with_recovery(code, "a third set of words")  # a kit works once
    again.unlock(USER, NEW)
    assert [finding for finding in again.check() if finding.kind != "link"] == []
    again.close()


def test_control_neither_a_wrong_kit_nor_the_backup_alone_brings_anything_back(
    kept: tuple[Path, RecoveryCode], qapp: QApplication, tmp_path: Path
) -> None:
    backup, _code = kept
    with machine(qapp, tmp_path / "thief") as desk:
        desk.wait("the first run", lambda: desk.centre() == "FirstRun")
        desk.press("Next")
        desk.press("Bring one back from a backup")
        desk.press("Next")
        desk.hands.name_file(backup)
        for secret in (str(RecoveryCode.new()), "four words somebody guessed"):
            field = desk.field(QLineEdit, "Passphrase")
            desk.field(QLineEdit, "Your name").setText(USER)
            field.clear()
            field.setFocus()
            desk.hands.write(secret)
            desk.hands.press(Key.Key_Return, Ctrl)
            desk.wait("the refusal", lambda: not desk.program._runner().busy())
            assert desk.centre() == "FirstRun"
            assert field.isVisible()
        assert desk.program.vault is None
        assert list(desk.home.rglob("VAULT.json")) == []
