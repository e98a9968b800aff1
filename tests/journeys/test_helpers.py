"""Somebody begins to help: as what and where, with their training, then their hours; by keys and by mouse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QPushButton

from tests.journeys.conftest import NOW, Place
from tests.journeys.goals import hold
from tests.journeys.hands import Ctrl, Key, shown, wait_for
from tests.journeys.head import click_button, modal, press_button
from therapydesk.api import Link, appointments
from therapydesk.demo.making import THERAPIST
from therapydesk.plugins.groups import helpers
from therapydesk.plugins.groups.helpers import Helper
from therapydesk.plugins.groups.ui.helpers_page import HelpersPage
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.ui.kit.forms import FormDialog

HELPER = "add a helper with a training, and their hours"
NAME, COURSE, MORE = "Zebedee Quillfeather", "Welcoming people", "First aid"
pytestmark = [
    pytest.mark.timeout(120),  # the first to ask waits until the demo practice is made
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # dialogs without a screen
]


@pytest.fixture
def at(sit_down: Callable[[str], Place]) -> Place:
    """On Today."""
    return sit_down(THERAPIST)


def _helper(place: Place) -> Helper | None:
    with place.vault.read() as db:
        found = helpers.list_helpers(
            db, (NOW - timedelta(days=365)).date(), (NOW + timedelta(days=30)).date()
        )
    return next((helper for helper in found if helper.name == NAME), None)


def _courses(place: Place) -> list[str]:
    helper = _helper(place)
    return sorted(each.course for each in helper.trainings) if helper is not None else []


def _page(place: Place) -> HelpersPage:
    wait_for("the helpers", lambda: place.view.findChildren(HelpersPage), 10)
    (page,) = place.view.findChildren(HelpersPage)
    place.idle()
    return page


def _register(place: Place) -> RegisterPage:
    """The register of their choir, as a link on Today opens it."""
    with place.vault.read() as db:
        session = next(s for s in appointments.week(db, NOW.date()) if s.title == "Midweek Choir")
    place.window.open_link(Link("groups.groups", None, ("register", str(session.id))))
    wait_for("the register", lambda: place.view.findChildren(RegisterPage), 10)
    place.idle()
    (page,) = place.view.findChildren(RegisterPage)
    page.focus_first()
    wait_for("who helps", lambda: shown(QCheckBox, NAME, page), 10)
    return page


def _has_hours(place: Place) -> None:
    def has_hours() -> bool:
        helper = _helper(place)
        return helper is not None and helper.minutes == 90

    wait_for("the hours", has_hours, 10)
    assert _courses(place) == [MORE, COURSE]
    helper = _helper(place)
    assert helper is not None
    assert helper.roles == ("volunteer",)


def test_a_helper_by_keys(at: Place) -> None:
    at.hands.find("Helpers")
    page = _page(at)
    at.back()
    at.hands.press(Key.Key_N, Ctrl)
    modal(FormDialog)
    at.hands.write(f"{NAME}\t")
    _choose_by_keys(at, "Volunteer")
    at.hands.write("\t")
    _choose_by_keys(at, "Midweek Choir")
    at.hands.write(f"\t\t\t{COURSE}")
    at.hands.press(Key.Key_Return, Ctrl)
    wait_for("the helper", lambda: _courses(at) == [COURSE], 10)
    at.back()
    page.table.setFocus()
    page.table.select_key(_helper(at).id)  # type: ignore[union-attr]  # was waited for
    press_button(at, "Add a training")
    modal(FormDialog)
    at.hands.write(MORE)
    at.hands.press(Key.Key_Return, Ctrl)
    wait_for("the training", lambda: len(_courses(at)) == 2, 10)
    at.back()
    register = _register(at)
    at.hands.press(Key.Key_N, Ctrl)
    for _ in range(8):
        if at.hands.focused() is shown(QCheckBox, NAME, register):
            break
        at.hands.press(Key.Key_Tab)
    at.hands.press(Key.Key_Space)
    _has_hours(at)
    hold(HELPER, keys=at.hands.keys)


def _choose_by_keys(place: Place, text: str) -> None:
    box = place.hands.focused()
    assert isinstance(box, QComboBox)
    for _ in range(box.count()):
        if box.currentText() == text:
            return
        place.hands.press(Key.Key_Down)
    assert box.currentText() == text


def test_a_helper_by_mouse(at: Place) -> None:
    at.go_by_mouse("groups.groups")
    at.page("groups")
    click_button(at, "Helpers")
    page = _page(at)
    at.hands.click_on(QPushButton, "Add a helper")
    modal(FormDialog)
    at.hands.write(NAME)
    _choose(at, "Helps as", "Volunteer")
    _choose(at, "In", "Midweek Choir")
    at.hands.click_on(QLineEdit, "Training they finished")
    at.hands.write(COURSE)
    at.hands.click_on(QPushButton, "Add")
    wait_for("the helper", lambda: _courses(at) == [COURSE], 10)
    at.back()
    number = page.table.model.find(_helper(at).id)  # type: ignore[union-attr]  # was waited for
    view = page.table.view
    view.scrollTo(page.table.model.index(number, 0))  # a turn of the wheel
    at.hands.click(view.viewport(), view.visualRect(page.table.model.index(number, 0)).center())
    click_button(at, "Add a training")
    modal(FormDialog)
    at.hands.write(MORE)
    at.hands.click_on(QPushButton, "Keep")
    wait_for("the training", lambda: len(_courses(at)) == 2, 10)
    at.back()
    _register(at)
    at.hands.click_on(QCheckBox, NAME)
    _has_hours(at)
    hold(HELPER, clicks=at.hands.clicks)


def _choose(place: Place, name: str, text: str) -> None:
    """Open a list and click one of it."""
    place.hands.click_on(QComboBox, name)
    box = shown(QComboBox, name)
    assert box is not None
    view = box.view()
    wait_for("the list", view.isVisible, 10)
    index = view.model().index(box.findText(text), 0)
    view.scrollTo(index)
    at = view.visualRect(index).center()
    QTest.qWait(QApplication.doubleClickInterval() + 50)  # an early click is part of the one that opened it
    place.hands.clicks += 1  # the list is a window of its own
    QTest.mouseMove(view.viewport(), at, 10)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    wait_for(text, lambda: box.currentText() == text, 10)
