"""Markdown of the manual in the program's own type."""

from __future__ import annotations

from PySide6.QtGui import QTextTable
from PySide6.QtWidgets import QTextBrowser
from pytestqt.qtbot import QtBot

from therapydesk.ui.kit import style
from therapydesk.ui.kit.reading import show_markdown

PAGE = "# Diary\n\nWords and `tue 2pm Carys 45 in the music room`.\n\n## Book\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n"


def test_two_weights_our_sizes_and_no_other_face(qtbot: QtBot) -> None:
    area = QTextBrowser()
    qtbot.addWidget(area)
    area.resize(240, 400)
    area.show()
    show_markdown(area, PAGE)
    seen = set()
    block = area.document().begin()
    while block.isValid():
        place = block.begin()
        while not place.atEnd():
            font = place.fragment().charFormat().font()
            seen.add((font.family(), font.pointSizeF(), int(font.weight())))
            place += 1
        block = block.next()
    fonts = (style.body_font(), style.semibold(), style.section_font(), style.title_font())
    assert seen <= {(f.family(), f.pointSizeF(), int(f.weight())) for f in fonts}
    assert len(seen) > 2
    assert area.horizontalScrollBar().maximum() == 0
    (table,) = [f for f in area.document().rootFrame().childFrames() if isinstance(f, QTextTable)]
    assert table.format().border() == 0
