"""A meeting at which something is decided and somebody has something to do: by keys and by mouse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

import pytest
from PySide6.QtWidgets import QPushButton

from tests.journeys.conftest import NOW, Place
from tests.journeys.goals import hold
from tests.journeys.hands import Ctrl, Key, wait_for
from tests.journeys.head import click_button, modal, press_button
from therapydesk.api import Link
from therapydesk.demo.making import THERAPIST
from therapydesk.plugins.groups import meetings, service
from therapydesk.plugins.groups.meetings import AgreedView
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.plugins.groups.ui.meeting_page import MeetingPage
from therapydesk.ui.kit.cards import CardRow
from therapydesk.ui.kit.forms import FormDialog

MEETING = "write down a decision and an action of a meeting, and that it is done"
DECIDED, TO_DO = "The concert is on 3 July.", "Ask about the hall"
pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support", extend=True
)  # dialogs without a screen


@pytest.fixture
def at(sit_down: Callable[[str], Place]) -> Place:
    """At what was agreed at today's meeting, as a link opens it."""
    place = sit_down(THERAPIST)
    with place.vault.write("core") as db:
        group = service.save_group(db, GroupDetails("Steering group", "meeting"))
        (session,) = service.book_sessions(db, group, datetime.combine(NOW.date(), time(16)), 60)
    place.window.open_link(Link("groups.groups", None, ("meeting", str(session))))
    wait_for("the meeting", lambda: place.view.findChildren(MeetingPage), 10)
    place.idle()
    _page(place).focus_first()
    return place


def _page(place: Place) -> MeetingPage:
    (page,) = place.view.findChildren(MeetingPage)
    return page


def _agreed(place: Place, kind: str) -> list[AgreedView]:
    with place.vault.read() as db:
        return [each for each in meetings.list_agreed(db, _page(place).appointment_id) if each.kind == kind]


def _is_written(place: Place, kind: str, text: str) -> None:
    wait_for(text, lambda: [each.text for each in _agreed(place, kind)] == [text], 10)
    place.back()


def _is_done(place: Place) -> None:
    wait_for("it to be done", lambda: _agreed(place, meetings.ACTION)[0].done_on == NOW.date(), 10)
    (action,) = _agreed(place, meetings.ACTION)
    assert (action.due_on, action.owner) == (date(2026, 5, 12), "Zebedee of the council")
    assert [each.text for each in _agreed(place, meetings.DECISION)] == [DECIDED]


def test_a_meeting_by_keys(at: Place) -> None:
    press_button(at, "Add a decision")
    modal(FormDialog)
    at.hands.write(DECIDED)
    at.hands.press(Key.Key_Return, Ctrl)
    _is_written(at, meetings.DECISION, DECIDED)
    at.hands.press(Key.Key_N, Ctrl)
    modal(FormDialog)
    at.hands.write(f"{TO_DO}\tZebedee of the council\t12 May")
    at.hands.press(Key.Key_Return, Ctrl)
    _is_written(at, meetings.ACTION, TO_DO)
    for _ in range(8):
        if isinstance(at.hands.focused(), CardRow):
            break
        at.hands.press(Key.Key_Tab)
    at.hands.press(Key.Key_Return)
    _is_done(at)
    hold(MEETING, keys=at.hands.keys)


def test_a_meeting_by_mouse(at: Place) -> None:
    click_button(at, "Add a decision")
    modal(FormDialog)
    at.hands.write(DECIDED)
    at.hands.click_on(QPushButton, "Add")
    _is_written(at, meetings.DECISION, DECIDED)
    at.hands.click_on(QPushButton, "Add an action")
    modal(FormDialog)
    at.hands.write(f"{TO_DO}\tZebedee of the council\t12 May")
    at.hands.click_on(QPushButton, "Add")
    _is_written(at, meetings.ACTION, TO_DO)
    row = _page(at).todo.findChildren(CardRow)[-1]
    at.hands.click(row)
    _is_done(at)
    hold(MEETING, clicks=at.hands.clicks)
