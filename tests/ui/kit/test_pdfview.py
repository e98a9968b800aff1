from __future__ import annotations

from io import BytesIO

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from reportlab.pdfgen.canvas import Canvas

from therapydesk.ui.kit import looks, style
from therapydesk.ui.kit.pdfview import PdfView


def _pdf(pages: int = 3) -> bytes:
    held = BytesIO()
    canvas = Canvas(held)
    for page in range(pages):
        canvas.drawString(100, 700, f"Page {page + 1}")
        canvas.showPage()
    canvas.save()
    return held.getvalue()


@pytest.fixture
def view(qtbot: QtBot) -> PdfView:
    made = PdfView(_pdf())
    qtbot.addWidget(made)
    made.resize(500, 600)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(lambda: not made.paper.pixmap().isNull())
    return made


def test_pages_are_told_in_words_and_stop_at_the_ends(view: PdfView) -> None:
    told: list[int] = []
    view.page_changed.connect(told.append)
    for page in (1, 2, 3, -1):
        view.go_to(page)
    assert told == [1, 2]
    assert view._where.text() == "Page 3 of 3"
    assert not view._after.isEnabled()


def test_the_whole_page_fits_until_one_zooms(view: PdfView) -> None:
    area = view._area.viewport().size()
    size = view.paper.pixmap().deviceIndependentSize()
    assert size.height() <= area.height()
    view.set_zoom(2.0)
    assert view.paper.pixmap().deviceIndependentSize().height() > 2 * size.height()


def test_paper_is_toned_in_dark(view: PdfView, qapp: QApplication, qtbot: QtBot) -> None:
    assert view.paper.pixmap().toImage().pixelColor(5, 5).name().upper() == "#FFFFFF"
    looks.apply_theme(qapp, style.Theme.DARK)
    qtbot.waitUntil(
        lambda: view.paper.pixmap().toImage().pixelColor(5, 5).name() == style.token("text").name()
    )
