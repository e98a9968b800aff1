from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionFrame
from pytestqt.qtbot import QtBot

from therapydesk.core.dates import set_clock
from therapydesk.core.money import Money
from therapydesk.ui.kit import looks, style
from therapydesk.ui.kit.filter_bar import FilterBar
from therapydesk.ui.kit.private_copy import PRIVATE
from therapydesk.ui.kit.table_model import KEPT, PAGE
from therapydesk.ui.kit.tables import Column, ListTable, State, WindowedModel

ACTIVE, WAITING = State("Active", "full", "ok"), State("Waiting", "half", "warn")


@dataclass
class Row:
    id: int
    name: str
    towards: str = "Singing with the choir again"
    next: date | None = None
    state: State = ACTIVE
    owes: Money = Money("45")


COLUMNS = (
    Column("Preferred name", "name", width=14),
    Column("Working towards", "towards"),
    Column("Next session", "next", kind="date", relative=True, empty="None booked"),
    Column("Amount", "owes", kind="money"),
    Column("State", "state", kind="state"),
)


@pytest.fixture(autouse=True)
def fixed_day() -> Iterator[None]:
    set_clock(lambda: datetime(2026, 5, 6, 10, 0, tzinfo=UTC))
    yield
    set_clock(None)


def rows(count: int = 5) -> list[Row]:
    return [Row(n, f"Person {n}", next=date(2026, 5, 12) if n else None) for n in range(count)]


@pytest.fixture
def table(qtbot: QtBot) -> ListTable:
    made = ListTable(COLUMNS, "People")
    qtbot.addWidget(made)
    made.resize(900, 400)
    with qtbot.waitExposed(made):
        made.show()
    return made


def _shown(table: ListTable) -> list[str]:
    model = table.model
    seen = [n for n in range(model.columnCount()) if not table.view.isColumnHidden(n)]
    return [str(model.headerData(n, Qt.Orientation.Horizontal)) for n in seen]


