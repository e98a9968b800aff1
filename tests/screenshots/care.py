"""The further pages and dialogs of safeguarding, privacy, backups, groups and songs."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from tests.screenshots.pages import Shot, Stage, _concern, _person, settle, wait_for
from therapydesk.core.vault.backup import back_up
from therapydesk.core.vault.backup_schedule import set_folders
from therapydesk.core.vault.backup_targets import list_backups
from therapydesk.plugins.safeguarding.ui.concern_page import ConcernPage
from therapydesk.ui.shell.damage_page import DamagePage
from therapydesk.ui.shell.restore_page import RestorePage
from therapydesk.ui.shell.settings_window import BACKUPS, SettingsWindow

MARKS = (("front", 370, 420, "Yellow bruise, as wide as a coin"), ("back", 500, 300, "Red line"))
DAMAGED = "The part with people, diary and money cannot be read as a whole: page 118 was changed outside the program."


def _raised(stage: Stage) -> None:
    stage.open("safeguarding.safeguarding")
    page: Any = stage.view.page
    page.close_record()
    page.parts.choose("raised")
    page.show_part("raised")


def _work(stage: Stage) -> Any:
    _concern(stage)
    return stage.view.findChildren(ConcernPage)[-1].work


def _body_map(stage: Stage) -> None:
    dialog = _work(stage).marks()
    for side, x, y, words in MARKS:
        dialog.place(side, x, y)
        dialog._fields[-1].setText(words)


def _decide(stage: Stage) -> None:
    _work(stage).decide()


def _privacy(part: str, stage: Stage) -> None:
    stage.open("privacy", part)


def _new_in(part: str, stage: Stage) -> None:
    """The dialog that the part's button opens."""
    _privacy(part, stage)
    page: Any = stage.view.page
    page.new_record()


def _folder(stage: Stage) -> Any:
    """The folder of backups of this picture, with one in it."""
    folder = Path(tempfile.gettempdir()) / "TherapyDesk backups"
    folder.mkdir(exist_ok=True)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    vault_id = stage.vault.unlocked.users.vault
    if not list_backups(folder, vault_id):
        back_up(stage.vault, folder)
    set_folders(stage.window.settings, vault_id, [folder])
    return list_backups(folder, vault_id)[0]


def _backups(stage: Stage) -> None:
    _folder(stage)
    stage.view.show_page(
        SettingsWindow(stage.view.desk, lambda: None, lambda: None, BACKUPS, stage.window.keeper)
    )
    settle()
    wait_for(lambda: not stage.view.desk.jobs.busy())


def _restore(stage: Stage) -> None:
    page = RestorePage(stage.view.desk, _folder(stage).path, lambda _sentence: None, lambda: None)
    stage.view.show_page(page)
    wait_for(lambda: page.plan is not None)


def _damage(stage: Stage) -> None:
    page = DamagePage(DAMAGED, ["Ruth Mallory", "Dele Abara"], "Ruth Mallory", "")
    stage.window.show_full(page)
    page.focus_first()


SHOTS = (
    Shot("safeguarding-raised", _raised),
    Shot("body-map", _body_map),
    Shot("concern-decide", _decide, every_look=False),
    Shot("privacy-holds", partial(_privacy, "holds")),
    Shot("privacy-new-request", partial(_new_in, "requests"), every_look=False),
    Shot("privacy-erase", partial(_new_in, "erasure"), every_look=False),
    Shot("person-groups", lambda stage: _person(stage, "groups.person")),
    Shot("helpers", lambda stage: stage.open("groups.groups", "helpers")),
    Shot("set-lists", lambda stage: stage.open("groups.songs", "sets")),
    Shot("backups", _backups),
    Shot("restore", _restore),
)
LAST = (Shot("damage", _damage),)
