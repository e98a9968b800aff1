"""A hub day with heads that are claimed later, and a group in pairs with walk-ins, by keys and by mouse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QPushButton, QToolButton

from tests.journeys.conftest import NOW, Place
from tests.journeys.goals import hold
from tests.journeys.hands import Ctrl, Key, wait_for
from therapydesk.api import Link, PeopleQuery, list_people
from therapydesk.demo.making import THERAPIST
from therapydesk.plugins.groups import register, roster, service
from therapydesk.plugins.groups.roster import MemberDetails
from therapydesk.plugins.groups.service import GroupDetails, ProfileDetails
from therapydesk.plugins.groups.ui.hub_page import HubPage
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.testing import add_person

HUB = "hub day: 25 check-ins, 3 of them claimed later"
PAIRS = "dementia group of 8 pairs with two walk-ins"
WALK_INS = ("Mair Neighbour", "Tomos Grandson")
pytestmark = pytest.mark.timeout(180)  # the first to ask waits until the demo practice is made
NEW = ("Ffion Traws", "Osian Beca", "Xiu Ling", "Quentin Ode", "Zadie Moor", "Ulf Berg")
CLAIMED = ("Wanda Late", "Yusuf Later", "Vikram Latest")


@pytest.fixture
def place(sit_down: Callable[[str], Place]) -> Place:
    return sit_down(THERAPIST)


def _session(place: Place, group: UUID) -> UUID:
    with place.vault.write("core") as db:
        (made,) = service.book_sessions(db, group, datetime.combine(NOW.date(), time(16)), 120)
    return made


def _group(place: Place, details: GroupDetails) -> UUID:
    with place.vault.write("core") as db:
        return service.save_group(db, details)


def _open(
    place: Place, kind: type[HubPage | RegisterPage], name: str, session: UUID
) -> HubPage | RegisterPage:
    place.window.open_link(Link("groups.groups", None, (name, str(session))))
    wait_for("the page", lambda: place.view.findChildren(kind), 10)
    place.idle()
    (page,) = place.view.findChildren(kind)
    page.focus_first()
    return page


@pytest.fixture
def hub(place: Place) -> HubPage:
    page = _open(place, HubPage, "hub", _session(place, _group(place, GroupDetails("Tuesday hub", "hub"))))
    assert isinstance(page, HubPage)
    return page


def _known(place: Place) -> list[str]:
    """Sixteen people of the practice whose names nobody else has."""
    with place.vault.read() as db:
        names = [row.full_name for row in list_people(db, PeopleQuery(), 0, 60)]
    known = [name for name in names if names.count(name) == 1][:16]
    assert len(known) == 16
    return known


def _all_are_checked_in(place: Place, page: HubPage) -> None:
    with place.vault.read() as db:
        before = register.open_register(db, page.appointment_id).count
    assert (before.visits, before.people, before.anonymous) == (25, 22, 3)


def _day_is_closed(place: Place, page: HubPage) -> None:
    wait_for("the end of the day", lambda: page.register is not None and page.register.finished, 10)
    with place.vault.read() as db:
        found = register.open_register(db, page.appointment_id)
    assert (found.count.visits, found.count.people, found.count.anonymous) == (25, 25, 0)
    assert {row.name for row in found.rows} >= {*NEW, *CLAIMED}


def test_a_hub_day_by_keys(place: Place, hub: HubPage) -> None:
    for name in (*_known(place), *NEW):
        place.hands.write(name)
        place.hands.press(Key.Key_Return)
    for _ in CLAIMED:
        place.hands.press(Key.Key_Plus)
    assert place.hands.keys == 25  # one key each beside what is typed
    _all_are_checked_in(place, hub)
    place.hands.press(Key.Key_Down)  # to the last one who was checked in
    for number, name in enumerate(CLAIMED):
        if number:
            place.hands.press(Key.Key_Down)
        place.hands.press(Key.Key_C)
        place.hands.write(name)
        place.hands.press(Key.Key_Return, Ctrl)
        place.back()
    place.hands.press(Key.Key_Return, Ctrl)
    _day_is_closed(place, hub)
    hold(HUB, keys=place.hands.keys)


def test_a_hub_day_by_mouse(place: Place, hub: HubPage) -> None:
    for name in _known(place):
        place.hands.write(name)
        called = hub.check_in.choices[0].name  # what they like to be called
        place.hands.click_on(QPushButton, f"Check in {called}")
    for name in NEW:
        place.hands.write(name)
        place.hands.click_on(QPushButton, f"Add {name} as somebody new")
    for _ in CLAIMED:
        place.hands.click_on(QPushButton, "Somebody without a name")
    assert place.hands.clicks == 25
    _all_are_checked_in(place, hub)
    for number, name in enumerate(CLAIMED):
        view = hub.table.view
        place.hands.click(view.viewport(), view.visualRect(hub.table.model.index(number, 0)).center())
        place.hands.click_on(QPushButton, "Give a name")
        place.hands.write(name)
        place.hands.click_on(QPushButton, "Give the name")
        place.back()
    place.hands.click_on(QPushButton, "Close the day")
    _day_is_closed(place, hub)
    hold(HUB, clicks=place.hands.clicks)


@pytest.fixture
def pairs(place: Place) -> RegisterPage:
    group = _group(place, GroupDetails("Tuesday singers", "pairs"))
    for n in range(8):
        member, supporter = (add_person(place.vault, f"{who} {n} Pairson") for who in ("Member", "Wife"))
        with place.vault.write("core") as db:
            first = roster.add_member(db, group, member, MemberDetails())
            roster.add_member(db, group, supporter, MemberDetails("supporter", with_member=first))
    with place.vault.write("clinical") as db:
        service.save_profile(db, group, ProfileDetails("dementia"))
    page = _open(place, RegisterPage, "register", _session(place, group))
    assert isinstance(page, RegisterPage)
    return page


def _pairs_are_counted(place: Place, page: RegisterPage) -> None:
    wait_for("the end", lambda: page.register is not None and page.register.finished, 10)
    with place.vault.read() as db:
        count = register.open_register(db, page.appointment_id).count
    assert (count.people, count.carers, count.pairs, count.visits) == (10, 8, 8, 18)


def test_a_dementia_group_by_keys(place: Place, pairs: RegisterPage) -> None:
    for _ in range(16):
        place.hands.press(Key.Key_P)
    place.hands.press(Key.Key_N, Ctrl)
    for name in WALK_INS:
        place.hands.write(name)
        place.hands.press(Key.Key_Return)
    place.hands.press(Key.Key_Return, Ctrl)
    _pairs_are_counted(place, pairs)
    hold(PAIRS, keys=place.hands.keys)


def test_a_dementia_group_by_mouse(place: Place, pairs: RegisterPage) -> None:
    view = pairs.table.view
    for number in range(16):
        view.scrollTo(pairs.table.model.index(number, 0))  # a turn of the wheel
        place.hands.click(
            view.viewport(), QPoint(view.visualRect(pairs.table.model.index(number, 0)).center())
        )
    place.hands.click(pairs.walk_ins.field)
    for name in WALK_INS:
        place.hands.write(name)
        place.hands.click_on(QToolButton, "Add walk-in")
    place.hands.click_on(QPushButton, "Finish register")
    _pairs_are_counted(place, pairs)
    hold(PAIRS, clicks=place.hands.clicks)
