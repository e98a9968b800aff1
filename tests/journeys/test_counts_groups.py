"""A choir's register: how many key presses and clicks it takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QPushButton

from tests.journeys.conftest import NOW, Place
from tests.journeys.goals import hold
from tests.journeys.hands import Ctrl, Hands, Key, Shift, wait_for
from therapydesk.api import Link, appointments
from therapydesk.demo.making import THERAPIST
from therapydesk.plugins.groups import register
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.plugins.safeguarding import service as safeguarding

REGISTER = "take a choir register of 14"
pytestmark = pytest.mark.timeout(120)  # the first to ask waits until the demo practice is made


@pytest.fixture
def at(sit_down: Callable[[str], Place]) -> Place:
    """At the register of the choir that meets this week, as a link on Today or in the diary opens it."""
    place = sit_down(THERAPIST)
    with place.vault.read() as db:
        session = next(s for s in appointments.week(db, NOW.date()) if s.title == "Midweek Choir")
    place.window.open_link(Link("groups.groups", None, ("register", str(session.id))))
    wait_for("the register", lambda: _page(place) is not None, 10)
    place.idle()
    return place


def _page(place: Place) -> RegisterPage | None:
    found = place.view.findChildren(RegisterPage)
    return found[0] if found else None


def _the_register(place: Place) -> RegisterPage:
    page = _page(place)
    assert page is not None
    assert len([line for line in page.lines if line.row.person_id]) == 14
    return page


def _all_are_marked(place: Place) -> None:
    page = _the_register(place)
    wait_for("the end", lambda: page.register is not None and page.register.finished, 10)
    with place.vault.read() as db:
        found = register.open_register(db, page.appointment_id)
    assert found.finished
    assert sum(row.state == "sent_apologies" for row in found.rows) == 1
    assert found.count.visits == 13


def test_a_register_by_keys(at: Place) -> None:
    page = _the_register(at)
    page.focus_first()
    for number in range(14):
        at.hands.press(Key.Key_A if number == 5 else Key.Key_P)
    at.hands.press(Key.Key_Return, Ctrl)
    _all_are_marked(at)
    hold(REGISTER, keys=at.hands.keys)


def test_a_register_by_mouse(at: Place) -> None:
    page = _the_register(at)
    view = page.table.view
    for number in range(14):
        view.scrollTo(page.table.model.index(number, 0))
        cell = view.visualRect(page.table.model.index(number, 1 if number == 5 else 0))
        at.hands.click(view.viewport(), QPoint(cell.center()))
    at.hands.click_on(QPushButton, "Finish register")
    _all_are_marked(at)
    hold(REGISTER, clicks=at.hands.clicks)


def _raised(at: Place) -> list[safeguarding.HandoverView]:
    with at.vault.read() as db:
        return [row for row in safeguarding.list_handovers(db) if row.state == "sent"]


def test_a_concern_raised_from_a_register_by_keys(at: Place) -> None:
    """About the row one is at; the register comes back as it was."""
    page = _the_register(at)
    page.focus_first()
    at.hands.press(Key.Key_P)
    at.hands, line, before = Hands(), page.table.current_row(), len(_raised(at))
    at.hands.press(Key.Key_R, Ctrl | Shift)
    raise_page = at.page("raise-a-concern")
    wait_for("the page to have the keyboard", at.is_ready, 10)
    assert raise_page._person == line.row.person_id
    at.hands.write("She wants her card back.")
    at.hands.press(Key.Key_Tab)
    at.hands.write("Told me that Derek has had her card since Easter.")
    at.hands.press(Key.Key_Return, Ctrl)
    wait_for("the page beneath", lambda: at.view.covering.page is None, 10)
    assert _the_register(at).table.current_row().id == line.id
    assert len(_raised(at)) == before + 1
    hold("raise a concern from anywhere", keys=at.hands.keys)
