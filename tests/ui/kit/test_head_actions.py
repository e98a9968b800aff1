"""The buttons of a page's head, when there are more than a line holds."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.page import TITLE_CHARS, BasePage

NAMES = ("Grab sheet", "Book sessions", "Change group", "Add to the roster")


class Head:
    """A page with four buttons and a primary one, and what was pressed."""

    def __init__(self, desk: Desk) -> None:
        self.page = BasePage(desk, "Friday Choir", "20 on the roster")
        self.pressed: list[str] = []
        self.buttons = [self._add(name) for name in NAMES]
        self.primary = self._add("Take register", primary=True)
        self.more = self.page._actions.more

    def _add(self, name: str, *, primary: bool = False, shortcut: str = "") -> QPushButton:
        return self.page.add_action_button(
            name, lambda: self.pressed.append(name), primary=primary, shortcut=shortcut
        )

    def resize(self, width: int) -> None:
        self.page.resize(width, 600)
        QApplication.processEvents()

    @property
    def in_view(self) -> list[str]:
        return [each.text() for each in [*self.buttons, self.primary] if each.isVisible()]

    def menu(self) -> QMenu:
        return self.page._actions.menu()


@pytest.fixture
def head(desk: Desk, qtbot: QtBot) -> Head:
    made = Head(desk)
    qtbot.addWidget(made.page)
    made.resize(1400)
    with qtbot.waitExposed(made.page):
        made.page.show()
    return made


def _narrowest(head: Head) -> int:
    """A width in which the title, More and the primary button fit beside one another and nothing else does."""
    return 24 + 24 + 16 + head.page._actions.least_width() + style.chars(TITLE_CHARS)


def test_all_are_in_view_where_there_is_room(head: Head) -> None:
    assert head.in_view == [*NAMES, "Take register"]
    assert not head.more.isVisible()


@pytest.mark.parametrize("width", range(200, 1400, 40))
def test_nothing_is_cut_in_any_width_that_holds_the_primary_and_more(head: Head, width: int) -> None:
    least = 48 + head.page._actions.least_width()
    head.resize(max(width, least))
    shown = [each for each in [*head.buttons, head.primary, head.more] if each.isVisible()]
    assert all(each.width() >= each.sizeHint().width() for each in shown)
    assert all(each.mapTo(head.page, QPoint(each.width(), 0)).x() <= head.page.width() - 24 for each in shown)
    missing = [name for name in NAMES if name not in head.in_view]
    assert head.more.isVisible() is bool(missing)
    assert head.more.accessibleDescription() == ", ".join(missing)
    assert missing == list(NAMES[: len(missing)]), "the last ones stay, beside the primary one"


def test_what_is_out_of_view_is_in_the_menu_in_its_order_and_does_the_same(head: Head) -> None:
    head.resize(_narrowest(head))
    assert head.in_view == ["Take register"]
    head.buttons[2].setEnabled(False)
    menu = head.menu()
    assert [action.text() for action in menu.actions()] == list(NAMES)
    assert [action.isEnabled() for action in menu.actions()] == [True, True, False, True]
    menu.actions()[1].trigger()
    menu.actions()[2].trigger()  # not now
    assert head.pressed == ["Book sessions"]


def test_a_button_that_its_page_hides_is_nowhere(head: Head) -> None:
    head.buttons[1].setVisible(False)
    assert head.in_view == ["Grab sheet", "Change group", "Add to the roster", "Take register"]
    head.resize(_narrowest(head))
    assert "Book sessions" not in [action.text() for action in head.menu().actions()]
    head.buttons[1].setVisible(True)
    QApplication.processEvents()
    assert head.in_view == ["Take register"], "shown again, it does not push itself into view"
    head.resize(1400)
    assert head.in_view == [*NAMES, "Take register"]


def test_a_longer_word_finds_its_room(head: Head) -> None:
    head.resize(48 + 16 + head.page._actions.full_width() + style.chars(TITLE_CHARS))
    assert not head.more.isVisible()
    for each in head.buttons:
        each.setText(each.text() * 3)
    QApplication.processEvents()
    QApplication.processEvents()
    assert head.more.isVisible()
    assert all(each.width() >= each.sizeHint().width() for each in head.buttons if each.isVisible())


def test_a_key_works_in_view_and_out_of_view_once(head: Head, qtbot: QtBot) -> None:
    keyed = head._add("Leave out", shortcut="Ctrl+J")
    for width in (1600, _narrowest(head)):
        head.resize(width)
        assert keyed.isVisible() is (width == 1600)
        head.pressed.clear()
        head.page.activateWindow()
        qtbot.waitUntil(head.page.isActiveWindow)
        QTest.keyClick(head.page, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: bool(head.pressed))
        qtbot.wait(150)  # a second one would have come by now
        assert head.pressed == ["Leave out"]


def test_a_widget_in_the_head_stays_in_view(head: Head) -> None:
    state = QLabel("Draft saved 10:42")
    head.page.add_head_widget(state)
    head.resize(_narrowest(head))
    assert state.isVisible()
    assert head.in_view == ["Take register"]


def test_tab_goes_from_more_to_the_primary(head: Head) -> None:
    head.resize(_narrowest(head))
    head.more.setFocus()
    QTest.keyClick(head.more, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is head.primary
