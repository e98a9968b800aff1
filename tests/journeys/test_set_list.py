"""A set list for the next session: made, put in order (by mouse it is dragged) and printed, by keys and by mouse."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton

from tests.journeys.conftest import Place
from tests.journeys.hands import Ctrl, Key, wait_for
from therapydesk.demo.making import THERAPIST
from therapydesk.plugins.groups import music_sets
from therapydesk.plugins.groups.music_sets import SetView
from therapydesk.plugins.groups.ui.music_set_page import SetPage
from therapydesk.ui.kit.list_page import ListPage

pytestmark = [
    pytest.mark.timeout(120),  # the first to ask waits until the demo practice is made
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # dialogs without a screen
]
Alt = Qt.KeyboardModifier.AltModifier
SONGS = ("Calon Lân", "Kettle on", "Daisy Bell")


@pytest.fixture
def at(sit_down: Callable[[str], Place]) -> Place:
    return sit_down(THERAPIST)


def _made(place: Place) -> SetView | None:
    with place.vault.read() as db:
        return next((view for view in music_sets.list_sets(db) if view.title == "Harvest"), None)


def _order(place: Place) -> list[str]:
    view = _made(place)
    return [title for _, title, _ in view.items] if view is not None else []


def _is_last(place: Place, title: str) -> bool:
    return _order(place)[-1:] == [title]


def _front(place: Place) -> Any:
    """The set list in front of the set lists in front of the songs."""

    def found() -> Any:
        lists = place.view.page.record if isinstance(place.view.page, ListPage) else None
        return lists.record if isinstance(lists, ListPage) else None

    wait_for("the set list", lambda: isinstance(found(), SetPage), 10)
    return found()


def _check(file: Path) -> None:
    wait_for("the file", file.exists, 10)
    with pypdfium2.PdfDocument(file.read_bytes()) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    assert pages[0].startswith("Harvest")
    assert [page.splitlines()[0].strip() for page in pages[1:]] == ["Kettle on", "Daisy Bell", "Calon Lân"]


def test_a_set_list_by_keys(at: Place, tmp_path: Path) -> None:
    at.hands.find("Set lists")
    at.page("songs")
    at.hands.press(Key.Key_N, Ctrl)
    at.hands.write("Harvest")
    at.hands.press(Key.Key_Return, Ctrl)
    page = _front(at)
    at.back()
    for title in SONGS:
        at.hands.write(title)
        at.hands.press(Key.Key_Return)
        wait_for(title, partial(_is_last, at, title), 10)
    at.hands.press(Key.Key_Down)  # from the field to the list, where the last one is chosen
    wait_for("the list", lambda: at.hands.focused() is page.table.view, 10)
    page.table.select_key(0)
    for _step in range(2):
        at.hands.press(Key.Key_Down, Alt)
    assert _order(at) == ["Kettle on", "Daisy Bell", "Calon Lân"]
    at.hands.press(Key.Key_Up, Alt)
    assert _order(at) == ["Kettle on", "Calon Lân", "Daisy Bell"]
    at.hands.press(Key.Key_Z, Ctrl)
    assert _order(at) == ["Kettle on", "Daisy Bell", "Calon Lân"]
    at.hands.press(Key.Key_Delete)
    assert len(_order(at)) == 2
    at.hands.press(Key.Key_Z, Ctrl)
    assert _order(at) == ["Kettle on", "Daisy Bell", "Calon Lân"]
    at.hands.press(Key.Key_P, Ctrl)
    at.hands.press(Key.Key_Return, Ctrl)
    at.hands.click_on(QPushButton, "Save as PDF")
    at.hands.name_file(tmp_path / "set.pdf")
    _check(tmp_path / "set.pdf")


def test_a_set_list_by_mouse(at: Place, tmp_path: Path) -> None:
    at.go_by_mouse("groups.songs")
    at.page("songs")
    at.hands.click_on(QPushButton, "Set lists")
    at.hands.click_on(QPushButton, "Add set list")
    at.hands.click_on(QLineEdit, "Title")
    at.hands.write("Harvest")
    at.hands.click_on(QPushButton, "Add")
    page = _front(at)
    at.back()
    for title in ("Calon Lân", "Daisy Bell", "Kettle on"):
        at.hands.click(page.field)
        at.hands.write(title)
        QTest.keyClick(page.field, Key.Key_Return)
        wait_for(title, partial(_is_last, at, title), 10)
    before = at.hands.clicks
    _drag_row(at, page, 2, 0)
    wait_for("the last to be first", lambda: _order(at) == ["Kettle on", "Calon Lân", "Daisy Bell"], 10)
    assert at.hands.clicks == before + 1
    at.hands.click_on(QPushButton, "Move down")  # the one that was moved is chosen
    at.hands.click_on(QPushButton, "Move up")
    _click_row(at, page, 1)
    at.hands.click_on(QPushButton, "Move down")
    assert _order(at) == ["Kettle on", "Daisy Bell", "Calon Lân"]
    at.hands.click_on(QPushButton, "Print")
    at.hands.click_on(QPushButton, "Show the pages")
    at.hands.click_on(QPushButton, "Save as PDF")
    at.hands.name_file(tmp_path / "set.pdf")
    _check(tmp_path / "set.pdf")


def _click_row(place: Place, page: SetPage, number: int) -> None:
    view = page.table.view
    index = page.table.model.index(number, 1)
    place.hands.click(view.viewport(), view.visualRect(index).center())


def _drag_row(place: Place, page: SetPage, number: int, to: int) -> None:
    view = page.table.view
    rows = [view.visualRect(page.table.model.index(each, 1)) for each in (number, to)]
    place.hands.drag(view.viewport(), rows[0].center(), rows[1].topLeft() + QPoint(20, 2))
