"""The sessions on a group's page, and which register is taken."""

from __future__ import annotations

from typing import Any

import pytest

from therapydesk.api import today
from therapydesk.plugins.groups.sessions import list_sessions
from therapydesk.plugins.groups.ui.group_page import GroupPage
from therapydesk.testing import open_page, sign_in

from .conftest import Choir

__all__ = ["open_page"]


def test_with_a_term_booked_ahead_the_last_ones_and_the_next_ones_are_listed(choir: Choir) -> None:
    choir.join("Ann")
    ids = choir.book(weeks_ago=4, weeks=30)
    choir.hold(ids[3])
    with choir.vault.read() as db:
        found = list_sessions(db, choir.group_id)
    assert [line.id for line in found] == ids[2:8]
    assert [line.came for line in found] == [0, 1, 0, 0, 0, 0]
    assert found[2].starts_at.date() == today()


def test_the_register_of_today_is_taken_though_a_term_is_booked_ahead(
    choir: Choir, desk: Any, open_page: Any
) -> None:
    ids = choir.book(weeks_ago=4, weeks=30)
    taken: list[Any] = []
    open_page(GroupPage(desk, choir.group_id, taken.append)).take_register()
    assert taken == [ids[4]]


@pytest.mark.parametrize("role", ["link_worker", "therapist"])
def test_who_may_not_take_a_register_sees_the_group_all_the_same(
    choir: Choir, desk: Any, open_page: Any, role: str
) -> None:
    choir.join("Ann")
    choir.book()
    page = open_page(GroupPage(sign_in(desk, "New Colleague", role), choir.group_id, lambda _session: None))
    assert not page.messages.text()
    assert page.table.row_count() == 1
    assert len(page.sessions.rows()) == 1
