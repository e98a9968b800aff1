from __future__ import annotations

from dataclasses import dataclass

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from therapydesk.ui.kit.row_drag import RowDrag
from therapydesk.ui.kit.tables import Column, ListTable

LEFT = Qt.MouseButton.LeftButton


@dataclass
class Song:
    id: int
    title: str


class Dragged:
    """A list of five songs, and what was moved in it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.table = ListTable([Column("Title", "title")], "Songs")
        qtbot.addWidget(self.table)
        self.table.show_rows([Song(n, f"Song {n}") for n in range(5)])
        self.table.resize(400, 400)
        self.table.show()
        qtbot.waitExposed(self.table)
        self.view = self.table.view
        self.moved: list[tuple[int, int]] = []
        self.drag = RowDrag(self.table)
        self.drag.moved.connect(lambda number, to: self.moved.append((number, to)))

    def at(self, rows: float) -> QPoint:
        """So many rows from the top of the first."""
        return QPoint(100, self.view.rowViewportPosition(0) + round(rows * self.view.rowHeight(0)))

    def press(self, rows: float) -> None:
        QTest.mousePress(self.view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, self.at(rows))

    def move(self, rows: float) -> None:
        QTest.mouseMove(self.view.viewport(), self.at(rows), 5)

    def let_go(self, rows: float) -> None:
        QTest.mouseRelease(self.view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, self.at(rows))


@pytest.fixture
def dragged(qtbot: QtBot) -> Dragged:
    return Dragged(qtbot)


@pytest.mark.parametrize(
    ("start", "end", "moved"),
    [
        (0.5, 2.1, (0, 1)),  # the nearest gap is the one before the third
        (0.5, 2.9, (0, 2)),
        (0.5, 9.0, (0, 4)),
        (3.5, 0.2, (3, 0)),
        (3.5, -2.0, (3, 0)),
        (4.5, 2.6, (4, 3)),
    ],
)
def test_a_row_goes_to_the_gap_nearest_to_the_mouse(
    dragged: Dragged, start: float, end: float, moved: tuple[int, int]
) -> None:
    dragged.press(start)
    dragged.move((start + end) / 2)
    dragged.move(end)
    dragged.let_go(end)
    assert dragged.moved == [moved]
    assert dragged.view.currentIndex().row() == moved[0]  # those that were passed are not chosen


@pytest.mark.parametrize("end", [1.2, 1.5, 1.9, 2.3, 0.8])
def test_let_go_about_where_it_was_nothing_is_moved(dragged: Dragged, end: float) -> None:
    dragged.press(1.5)
    dragged.move(3.0)
    dragged.move(end)
    dragged.let_go(end)
    assert dragged.moved == []


def test_a_click_chooses_and_moves_nothing(dragged: Dragged) -> None:
    dragged.press(2.5)
    dragged.let_go(2.5)
    assert dragged.view.currentIndex().row() == 2
    dragged.press(9.0)  # under the last row
    dragged.move(1.0)
    dragged.let_go(1.0)
    assert dragged.moved == []


def test_a_line_shows_where_it_goes_and_escape_leaves_it(dragged: Dragged) -> None:
    dragged.press(0.5)
    assert dragged.drag._line.isHidden()
    dragged.move(2.0)
    dragged.move(3.0)
    assert dragged.drag._line.isVisible()
    assert abs(dragged.drag._line.geometry().center().y() - dragged.at(3).y()) <= 2
    QTest.keyClick(dragged.view, Qt.Key.Key_Escape)
    assert dragged.drag._line.isHidden()
    dragged.let_go(3.0)
    assert dragged.moved == []


def test_in_a_long_list_it_goes_on_where_the_mouse_is_held_below(dragged: Dragged) -> None:
    dragged.table.show_rows([Song(n, f"Song {n}") for n in range(60)])
    dragged.press(0.5)
    dragged.move(5.0)
    below = QPoint(100, dragged.view.viewport().height() + 30)
    QTest.mouseMove(dragged.view.viewport(), below, 5)
    assert dragged.drag._scroll.isActive()
    dragged.drag._scroll_on()
    QTest.mouseRelease(dragged.view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, below)
    assert not dragged.drag._scroll.isActive()
    assert dragged.moved[0][1] > 6


def test_events_of_a_list_that_goes_away_are_let_pass(qtbot: QtBot) -> None:
    table = ListTable([Column("Title", "title")], "Songs")
    table.show_rows([Song(0, "Song")])
    RowDrag(table)
    table.show()
    qtbot.waitExposed(table)
    with qtbot.captureExceptions() as caught:
        shiboken6.delete(table)
        QTest.qWait(20)
    assert caught == []
