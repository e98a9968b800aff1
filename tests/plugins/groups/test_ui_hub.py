"""A hub day by keys and clicks: check-in, what each came for, claims, the team, who waits, conversations, closing."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from tests.plugins.groups.conftest import Choir, once_read
from therapydesk.api import Link
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.groups import activities, hub, service
from therapydesk.plugins.groups.hub_day import Visitor
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.plugins.groups.ui.group_page import GroupPage
from therapydesk.plugins.groups.ui.groups_page import GroupsPage
from therapydesk.plugins.groups.ui.hub_check_in import choices_for
from therapydesk.plugins.groups.ui.hub_page import HubPage
from therapydesk.testing import add_person, open_page, sign_in
from therapydesk.ui.kit.forms import FormDialog

__all__ = ["open_page"]


@pytest.fixture
def choir(vault: Vault) -> Choir:
    """A hub, with what tests do with a group."""
    with vault.write("core") as db:
        return Choir(vault, service.save_group(db, GroupDetails("The Front Room", "hub")))


@pytest.fixture
def page(choir: Choir, desk: Any, open_page: Any) -> HubPage:
    choir.join("Cari Blodyn Jones")
    (session,) = choir.book()
    made: HubPage = once_read(open_page(HubPage(desk, session)))
    made.focus_first()
    return made


def type_in(page: HubPage, text: str) -> None:
    QTest.keyClicks(page.check_in.field, text)
    QTest.keyClick(page.check_in.field, Qt.Key.Key_Return)


def total(page: HubPage) -> str:
    return page.side.totals.number.text()


def key(page: HubPage, letter: str) -> None:
    page.table.setFocus()
    QTest.keyClicks(page.table.view, letter)


def here(page: HubPage) -> list[str]:
    return [page.table.model.row(n).name for n in range(page.table.row_count())]


def fill(page: HubPage, **values: str) -> FormDialog:
    """Fill in the form that is open, and save it."""
    (dialog,) = [d for d in page.findChildren(FormDialog) if d.isVisible()]
    dialog.form.set_values(values)
    dialog.save()
    return dialog


def test_a_part_of_a_name_and_enter_check_in(page: HubPage) -> None:
    QTest.keyClicks(page.check_in.field, "blod")
    assert page.check_in.words.text() == "Enter checks in Cari Blodyn Jones."
    QTest.keyClick(page.check_in.field, Qt.Key.Key_Return)
    assert here(page) == ["Cari Blodyn Jones"]
    assert page.check_in.field.text() == ""
    page.undo()
    assert here(page) == []


def test_somebody_new_and_others_of_the_practice_are_checked_in(choir: Choir, page: HubPage) -> None:
    add_person(choir.vault, "Mair Neighbour")
    type_in(page, "mair")
    QTest.keyClicks(page.check_in.field, "Brand New")
    assert "somebody new" in page.check_in.words.text()
    QTest.keyClick(page.check_in.field, Qt.Key.Key_Return)
    assert here(page) == ["Brand New", "Mair Neighbour"]


def test_who_is_here_already_is_gone_to(page: HubPage) -> None:
    type_in(page, "cari")
    type_in(page, "2")
    type_in(page, "cari")
    assert total(page) == "3"
    line = page.line()
    assert line is not None
    assert line.name == "Cari Blodyn Jones"


def test_down_goes_to_another_choice(page: HubPage) -> None:
    QTest.keyClicks(page.check_in.field, "Cari")
    QTest.keyClick(page.check_in.field, Qt.Key.Key_Down)
    assert "“Cari” as somebody new" in page.check_in.words.text()
    QTest.keyClick(page.check_in.field, Qt.Key.Key_Return)
    assert here(page) == ["Cari"]


def test_one_key_adds_somebody_without_a_name(page: HubPage) -> None:
    QTest.keyClicks(page.check_in.field, "++")
    key(page, "+")
    assert total(page) == "3"
    page.undo()
    assert total(page) == "2"


def test_one_click_checks_in_who_usually_comes(page: HubPage) -> None:
    (button,) = [b for b in page.check_in.findChildren(QPushButton) if b.text() == "Cari Blodyn Jones"]
    button.click()
    assert here(page) == ["Cari Blodyn Jones"]


def test_keys_and_clicks_tick_what_they_came_for_and_it_is_undone(page: HubPage) -> None:
    type_in(page, "cari")
    key(page, "1")
    page.came_for.buttons()[2].click()
    assert page.table.model.row(0).came_for == "Café, Making music"
    assert "Café 1" in page.side.totals.words.text()
    key(page, "1")
    assert page.table.model.row(0).came_for == "Making music"
    page.undo()
    assert set(page.table.model.row(0).row.activities) == {"cafe", "music_making"}


def test_a_name_is_given_to_one_without_and_taken_back(choir: Choir, page: HubPage) -> None:
    type_in(page, "3")
    key(page, "c")
    fill(page, name="Cari Blodyn Jones")
    assert total(page) == "3"
    assert sorted(here(page)) == ["2 without a name", "Cari Blodyn Jones"]
    assert "one person" in page.side.totals.words.text()
    page.undo()
    assert total(page) == "3"
    assert "0 people" in page.side.totals.words.text()


def test_a_check_in_is_taken_out_and_comes_back_with_what_it_was_for(page: HubPage) -> None:
    type_in(page, "cari")
    key(page, "12")
    page.table.setFocus()
    QTest.keyClick(page.table.view, Qt.Key.Key_Delete)
    assert here(page) == []
    page.undo()
    assert page.table.model.row(0).came_for == "Café, Open mic"


def test_who_is_on_waits_and_talks(choir: Choir, page: HubPage) -> None:
    type_in(page, "cari")
    key(page, "t")
    assert "who is on" in page.messages.text()
    page.side.put_on_shift()
    fill(page, name="Pat Navigator", role="peer navigator")
    key(page, "w")
    fill(page, activity="advice")
    key(page, "t")
    fill(page, strengths="Plays by ear", wants="To play to others")
    with choir.vault.read() as db:
        (shift,) = hub.list_shift(db, page.appointment_id)
        (waits,) = hub.list_waiting(db, page.appointment_id)
        (talk,) = hub.list_conversations(db, page.appointment_id)
    assert (shift.name, shift.role) == ("Pat Navigator", "peer navigator")
    assert (waits.name, waits.person_id) == ("Cari Blodyn Jones", choir.people["Cari Blodyn Jones"])
    assert (talk.worker_id, talk.person_id) == (shift.person_id, choir.people["Cari Blodyn Jones"])
    page.side.waiting.findChildren(QToolButton)[-1].click()  # those before go away with the event loop
    with choir.vault.read() as db:
        assert hub.list_waiting(db, page.appointment_id) == []
    page.undo()
    page.undo()
    with choir.vault.read() as db:
        assert len(hub.list_waiting(db, page.appointment_id)) == 1
        assert hub.list_conversations(db, page.appointment_id) == []


def test_a_conversation_does_not_begin_with_what_is_hard(choir: Choir, page: HubPage) -> None:
    page.side.put_on_shift()
    fill(page, name="Pat Navigator", role="peer navigator")
    page.side.talk()
    dialog = fill(page, hard="The rent")
    assert dialog.isVisible()
    with choir.vault.read() as db:
        assert hub.list_conversations(db, page.appointment_id) == []


def test_the_day_is_closed_with_its_totals_and_opened_again(choir: Choir, page: HubPage) -> None:
    type_in(page, "2")
    page.close_day()
    assert "The day is closed: 2 visits" in page.messages.text()
    assert not page.check_in.isEnabled()
    page.undo()
    assert page.check_in.isEnabled()
    assert choir.read(page.appointment_id).count.visits == 2


def test_the_group_opens_the_day_and_a_link_does(choir: Choir, desk: Any, open_page: Any) -> None:
    (session,) = choir.book()
    page = open_page(GroupsPage(desk))
    page.open_row(page.table.model.row(0))
    group = page.record
    assert isinstance(group, GroupPage)
    assert group.register_button.text() == "Open the day"
    group.take_register()
    assert isinstance(page.record, HubPage)
    assert page.close_record()
    page.open_ref(Link("groups.groups", choir.group_id, ("hub", str(session))))
    assert isinstance(page.record, HubPage)


def test_a_concern_raised_from_here_is_about_whom_one_is_at(choir: Choir, page: HubPage) -> None:
    type_in(page, "cari")
    assert page.subject().person_id == choir.people["Cari Blodyn Jones"]
    assert page.subject().source == ("session", str(page.appointment_id))


def test_who_does_not_read_notes_sees_no_conversation(choir: Choir, desk: Any, open_page: Any) -> None:
    (session,) = choir.book()
    with choir.vault.write("clinical") as db:
        hub.record_conversation(db, session, "Plays by ear", "To play to others")
    admin = once_read(open_page(HubPage(sign_in(desk, "Sam Admin", "admin"), session)))
    assert admin.side.talks.isHidden()
    assert not any("Plays by ear" in label.text() for label in admin.findChildren(QLabel))
    type_in(admin, "1")
    assert total(admin) == "1"
    key(admin, "t")
    assert admin.findChildren(FormDialog) == []


def test_who_reads_notes_sees_them(choir: Choir, desk: Any, open_page: Any) -> None:
    (session,) = choir.book()
    with choir.vault.write("clinical") as db:
        hub.record_conversation(db, session, "Plays by ear", "To play to others")
    page = once_read(open_page(HubPage(desk, session)))
    assert any("Plays by ear" in label.text() for label in page.findChildren(QLabel))


def test_choices_are_those_who_come_then_others_then_somebody_new() -> None:
    from uuid import uuid4

    ann, anna, other = uuid4(), uuid4(), uuid4()
    visitors = [Visitor(ann, "Ann Lee", 4), Visitor(anna, "Anna Moss", 2)]
    assert [c.name for c in choices_for("", visitors, [], {ann})] == ["Anna Moss"]
    found = choices_for("ann", visitors, [(other, "Mary Ann"), (ann, "Ann Lee")], {ann})
    assert [(c.name, c.here, c.person_id is None) for c in found] == [
        ("Anna Moss", False, False),
        ("Mary Ann", False, False),
        ("Ann Lee", True, False),
        ("ann", False, True),
    ]
    assert [c.name for c in choices_for("ann lee", visitors, [], set())] == ["Ann Lee"]
    assert choices_for("12", visitors, [], set())[0].heads == 12
    assert activities.shipped("activities")[0][0] == "cafe"
