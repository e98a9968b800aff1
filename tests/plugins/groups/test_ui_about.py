"""A group begins as its kind is; place, payer and what is to be looked at are said on its page."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.plugins.groups.conftest import Choir
from therapydesk.api import appointments, list_organisations, show_day, today
from therapydesk.plugins.groups import service, venue_checks
from therapydesk.plugins.groups.service import GroupView, ProfileDetails
from therapydesk.plugins.groups.ui import dialogs, place_dialogs, roster_dialogs
from therapydesk.plugins.groups.ui.group_page import GroupPage
from therapydesk.ui.kit.cards import CardRow
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.messages import undo_list


@pytest.fixture
def page(choir: Choir, desk: Any, open_page: Any) -> GroupPage:
    found: GroupPage = open_page(GroupPage(desk, choir.group_id, lambda _session: None))
    return found


def seen(page: GroupPage) -> GroupView:
    assert page.view is not None
    return page.view


def rows(page: GroupPage) -> list[CardRow]:
    return [row for row in page.checks.findChildren(CardRow) if row.isVisible()]


def test_a_new_group_begins_as_its_kind_is(page: GroupPage, choir: Choir) -> None:
    made: list[Any] = []
    dialog = dialogs.group_dialog(page, None, made.append)
    assert dialog.form.values()["note_each"] is False  # a community choir
    dialog.form.field("name").setText("Tuesday memories")  # type: ignore[attr-defined]
    kind = dialog.form.field("kind")
    kind.setCurrentIndex([k.id for k in dialogs.kinds()].index("dementia"))  # type: ignore[attr-defined]
    values = dialog.form.values()
    assert (values["shape"], values["note_each"], values["name"]) == ("pairs", True, "Tuesday memories")
    assert dialog.form.dirty  # Esc asks before it throws the name away
    dialog.save()
    with choir.vault.read() as db:
        view = service.get_group(db, made[0])
    assert (view.details.shape, view.details.helpers_needed) == ("pairs", 3)


def test_a_group_that_is_there_keeps_how_its_people_come(page: GroupPage) -> None:
    dialog = dialogs.group_dialog(page, seen(page), lambda _made: None)
    before = dialog.form.values()["shape"]
    kind = dialog.form.field("kind")
    kind.setCurrentIndex([k.id for k in dialogs.kinds()].index("hub"))  # type: ignore[attr-defined]
    assert dialog.form.values()["shape"] == before
    dialog.form.saved()
    dialog.close()


def test_what_a_kind_needs_stands_on_the_page_of_the_group(page: GroupPage, choir: Choir) -> None:
    assert not page.about.isVisible()  # no kind yet
    with choir.vault.write("clinical") as db:
        service.save_profile(db, choir.group_id, ProfileDetails("stroke_choir"))
    page.refresh()
    assert page.about.isVisible()
    labels = [label.text() for label in page.about.findChildren(type(page.about.title))]
    assert "2 helpers are usual" in labels


def test_venue_room_and_payer_are_said_and_the_room_is_taken_for_sessions(
    page: GroupPage, choir: Choir
) -> None:
    with choir.vault.write("core") as db:
        room = appointments.save_room(db, "Long room")
    dialog = place_dialogs.place_dialog(page, seen(page), page.mark_stale)
    dialog.form.set_values({"venue": "St Aidan’s", "payer": "Vale Council", "room": str(room)})
    dialog.save()
    page.refresh()
    assert (seen(page).venue, seen(page).payer) == ("St Aidan’s", "Vale Council")
    assert "paid for by Vale Council" in page.summary()
    (session,) = choir.book()
    with choir.vault.read() as db:
        assert appointments.get_session(db, session).room == "Long room"
        flags = {o.name: (o.is_setting, o.is_payer) for o in list_organisations(db)}
    assert (flags["St Aidan’s"], flags["Vale Council"]) == ((True, False), (False, True))
    dialog = place_dialogs.place_dialog(page, seen(page), page.mark_stale)
    dialog.form.set_values({"venue": " ", "payer": ""})
    dialog.save()
    page.refresh()
    assert (seen(page).venue, seen(page).payer) == ("", "")


def test_a_check_is_added_done_and_taken_back(page: GroupPage, qtbot: QtBot) -> None:
    def said() -> str:
        page.refresh()
        qtbot.waitUntil(lambda: len(rows(page)) == 1)
        return rows(page)[0].accessibleName()

    page.add_check()
    dialog = page.findChildren(FormDialog)[-1]
    dialog.form.set_values({"what": "Fire exits", "due_on": today() + timedelta(days=3), "every": "x"})
    dialog.save()
    assert "Write a number" in dialog.form.summary.text()
    dialog.form.set_values({"every": "12"})
    dialog.save()
    before = said()
    assert "Fire exits" in before
    assert "every 12 months" in before
    assert "by " in before
    assert "late" not in before
    rows(page)[0].click()
    assert said() != before
    undo_list.undo()
    assert said() == before


def test_what_should_have_been_looked_at_says_that_it_is_late(
    page: GroupPage, choir: Choir, qtbot: QtBot
) -> None:
    for days, what in ((-1, "Piano castors"), (0, "Ramp")):
        choir.do(venue_checks.add_check, choir.group_id, what, today() + timedelta(days=days), 0)
    page.refresh()
    qtbot.waitUntil(lambda: len(rows(page)) == 2)
    yesterday, day = (show_day(today() - timedelta(days=n), short=True) for n in (1, 0))
    assert [row.accessibleName() for row in rows(page)] == [
        f"Piano castors, late since {yesterday}",
        f"Ramp, by {day}",
    ]


def test_sessions_of_the_diary_are_taken_over_and_given_back(page: GroupPage, choir: Choir) -> None:
    page.adopt()
    assert not page.findChildren(FormDialog)
    assert "belongs to no group" in page.messages.text()
    at = datetime.combine(today(), time(10))
    ids = choir.do(
        appointments.book, appointments.Booking(at, 60, kind="group", title="Choir", weeks=3, headcount=5)
    )
    page.adopt()
    dialog = page.findChildren(FormDialog)[-1]
    dialog.save()
    page.refresh()
    with choir.vault.read() as db:
        assert service.session_ids(db, choir.group_id) == ids
    undo_list.undo()
    with choir.vault.read() as db:
        assert service.session_ids(db, choir.group_id) == []


def test_a_screen_reader_finds_a_name_at_every_field_and_row(
    page: GroupPage, choir: Choir, qtbot: QtBot
) -> None:
    choir.do(venue_checks.add_check, choir.group_id, "Ramp", today(), 6)
    page.refresh()
    qtbot.waitUntil(lambda: len(rows(page)) == 1)
    place = place_dialogs.place_dialog(page, seen(page), page.mark_stale)
    check = place_dialogs.check_dialog(page, choir.group_id, lambda *_: None)
    member = roster_dialogs.member_dialog(page, choir.group_id, [], lambda _made: None)
    for top in (page, place, check, member):
        reached = [each for each in top.findChildren(QWidget) if each.isVisible() and each.focusPolicy()]
        named = {
            each: QAccessible.queryAccessibleInterface(each).text(QAccessible.Text.Name) for each in reached
        }
        assert reached
        assert [each for each, name in named.items() if not name] == []
    QLineEdit(page).show()  # one that nobody named is found
    assert not QAccessible.queryAccessibleInterface(page.findChildren(QLineEdit)[-1]).text(
        QAccessible.Text.Name
    )
