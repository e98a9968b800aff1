"""The Groups page, a group, and its register by keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.plugins.groups.conftest import Choir, once_read
from therapydesk.api import Link, today
from therapydesk.plugins.groups import after, service
from therapydesk.plugins.groups.service import ProfileDetails
from therapydesk.plugins.groups.ui import so_far
from therapydesk.plugins.groups.ui.after_page import AfterPage
from therapydesk.plugins.groups.ui.group_page import GroupPage
from therapydesk.plugins.groups.ui.groups_page import GroupsPage
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.testing import open_page
from therapydesk.ui.kit.messages import undo_list
from therapydesk.ui.kit.segments import SegmentedButtons

__all__ = ["open_page"]


def keys(page: RegisterPage, letters: str) -> None:
    for letter in letters:
        QTest.keyClick(page.table.view, getattr(Qt.Key, f"Key_{letter.upper()}"))


def states(choir: Choir, page: RegisterPage) -> list[str]:
    return [row.state for row in choir.read(page.appointment_id).rows]


def test_one_key_marks_a_row_and_goes_on_and_everything_is_kept(
    choir: Choir, desk: Any, open_page: Any
) -> None:
    for name in ("Ann", "Bea", "Cai", "Dot"):
        choir.join(name)
    (session,) = choir.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    page.focus_first()
    keys(page, "panl")
    assert states(choir, page) == ["came", "sent_apologies", "no_word", "came_late"]
    assert "4 of 4 marked" in page.summary()
    assert page.room.number.text() == "2"
    undo_list.undo()
    assert states(choir, page)[3] == "expected"


def test_a_pair_stands_together_and_counts_as_one(choir: Choir, desk: Any, open_page: Any) -> None:
    choir.join("Rafiq Aziz")
    choir.join("Nasreen Aziz", comes_with="Rafiq Aziz")
    choir.join("Maggie")
    (session,) = choir.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    assert [(line.paired, line.begins, line.ends) for line in page.lines] == [
        (True, True, False),
        (True, False, True),
        (False, True, True),
    ]
    page.focus_first()
    keys(page, "pp")
    assert "one pair" in page.room.words.text()


def test_walk_ins_take_a_name_or_a_number_and_are_undone(choir: Choir, desk: Any, open_page: Any) -> None:
    choir.join("Ann")
    (session,) = choir.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    page.add_walk_in("Mair Neighbour")
    page.add_walk_in("12")
    assert page.room.number.text() == "13"
    page.undo()
    assert page.room.number.text() == "1"
    page.add_walk_in("0")
    assert "a number from 1" in page.messages.text()
    assert page.walk_ins.field.text() == ""


def test_it_finishes_when_all_are_marked_and_opens_again(choir: Choir, desk: Any, open_page: Any) -> None:
    choir.join("Ann")
    (session,) = choir.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    page.finish()
    assert "not marked yet" in page.messages.text()
    page.focus_first()
    keys(page, "p")
    page.messages.clear()
    page.finish()
    assert page.finish_button.text() == "Reopen register"
    keys(page, "n")
    assert "Reopen it" in page.messages.text()
    assert states(choir, page) == ["came"]


def test_a_concern_raised_from_here_is_about_the_row_one_is_at(
    choir: Choir, desk: Any, open_page: Any
) -> None:
    choir.join("Ann")
    (session,) = choir.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    page.focus_first()
    assert page.subject().person_id == choir.people["Ann"]
    assert page.subject().source == ("session", str(session))


def test_the_group_shows_its_roster_and_leads_to_the_register(
    choir: Choir, desk: Any, open_page: Any
) -> None:
    choir.join("Ann")
    choir.book()
    page = open_page(GroupsPage(desk))
    assert page.table.row_count() == 1
    page.open_row(page.table.model.row(0))
    group = page.record
    assert isinstance(group, GroupPage)
    assert group.table.row_count() == 1
    group.take_register()
    assert isinstance(page.record, RegisterPage)
    assert page.close_record()


def test_parts_of_a_choir_are_counted_in_words() -> None:
    lines = so_far.counted([], [("soprano", 3), ("alto", 0), ("other", 1)])
    assert lines == ["Nothing was counted yet.", "Soprano 3, Another part 1"]


def test_a_link_leads_to_a_register(choir: Choir, desk: Any, open_page: Any) -> None:
    choir.join("Ann")
    (session,) = choir.book()
    page = open_page(GroupsPage(desk))
    page.open_ref(Link("groups.groups", choir.group_id, ("register", str(session))))
    assert isinstance(page.record, RegisterPage)


def test_somebody_is_put_on_the_roster_by_name_known_or_new(
    choir: Choir, desk: Any, open_page: Any, qtbot: QtBot
) -> None:
    page = open_page(GroupPage(desk, choir.group_id, lambda _session: None))
    from therapydesk.plugins.groups.ui import roster_dialogs

    dialog = roster_dialogs.member_dialog(page, choir.group_id, [], lambda _made: page.mark_stale())
    dialog.form.set_values({"name": "Brand New", "role": "volunteer", "skill": "tea"})
    assert dialog.form.values()["joined_on"] == today()
    dialog.form.set_values({"joined_on": today() - timedelta(days=9)})
    dialog.save()
    assert [(m.name, m.joined_on) for m in page.members] == [("Brand New", today() - timedelta(days=9))]
    dialog = roster_dialogs.member_dialog(page, choir.group_id, page.members, lambda _made: page.mark_stale())
    dialog.form.set_values({"name": "Brand New"})
    dialog.save()
    assert "on the roster already" in dialog.form.summary.text()


def test_aims_are_rated_and_a_note_signed_with_what_goes_to_one_member(
    choir: Choir, desk: Any, open_page: Any
) -> None:
    choir.join("Carys Bowen")
    choir.join("Rafiq Aziz")
    (session,) = choir.book()
    choir.hold(session)
    with choir.vault.write("clinical") as db:
        service.save_profile(db, choir.group_id, ProfileDetails("dementia", aims=("Mood",)))
    page = open_page(AfterPage(desk, session))
    (choice,) = page.findChildren(SegmentedButtons)
    page.focus_first()
    assert page.focusWidget() is choice.buttons()[0]  # the note may lie below what is in view
    choice.buttons()[4].click()
    page.text.setPlainText("We sang rounds.")
    page.who.setCurrentText("Carys Bowen")
    page.excerpt.setPlainText("Sang beside Rafiq.")
    page.add_excerpt()
    assert "Rafiq Aziz" in page.warning.text()
    assert page.warning.isVisibleTo(page)
    page.sign()
    assert page.text.isReadOnly()
    with choir.vault.read() as db:
        assert [aim.mean for aim in after.list_aims(db, choir.group_id)] == [3.0]
        note = after.find_note(db, session)
    assert note is not None
    assert note.signed_at is not None
    assert [(e.name, e.text) for e in note.excerpts] == [("Carys Bowen", "Sang beside Rafiq.")]


def test_what_is_typed_is_kept_when_the_page_is_left(choir: Choir, desk: Any, open_page: Any) -> None:
    choir.join("Carys Bowen")
    (session,) = choir.book()
    choir.hold(session)
    page = open_page(GroupsPage(desk))
    page.open_ref(Link("groups.groups", None, ("after", str(session))))
    written = page.record
    assert isinstance(written, AfterPage)
    written.refresh()
    written.text.setPlainText("Half a sentence")
    assert page.close_record()
    with choir.vault.read() as db:
        note = after.find_note(db, session)
    assert note is not None
    assert note.text == "Half a sentence"


def test_ctrl_n_in_a_register_goes_to_the_walk_ins_and_opens_no_form(
    choir: Choir, desk: Any, open_page: Any, qtbot: QtBot
) -> None:
    choir.join("Ann")
    (session,) = choir.book()
    listed = open_page(GroupsPage(desk))
    listed.open_ref(Link("groups.groups", None, ("register", str(session))))
    QTest.qWaitForWindowActive(listed)
    new = listed.doing("new_record")
    assert new is not None
    new()
    assert isinstance(listed.record, RegisterPage)
    assert listed.record.walk_ins.field.hasFocus()
    listed.record.resize(600, 700)
    listed.resize(600, 700)
    listed.record.table.setFocus()
    new()
    assert listed.record.walk_ins.field.isVisible()
