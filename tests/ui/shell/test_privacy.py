"""The Privacy page: its parts, who sees it, and how one comes to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.conftest import USER
from therapydesk.api import Link
from therapydesk.core.permissions import ROLES
from therapydesk.core.vault.session import Actor
from therapydesk.records import subject_requests as requests
from therapydesk.testing import add_person, open_page, stopped_clock
from therapydesk.ui.kit.cards import CardRow
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.shell.dashboard import TodayPage
from therapydesk.ui.shell.desk_view import DeskView
from therapydesk.ui.shell.privacy_window import PrivacyWindow, may_see_privacy

__all__ = ["open_page", "stopped_clock"]
SEEN_BY = {"owner", "admin", "therapist", "lead"}


@pytest.fixture
def desk(sign_in: Callable[[str], Desk]) -> Desk:
    return sign_in(USER)


def asked(desk: Desk, received_on: date = date(2026, 4, 20)) -> None:
    person = add_person(desk.vault)
    with desk.vault.write("core") as db:
        requests.record_request(db, person, received_on)


def test_requests_are_listed_with_the_day_to_answer_by(
    desk: Desk, open_page: Callable[..., Any], stopped_clock: object
) -> None:
    asked(desk)
    table = open_page(PrivacyWindow(desk)).part.table
    said = [table.model.index(0, column).data() for column in range(table.model.columnCount())]
    assert said[:2] == ["AR-2026-001", "Carys Bowen"]
    assert "20 May" in said[3]


def test_without_requests_the_page_says_so(desk: Desk, open_page: Callable[..., Any]) -> None:
    page = open_page(PrivacyWindow(desk))
    assert page.part.table.model.rowCount() == 0
    assert "Nobody has asked" in page.part.table.states.sentence.text()


@pytest.mark.parametrize("role", ROLES)
def test_who_has_no_part_in_it_does_not_see_it(desk: Desk, role: str) -> None:
    actor = Actor(desk.user.id, "Ned Vale", frozenset({role}))
    assert may_see_privacy(actor) is (role in SEEN_BY)


def test_a_link_opens_it_and_who_may_not_is_told(desk: Desk, qtbot: QtBot) -> None:
    for roles, seen in ((desk.user.roles, True), (frozenset({"link_worker"}), False)):
        user = replace(desk.user, roles=roles)
        view = DeskView(replace(desk, user=user), "")
        qtbot.addWidget(view)
        view.open(Link("today"))
        view.open(Link("privacy"))
        assert isinstance(view.page, PrivacyWindow) is seen
        assert view.page is not None
        assert ("not open to you" in view.page.messages.text()) is not seen


def test_what_is_due_stands_on_today(
    desk: Desk, open_page: Callable[..., Any], stopped_clock: object, qtbot: QtBot
) -> None:
    asked(desk)
    page = open_page(TodayPage(desk))
    qtbot.waitUntil(lambda: any("AR-2026-001" in row.accessibleName() for row in page.findChildren(CardRow)))
