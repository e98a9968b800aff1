"""Where sessions and rooms stand in the grid."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from PySide6.QtCore import QRect
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from therapydesk.plugins.diary.ui import grid_paint
from therapydesk.plugins.diary.ui.grid_move import moved_by_key
from therapydesk.plugins.diary.ui.week_layout import Block, Strip, grow_strips, lay_out, room_strips
from therapydesk.ui.kit import style

DAY = date(2026, 5, 5)
WEEK = [DAY + timedelta(days=n - 1) for n in range(5)]


def block(start: int, end: int, name: str = "", room: str = "", day: date = DAY) -> Block:
    return Block(day, start, end, None, heading=name, room=room)


def lanes(*blocks: Block) -> dict[str, tuple[int, int]]:
    return {b.heading: (b.lane, b.lanes) for b in lay_out([], blocks)}


def test_sessions_one_after_the_other_have_the_whole_width() -> None:
    assert lanes(block(540, 600, "a"), block(600, 645, "b")) == {"a": (0, 1), "b": (0, 1)}


def test_sessions_at_the_same_time_stand_side_by_side_and_a_free_lane_is_used_again() -> None:
    found = lanes(block(540, 660, "a"), block(550, 600, "b"), block(600, 640, "c"), block(700, 760, "d"))
    assert found == {"a": (0, 2), "b": (1, 2), "c": (1, 2), "d": (0, 1)}


def test_the_same_hour_of_two_days_is_no_overlap() -> None:
    other = block(540, 600, "b", day=DAY + timedelta(days=1))
    assert lanes(block(540, 600, "a"), other) == {"a": (0, 1), "b": (0, 1)}


def test_one_strip_for_one_room_until_another_room_comes() -> None:
    strips = room_strips([block(540, 585, room="A"), block(630, 675, room="A"), block(700, 760, room="B")])
    assert strips == [Strip(DAY, 540, 675, "A"), Strip(DAY, 700, 760, "B")]


def test_a_strip_grows_for_its_name_but_never_over_another_or_the_edge() -> None:
    strips = [Strip(DAY, 550, 590, "A"), Strip(DAY, 600, 640, "B")]
    grown = grow_strips(strips, {"A": 100, "B": 60}, 540, 700)
    assert grown[0] == Strip(DAY, 540, 600, "A")
    assert grown[1].start >= 600
    assert grown[1].end - grown[1].start == 60


def test_alt_and_an_arrow_pass_over_a_weekend_that_is_left_out() -> None:
    friday = datetime(2026, 5, 8, 14, 0)
    assert moved_by_key(friday, 1, 0, WEEK) == datetime(2026, 5, 11, 14, 0)
    assert moved_by_key(datetime(2026, 5, 4, 14, 0), -1, 0, WEEK) == datetime(2026, 5, 1, 14, 0)
    assert moved_by_key(friday, 0, -15, WEEK) == datetime(2026, 5, 8, 13, 45)
    assert moved_by_key(datetime(2026, 5, 8, 23, 50), 0, 15, WEEK) == datetime(2026, 5, 8, 23, 50)


def written(width: int, height: int, name: str, second: str) -> list[str]:
    """What is written into the box of a session."""
    texts: list[str] = []

    class Heard:
        """A painter that passes all on and keeps what is written."""

        def __getattr__(self, name: str) -> Any:
            return getattr(painter, name)

        def drawText(self, *words: Any) -> None:
            texts.append(words[-1])

    picture = QPixmap(width, height)
    painter = QPainter(picture)
    heard: Any = Heard()
    session = Block(DAY, 10 * 60 + 30, 11 * 60 + 15, None, heading=name)
    grid_paint.draw_session(heard, QRect(0, 0, width, height), session, second)
    painter.end()
    return texts


def test_the_time_stands_above_a_name_that_has_no_room_beside_it(qapp: QApplication) -> None:
    line = style.line_height()
    beside = QFontMetrics(style.semibold()).horizontalAdvance("10:30 Ayesha") + 40
    assert written(beside, 2 * line, "Ayesha", "Note signed") == ["10:30", "Ayesha", "Note signed"]
    narrow = QFontMetrics(style.semibold()).horizontalAdvance("Ayesha") + 24
    assert written(narrow, 2 * line, "Ayesha", "Note signed") == ["10:30", "Ayesha"]
    assert written(narrow, line, "Ayesha", "Note signed") == ["Ayesha"]


def test_a_second_line_is_left_out_by_whole_words(qapp: QApplication) -> None:
    metrics = QFontMetrics(style.small_font())
    text = "songs for the family"
    assert grid_paint._whole_words(metrics, text, metrics.horizontalAdvance(text)) == text
    assert grid_paint._whole_words(metrics, text, metrics.horizontalAdvance("songs for th…")) == "songs for…"
    assert grid_paint._whole_words(metrics, text, metrics.horizontalAdvance("son")).startswith("s")


def test_of_a_page_in_place_of_a_line_only_what_has_room_is_measured(qapp: QApplication) -> None:
    measured: list[int] = []

    class Counting(QFontMetrics):
        def horizontalAdvance(self, text: str) -> int:  # type: ignore[override]
            measured.append(len(text))
            return super().horizontalAdvance(text)

    metrics = Counting(style.small_font())
    assert grid_paint._whole_words(metrics, "word " * 20_000, 300).startswith("word word")
    assert len(measured) < 30
