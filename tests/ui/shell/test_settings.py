"""Settings: what is shown is made at once, the rest meanwhile; while nothing can be read nothing can be changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.conftest import USER
from therapydesk.api import Busy
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import Form
from therapydesk.ui.kit.jobs import Runner
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.shell.settings_users import UsersPane
from therapydesk.ui.shell.settings_window import USERS, SettingsWindow
from therapydesk.ui.shell.window import MainWindow

SignIn = Callable[[str], Desk]


@pytest.fixture
def settings(sign_in: SignIn, qtbot: QtBot) -> Callable[..., SettingsWindow]:
    """Settings at a group, seen by the owner."""
    desk = sign_in(USER)

    def opened(group: str = "") -> SettingsWindow:
        page = SettingsWindow(desk, lambda: None, lambda: None, group)
        qtbot.addWidget(page)
        page.show()
        return page

    return opened


def made(page: SettingsWindow) -> int:
    return sum(area.widget() is not None for area in page._areas)


def test_one_group_is_made_at_once_and_the_others_meanwhile(
    settings: Callable[..., SettingsWindow], qtbot: QtBot
) -> None:
    page = settings(USERS)
    assert (made(page), page.findChild(UsersPane) is not None) == (1, True)
    qtbot.waitUntil(lambda: made(page) == page.groups.count())


def test_a_group_that_is_gone_to_is_there_at_once(settings: Callable[..., SettingsWindow]) -> None:
    page = settings()
    page.groups.setCurrentRow(page.groups.count() - 1)
    assert page.stack.currentWidget() is page._areas[-1]
    assert page._areas[-1].widget() is not None


def test_a_search_finds_what_was_not_shown_yet(settings: Callable[..., SettingsWindow]) -> None:
    page = settings(USERS)
    page.search.setText("contrast")
    shown = [page.groups.item(n) for n in range(page.groups.count())]
    assert [item.text() for item in shown if not item.isHidden()] == ["Look"]
    assert page.groups.currentItem().text() == "Look"


def test_while_a_key_is_changed_the_settings_say_so_and_cannot_be_changed(
    settings: Callable[..., SettingsWindow], sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_vault: object) -> AbstractContextManager[Any]:
        raise Busy("A key is being changed.")

    vault = type(sign_in(USER).vault)
    monkeypatch.setattr(vault, "read", busy)
    page = settings()
    assert page.messages.text() == "A key is being changed."
    form = page.findChild(Form)
    assert form is not None
    assert not form.isEnabled()


def test_the_search_works_when_the_page_before_it_has_gone(sign_in: SignIn, qtbot: QtBot) -> None:
    """What Qt makes inside a field was taken for what the page that goes had in its place."""
    signed_in = sign_in(USER)
    window = MainWindow(signed_in.settings)
    qtbot.addWidget(window)
    desk = replace(signed_in, jobs=Runner(window))
    window.show_desk(desk, "Owner")
    window.show()
    assert window.view is not None
    before = BasePage(desk, "Before")
    window.view.show_page(before)
    qtbot.wait(50)
    page = SettingsWindow(desk, lambda: None, lambda: None)
    window.view.show_page(page)
    qtbot.waitUntil(lambda: not isValid(before))
    page.search.setText("contrast")
    assert page.search._clear.isVisible()
    desk.jobs.wait_idle()
