from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from therapydesk.api import StaleRecord, UserError
from therapydesk.core.changes import Changed, Changes
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.jobs import Runner
from therapydesk.ui.kit.labels import kept_together
from therapydesk.ui.kit.messages import undo_list
from therapydesk.ui.kit.page import BasePage


class CountingPage(BasePage):
    watches = ("person",)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "People", "60 people")
        self.read = 0
        self.problem: Exception | None = None

    def refresh(self) -> None:
        self.read += 1
        if self.problem is not None:
            raise self.problem


class Header(QLineEdit):
    """As wide as that of a person."""

    def sizeHint(self) -> QSize:
        return QSize(800, 30)


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> CountingPage:
    made = CountingPage(desk)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    return made


def test_buttons_stand_under_the_title_where_it_has_no_room_beside_them(page: CountingPage) -> None:
    made = [page.add_action_button("Do something rather long", lambda: None, primary=True)]
    page.show()
    assert made[0].mapTo(page, QPoint(0, 0)).y() == page._title.mapTo(page, QPoint(0, 0)).y()
    page.resize(360, 700)
    QApplication.processEvents()
    below = page._summary.mapTo(page, QPoint(0, page._summary.height())).y()
    assert made[0].mapTo(page, QPoint(0, 0)).y() >= below
    assert page.width() == 360


def test_a_page_reads_when_first_shown_and_not_again(page: CountingPage) -> None:
    assert page.read == 0
    page.show()
    page.hide()
    page.show()
    assert page.read == 1


def test_changes_refresh_a_visible_page_and_mark_a_hidden_one(
    page: CountingPage, runner: Runner, qtbot: QtBot
) -> None:
    changes = Changes()
    runner.watch(changes)
    page.show()
    changes.publish(Changed(frozenset({"invoicing_invoice"})))
    assert page.read == 1
    changes.publish(Changed(frozenset({"person"})))
    assert page.read == 2
    page.hide()
    changes.publish(Changed(frozenset({"person"})))
    assert page.read == 2
    page.show()
    assert page.read == 3


def test_the_primary_button_stands_last_at_24_24(page: CountingPage) -> None:
    primary = page.add_action_button("Add person", lambda: None, "add", primary=True)
    other = page.add_action_button("Import", lambda: None, "import")
    page.set_back("People", lambda: None)
    page.show()
    corner = primary.mapTo(page, QPoint(primary.width(), 0))
    assert (page.width() - corner.x(), corner.y()) == (24, 24)
    assert other.mapTo(page, QPoint(0, 0)).x() + other.width() + 8 == primary.mapTo(page, QPoint(0, 0)).x()


def test_focus_starts_in_the_body(page: CountingPage, qtbot: QtBot) -> None:
    page.add_action_button("Add person", lambda: None, primary=True)
    field = QLineEdit()
    page.body.addWidget(field)
    with qtbot.waitExposed(page):
        page.show()
    page.focus_first()
    assert page.focusWidget() is field


def test_guard_shows_a_user_error_and_lets_faults_through(page: CountingPage) -> None:
    with page.guard():
        raise UserError("That day is a bank holiday.", "Choose another.")
    assert page.messages.rank == "danger"
    assert page.messages.text() == "That day is a bank holiday. Choose another."
    with pytest.raises(ZeroDivisionError), page.guard():
        _ = 1 / 0


def test_a_stale_record_offers_to_reload(page: CountingPage, qtbot: QtBot) -> None:
    page.show()
    with page.guard():
        raise StaleRecord("Ruth changed this since you opened it.")
    assert (page.messages.rank, page.messages.link_button().text()) == ("warn", "Reload")
    QTest.mouseClick(page.messages.link_button(), Qt.MouseButton.LeftButton)
    assert page.read == 2


def test_an_error_while_reading_is_shown_on_the_page(page: CountingPage) -> None:
    page.problem = UserError("The clinical zone is closed.")
    page.show()
    assert page.messages.text() == "The clinical zone is closed."


