from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.kit.test_tables import COLUMNS, rows
from therapydesk.ui.kit import looks, style
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.flow import FlowLayout
from therapydesk.ui.kit.icons import State
from therapydesk.ui.kit.labels import OneLine
from therapydesk.ui.kit.tables import ListTable
from therapydesk.ui.kit.two_columns import TwoColumns


@pytest.mark.parametrize(("text", "below"), [(1.0, False), (2.0, True)])
def test_columns_stand_one_below_the_other_at_large_text(
    qtbot: QtBot, qapp: QApplication, text: float, below: bool
) -> None:
    looks.apply_theme(qapp, style.Theme.LIGHT, text)
    page, first, second = TwoColumns(3, 2), QLabel("Sessions"), QLabel("Notes to write")
    page.left.addWidget(first)
    page.right.addWidget(second)
    qtbot.addWidget(page)
    page.resize(1200, 600)
    with qtbot.waitExposed(page):
        page.show()
    assert (second.y() > first.y()) is below
    assert (second.x() > first.x()) is not below


@pytest.mark.parametrize(("text", "shown"), [(1.0, 5), (2.0, 3)])
def test_a_list_shows_its_first_three_columns_at_double_text(
    qtbot: QtBot, qapp: QApplication, text: float, shown: int
) -> None:
    looks.apply_theme(qapp, style.Theme.LIGHT, text)
    table = ListTable(COLUMNS, "People")
    qtbot.addWidget(table)
    table.resize(1230, 400)
    with qtbot.waitExposed(table):
        table.show()
    table.show_rows(rows())
    seen = [n for n in range(len(COLUMNS)) if not table.view.isColumnHidden(n)]
    assert seen == list(range(shown))


def test_texts_of_two_sizes_stand_on_one_foot_and_long_ones_break(qtbot: QtBot) -> None:
    page = QWidget()
    flow = FlowLayout(page, spacing=8, down=0, level="foot")
    title, small, long = QLabel("Carys"), QLabel("58"), OneLine("Ask me about Treorchy choir " * 6)
    title.setFont(style.title_font())
    for label in (title, small, long):
        flow.addWidget(label)
    qtbot.addWidget(page)
    page.resize(320, 300)
    with qtbot.waitExposed(page):
        page.show()
    assert title.geometry().bottom() == small.geometry().bottom()
    assert long.y() >= title.geometry().bottom()
    assert long.width() <= 320
    assert long.height() > 2 * style.line_height()


def test_lines_of_widgets_stand_inside_the_margins(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    flow = FlowLayout(page, spacing=8)
    flow.setContentsMargins(8, 12, 16, 4)
    labels = [QLabel("Told on Thursday") for _ in range(3)]
    for label in labels:
        flow.addWidget(label)
    wide = labels[0].sizeHint().width()
    page.resize(2 * wide + 8 + 24, flow.heightForWidth(2 * wide + 8 + 24))
    page.show()
    assert (labels[0].x(), labels[0].y()) == (8, 12)
    assert labels[1].geometry().right() <= page.width() - 16 - 1
    assert labels[2].geometry().top() > labels[0].geometry().bottom()
    assert labels[2].geometry().bottom() == page.height() - 4 - 1


def test_columns_that_always_stay_give_way_before_one_is_cut_off(qtbot: QtBot) -> None:
    columns = [
        Column("Whose", "name", width=18),
        Column(
            "State",
            lambda _row: State("A legal hold stands: a complaint that is not settled", "half", "warn"),
            kind="state",
        ),
        Column("Due since", "on", kind="date"),
    ]
    table = ListTable(columns, "Retention", row_key="name")
    qtbot.addWidget(table)
    table.show_rows([{"name": "Idris Vaughan", "on": date(2025, 11, 1)}])
    for width in (520, 900):
        table.resize(width, 300)
        table.show()
        QApplication.processEvents()
        wide = [table.view.columnWidth(n) for n in range(3)]
        assert sum(wide) == table.view.viewport().width()
        assert wide[2] >= style.small_metrics().horizontalAdvance("Sat 1 Nov 2025")