def test_cells_are_shown_as_their_kind_asks(table: ListTable) -> None:
    table.show_rows(rows(2))
    texts = [[table.model.index(r, c).data() for c in range(5)] for r in range(2)]
    towards = "Singing with the choir again"
    assert texts == [
        ["Person 0", towards, "None booked", "£45.00", "Active"],
        ["Person 1", towards, "Tue 12 May", "£45.00", "Active"],
    ]
    spoken = table.model.index(1, 2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Tue 12 May, in 6 days"
    aligned = table.model.index(0, 3).data(Qt.ItemDataRole.TextAlignmentRole)
    assert aligned & int(Qt.AlignmentFlag.AlignRight)


def test_the_hidden_row_heads_carry_the_rows_title(table: ListTable) -> None:
    table.show_rows(rows())
    assert table.model.headerData(3, Qt.Orientation.Vertical) == "Person 3"
    assert table.view.accessibleName() == "People"


def test_the_current_row_stays_by_key(table: ListTable) -> None:
    table.show_rows(rows())
    assert table.select_key(3)
    table.show_rows(list(reversed(rows())))
    assert table.current_row().id == 3
    table.show_rows([row for row in rows() if row.id != 3])
    assert table.current_row() is not None


def test_current_changed_is_told_once_a_row(table: ListTable, qtbot: QtBot) -> None:
    told: list[object] = []
    table.current_changed.connect(told.append)
    held = rows()
    table.show_rows(held)
    table.view.setFocus()
    QTest.keyClick(table.view, Qt.Key.Key_Down)
    table.show_rows([])
    assert told == [held[0], held[1], None]


def test_enter_and_double_click_open(table: ListTable, qtbot: QtBot) -> None:
    opened: list[Row] = []
    table.opened.connect(opened.append)
    table.show_rows(rows())
    QTest.keyClick(table.view, Qt.Key.Key_Return)
    place = table.view.visualRect(table.model.index(2, 1)).center()
    QTest.mouseDClick(table.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert [row.id for row in opened] == [0, 2]


def test_letters_are_left_to_the_page(table: ListTable, qtbot: QtBot) -> None:
    table.show_rows(rows())
    QTest.keyClick(table.view, Qt.Key.Key_P)
    assert table.current_row().id == 0


def test_three_columns_always_stay(table: ListTable, qtbot: QtBot) -> None:
    table.show_rows(rows())
    assert len(_shown(table)) == 5
    table.resize(520, 400)
    qtbot.waitUntil(lambda: len(_shown(table)) < 5)
    table.resize(100, 400)
    qtbot.waitUntil(lambda: len(_shown(table)) == 3)
    assert _shown(table) == ["Preferred name", "Working towards", "Next session"]


def test_columns_leave_by_priority(qtbot: QtBot) -> None:
    columns = [Column(str(n), "name", width=10, priority=9 if n == 1 else 0) for n in range(5)]
    made = ListTable(columns, "People")
    qtbot.addWidget(made)
    made.resize(style.chars(10) * 4 + 150, 300)
    made.show()
    made.show_rows(rows())
    qtbot.waitUntil(lambda: len(_shown(made)) == 4)
    assert _shown(made) == ["0", "2", "3", "4"]


def test_nothing_scrolls_sideways_at_doubled_text(table: ListTable, qapp: QApplication) -> None:
    table.show_rows(rows())
    looks.apply_theme(qapp, style.Theme.LIGHT, 2.0)
    widths = [table.view.columnWidth(n) for n in range(5) if not table.view.isColumnHidden(n)]
    assert sum(widths) <= table.view.viewport().width() or len(widths) == 3
    assert table.view.rowHeight(0) == style.line_height() + 16


def test_states_stand_in_place_of_rows(table: ListTable, qtbot: QtBot) -> None:
    called: list[str] = []
    table.set_states(
        empty=("No one here yet.", "Add person", lambda: called.append("add")),
        filtered=(lambda: "No one matches “zzt”", "Clear filters", lambda: called.append("clear")),
    )
    table.show_rows([])
    assert table.states.sentence.text() == "No one here yet."
    table.states.action.click()
    table.show_rows([], filtered=True)
    assert table.states.sentence.text() == "No one matches “zzt”"
    table.states.action.click()
    assert called == ["add", "clear"]
    table.show_error("The list could not be read.")
    assert table.states.isVisible()
    table.show_rows(rows())
    assert not table.states.isVisible()


def test_loading_is_said_only_when_it_takes_long(table: ListTable, qtbot: QtBot) -> None:
    table.show_loading()
    table.show_rows(rows())
    assert not table._loading.isActive()
    table.show_loading()
    qtbot.waitUntil(lambda: table.states.isVisible(), timeout=2000)


def test_ticks_stay_with_their_rows_and_space_sets_them(qtbot: QtBot) -> None:
    made = ListTable(COLUMNS, "Drafts", tickable=True)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    told: list[int] = []
    made.ticks_changed.connect(lambda: told.append(len(made.ticked_rows())))
    made.show_rows(rows())
    QTest.keyClick(made.view, Qt.Key.Key_Space)
    made.show_rows(list(reversed(rows())))
    assert [row.id for row in made.ticked_rows()] == [0]
    assert made.model.tick_state() == Qt.CheckState.PartiallyChecked
    QTest.keyClick(made.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert made.model.tick_state() == Qt.CheckState.Checked
    QTest.keyClick(made.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert told == [1, 5, 0]
    index = made.model.index(0, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "not ticked"


def test_rows_come_in_windows_and_only_some_are_kept() -> None:
    asked: list[int] = []

    def fetch(offset: int, limit: int) -> Sequence[Row]:
        asked.append(offset)
        return rows(100_000)[offset : offset + limit] if offset == 0 else [Row(offset, "x")] * limit

    model = WindowedModel(100_000, fetch, COLUMNS)
    assert model.rowCount() == 100_000
    assert model.row(5).id == 5
    assert model.row(PAGE - 1).id == PAGE - 1
    assert asked == [0]
    for page in range(1, KEPT + 1):
        model.row(page * PAGE)
    model.row(0)
    assert asked.count(0) == 2


def test_what_comes_next_is_read_when_a_page_is_painted(table: ListTable, qtbot: QtBot) -> None:
    asked: list[int] = []

    def fetch(offset: int, limit: int) -> Sequence[Row]:
        asked.append(offset)
        return [Row(offset + n, "x") for n in range(limit)]

    table.show_source(1000, fetch)
    bar, height = table.view.verticalScrollBar(), table.view.row_height()
    page = table.view.viewport().height() // height + 1

    def scroll(row: int) -> None:
        with qtbot.waitSignal(table.view.painted):
            bar.setValue(row * height)

    scroll(2 * PAGE - 3 * page)
    assert asked == [0, PAGE], "a jump reads what it shows"
    scroll(2 * PAGE - 2 * page)
    qtbot.waitUntil(lambda: 2 * PAGE in asked)
    scroll(6 * PAGE + 1)
    scroll(6 * PAGE)  # and up again
    qtbot.waitUntil(lambda: 5 * PAGE in asked)
    assert 7 * PAGE not in asked


def test_a_list_sorts_with_empty_values_last(table: ListTable) -> None:
    some = [Row(1, "Élan", next=date(2026, 5, 9)), Row(2, "bea"), Row(3, "Carys", next=date(2026, 5, 7))]
    table.show_rows(some)
    table.sort_by(COLUMNS[2])
    assert [table.model.row(n).id for n in range(3)] == [3, 1, 2]
    table.sort_by(COLUMNS[2], descending=True)
    assert [table.model.row(n).id for n in range(3)] == [1, 3, 2]


def test_a_source_is_sorted_by_the_page(table: ListTable) -> None:
    told: list[object] = []
    table.sort_changed.connect(lambda column, descending: told.append((column.title, descending)))
    table.show_source(3, lambda offset, limit: rows(3))
    table.view.heads.sectionClicked.emit(0)
    table.view.heads.sectionClicked.emit(0)
    assert told == [("Preferred name", False), ("Preferred name", True)]


def test_copy_gives_text_and_html_with_heads(table: ListTable, qtbot: QtBot) -> None:
    table.show_rows([Row(1, "Llŷr <3")])
    QTest.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    data = QGuiApplication.clipboard().mimeData()
    assert data.text().splitlines() == [
        "Preferred name\tWorking towards\tNext session\tAmount\tState",
        "Llŷr <3\tSinging with the choir again\tNone booked\t£45.00\tActive",
    ]
    assert "<th>State</th>" in data.html()
    assert all(data.hasFormat(name) for name in PRIVATE)
    assert "<td>Llŷr &lt;3</td>" in data.html()


def _row_image(table: ListTable, number: int) -> QImage:
    rect = table.view.visualRect(table.model.index(number, 0))
    picture = table.view.viewport().grab().toImage()
    return picture.copy(0, rect.y(), picture.width(), rect.height())


def test_the_focused_row_has_a_ring_and_the_unfocused_a_soft_fill(table: ListTable, qtbot: QtBot) -> None:
    table.show_rows(rows())
    table.activateWindow()
    table.view.setFocus()
    qtbot.waitUntil(table.view.hasFocus)
    image = _row_image(table, 0)
    middle = image.height() // 2
    inks = [image.pixelColor(x, middle).name().upper() for x in (0, 2, 5)]
    assert inks == ["#1D4ED8", "#FFFFFF", "#0B6B60"]
    table.view.clearFocus()
    assert _row_image(table, 0).pixelColor(1, middle).name().upper() == "#D8ECE8"


def test_hovering_fills_the_whole_row(table: ListTable) -> None:
    table.show_rows(rows())
    place = QPointF(table.view.visualRect(table.model.index(3, 1)).center())
    none, plain = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    move = QMouseEvent(QEvent.Type.MouseMove, place, place, none, none, plain)
    QApplication.sendEvent(table.view.viewport(), move)
    assert table.view.hover_row == 3
    assert _row_image(table, 3).pixelColor(1, 5).name().upper() == "#EBEFED"


def test_two_line_rows_are_higher(qtbot: QtBot) -> None:
    made = ListTable([Column("Name", "name", second="towards", strong=True)], "Referrals", two_line=True)
    qtbot.addWidget(made)
    made.show_rows(rows())
    assert made.view.rowHeight(0) == style.line_height() + style.small_line_height() + 20


def test_the_filter_row_tells_of_a_key_at_once_and_of_several_that_wait_together(qtbot: QtBot) -> None:
    bar = FilterBar()
    qtbot.addWidget(bar)
    bar.add_choice("whose", "Whose", [(None, "Whole practice"), ("me", "Mine")])
    bar.show()
    told: list[str] = []
    bar.changed.connect(lambda: told.append(bar.text()))
    QTest.keyClicks(bar.search, "carys")
    assert told == []
    qtbot.waitUntil(lambda: told == ["carys"])
    bar.set_value("whose", "me")
    assert told == ["carys", "carys"]
    assert bar.is_filtered()
    bar.clear_filters()
    assert told[2:] == [""]
    QTest.keyClicks(bar.search, "b")
    QApplication.processEvents()
    assert told[3:] == ["b"]
    bar.clear_filters()
    assert not bar.is_filtered()
    assert bar.value("whose") is None


def test_escape_empties_the_search(qtbot: QtBot) -> None:
    bar = FilterBar("Filter this list")
    qtbot.addWidget(bar)
    QTest.keyClicks(bar.search, "x")
    QTest.keyClick(bar.search, Qt.Key.Key_Escape)
    assert bar.text() == ""
    assert bar.search.accessibleName() == "Filter this list"


def test_of_a_page_that_is_pasted_into_a_search_the_beginning_is_taken(qtbot: QtBot) -> None:
    bar = FilterBar("Filter this list")
    qtbot.addWidget(bar)
    bar.search.insert("word " * 20_000)
    assert 100 <= len(bar.text()) <= 200


def test_with_large_text_what_to_type_is_not_cut_in_the_search(qtbot: QtBot, qapp: QApplication) -> None:
    looks.apply_theme(qapp, style.Theme.LIGHT, 2.0)
    bar = FilterBar("Title, maker or words")
    qtbot.addWidget(bar)
    bar.show()
    option = QStyleOptionFrame()
    bar.search.initStyleOption(option)
    inside = bar.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, bar.search)
    words = bar.search.fontMetrics().horizontalAdvance("Title, maker or words")
    assert words + style.icon_size() + 12 < inside.width()
