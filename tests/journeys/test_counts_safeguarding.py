"""Raising a concern, and what a lead does with it: how many key presses and clicks it takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from tests.journeys.conftest import NOW, Place
from tests.journeys.goals import hold
from tests.journeys.hands import Ctrl, Hands, Key, Shift, wait_for
from therapydesk.api import Link, PeopleQuery, appointments, list_people
from therapydesk.demo.making import THERAPIST
from therapydesk.plugins.diary.ui.attendance_dialog import AttendanceDialog
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.ui.concern_page import ConcernPage
from therapydesk.ui.kit.cards import CardRow
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.growing_text import GrowingText
from therapydesk.ui.kit.links import LinkLabel
from therapydesk.ui.shell.person_page import PersonPage

RAISE, LEAD = "raise a concern from anywhere", "new concern: read, decide, set next step"
WANTS, SEEN = "She wants her card back.", "Told me that Derek has had her card since Easter."
DECIDES = "Dele Abara"
pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support", extend=True
)  # dialogs without a screen


@pytest.fixture
def at(sit_down: Callable[[str], Place]) -> Place:
    return sit_down(THERAPIST)


def someone(at: Place) -> tuple[UUID, str]:
    """Somebody whose name nobody else has."""
    with at.vault.read() as db:
        found = list_people(db, PeopleQuery("carys wyn bowen"))[0]
    return found.id, "carys wyn bowen"


def raised(at: Place) -> list[service.HandoverView]:
    with at.vault.read() as db:
        return [row for row in service.list_handovers(db) if row.state == "sent"]


def asked(at: Place) -> Any:
    """The raise page, with the keyboard in one of its fields."""
    page = at.page("raise-a-concern")
    wait_for("the page to have the keyboard", at.is_ready, 10)
    return page


def goes_back(at: Place, before: int) -> None:
    wait_for("the concern to be sent", lambda: len(raised(at)) > before, 10)
    wait_for("the page beneath", lambda: at.view.covering.page is None, 10)
    assert at.view.page is not None
    assert at.view.page.messages.text().startswith("Concern ")


def test_from_a_person_by_keys(at: Place) -> None:
    """Whom it is about is filled in: the keys are the one that asks, Tab to what was seen, and the one that sends."""
    person, _name = someone(at)
    at.window.open_link(Link("person", person))
    wait_for("the person", lambda: isinstance(at.view.page, PersonPage) and at.is_ready(), 10)
    at.hands, before = Hands(), len(raised(at))
    at.hands.press(Key.Key_R, Ctrl | Shift)
    asked(at)
    at.hands.write(WANTS)
    at.hands.press(Key.Key_Tab)
    at.hands.write(SEEN)
    at.hands.press(Key.Key_Return, Ctrl)
    goes_back(at, before)
    assert isinstance(at.view.page, PersonPage)
    hold(RAISE, keys=at.hands.keys)


def test_from_a_register_by_keys(at: Place) -> None:
    """About whoever the focus is on there; the register comes back, with what was marked in it."""
    with at.vault.read() as db:
        found = appointments.list_sessions(db, NOW.date(), NOW.date() + timedelta(1))
    session = next(v for v in found if v.therapist_id == at.vault.user.id and v.state == "booked")
    at.window.open_link(Link("diary.diary", session.id, ("complete",)))
    wait_for("the register", lambda: isinstance(QApplication.activeModalWidget(), AttendanceDialog), 10)
    register: Any = QApplication.activeModalWidget()
    at.hands.press(Key.Key_A)
    marked = register.rows[0].states.value()
    register.rows[0].states.setFocus()
    person, before = register.rows[0].attendee.person_id, len(raised(at))
    at.hands = Hands()
    at.hands.press(Key.Key_R, Ctrl | Shift)
    page = asked(at)
    assert page._person == person
    at.hands.write(WANTS)
    at.hands.press(Key.Key_Tab)
    at.hands.write(SEEN)
    at.hands.press(Key.Key_Return, Ctrl)
    goes_back(at, before)
    wait_for("the register again", lambda: QApplication.activeModalWidget() is register, 10)
    assert register.rows[0].states.value() == marked == "sent_apologies"
    hold(RAISE, keys=at.hands.keys)
    register.reject()


def test_from_today_by_mouse(at: Place) -> None:
    person, name = someone(at)
    before = len(raised(at))
    at.hands.click_on(LinkLabel, "Raise a concern")
    page = asked(at)
    at.hands.write(f"{name}\t")
    wait_for("whom it is about", lambda: page._person == person, 10)
    wait_for("the first question", lambda: isinstance(QApplication.focusWidget(), GrowingText), 10)
    at.hands.write(f"{WANTS}\t{SEEN}")
    at.hands.click(page.send_button)
    goes_back(at, before)
    assert at.page("today")
    hold(RAISE, clicks=at.hands.clicks)


# -- the lead -----------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(sit_down: Callable[[str], Place]) -> tuple[Place, UUID]:
    """A lead on Today, and the concern whose decision is due first."""
    at = sit_down(DECIDES)
    person, _name = someone(at)
    with at.vault.write("core") as db:
        number = service.raise_concern(db, service.NewConcern(SEEN, person, danger="now")).number
    at.vault.settle()
    wait_for("Today", at.is_ready, 10)
    with at.vault.read() as db:
        return at, next(row.id for row in service.list_concerns(db) if row.number == number)


def decide(at: Place) -> None:
    """Once the form is there: the decision by its first letters, then why, then the next step."""
    wait_for("the form", lambda: isinstance(QApplication.activeModalWidget(), FormDialog), 10)
    at.hands.write("Keep")


def is_decided(at: Place, concern: UUID) -> bool:
    with at.vault.read() as db:
        view = service.read_concern(db, concern)
    steps = [action.text for action in view.actions]
    return view.state == "decided" and "Ring the bank with her" in steps


def the_concern(at: Place, concern: UUID) -> None:
    def is_open() -> bool:
        record = getattr(at.view.page, "record", None)
        return isinstance(record, ConcernPage) and record.view.id == concern

    wait_for("the concern", is_open, 10)
    wait_for("it to be marked as read", lambda: at.is_ready(), 10)


def test_the_lead_by_keys(waiting: tuple[Place, UUID]) -> None:
    at, concern = waiting
    at.hands.press(Key.Key_7, Ctrl)
    page = at.page("safeguarding")
    wait_for("the list", lambda: page.table.view.hasFocus() and page.table.row_count() > 0, 10)
    at.hands.press(Key.Key_Return)
    the_concern(at, concern)
    at.hands.press(Key.Key_Return, Ctrl)
    decide(at)
    at.hands.press(Key.Key_Tab)
    at.hands.write("Her card is not hers to use.")
    at.hands.press(Key.Key_Tab)
    at.hands.write("Ring the bank with her")
    at.hands.press(Key.Key_Return, Ctrl)
    wait_for("the decision", lambda: is_decided(at, concern), 10)
    hold(LEAD, keys=at.hands.keys)


def test_the_lead_by_mouse(waiting: tuple[Place, UUID]) -> None:
    at, concern = waiting
    wait_for(
        "its row",
        lambda: [r for r in at.view.findChildren(CardRow) if "ecide on concern" in r.accessibleName()],
    )
    row = next(r for r in at.view.findChildren(CardRow) if r.accessibleName().startswith("Late: decide"))
    at.hands.click(row)
    the_concern(at, concern)
    at.hands.click_on(QPushButton, "Record decision")
    decide(at)
    at.hands.write("\tHer card is not hers to use.\tRing the bank with her")
    at.hands.click_on(QPushButton, "Record decision")
    wait_for("the decision", lambda: is_decided(at, concern), 10)
    hold(LEAD, clicks=at.hands.clicks)
