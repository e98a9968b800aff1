"""A register and a hub day are read in a job at first; what goes wrong there is said, and nothing done before is lost."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from tests.plugins.groups.conftest import Choir, once_read
from therapydesk.api import NotFound, new_id, today
from therapydesk.plugins.groups import helpers, hub, register, service
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.plugins.groups.ui.hub_page import HubPage
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.testing import add_person, open_page
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.messages import quiet, undo_list

__all__ = ["open_page"]


@pytest.fixture(params=[RegisterPage, HubPage])
def kind(request: pytest.FixtureRequest, choir: Choir) -> Any:
    if request.param is HubPage:
        choir.do(service.save_group, GroupDetails("Tuneful Wednesdays", "hub"), choir.group_id)
    else:
        choir.join("Ann Price")
    return request.param


def test_it_is_read_on_another_thread_and_then_shown(
    choir: Choir, kind: Any, desk: Any, open_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (session,) = choir.book()
    threads: list[threading.Thread] = []
    real = register.open_register

    def seen(*args: Any) -> Any:
        threads.append(threading.current_thread())
        return real(*args)

    monkeypatch.setattr(register, "open_register", seen)
    page = open_page(kind(desk, session))
    assert page.register is None
    once_read(page)
    assert page.title() == "Tuneful Wednesdays"
    assert threads[0] is not threading.main_thread()
    page.refresh()
    assert threads[-1] is threading.main_thread()  # what one did oneself is seen at once


def test_long_work_does_not_hold_it_up(choir: Choir, kind: Any, desk: Any, open_page: Any) -> None:
    (session,) = choir.book()
    go_on = threading.Event()
    desk.jobs.start(lambda _job: go_on.wait(20), title="Backing up")
    try:
        page = open_page(kind(desk, session))
        assert page.register is not None
    finally:
        go_on.set()
    assert desk.jobs.wait_idle(20_000)


def test_what_is_done_before_it_was_read_is_not_lost(choir: Choir, desk: Any, open_page: Any) -> None:
    choir.join("Ann Price")
    (session,) = choir.book()
    page = open_page(RegisterPage(desk, session))
    page.add_walk_in("Mair Neighbour")
    once_read(page)
    assert [line.name for line in page.lines] == ["Ann Price", "Mair Neighbour"]
    assert page.walk_ins.isEnabled()


def test_keys_before_it_was_read_mark_nobody(choir: Choir, desk: Any, open_page: Any) -> None:
    choir.join("Ann Price")
    (session,) = choir.book()
    page = open_page(RegisterPage(desk, session))
    page.finish()
    QTest.keyClick(page.table.view, Qt.Key.Key_P)
    once_read(page)
    assert [line.row.state for line in page.lines] == ["expected"]
    QTest.keyClick(page.table.view, Qt.Key.Key_P)
    assert [line.row.state for line in page.lines] == ["came"]


def test_a_session_that_is_not_there_is_said_and_asked_for_again(
    choir: Choir, kind: Any, desk: Any, open_page: Any
) -> None:
    page = once_read(open_page(kind(desk, new_id())))
    assert "belongs to no group" in page.messages.text()
    assert page.table.states.isVisible()
    with choir.vault.read() as db, pytest.raises(NotFound):
        register.open_register(db, page.appointment_id)


def test_the_foot_of_the_window_says_that_a_mark_is_kept(choir: Choir, desk: Any, open_page: Any) -> None:
    choir.join("Ann Price")
    (session,) = choir.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    said: list[str] = []
    quiet.said.connect(said.append)
    try:
        page.focus_first()
        QTest.keyClick(page.table.view, Qt.Key.Key_P)
        assert len(said) == 1
        assert said[0].startswith("Saved ")
        assert said[0].endswith("· Enter goes to the next row")
        assert "Ann" not in said[0]
        page.finish()
        QTest.keyClick(page.table.view, Qt.Key.Key_N)
        assert "Reopen it" in page.messages.text()
        assert len(said) == 1  # what was refused is not called saved
    finally:
        quiet.said.disconnect(said.append)


def test_the_menu_of_a_row_marks_what_has_no_ring(choir: Choir, desk: Any, open_page: Any) -> None:
    choir.join("Ann Price")
    (session,) = choir.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    undo_list.clear()
    entries = {action.text(): action for action in page.table.menu_actions}
    for words, state in (
        ("Came late", "came_late"),
        ("Left early", "left_early"),
        ("Take the mark back", "expected"),
    ):
        entries[words].trigger()
        assert [row.state for row in choir.read(session).rows] == [state]
    page.undo()
    assert [row.state for row in choir.read(session).rows] == ["left_early"]


def test_one_without_a_name_gets_it_in_the_register_too(choir: Choir, desk: Any, open_page: Any) -> None:
    choir.join("Ann Price")
    (session,) = choir.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    page.add_walk_in("3")
    page.table.select_key(page.lines[1].id)
    entries = {action.text(): action for action in page.table.menu_actions}
    entries["Give a name"].trigger()
    (dialog,) = [each for each in page.findChildren(FormDialog) if each.isVisible()]
    dialog.form.set_values({"name": "Mair Neighbour"})
    dialog.save()
    assert sorted(row.name for row in choir.read(session).rows) == ["", "Ann Price", "Mair Neighbour"]
    assert choir.read(session).count.visits == 3
    page.undo()
    assert choir.read(session).count.visits == 3
    page.table.select_key(page.lines[0].id)
    entries["Give a name"].trigger()
    assert "has a name already" in page.messages.text()


def test_who_has_a_placement_in_the_group_can_be_ticked_as_on(
    choir: Choir, desk: Any, open_page: Any
) -> None:
    choir.join("Ann Price")
    choir.join("Gethin Tea", role="volunteer", skill="tea")
    here, there, gone = (add_person(choir.vault, name) for name in ("Ada Here", "Bea There", "Cai Gone"))
    other = choir.do(service.save_group, GroupDetails("Elsewhere"))
    for person, group in ((here, choir.group_id), (there, other), (gone, choir.group_id)):
        begun = choir.do(
            helpers.start_placement, person, "volunteer", today() - timedelta(days=20), group_id=group
        )
    choir.do(helpers.end_placement, begun, today() - timedelta(days=2))
    (session,) = choir.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    boxes = {box.text(): box for box in page.team.findChildren(QCheckBox)}
    assert list(boxes) == ["Gethin Tea, tea", "Ada Here"]
    boxes["Ada Here"].click()
    with choir.vault.read() as db:
        assert [(each.name, each.role) for each in hub.list_shift(db, session)] == [("Ada Here", "volunteer")]
    assert "one helper" in page.room.words.text()


def test_a_click_adds_a_walk_in_and_the_next_can_be_typed(choir: Choir, desk: Any, open_page: Any) -> None:
    choir.join("Ann Price")
    (session,) = choir.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    page.walk_ins.field.setText("Mair Neighbour")
    QTest.mouseClick(page.walk_ins.add_button, Qt.MouseButton.LeftButton)
    assert [line.name for line in page.lines] == ["Ann Price", "Mair Neighbour"]
    assert page.focusWidget() is page.walk_ins.field
    QTest.mouseClick(page.walk_ins.add_button, Qt.MouseButton.LeftButton)
    assert len(page.lines) == 2  # nothing was typed


def test_tab_goes_through_a_page_as_one_reads_it(
    choir: Choir, desk: Any, open_page: Any, qtbot: QtBot
) -> None:
    choir.join("Ann Price")
    choir.join("Gethin Tea", role="volunteer")
    (session,) = choir.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    page.add_walk_in("Mair Neighbour")  # its line is made last, and stands before the field
    qtbot.waitUntil(lambda: all(box.isVisible() for box in page.team.findChildren(QCheckBox)))
    seen: list[str] = []
    widget = page.table.view.nextInFocusChain()
    while len(seen) < 4:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(page):
            seen.append(widget.accessibleName() or widget.text())
        widget = widget.nextInFocusChain()
    walk_in = "Walk-in: a name, or how many without one"
    assert seen == ["Take out Mair Neighbour", walk_in, "Add walk-in", "Gethin Tea"]


def test_the_rest_came_says_so_when_there_is_no_rest_and_rests_when_it_is_finished(
    choir: Choir, desk: Any, open_page: Any, qtbot: QtBot
) -> None:
    choir.join("Ann Price")
    (session,) = choir.book()
    page = once_read(open_page(RegisterPage(desk, session)))
    rest = page.more.rest_button
    assert rest is not None
    rest.click()
    qtbot.waitUntil(lambda: "One was marked as present" in page.messages.text())
    rest.click()
    qtbot.waitUntil(lambda: page.messages.text() == "Everybody has a mark already.")
    page.finish()
    qtbot.waitUntil(lambda: not rest.isEnabled())
