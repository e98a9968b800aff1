"""A part of the practice is damaged: it is said, what is sound is read, and a backup brings the part back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from sqlalchemy import select

from tests.conftest import PASSPHRASE, USER
from tests.journeys.hands import Key
from tests.journeys.the_program import Machine, machine
from tests.test_app_damage import spoil
from therapydesk.api import Link, PeopleQuery, list_people
from therapydesk.core.plugins import Plugins
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.backup_schedule import set_folders
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.notes.models import Answer, Note
from therapydesk.testing import add_person
from therapydesk.ui.shell.backup_words import moment
from therapydesk.ui.shell.restore_page import RestorePage

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # where there is no screen
]


def write_note(vault: Vault, text: str) -> None:
    with vault.read() as db:
        person = list_people(db, PeopleQuery("Carys Bowen"))[0].id
    with vault.write("clinical") as db:
        note = Note(person_id=person, template="session", happened_on=date(2026, 1, 4))
        db.add(note)
        db.flush()
        about = {"prompt": "a", "title": "a", "position": 0}
        db.add(Answer(person_id=person, note_id=note.id, text=text, **about))


def notes(vault: Vault) -> list[str]:
    with vault.read() as db:
        return sorted(db.scalars(select(Answer.text)))


def sign_in(desk: Machine) -> None:
    desk.program.window.activateWindow()  # where no desktop does it when a dialog has gone
    desk.wait("the unlock page", lambda: desk.centre() == "UnlockPage")
    desk.field(QLineEdit, "Passphrase").setFocus()
    desk.hands.write(PASSPHRASE)
    desk.hands.press(Key.Key_Return)


def lines(desk: Machine) -> str:
    """What the page that brings a backup back says."""
    view = desk.program.window.view
    assert view is not None
    assert isinstance(view.page, RestorePage)
    return "\n".join(label.text() for label in view.page.findChildren(QLabel) if label.isVisible())


@pytest.fixture
def hurt(vault: Vault, tmp_path: Path) -> tuple[Path, Path, str]:
    """The practice, its damaged file, and when its backup was made; a note was written after that."""
    add_person(vault, "Carys Bowen")
    write_note(vault, "of before the backup")
    (tmp_path / "stick").mkdir()
    made = back_up(vault, tmp_path / "stick").verified.manifest.made
    vault.close()
    return vault.folder, spoil(vault.folder, "clinical"), moment(made)


def test_from_the_sentence_to_the_note_that_is_back(
    hurt: tuple[Path, Path, str], qapp: QApplication, tmp_path: Path, plugins: Plugins
) -> None:
    practice, file, made = hurt
    as_it_was = file.read_bytes()
    with machine(qapp, tmp_path / "laptop", "--vault", str(practice), "--user", USER) as desk:
        sign_in(desk)
        desk.wait("what is damaged", lambda: desk.centre() == "DamagePage")
        assert file.read_bytes() == as_it_was
        desk.press("Open for reading")
        desk.at_the_desk()
        desk.wait("the sentence", lambda: "damaged and open for reading only" in desk.says())
        vault = desk.program.vault
        assert vault is not None
        assert "clinical" not in vault.zones
        with vault.read() as db:
            assert [row.name for row in list_people(db, PeopleQuery())] == ["Carys Bowen"]
        set_folders(desk.program.settings, vault.unlocked.users.vault, [tmp_path / "stick"])

        desk.press("See the backups")
        desk.press(f"Bring back the backup of {made}")
        desk.wait("what it would do", lambda: "cannot be read now" in lines(desk))
        desk.at_the_desk()
        assert file.read_bytes() == as_it_was, "nothing has happened yet"
        desk.press("Bring it back")
        desk.wait("the question", lambda: QApplication.activeModalWidget() is not None)
        desk.press("Bring it back")
        desk.wait("the unlock page", lambda: desk.centre() == "UnlockPage", 60)
        page = desk.program.unlock_page
        assert page is not None
        assert f"The backup of {made} was brought back." in page.note.text()

        sign_in(desk)
        desk.at_the_desk()
        vault = desk.program.vault
        assert vault is not None
        assert vault.read_only == frozenset()
        assert notes(vault) == ["of before the backup"]
        desk.program.window.open_link(Link("today"))
        desk.program.window.close()
    again = Vault.open(practice, host=plugins)
    again.unlock(USER, PASSPHRASE)
    assert [finding for finding in again.check() if finding.kind != "link"] == []
    write_note(again, "of after it")  # and it is worked on as before
    assert notes(again) == ["of after it", "of before the backup"]
    again.close()
    assert file.read_bytes() == as_it_was, "the damaged file is kept as it is"


def test_control_the_damaged_part_stays_shut_until_it_was_brought_back(
    hurt: tuple[Path, Path, str], qapp: QApplication, tmp_path: Path
) -> None:
    practice, _file, _made = hurt
    with machine(qapp, tmp_path / "laptop", "--vault", str(practice), "--user", USER) as desk:
        for _ in range(2):
            sign_in(desk)
            desk.wait("what is damaged", lambda: desk.centre() == "DamagePage")
            desk.field(QPushButton, "Back to unlocking").setFocus()  # it lies below what is in view
            desk.hands.press(Key.Key_Space)
        assert desk.program.window.view is None
