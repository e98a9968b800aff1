"""A hub day with heads that are claimed later, and a group in pairs with walk-ins, by keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication

from tests.journeys.conftest import NOW, Place
from tests.journeys.hands import Ctrl, Key, wait_for
from therapydesk.api import Link, PeopleQuery, list_people
from therapydesk.demo.making import THERAPIST
from therapydesk.plugins.groups import register, roster, service
from therapydesk.plugins.groups.roster import MemberDetails
from therapydesk.plugins.groups.service import GroupDetails, ProfileDetails
from therapydesk.plugins.groups.ui.hub_page import HubPage
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.testing import add_person

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


def test_a_hub_day_with_25_check_ins_of_which_3_are_claimed_later(place: Place) -> None:
    session = _session(place, _group(place, GroupDetails("Tuesday hub", "hub")))
    with place.vault.read() as db:
        known = [row.full_name for row in list_people(db, PeopleQuery(), 0, 60)]
    known = [name for name in known if known.count(name) == 1][:16]
    assert len(known) == 16
    page = _open(place, HubPage, "hub", session)
    assert isinstance(page, HubPage)
    for name in (*known, *NEW):
        place.hands.write(name)
        place.hands.press(Key.Key_Return)
    for _ in CLAIMED:
        place.hands.press(Key.Key_Plus)
    assert place.hands.keys == 25  # one key each beside what is typed
    with place.vault.read() as db:
        before = register.open_register(db, session).count
    assert (before.visits, before.people, before.anonymous) == (25, 22, 3)
    page.table.setFocus()
    for name in CLAIMED:
        nameless = next(n for n in range(25) if page.table.model.row(n).row.person_id is None)
        page.table.select_key(page.table.model.row(nameless).id)
        place.hands.press(Key.Key_C)
        place.hands.write(name)
        place.hands.press(Key.Key_Return, Ctrl)
        place.back()
        page.table.setFocus()
    place.hands.press(Key.Key_Return, Ctrl)
    wait_for("the end of the day", lambda: page.register is not None and page.register.finished, 10)
    with place.vault.read() as db:
        found = register.open_register(db, session)
    assert (found.count.visits, found.count.people, found.count.anonymous) == (25, 25, 0)
    assert {row.name for row in found.rows} >= {*NEW, *CLAIMED}
    assert place.hands.keys <= 25 + 3 * 2 + 1


def test_a_dementia_group_of_8_pairs_with_two_walk_ins(place: Place) -> None:
    group = _group(place, GroupDetails("Tuesday singers", "pairs"))
    for n in range(8):
        member, supporter = (add_person(place.vault, f"{who} {n} Pairson") for who in ("Member", "Wife"))
        with place.vault.write("core") as db:
            first = roster.add_member(db, group, member, MemberDetails())
            roster.add_member(db, group, supporter, MemberDetails("supporter", with_member=first))
    with place.vault.write("clinical") as db:
        service.save_profile(db, group, ProfileDetails("dementia"))
    session = _session(place, group)
    page = _open(place, RegisterPage, "register", session)
    assert isinstance(page, RegisterPage)
    for _ in range(16):
        place.hands.press(Key.Key_P)
    for _ in range(8):
        if QApplication.focusWidget() is page.walk_ins.field:
            break
        place.hands.press(Key.Key_Tab)
    for name in ("Mair Neighbour", "Tomos Grandson"):
        place.hands.write(name)
        place.hands.press(Key.Key_Return)
    place.hands.press(Key.Key_Return, Ctrl)
    wait_for("the end", lambda: page.register is not None and page.register.finished, 10)
    with place.vault.read() as db:
        count = register.open_register(db, session).count
    assert (count.people, count.carers, count.pairs, count.visits) == (10, 8, 8, 18)
    assert place.hands.keys <= 16 + 4 + 3
