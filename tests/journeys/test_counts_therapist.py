"""What a therapist does most days: how many key presses and clicks it takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QPushButton

from tests.journeys.conftest import NOW, Place
from tests.journeys.goals import hold
from tests.journeys.hands import Ctrl, Key, Shift, shown, wait_for
from therapydesk.api import appointments
from therapydesk.demo.making import THERAPIST
from therapydesk.plugins.notes import lists
from therapydesk.plugins.referrals import service as referrals
from therapydesk.ui.kit.cards import CardRow
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.growing_text import GrowingText

TODAY, THURSDAY = NOW.date(), date(2026, 5, 7)
SENTENCES = "We found a tempo together. She chose the songs. Next time the guitar."
SitDown = Callable[[str], Place]


@pytest.fixture
def at(sit_down: SitDown) -> Place:
    return sit_down(THERAPIST)


def sessions(at: Place, day: date, days: int = 1) -> list[appointments.AppointmentView]:
    with at.vault.read() as db:
        found = appointments.list_sessions(db, day, day + timedelta(days))
    return [v for v in found if v.therapist_id == at.vault.user.id]


def coming(at: Place) -> appointments.AppointmentView:
    """Today's next session."""
    return next(v for v in sessions(at, TODAY) if v.state == "booked")


# -- open today's next person ---------------------------------------------------------------------------------------


def test_the_next_person_by_keys(at: Place) -> None:
    at.hands.press(Key.Key_Return)
    assert at.page("person").person_id == coming(at).person_ids[0]
    hold("open today's next person", keys=at.hands.keys)


def test_the_next_person_by_mouse(at: Place) -> None:
    name = coming(at).heading
    row = next(
        r
        for r in at.view.findChildren(CardRow)
        if "10:30" in r.accessibleName() and name in r.accessibleName()
    )
    at.hands.click(row)
    assert at.page("person").person_id == coming(at).person_ids[0]
    hold("open today's next person", clicks=at.hands.clicks)


# -- write and sign a note after a session --------------------------------------------------------------------------


def is_signed(at: Place) -> bool:
    with at.vault.read() as db:
        rows = lists.list_notes(db, "", "signed", limit=20)
    return any("found a tempo" in row.first_words and row.happened_on == TODAY for row in rows)


def write(at: Place) -> None:
    wait_for("the note", lambda: isinstance(QApplication.focusWidget(), GrowingText), 10)
    at.hands.write(SENTENCES)


def asked(at: Place) -> None:
    wait_for("the question", lambda: QApplication.activeModalWidget() is not None, 10)


def test_a_note_by_keys(at: Place) -> None:
    at.hands.press(Key.Key_N, Ctrl | Shift)
    write(at)
    at.hands.press(Key.Key_Return, Ctrl)
    asked(at)
    at.hands.press(Key.Key_Return)
    wait_for("the signed note", lambda: is_signed(at), 10)
    hold("write and sign a note after a session", keys=at.hands.keys)


def test_a_note_by_mouse(at: Place) -> None:
    at.hands.click_on(QPushButton, "Write note")
    write(at)
    at.hands.click_on(QPushButton, "Sign note")
    asked(at)
    at.hands.click_on(QPushButton, "Sign note")
    wait_for("the signed note", lambda: is_signed(at), 10)
    hold("write and sign a note after a session", clicks=at.hands.clicks)


# -- move a session to Thursday, same time --------------------------------------------------------------------------


@pytest.fixture
def movable(at: Place) -> appointments.AppointmentView:
    """Today's next session; nothing is in its way on Thursday."""
    view = coming(at)
    start, end = (datetime.combine(THURSDAY, t.time()) for t in (view.starts_at, view.ends_at))
    with at.vault.write("core") as db:
        for other in appointments.list_sessions(db, THURSDAY, THURSDAY + timedelta(1)):
            if other.state == "booked" and other.starts_at < end and other.ends_at > start:
                appointments.cancel(db, other.id, "other", "this")
    return view


def is_moved(at: Place, before: appointments.AppointmentView) -> bool:
    to = datetime.combine(THURSDAY, before.starts_at.time())
    return any(v.id == before.id and v.starts_at == to for v in sessions(at, THURSDAY))


