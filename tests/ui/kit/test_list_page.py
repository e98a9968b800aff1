"""A list with a filter, and the record in front of it."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from therapydesk.api import UserError
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.list_page import ListPage
from therapydesk.ui.kit.page import BasePage


@dataclass
class Row:
    id: int
    name: str
    kind: str = "song"


ROWS = [Row(1, "Calon Lân"), Row(2, "Sosban Fach"), Row(3, "The Ash Grove", "air")]


class Songs(ListPage):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Songs", [Column("Name", "name"), Column("Kind", "kind")])
        self.filter.add_choice("kind", "Kind", [("", "All kinds"), ("air", "Airs")])
        self.printed = 0

    def read_rows(self, db: Any) -> list[Row]:
        return ROWS

    def keep(self, row: Row) -> bool:
        return self.filter.matches(row.name) and self.filter.value("kind") in ("", row.kind)

    def open_row(self, row: Row) -> None:
        if row.id == 2:
            raise UserError("Somebody else is singing it.")
        self.show_record(BasePage(self.desk, row.name))

    def print_list(self) -> None:
        self.printed += 1


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> Songs:
    vault = SimpleNamespace(read=lambda: nullcontext(None))
    made = Songs(replace(desk, vault=vault))
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    return made


def test_what_is_typed_begins_words_whatever_their_accents(page: Songs, qtbot: QtBot) -> None:
    page.filter.search.setText("lan CAL")
    qtbot.waitUntil(lambda: page.table.row_count() == 1)
    assert page.table.current_row() is ROWS[0]
    page.filter.search.setText("alon")
    qtbot.waitUntil(lambda: page.table.row_count() == 0)
    assert page.table.states.isVisible()
    page.table.states.action.click()
    assert page.table.row_count() == 3


def test_a_choice_filters_too_and_the_count_is_told(page: Songs) -> None:
    page.filter.set_value("kind", "air")
    assert page.table.row_count() == 1
    assert "1 of 3 shown" in [label.text() for label in page.filter.findChildren(type(page._title))]


def test_a_record_stands_in_front_with_a_head_of_its_own(page: Songs) -> None:
    page._open(ROWS[0])
    assert page.record is not None
    assert page.record.isVisible()
    assert not page._title.isVisible()
    assert page.messages is page.record.messages
    page.record._back.click()
    assert page.record is None
    assert page._title.isVisible()
    assert page.table.isVisible()
    assert page.messages is page._own_messages


def test_what_goes_wrong_is_said_where_one_looks(page: Songs) -> None:
    page._open(ROWS[1])
    assert "somebody else" in page.messages.text().casefold()
    page._open(ROWS[0])
    page.show_error(UserError("It has no words."))
    assert page.record is not None
    assert page.record.messages.text() == "It has no words."


def test_rows_that_cannot_be_read_are_told_once_and_not_while_painting(page: Songs, qtbot: QtBot) -> None:
    asked: list[int] = []

    def damaged(offset: int, _limit: int) -> list[Row]:
        asked.append(offset)
        raise UserError("The disk answered with an error.")

    page.table.show_source(40, damaged)
    qtbot.waitUntil(lambda: page.messages.text() == "The disk answered with an error.")
    page.table.view.viewport().repaint()
    assert page.table.current_row() is None
    assert asked == [0]


def test_print_and_filter_reach_what_is_in_front(page: Songs) -> None:
    page.print_page()
    page._open(ROWS[0])
    page.print_page()
    assert page.printed == 1
    page.filter_list()
    assert page.record is None


def test_a_record_that_could_not_keep_what_was_typed_stays(page: Songs) -> None:
    page._open(ROWS[0])
    typed = page.record
    typed.leave = lambda: False  # type: ignore[union-attr]  # what a page that takes text has
    page.filter_list()
    page._open(ROWS[2])
    assert page.record is typed
    typed.leave = lambda: True  # type: ignore[union-attr]
    assert page.close_record()
    assert page.record is None


def test_other_choices_are_offered_and_what_was_chosen_stays(page: Songs) -> None:
    page.filter.set_value("kind", "air")
    page.filter.set_choices("kind", [("", "All kinds"), ("hymn", "Hymns"), ("air", "Airs")])
    assert page.filter.value("kind") == "air"
    assert page.table.row_count() == 1
    page.filter.set_choices("kind", [("", "All kinds"), ("hymn", "Hymns")])
    assert page.filter.value("kind") == ""


class Verse(BasePage):
    """A record that makes something of its own."""

    made = 0

    def new_record(self) -> None:
        self.made += 1


def test_new_goes_to_the_record_in_front_when_it_makes_something(page: Songs) -> None:
    listed = []
    page.new_record = lambda: listed.append("song")
    page.doing("new_record")()
    verse = Verse(page.desk, "Verse")
    page.show_record(verse)
    page.doing("new_record")()
    assert (verse.made, listed) == (1, ["song"])
    page.close_record()
    page.show_record(BasePage(page.desk, "Makes nothing"))
    page.doing("new_record")()
    assert (verse.made, listed) == (1, ["song", "song"])


def test_filter_and_print_stay_with_the_list_that_knows_of_the_record(page: Songs) -> None:
    page.show_record(BasePage(page.desk, "In front"))
    page.doing("filter_list")()
    assert page.record is None
    page.doing("print_page")()
    assert page.printed == 1
