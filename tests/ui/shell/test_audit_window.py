"""The activity log page: what is listed, found, checked, explained and taken out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.conftest import USER
from tests.core.test_audit import tamper
from therapydesk.api import Link
from therapydesk.core import audit
from therapydesk.core.audit_check import VerifyResult
from therapydesk.records.activity import LogQuery, find_log
from therapydesk.testing import add_person, open_page
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.printing import PrintWindow
from therapydesk.ui.shell.audit_window import ActivityLogPage
from therapydesk.ui.shell.desk_view import DeskView

__all__ = ["open_page"]


@pytest.fixture
def desk(sign_in: Callable[[str], Desk]) -> Desk:
    return sign_in(USER)


@pytest.fixture
def opened(desk: Desk, open_page: Callable[..., Any]) -> ActivityLogPage:
    add_person(desk.vault)
    page: ActivityLogPage = open_page(ActivityLogPage(desk))
    desk.jobs.wait_idle()
    return page


def column(page: ActivityLogPage, section: int) -> list[str]:
    return [page.table.model.index(row, section).data() for row in range(page.table.row_count())]


def fill(dialog: FormDialog, **values: Any) -> None:
    for name, value in values.items():
        field = dialog.form.field(name)
        if isinstance(field, QLineEdit):
            field.setText(value)
        else:
            dialog.form.set_values({name: value})
    dialog.save()


def form_of(page: ActivityLogPage) -> FormDialog:
    return page.findChildren(FormDialog)[-1]


def test_what_was_done_stands_newest_first_with_all_of_it_beside(opened: ActivityLogPage) -> None:
    assert column(opened, 1)[:2] == ["Added", "Unlocked the vault"]
    assert column(opened, 4)[0] == "Carys Bowen"
    told = dict(opened.pane.pairs())
    assert (told["Who"], told["About"], told["Person"]) == (USER, "Person", "Carys Bowen")
    assert len(told["Hash"]) == 64
    assert "not checked as a whole yet" in opened._summary.text()


def test_it_is_narrowed_by_what_and_whom_and_says_when_nothing_is_left(opened: ActivityLogPage) -> None:
    opened.filter.set_value("group", "changes")
    opened.desk.jobs.wait_idle()
    assert set(column(opened, 1)) == {"Added"}
    opened.filter.search.setText("nobody of that name")
    opened.filter.search.returnPressed.emit()
    opened.desk.jobs.wait_idle()
    assert opened.table.row_count() == 0
    assert opened.table.states.sentence.text() == "No entry matches."
    opened.table.states.action.click()
    opened.desk.jobs.wait_idle()
    assert "Unlocked the vault" in column(opened, 1)


def test_other_days_are_asked_for_and_stay_among_the_choices(opened: ActivityLogPage) -> None:
    opened.filter.set_value("days", "choose")
    dialog = form_of(opened)
    fill(dialog, first="2 January 2020", last="1 January 2020")
    assert "before the first" in dialog.messages.text()
    fill(dialog, last="3 January 2020")
    opened.desk.jobs.wait_idle()
    assert opened.table.row_count() == 0
    assert opened.filter.value("days") == "typed"


def test_checking_says_how_many_entries_fit(opened: ActivityLogPage, desk: Desk) -> None:
    opened.check_button.click()
    desk.jobs.wait_idle()
    assert opened.messages.text().endswith("entries were checked. All fit.")
    desk.jobs.wait_idle()
    assert "checked as a whole on" in opened._summary.text()
    assert opened.check_button.isEnabled()


def test_a_break_is_shown_until_somebody_says_why(opened: ActivityLogPage, desk: Desk) -> None:
    tamper(desk.vault, "UPDATE audit_entry SET action = 'nothing' WHERE seq = 3")
    opened.check_button.click()
    desk.jobs.wait_idle()
    assert opened.messages.rank == "danger"
    desk.jobs.wait_idle()
    item = opened.breaks.itemAt(0)
    box = item.widget() if item is not None else None
    assert box is not None
    said = " ".join(label.text() for label in box.findChildren(type(opened.mark_words)))
    assert "entry 3 does not fit, it was changed" in said
    (say,) = box.findChildren(QPushButton)
    say.click()
    fill(form_of(opened), reason="the disk was mended by hand")
    assert opened.breaks.count() == 0
    opened.check_button.click()
    desk.jobs.wait_idle()
    assert opened.breaks.count() == 0  # it is known, and told in the list


def test_a_copy_leaves_only_with_why_and_the_log_tells_of_it(
    opened: ActivityLogPage, desk: Desk, tmp_path: Any
) -> None:
    opened.save_list()
    dialog = form_of(opened)
    fill(dialog, reason="")
    assert dialog.isVisible()
    fill(dialog, reason="an inspection", choice="json")
    desk.jobs.wait_idle()
    (files,) = opened.findChildren(QFileDialog)
    path = tmp_path / "log.json"
    files.fileSelected.emit(str(path))
    files.close()
    data = json.loads(path.read_bytes())
    assert data["reason"] == "an inspection"
    with desk.vault.read() as db:
        assert find_log(db, LogQuery(group="out")).count == 1


def test_it_is_printed_after_a_look(opened: ActivityLogPage, desk: Desk) -> None:
    opened.print_page()
    fill(form_of(opened), reason="the trustees")
    desk.jobs.wait_idle()
    (window,) = opened.findChildren(PrintWindow)
    assert window.data.startswith(b"%PDF")
    window.names.click()
    window.reject()


def test_an_empty_list_leaves_nothing_to_take(opened: ActivityLogPage, desk: Desk) -> None:
    opened.filter.set_value("group", "out")
    desk.jobs.wait_idle()
    opened.print_page()
    assert opened.messages.text() == "There is nothing in the list."


def test_enter_shows_the_entry_where_there_is_no_room_beside(opened: ActivityLogPage, qtbot: QtBot) -> None:
    opened.resize(700, 600)
    assert opened.pane.isHidden()
    opened.table.opened.emit(opened.table.current_row())
    (shown,) = [d for d in opened.findChildren(QDialog) if d.isVisible()]
    shown.accept()


def test_who_may_read_none_of_it_does_not_see_it(sign_in: Callable[[str], Desk], qtbot: QtBot) -> None:
    desk = sign_in("Nia Admin")
    view = DeskView(desk, "Admin")
    qtbot.addWidget(view)
    view.open(Link("today"))
    view.open(Link("activity"))
    assert not isinstance(view.page, ActivityLogPage)
    assert view.page is not None
    assert "not open to you" in view.page.messages.text()


def test_a_therapist_sees_their_own_entries_and_takes_no_copy(
    sign_in: Callable[[str], Desk], open_page: Callable[..., Any]
) -> None:
    desk = sign_in("Tomos Therapist")
    page = open_page(ActivityLogPage(desk))
    desk.jobs.wait_idle()
    assert set(column(page, 2)) == {"Tomos Therapist"}
    page.print_page()
    assert "role does not include" in page.messages.text()
    assert page.breaks.count() == 0


def test_a_hundred_thousand_entries_are_listed_without_reading_them_all(
    desk: Desk, open_page: Callable[..., Any]
) -> None:
    with desk.vault.write("core") as db:
        audit._append(db, [("probe", None, {"n": n}) for n in range(100_000)])
    page = open_page(ActivityLogPage(desk))
    desk.jobs.wait_idle(20_000)
    assert page.table.row_count() > 100_000
    assert len(page.table.model._pages) < 10


def test_the_keyring_is_told_of_only_when_it_does_not_help(opened: ActivityLogPage, desk: Desk) -> None:
    assert opened.mark_words.isHidden()
    desk.vault.marks.look(desk.vault)
    assert desk.vault.marks.wait(10)
    opened.refresh()
    assert "no keyring" in opened.mark_words.text()
    assert not opened.mark_words.isHidden()


def test_a_break_found_at_unlock_is_there_when_the_page_opens(
    desk: Desk, open_page: Callable[..., Any]
) -> None:
    desk.vault.note_breaks([VerifyResult("clinical", 3, "h", 12, "it was changed")])
    page = open_page(ActivityLogPage(desk))
    assert page.breaks.count() == 1