def test_done_can_be_undone_from_the_bar_and_done_again(page: CountingPage, qtbot: QtBot) -> None:
    did: list[str] = []
    page.show()
    page.done("Moved to Thursday 14:00.", lambda: did.append("undo"), lambda: did.append("redo"))
    assert undo_list.undo_text() == "Moved to Thursday 14:00."
    QTest.mouseClick(page.messages.link_button(), Qt.MouseButton.LeftButton)
    assert did == ["undo"]
    assert page.messages.text() == "Undone: Moved to Thursday 14:00."
    page.redo()
    assert did == ["undo", "redo"]


def test_undo_that_no_longer_fits_says_why(page: CountingPage) -> None:
    def refuse() -> None:
        raise StaleRecord("Ruth moved it again.")

    page.done("Moved.", refuse)
    page.undo()
    assert page.messages.text() == "Ruth moved it again."
    assert not undo_list.can_undo()


def test_building_a_page_opens_no_window(desk: Desk, qtbot: QtBot) -> None:
    before = [each for each in QApplication.topLevelWidgets() if each.isVisible()]
    made = CountingPage(desk)
    qtbot.addWidget(made)
    assert [each for each in QApplication.topLevelWidgets() if each.isVisible()] == before


def test_a_title_widget_without_room_beside_the_buttons_goes_under_them(page: CountingPage) -> None:
    header = Header()
    page.add_title_widget(header)
    button = page.add_action_button("Write note", lambda: None, primary=True)
    page.show()
    for width, under in ((1100, False), (860, True), (1100, False)):
        page.resize(width, 700)
        QApplication.processEvents()
        ends = header.mapTo(page, QPoint(header.width(), 0)).x()
        assert (ends > button.mapTo(page, QPoint()).x()) is under
        below = button.mapTo(page, QPoint(0, button.height())).y()
        assert not under or header.mapTo(page, QPoint()).y() >= below


def test_a_summary_without_room_beside_the_buttons_goes_under_them_before_the_title_widget(
    page: CountingPage,
) -> None:
    header = Header()
    page.add_title_widget(header)
    button = page.add_action_button("Write note", lambda: None, primary=True)
    page.show()
    long = "Stroke choir · St Aidan’s hall · 11 on the roster · room for 16 · nobody waits for a place in this group"
    page.set_summary(long)
    for width in (700, 1400, 700):
        page.resize(width, 700)
        QApplication.processEvents()
        tops = [each.mapTo(page, QPoint()).y() for each in (page._title, page._summary, header)]
        assert tops == sorted(tops)
        assert _under(page, button) is (width == 700)
    page.set_summary("11 on the roster")
    QApplication.processEvents()
    assert not _under(page, button)


def _under(page: CountingPage, button: QPushButton) -> bool:
    """Whether the summary takes the whole width."""
    ends = page._summary.mapTo(page, QPoint(page._summary.width(), 0)).x()
    return ends > button.mapTo(page, QPoint()).x()


def test_a_title_keeps_its_line_where_buttons_are_behind_more(page: CountingPage) -> None:
    for n in range(8):
        page.add_action_button(f"Do something long, number {n}", lambda: None)
    page.set_title("An afternoon of songs for all")
    page.show()
    QApplication.processEvents()
    assert page._actions.more.isVisible()
    assert page._title.width() >= page._title.fontMetrics().horizontalAdvance(page._title.text())


def test_no_line_of_a_summary_begins_with_a_dot_and_no_short_part_is_torn() -> None:
    text = "Carys · Wed 25 Nov 2026, 09:30 to 10:15 · session 13 · 1 to 1 · Quiet room"
    shown = kept_together(text)
    assert shown.replace("\u00a0", " ") == text
    pieces = shown.split(" ")  # what may stand alone on a line
    assert pieces[-3:] == ["session\u00a013\u00a0·", "1\u00a0to\u00a01\u00a0·", "Quiet\u00a0room"]
    assert not [piece for piece in pieces if piece.startswith("·")]