def the_next_is_chosen(page: Any, view: appointments.AppointmentView) -> None:
    wait_for(
        "the cursor on the next session", lambda: (v := page.chosen()) is not None and v.id == view.id, 10
    )


def test_to_thursday_by_keys(at: Place, movable: appointments.AppointmentView) -> None:
    at.hands.press(Key.Key_4, Ctrl)
    the_next_is_chosen(at.page("diary"), movable)
    at.hands.press(Key.Key_F2)
    wait_for("the form", lambda: isinstance(QApplication.activeModalWidget(), FormDialog), 10)
    at.hands.write("thu")
    at.hands.press(Key.Key_Return, Ctrl)
    wait_for("the moved session", lambda: is_moved(at, movable), 10)
    hold("move a session to Thursday, same time", keys=at.hands.keys)


def test_to_thursday_by_mouse(at: Place, movable: appointments.AppointmentView) -> None:
    at.go_by_mouse("diary.diary")
    page = at.page("diary")
    the_next_is_chosen(page, movable)
    grid = page.grid
    start = grid.rect_of(grid.chosen_block()).center()
    across = grid.column(THURSDAY)[0] - grid.column(TODAY)[0]
    at.hands.drag(grid.viewport(), start, start + QPoint(across, 0))
    wait_for("the moved session", lambda: is_moved(at, movable), 10)
    hold("move a session to Thursday, same time", clicks=at.hands.clicks)


# -- book six weekly sessions ---------------------------------------------------------------------------------------

SIX = "thu 6pm {name} 45 weekly x6"


def booked(at: Place) -> list[appointments.AppointmentView]:
    return [v for v in sessions(at, THURSDAY, 60) if v.series_count == 6]


def type_six(at: Place) -> None:
    page: Any = at.page("diary")
    at.hands.write(SIX.format(name=coming(at).heading))
    wait_for("the words to be understood", lambda: page.line.found.can_book, 10)


def test_six_sessions_by_keys(at: Place) -> None:
    at.hands.press(Key.Key_4, Ctrl)
    at.page("diary")
    at.hands.press(Key.Key_N, Ctrl)
    type_six(at)
    at.hands.press(Key.Key_Return)
    wait_for("six sessions", lambda: len(booked(at)) == 6, 10)
    assert {v.starts_at.weekday() for v in booked(at)} == {3}
    hold("book six weekly sessions", keys=at.hands.keys)


def test_six_sessions_by_mouse(at: Place) -> None:
    at.hands.click_on(QPushButton, "New session")
    type_six(at)
    at.hands.click_on(QPushButton, "Book 6 sessions")
    wait_for("six sessions", lambda: len(booked(at)) == 6, 10)
    hold("book six weekly sessions", clicks=at.hands.clicks)


# -- answer one referral --------------------------------------------------------------------------------------------


def waiting(at: Place) -> set[Any]:
    with at.vault.read() as db:
        return {row.id for row in referrals.list_referrals(db, "to_answer")}


def test_a_referral_by_keys(at: Place) -> None:
    before = waiting(at)
    at.hands.press(Key.Key_3, Ctrl)
    page = at.page("referrals")
    at.hands.press(Key.Key_Return)
    wait_for("what was sent", page.original.isVisible, 10)
    at.hands.press(Key.Key_Escape)
    at.hands.press(Key.Key_A)
    wait_for("the answer", lambda: len(before - waiting(at)) == 1, 10)
    hold("answer one referral", keys=at.hands.keys)


def test_a_referral_by_mouse(at: Place) -> None:
    before = waiting(at)
    with at.vault.read() as db:
        names = {row.name for row in referrals.list_referrals(db, "to_answer")}
    rows = at.view.findChildren(CardRow)
    at.hands.click(next(row for row in rows if row.accessibleName().split(",")[0] in names))
    page = at.page("referrals")
    wait_for("what was sent", page.original.isVisible, 10)
    assert shown(QPushButton, "Accept") is not None
    at.hands.click_on(QPushButton, "Accept")
    wait_for("the answer", lambda: len(before - waiting(at)) == 1, 10)
    hold("answer one referral", clicks=at.hands.clicks)
