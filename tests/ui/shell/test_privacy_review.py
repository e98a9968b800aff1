"""Going through a part in the window: by keys, by name, by the words that are chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.shell.privacy_world import asked, collected, desk, fill, idle, texts
from therapydesk.plugins.caseload.models import Statement
from therapydesk.records import subject_requests as requests
from therapydesk.testing import open_page, stopped_clock
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.shell.privacy_review import ReviewPage

__all__ = ["asked", "desk", "open_page", "stopped_clock"]
pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def page(desk: Desk, asked: UUID, open_page: Callable[..., Any]) -> Any:
    collected(desk, asked, "clinical")
    opened = open_page(ReviewPage(desk, asked, "clinical"), 1300, 750)
    opened.focus_first()
    idle(desk)
    return opened


def test_places_are_covered_and_kept_by_single_keys(page: Any, desk: Desk) -> None:
    assert page.mark().text == "Gareth Lloyd"
    QTest.keyClick(page.copies.view, Qt.Key.Key_C)
    idle(desk)
    assert page.mark().text == "Gareth"
    QTest.keyClick(page.copies.view, Qt.Key.Key_R)
    fill(page, reason="agreed")
    idle(desk)
    assert page.copies.model.rowCount() == 0
    assert "0 to decide" in page._summary.text().replace("\xa0", " ")


def test_single_keys_do_nothing_when_they_are_switched_off(page: Any, desk: Desk) -> None:
    desk.settings.single_keys = False
    QTest.keyClick(page.copies.view, Qt.Key.Key_C)
    idle(desk)
    assert page.mark().text == "Gareth Lloyd"


def test_a_name_is_decided_on_everywhere(page: Any, desk: Desk) -> None:
    page.mode.buttons()[2].setChecked(True)
    idle(desk)
    assert {page.names.model.row(n).text for n in range(page.names.model.rowCount())} == {
        "Gareth Lloyd",
        "Gareth",
    }
    page.act("cover")
    idle(desk)
    page.act("keep")
    fill(page, reason="known")
    idle(desk)
    assert all(not page.names.model.row(n).undecided for n in range(page.names.model.rowCount()))


def test_an_entry_is_left_out_and_given_after_all(page: Any, desk: Desk) -> None:
    page.act("withhold")
    fill(page, reason="serious_harm")
    idle(desk)
    assert "1 left out" in page._summary.text().replace("\xa0", " ")
    page.mode.buttons()[1].setChecked(True)
    idle(desk)
    assert "Left out: Serious harm would be likely." in texts(page)
    page.act("withhold")
    idle(desk)
    assert "0 left out" in page._summary.text().replace("\xa0", " ")


def test_words_are_chosen_and_covered(page: Any, desk: Desk) -> None:
    page.act("choose")
    assert "Choose words" in page.messages.text()
    text = page.pane.text
    start = text.toPlainText().index("drum")
    cursor = text.textCursor()
    cursor.setPosition(start)
    cursor.setPosition(start + 4, cursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)
    page.act("choose")
    idle(desk)
    assert [m.text for m in page.item.marks if m.decision == "redact"] == ["drum"]


def test_what_was_decided_is_decided_anew_where_the_cursor_stands(page: Any, desk: Desk) -> None:
    for _ in range(2):
        page.act("cover")
        idle(desk)
    page.mode.buttons()[1].setChecked(True)
    idle(desk)
    text = page.pane.text
    text.setFocus()
    cursor = text.textCursor()
    cursor.setPosition(text.toPlainText().index("Gareth laughed") + 2)
    text.setTextCursor(cursor)
    assert page.pane.where.text() == "Covered: “Gareth”"
    QTest.keyClick(text, Qt.Key.Key_R)
    fill(page, reason="known")
    idle(desk)
    assert [m.decision for m in page.item.marks] == ["redact", "keep"]


def test_words_behind_letters_outside_the_first_plane_are_the_right_ones(
    desk: Desk, asked: UUID, open_page: Callable[..., Any]
) -> None:
    with desk.vault.write("clinical") as db:
        row = db.query(Statement).one()
        row.text = "🎵🎶 Gareth sang 🥁 loud"
    collected(desk, asked, "clinical")
    page = open_page(ReviewPage(desk, asked, "clinical"), 1300, 750)
    idle(desk)
    text = page.pane.text
    plain = text.document().toRawText().encode("utf-16-le")
    start = plain.index("loud".encode("utf-16-le")) // 2
    cursor = text.textCursor()
    cursor.setPosition(start)
    cursor.setPosition(start + 4, cursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)
    page.act("choose")
    idle(desk)
    assert [m.text for m in page.item.marks] == ["Gareth", "loud"]


def test_a_part_is_ready_once_all_is_decided(page: Any, desk: Desk, asked: UUID) -> None:
    page.finish()
    assert "decide on serious harm first" in page.messages.text()
    from therapydesk.ui.shell.privacy_review_dialogs import decide_whole

    decide_whole(page)
    fill(page, outcome="none", reason="Nothing that harms")
    idle(desk)
    page.finish()
    assert "still waits" in page.messages.text()
    for _ in range(2):
        page.act("cover")
        idle(desk)
    page.finish()
    with desk.vault.read() as db:
        assert requests.read_request(db, asked).parts[1].state == "ready"


def test_looking_at_a_part_is_in_the_log_of_its_zone(page: Any, desk: Desk, asked: UUID) -> None:
    from therapydesk.core import audit

    with desk.vault.read() as db:
        entry = audit.ENTRIES["clinical"]
        seen = db.query(entry).filter(entry.action == "view", entry.ref == asked).count()
    assert seen == 1
