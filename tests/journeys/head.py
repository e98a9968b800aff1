"""Buttons of a page's head, reached by hands: in view, or behind "More" where the window has no room for them."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QPushButton, QWidget

from tests.journeys.conftest import Place
from tests.journeys.hands import Key, Shift, shown, wait_for

T = TypeVar("T", bound=QWidget)
MOST = 14  # Tabs


def modal(kind: type[T]) -> T:
    """The form or the question of this kind that is in front, once it is."""
    wait_for(kind.__name__, lambda: isinstance(QApplication.activeModalWidget(), kind), 20)
    found = QApplication.activeModalWidget()
    assert isinstance(found, kind)
    return found


def press_button(place: Place, text: str) -> None:
    """By keys: back from the body to the head, to the button or to More, and there down to it."""
    for _ in range(MOST):
        focus = place.hands.focused()
        if isinstance(focus, QAbstractButton) and focus.text() in (text, "More"):
            break
        place.hands.press(Key.Key_Tab, Shift)
    focus = place.hands.focused()
    assert isinstance(focus, QAbstractButton)
    behind = focus.text() != text
    assert not behind or focus.text() == "More", focus.text()
    place.hands.press(Key.Key_Space)
    if not behind:
        return
    menu = _menu()
    for _ in menu.actions():
        if menu.activeAction() is not None and menu.activeAction().text() == text:
            break
        place.hands.press(Key.Key_Down)
    assert menu.activeAction().text() == text
    place.hands.press(Key.Key_Return)


def click_button(place: Place, text: str) -> None:
    """By mouse: the button, or More and the entry."""
    if shown(QPushButton, text) is not None:
        place.hands.click_on(QPushButton, text)
        return
    place.hands.click_on(QPushButton, "More")
    menu = _menu()
    (entry,) = [action for action in menu.actions() if action.text() == text]
    place.hands.choose(menu, entry)


def _menu() -> QMenu:
    wait_for("the menu", lambda: isinstance(QApplication.activePopupWidget(), QMenu), 10)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu
