"""Files that leave the program, and paper."""

from __future__ import annotations

import json
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from therapydesk.api import pdf
from therapydesk.core.audit import AuditEntry
from therapydesk.core.vault.vault import Vault
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.files import choose_folder, save_file, write_file
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.pdfview import PdfView
from therapydesk.ui.kit.printing import PrintWindow, print_pages


@pytest.fixture
def page(desk: Desk, vault: Vault, qtbot: QtBot) -> BasePage:
    made = BasePage(replace(desk, vault=vault), "Songs")
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    return made


def _sheet(size: pdf.Size = "normal", *, landscape: bool = False) -> bytes:
    sheet = pdf.Sheet(pdf.Letterhead("Harbour Music Therapy"), "Songs", size=size, landscape=landscape)
    return sheet.build([sheet.text("Calon Lân\n" * 40)])


def test_a_file_is_saved_where_one_says_and_nobody_else_reads_it(page: BasePage, tmp_path: Path) -> None:
    dialog = save_file(page, "Save as CSV", "songs.csv", b"Name\r\n")
    assert dialog.defaultSuffix() == "csv"
    path = tmp_path / "songs.csv"
    dialog.fileSelected.emit(str(path))
    dialog.close()
    assert path.read_bytes() == b"Name\r\n"
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert page.messages.text() == "Saved songs.csv."
    assert told(page) == [("export", {"what": "file", "count": 1})]


def told(page: BasePage) -> list[tuple[str, dict[str, object]]]:
    """What the activity log says that has left."""
    with page.desk.vault.read() as db:
        query = select(AuditEntry.action, AuditEntry.detail).where(AuditEntry.action.in_(("export", "print")))
        return [(action, json.loads(detail)) for action, detail in db.execute(query)]


def test_what_the_log_cannot_take_does_not_leave(page: BasePage, tmp_path: Path) -> None:
    page.desk.vault.unlocked.units.held = frozenset()  # no zone may be written
    write_file(page, tmp_path / "songs.csv", b"Name")
    assert not (tmp_path / "songs.csv").exists()
    assert page.messages.rank == "warn"


def test_what_was_told_already_is_not_told_twice(page: BasePage, tmp_path: Path) -> None:
    write_file(page, tmp_path / "songs.csv", b"Name", told=None)
    assert (tmp_path / "songs.csv").exists()
    assert told(page) == []


def test_a_file_that_cannot_be_written_is_said(page: BasePage, tmp_path: Path) -> None:
    write_file(page, tmp_path / "nowhere" / "songs.csv", b"")
    assert page.messages.rank == "danger"
    assert "Choose another folder." in page.messages.text()


def test_one_looks_before_one_prints_and_large_letters_take_more_pages(page: BasePage) -> None:
    window = PrintWindow(page, "Songs", _sheet)
    window.open()
    view = window.findChild(PdfView)
    assert view is not None
    few = view.page_count()
    window.sizes.buttons()[1].click()
    assert view.page_count() > few
    window.save()
    assert not window.isVisible()


def test_enter_prints_from_the_sizes_and_names_are_left_out_only_where_that_is_offered(
    page: BasePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(PrintWindow, "print", lambda window: asked.append(window.windowTitle()))
    plain = PrintWindow(page, "Songs", _sheet)
    plain.open()
    assert not plain.names.isVisible()
    plain.reject()
    nameless = _sheet(landscape=True)
    window = PrintWindow(page, "Songs", _sheet, lambda _size: nameless)
    window.open()
    assert window.data != nameless
    window.names.click()
    assert window.data == nameless
    segment = window.sizes.buttons()[0]
    segment.setFocus()
    qtbot.keyClick(segment, Qt.Key.Key_Return)
    assert asked == ["Songs"]


@pytest.mark.parametrize("landscape", [False, True])
def test_pages_go_to_the_printer_upright_or_across(tmp_path: Path, qapp: object, landscape: bool) -> None:
    import pypdfium2

    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    print_pages(_sheet("large", landscape=landscape), printer)
    document = pypdfium2.PdfDocument(tmp_path / "out.pdf")
    width, height = document[0].get_size()
    assert (width > height) is landscape
    assert len(document) >= 2
    ink = document[1].render(scale=0.5).to_pil().convert("L")
    assert ink.getextrema()[0] < 128
    document.close()


def test_a_folder_that_is_typed_is_the_one_that_is_taken(
    page: BasePage, qtbot: QtBot, tmp_path: Path
) -> None:
    chosen: list[Path] = []
    target = tmp_path / "where backups go"
    target.mkdir()
    dialog = choose_folder(page, "Where should backups go?", chosen.append)
    line = dialog.findChildren(QLineEdit)[0]
    line.setText(str(target))
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: chosen == [target])


def test_a_question_for_a_file_begins_where_documents_are(page: BasePage, qtbot: QtBot) -> None:
    dialog = choose_folder(page, "Where should backups go?", lambda _folder: None)
    assert Path(dialog.directory().absolutePath()) != Path.cwd()
    dialog.reject()
