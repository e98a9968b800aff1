"""The page of music made: a concert from the first work to its programme; the tab of a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from tests.plugins.groups.conftest import Choir
from tests.plugins.groups.test_works import DAY, agree, concert, make, maker, programme, work
from therapydesk.api import Link
from therapydesk.plugins.groups.ui.event_page import EventPage
from therapydesk.plugins.groups.ui.work_page import WorkPage
from therapydesk.plugins.groups.ui.works_page import WorksPage
from therapydesk.plugins.groups.ui.works_tab import WorksTab
from therapydesk.plugins.groups.works_events import Item
from therapydesk.plugins.groups.works_programme import Line
from therapydesk.plugins.groups.works_service import PAGE
from therapydesk.testing import desk_at, open_page, sign_in
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.messages import undo_list
from therapydesk.ui.kit.printing import PrintWindow

__all__ = ["open_page"]


@pytest.fixture
def singers(choir: Choir) -> Choir:
    for name in ("Ann Price", "Bea Lloyd"):
        choir.join(name)
    return choir


@pytest.fixture
def desk(singers: Choir, plugins: Any, tmp_path: Any) -> Any:
    with desk_at(singers.vault, plugins, tmp_path) as found:
        yield found


def fill(page: Any, **values: Any) -> None:
    """Fill in the form that is open and finish it."""
    dialog = page.findChildren(FormDialog)[-1]
    dialog.form.set_values(values)
    dialog.save()
    assert not dialog.form.errors
    assert dialog.result(), dialog.form.summary.accessibleName()
    dialog.setParent(None)


def texts(card: Card) -> list[str]:
    return [row.text() for row in card.rows() if isinstance(row, QLabel)]


def left_out(page: EventPage) -> list[str]:
    model = page.left_out.model
    return [model.row(n).what for n in range(model.rowCount())]


def test_a_concert_from_the_first_work_to_its_programme(
    singers: Choir, desk: Any, open_page: Callable[..., Any]
) -> None:
    agree(singers, "Ann Price")
    page = open_page(WorksPage(desk))
    page.new_record()
    fill(page, title="Our river", kind="song", uses=["perform"])
    made = page.record
    assert isinstance(made, WorkPage)
    made.new_record()
    fill(made, name="Ann Price", credit="name")
    assert texts(made.uses) == ["Perform: everybody agrees."]
    page.close_record()
    page.new_event()
    fill(page, title="Summer concert", on_day=DAY, time="3pm", group=str(singers.group_id))
    event = page.record
    assert isinstance(event, EventPage)
    event.new_record()
    fill(event, what=f"work:{made.work_id}")
    event.new_record()
    fill(event, words="Welcome", place="1")
    event.add_roster()
    assert event.view is not None
    assert (event.view.titles, event.view.names) == (("Welcome", "Our river"), ("Ann Price", "Bea Lloyd"))
    event.open_performer(event.people()[0])
    fill(event, credit="first")
    assert left_out(event) == ["Bea Lloyd"]
    found = programme(singers, event.event_id)
    assert found.lines == (Line("Welcome", ""), Line("Our river", "Ann Price"))
    assert found.performers == "Ann"
    event.print_page()
    (window,) = event.findChildren(PrintWindow)
    assert window.data.startswith(b"%PDF")
    window.close()


def test_lines_are_moved_and_taken_away_and_so_are_performers(
    singers: Choir, desk: Any, open_page: Callable[..., Any]
) -> None:
    made = concert(singers, [Item(words="One"), Item(words="Two")], [maker(singers, "Ann Price")])
    page = open_page(EventPage(desk, made))
    page.open_line(page.table.model.row(1))
    fill(page, place="1")
    assert page.view.titles == ("Two", "One")
    page.open_line(page.table.model.row(0))
    press(page, "Take away")
    page.open_performer(page.people()[0])
    press(page, "Take away")
    assert (page.view.titles, page.view.names) == (("One",), ())


def test_a_line_moves_by_keys_and_a_performance_is_removed_and_undo_brings_it_back(
    singers: Choir, desk: Any, open_page: Callable[..., Any]
) -> None:
    made = concert(singers, [Item(words="One"), Item(words="Two")], [maker(singers, "Ann Price")])
    page = open_page(WorksPage(desk))
    page.open_ref(Link(PAGE, made))
    event = page.record
    assert isinstance(event, EventPage)
    down = next(each for each in event.table.menu_actions if each.shortcut().toString() == "Alt+Down")
    event.table.select_key(0)
    for expected in (("Two", "One"), ("Two", "One")):  # it is the last one then
        down.trigger()
        assert event.view is not None
        assert event.view.titles == expected
    event.remove()
    assert page.record is None
    with singers.vault.read() as db:
        assert page.read_rows(db) == []
    undo_list.undo()
    with singers.vault.read() as db:
        (row,) = page.read_rows(db)
    assert (row.title, row.view.titles, row.view.names) == ("Summer concert", ("Two", "One"), ("Ann Price",))


def press(page: Any, text: str) -> None:
    dialog = page.findChildren(FormDialog)[-1]
    next(b for b in dialog.findChildren(QPushButton) if b.text() == text).click()
    dialog.setParent(None)


def test_the_list_and_the_tab_of_a_person_show_works_and_performances(
    singers: Choir, desk: Any, open_page: Callable[..., Any]
) -> None:
    river = make(singers, "Our river", [maker(singers, "Ann Price")], uses=("perform", "web"))
    make(singers, "Bea's beat", [maker(singers, "Bea Lloyd")])
    event = concert(singers, [Item(work_id=river)], [maker(singers, "Ann Price")])
    page = open_page(WorksPage(desk))
    with singers.vault.read() as db:
        rows = page.read_rows(db)
    assert [row.title for row in rows] == ["Summer concert", "Bea's beat", "Our river"]
    assert str(rows[2].state) == "Missing: Perform, Put on the web"
    page.open_ref(Link(PAGE, event))
    assert isinstance(page.record, EventPage)
    page.open_ref(Link(PAGE, river))
    assert isinstance(page.record, WorkPage)
    tab = open_page(WorksTab(desk, singers.people["Ann Price"]))
    assert [tab.table.model.row(n).title for n in range(2)] == ["Summer concert", "Our river"]


def test_a_work_is_taken_off_the_list_and_undo_brings_it_back(
    singers: Choir, desk: Any, open_page: Callable[..., Any]
) -> None:
    river = make(singers, "Our river", [])
    page = open_page(WorkPage(desk, river))
    page.take_off()
    assert "off the list" in page.summary()
    undo_list.undo()
    assert work(singers, river).ended_on is None


def test_a_link_worker_sees_what_was_made_but_no_consents_files_or_buttons(
    singers: Choir, desk: Any, open_page: Callable[..., Any]
) -> None:
    river = make(singers, "Our river", [maker(singers, "Ann Price")], uses=("perform",))
    event = concert(singers, [Item(work_id=river)], [maker(singers, "Ann Price")])
    desk = sign_in(desk, "Lee Link", "link_worker")
    page = open_page(WorkPage(desk, river))
    assert texts(page.uses) == ["Perform"]
    assert not page.files.isVisible()
    assert not page.edits
    shown = open_page(EventPage(desk, event))
    assert not shown.left_out.isVisible()
    assert shown.view.titles == ("Our river",)
