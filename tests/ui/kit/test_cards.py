from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import (
    Card,
    CardRow,
    Count,
    CountCells,
    FlowLayout,
    OwnWords,
    RhythmLine,
    SegmentedButtons,
    Steps,
)
from therapydesk.ui.kit.focus_ring import _Ring
from therapydesk.ui.kit.links import LinkLabel


def test_a_card_holds_seven_rows_and_links_to_all(qtbot: QtBot) -> None:
    card = Card("Reviews due")
    qtbot.addWidget(card)
    went: list[int] = []
    card.show_rows([CardRow(f"Row {n}") for n in range(9)], 12, lambda: went.append(1))
    assert len(card.rows()) == 7
    link = card.findChild(LinkLabel)
    assert link is not None
    assert link.text() == "All 12"
    link.click()
    assert went == [1]


def test_an_empty_card_says_so(qtbot: QtBot) -> None:
    card = Card("Notes to write")
    qtbot.addWidget(card)
    card.show_rows([], 0, lambda: None, "All notes are written.")
    assert [row.text() for row in card.rows() if isinstance(row, QLabel)] == ["All notes are written."]


def test_a_row_opens_with_enter_and_arrows_move(qtbot: QtBot) -> None:
    card = Card("Today’s sessions")
    opened: list[str] = []
    for name in ("Llŷr", "Carys"):
        card.add_row(CardRow(name, "1 to 1", time="11:15", on_open=partial(opened.append, name)))
    qtbot.addWidget(card)
    with qtbot.waitExposed(card):
        card.show()
    first, second = card.rows()
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert card.focusWidget() is second
    QTest.keyClick(second, Qt.Key.Key_Return)
    assert opened == ["Carys"]


def test_a_row_is_named_by_all_it_says(qtbot: QtBot) -> None:
    row = CardRow("Carys", "1 to 1", "Music room", "11:15")
    qtbot.addWidget(row)
    row.set_note("next, in 13 minutes")
    assert row.accessibleName() == "11:15, Carys, next, in 13 minutes, 1 to 1, Music room"
    assert row.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_rows_have_the_heights_of_the_pictures(qtbot: QtBot) -> None:
    two, one = CardRow("Carys", "1 to 1"), CardRow("Tomasz", "SWEMWBS", two_line=False)
    qtbot.addWidget(two)
    qtbot.addWidget(one)
    assert (two.sizeHint().height(), one.sizeHint().height()) == (58, 38)


def test_the_rhythm_line_speaks_its_sentence_and_grows_by_22(qtbot: QtBot) -> None:
    line = RhythmLine(["came", "rest", "next"], "Came to 1 of 2. Next today, 11:15")
    qtbot.addWidget(line)
    assert line.accessibleName() == "Came to 1 of 2. Next today, 11:15"
    before = line.sizeHint().width()
    line.set_marks(["came"] * 4, "Came to 4 of 4")
    assert line.sizeHint().width() - before == 22


@pytest.mark.parametrize(("mark", "filled"), [("came", True), ("planned", False), ("next", False)])
def test_a_head_is_full_for_came_and_hollow_else(qtbot: QtBot, mark: str, filled: bool) -> None:
    line = RhythmLine([mark], "x")  # type: ignore[list-item]  # names from the parameters
    qtbot.addWidget(line)
    line.resize(line.sizeHint())
    back = style.token("bg").name()
    centre = line.grab().toImage().pixelColor(15, 7).name()
    assert (centre != back) is filled


def test_steps_say_where_one_is(qtbot: QtBot) -> None:
    steps = Steps(["What it is", "Columns", "The plan", "Done"], 2)
    qtbot.addWidget(steps)
    assert steps.accessibleName() == "3 of 4, The plan, now"
    steps.set_now(4)
    assert steps.accessibleName() == "All 4 steps done"


def test_segments_and_counts_tell_the_value_chosen(qtbot: QtBot) -> None:
    segments = SegmentedButtons([("draft", "Drafts 23"), ("due", "Due 11")], "Which invoices")
    cells = CountCells([Count("all", 40, "rows"), Count("new", 31, "new people", "full", "info")], "Counts")
    for made in (segments, cells):
        qtbot.addWidget(made)
        told: list[object] = []
        made.chosen.connect(told.append)
        made.show()
        made.buttons()[1].click()
        assert told == [made.value()]
        made.choose(made._values[0])
        assert (len(told), made.value()) == (1, made._values[0])
    assert cells.buttons()[1].accessibleName() == "31 new people"


def test_flow_goes_on_to_the_next_line(qtbot: QtBot) -> None:
    holder = QWidget()
    flow = FlowLayout(holder, spacing=8)
    for n in range(6):
        flow.addWidget(QPushButton(f"Choice {n}"))
    qtbot.addWidget(holder)
    assert flow.heightForWidth(2000) == style.button_height()
    assert flow.heightForWidth(200) > 2 * style.button_height()


def test_own_words_are_spoken_with_whose_they_are(qtbot: QtBot) -> None:
    words = OwnWords("“I want my card back.”", "What Margaret-Anne wants", large=True)
    qtbot.addWidget(words)
    assert words.accessibleName() == "What Margaret-Anne wants, “I want my card back.”"


def test_the_ring_follows_the_focus_and_leaves_room(qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(400, 200)
    first, second = QPushButton("One", window), QPushButton("Two", window)
    first.setGeometry(20, 20, 100, 36)
    second.setGeometry(200, 80, 100, 36)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    ring = window.findChild(_Ring)
    assert ring is not None
    assert ring.geometry() == first.geometry().adjusted(-4, -4, 4, 4)
    second.setFocus()
    assert ring.geometry() == second.geometry().adjusted(-4, -4, 4, 4)
    second.move(200, 100)
    assert ring.geometry() == second.geometry().adjusted(-4, -4, 4, 4)
    second.hide()
    assert not ring.isVisible() or ring.geometry() == first.geometry().adjusted(-4, -4, 4, 4)
