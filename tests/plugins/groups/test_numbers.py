"""Numbers of groups stand on the right of their tables, and are sorted as numbers and days, not as their text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.plugins.groups.conftest import Choir
from therapydesk.plugins.groups import music_service, music_sets
from therapydesk.plugins.groups.music_service import PieceDetails
from therapydesk.plugins.groups.ui.figures_page import FiguresPage
from therapydesk.plugins.groups.ui.groups_page import GroupsPage
from therapydesk.plugins.groups.ui.helpers_page import HelpersPage
from therapydesk.plugins.groups.ui.music_sets_page import SetsPage
from therapydesk.testing import open_page

__all__ = ["open_page"]

DAYS = {2: date(2026, 10, 2), 10: date(2026, 9, 30), 9: None}  # as text "Fri 2 Oct" comes before "Wed 30 Sep"


def test_numbers_stand_on_the_right(choir: Choir, desk: Any, open_page: Callable[..., Any]) -> None:
    right = {}
    for page in (GroupsPage, HelpersPage, FiguresPage, SetsPage):
        columns = open_page(page(desk)).table.model.columns
        right[page.__name__] = [column.title for column in columns if column.right]
    assert right == {
        "GroupsPage": ["Roster"],
        "HelpersPage": ["Hours"],
        "FiguresPage": ["Sessions", "People", "With them", "Pairs", "No name", "Visits", "Came", "Stayed"],
        "SetsPage": ["Songs"],
    }


def test_set_lists_are_sorted_by_how_many_songs_and_by_the_day(
    choir: Choir, desk: Any, open_page: Callable[..., Any]
) -> None:
    song = choir.do(music_service.save_piece, PieceDetails("Suo Gân", key="G", own=True))
    for n, day in DAYS.items():
        choir.do(music_sets.save_set, f"Of {n}", [(song, "")] * n, on_day=day)
    table = open_page(SetsPage(desk)).table
    named = {column.title: column for column in table.model.columns}

    def sorted_by(title: str) -> list[str]:
        table.sort_by(named[title])
        return [table.model.row(n).title for n in range(3)]

    assert sorted_by("Songs") == ["Of 2", "Of 9", "Of 10"]
    assert sorted_by("Day") == ["Of 10", "Of 2", "Of 9"]
    assert sorted_by("Title") == ["Of 10", "Of 2", "Of 9"]
