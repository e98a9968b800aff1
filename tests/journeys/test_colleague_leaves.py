"""A colleague leaves: removed in Settings › Who works here, keys changed; what they kept opens nothing new."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from PySide6.QtWidgets import QApplication, QPushButton

from tests.conftest import PASSPHRASE, USER, add_users, opened_copy
from tests.journeys.hands import shown
from tests.journeys.the_program import machine
from therapydesk.core.errors import NotFound, UserError, WrongPassphrase, ZoneClosed
from therapydesk.core.plugins import Plugins
from therapydesk.core.vault import generations
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.backup_schedule import set_folders
from therapydesk.core.vault.keys import ZoneKeys
from therapydesk.core.vault.vault import Vault
from therapydesk.testing import add_person
from therapydesk.ui.shell.settings_users import UsersPane
from therapydesk.ui.shell.still_open import StillOpenDialog

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # where there is no screen
]
TOMOS = "Tomos Therapist"


class Kept:
    """What somebody who means harm takes along: the keys, the kit, and a copy of the folder as it was."""

    def __init__(self, vault: Vault, place: Path) -> None:
        vault.unlock(TOMOS, PASSPHRASE)
        kit = vault.make_kit()
        vault.keep_kit(kit)
        self.kit = kit.code
        ring = vault.unlocked.ring
        self.keys = {zone: ZoneKeys(bytearray(keys.secret)) for zone, keys in ring.zones.items()}
        vault.lock()
        self.copy = Path(shutil.copytree(vault.folder, place))


def opens(folder: Path, zone: str, keys: ZoneKeys) -> bool:
    """Whether a kept key opens the file of a zone that is in use now."""
    path = generations.zone_file(folder, zone, generations.read_current(folder)[zone])  # type: ignore[arg-type, index]
    try:
        generations.connect_alone(path, keys).close()
    except (UserError, sqlcipher.Error):
        return False
    return True


def test_who_was_removed_opens_nothing_any_more(
    plugins: Plugins, template: Path, qapp: QApplication, tmp_path: Path
) -> None:
    closed = add_users(template, tmp_path / "made", plugins, {TOMOS: (("therapist",), ("clinical",))})
    vault = opened_copy(closed, tmp_path / "practice", plugins)
    vault.unlock(USER, PASSPHRASE)
    add_person(vault, "Carys Bowen")
    (tmp_path / "stick").mkdir()
    back_up(vault, tmp_path / "stick")
    kept = Kept(vault, tmp_path / "taken")
    vault.close()
    assert all(opens(tmp_path / "practice", zone, keys) for zone, keys in kept.keys.items()), "the control"

    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE)
    arguments = ("--vault", str(tmp_path / "practice"), "--user", USER, "--passphrase-file", str(secret))
    with machine(qapp, tmp_path / "laptop", *arguments) as desk:
        desk.at_the_desk()
        here = desk.program.vault
        assert here is not None
        set_folders(desk.program.settings, here.unlocked.users.vault, [tmp_path / "stick"])
        desk.program.side.open_settings("users")
        desk.wait("who works here", lambda: shown(UsersPane) is not None)
        desk.press(f"Remove: {TOMOS}")
        desk.press(f"Remove {TOMOS}")
        desk.wait("the keys to be changed", lambda: "cannot sign in any more" in desk.says(), 60)
        desk.at_the_desk()
        front = QApplication.activeModalWidget
        desk.wait("the backups that still open", lambda: isinstance(front(), StillOpenDialog))
        listed = front()
        assert isinstance(listed, StillOpenDialog)
        assert all(str(tmp_path / "stick") in words for words in listed.rows)
        assert len(listed.rows) >= 1
        desk.press("Close")
        assert shown(QPushButton, f"Remove: {TOMOS}") is None
        now = desk.program.vault
        assert now is not None
        assert now.zones_to_change() == frozenset()
        desk.program.window.close()

    practice = tmp_path / "practice"
    assert not any(opens(practice, zone, keys) for zone, keys in kept.keys.items()), (
        "no kept key opens a file"
    )
    after = Vault.open(practice, host=plugins)
    with pytest.raises(NotFound):
        after.unlock(TOMOS, PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        after.unlock_with_recovery(kept.kit, "another four plain words")
    after.unlock(USER, PASSPHRASE)
    with after.read() as db:
        from therapydesk.api import Person

        assert [person.full_name for person in db.query(Person)] == ["Carys Bowen"]
    after.close()

    mixed = Path(shutil.copytree(practice, tmp_path / "mixed"))  # and the old list of users opens nothing new
    shutil.copy(kept.copy / "users.json", mixed / "users.json")
    forged = Vault.open(mixed, host=plugins)
    with pytest.raises(ZoneClosed, match="no key to this vault any more"):
        forged.unlock(TOMOS, PASSPHRASE)
    forged.close()


def test_what_they_kept_from_before_still_opens_with_their_own_passphrase(
    plugins: Plugins, template: Path, tmp_path: Path
) -> None:
    """No program can take back what was copied: the manual says so, and so does the list after removing somebody."""
    closed = add_users(template, tmp_path / "made", plugins, {TOMOS: (("therapist",), ("clinical",))})
    vault = opened_copy(closed, tmp_path / "practice", plugins)
    kept = Kept(vault, tmp_path / "taken")
    vault.close()
    theirs = Vault.open(kept.copy, host=plugins)
    theirs.unlock(TOMOS, PASSPHRASE)
    assert theirs.zones == {"core", "clinical"}
    theirs.close()
