"""Today: what modules say is due."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.conftest import USER
from tests.ui.shell.conftest import SignIn
from therapydesk.ui.shell.dashboard import TodayPage


def test_today_follows_the_tables_of_every_module(sign_in: SignIn, qtbot: QtBot) -> None:
    desk = sign_in(USER)
    page = TodayPage(desk)
    qtbot.addWidget(page)
    tables = {model.__tablename__ for model in desk.plugins.models()}
    assert len(tables) > 5
    assert tables | {"appointment", "episode"} <= set(page.watches)
