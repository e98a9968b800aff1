"""Where sessions and rooms stand in the grid."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from therapydesk.plugins.diary.ui.grid_move import moved_by_key
from therapydesk.plugins.diary.ui.week_layout import Block, Strip, grow_strips, lay_out, room_strips

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
