"""Somebody new, whose role is for more than core, before a colleague has given them the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from tests.conftest import PASSPHRASE, add_users, opened_copy
from therapydesk.api import Link, hooks
from therapydesk.core.permissions import ROLES
from therapydesk.core.plugins import Plugins
from therapydesk.testing import add_person, desk_at
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.messages import undo_list
from therapydesk.ui.shell.desk_view import DeskView
from therapydesk.ui.shell.news import news_at_unlock

pytestmark = pytest.mark.timeout(120)  # every page, each in a window


def visit_everything(desk: Desk, person: UUID, qtbot: QtBot) -> set[str]:
    """Open each page, by the sidebar and by a link, and each tab of a person. Returns the pages of the sidebar."""
    view = DeskView(desk, "Somebody")
    qtbot.addWidget(view)
    view.resize(1200, 700)
    view.show()
    pages = {page.id for page in view.pages}
    with capture_exceptions() as faults:
        for page in desk.plugins.collect(hooks.pages):
            view.open(Link(page.id))
            QApplication.processEvents()
        view.open(Link("person", person))
        tabs: Any = getattr(view.page, "tabs", None)
        for n in range(tabs.count() if tabs is not None else 0):
            tabs.setCurrentIndex(n)
            QApplication.processEvents()
        desk.jobs.wait_idle()
    assert not faults
    undo_list.clear()
    return pages


@pytest.mark.parametrize("role", ROLES)
def test_every_page_opens_and_no_module_is_switched_off(
    role: str, template: Path, plugins: Plugins, tmp_path: Path, qtbot: QtBot
) -> None:
    closed = add_users(template, tmp_path / "new", plugins, {"New Colleague": ((role,), ())})
    vault = opened_copy(closed, tmp_path / "opened", plugins)
    vault.unlock("Ruth Mallory", PASSPHRASE)
    person = add_person(vault)
    vault.unlock("New Colleague", PASSPHRASE)
    with desk_at(vault, plugins, tmp_path) as desk:
        pages = visit_everything(desk, person, qtbot)
        told = " ".join(news.text for news in news_at_unlock(vault, lambda _part: None))
    vault.close()
    assert [entry.id for entry in plugins.loaded.values() if not entry.on] == []
    assert "notes.notes" not in pages
    assert ("Your role is for notes" in told) == (role in {"therapist", "lead"})
    assert ("Your role is for safeguarding" in told) == (role == "lead")


def test_with_the_key_the_notes_are_there(sign_in: Any, qtbot: QtBot) -> None:
    desk = sign_in("Tomos Therapist")
    assert "notes.notes" in visit_everything(desk, add_person(desk.vault), qtbot)
    assert "Your role is for" not in " ".join(n.text for n in news_at_unlock(desk.vault, lambda _part: None))
