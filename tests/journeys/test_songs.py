"""A song, a set list and a song book, by keys and by mouse."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtWidgets import QCheckBox, QPushButton

from tests.journeys.conftest import Place
from tests.journeys.hands import Ctrl, Key, wait_for
from therapydesk.demo.making import THERAPIST
from therapydesk.plugins.groups import music_service, music_sets

pytestmark = [
    pytest.mark.timeout(120),  # the first to ask waits until the demo practice is made
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # dialogs without a screen
]


@pytest.fixture
def at(sit_down: Callable[[str], Place]) -> Place:
    """On Today, with the songs of the demo practice."""
    return sit_down(THERAPIST)


def _pages(file: Path) -> list[str]:
    with pypdfium2.PdfDocument(file.read_bytes()) as document:
        return [page.get_textpage().get_text_range() for page in document]


def _count(place: Place) -> int:
    with place.vault.read() as db:
        return len(music_service.list_pieces(db))


def _check(place: Place, file: Path, title: str) -> None:
    """The contents name each song with the page that it begins on; kept as a set list, too."""
    wait_for("the file", file.exists, 10)
    pages = _pages(file)
    assert title in pages[0]
    with place.vault.read() as db:
        songs = [view.title for view in music_service.list_pieces(db)]
        (kept,) = [each for each in music_sets.list_sets(db) if each.title == title]
    assert [name for _piece, name, _key in kept.items] == songs
    begins = re.findall(r"^\d+\. (.+?)(?: \([A-G][#b]?m?\))? (\d+)\r?$", pages[0], re.MULTILINE)
    assert [name for name, _page in begins] == songs
    for name, page in begins:
        assert pages[int(page) - 1].startswith(name)


def test_a_song_and_a_song_book_by_keys(at: Place, tmp_path: Path) -> None:
    before = _count(at)
    at.hands.find("Songs")
    at.page("songs")
    at.hands.press(Key.Key_N, Ctrl)
    at.hands.write("Sunshine\t\tD\t[D]You are my sunshine")
    at.hands.press(Key.Key_Tab)
    at.hands.press(Key.Key_Space)
    at.hands.press(Key.Key_Return, Ctrl)
    wait_for("the song", lambda: _count(at) == before + 1, 10)
    at.back()
    at.hands.press(Key.Key_P, Ctrl)
    at.hands.write("Summer\t\t14\t")
    at.hands.press(Key.Key_Space)
    at.hands.press(Key.Key_Return, Ctrl)
    at.hands.click_on(QPushButton, "Save as PDF")
    at.hands.name_file(tmp_path / "book.pdf")
    _check(at, tmp_path / "book.pdf", "Summer")
    with at.vault.read() as db:
        assert {view.copies for view in music_service.list_pieces(db)} == {14}


def test_a_song_book_by_mouse(at: Place, tmp_path: Path) -> None:
    at.go_by_mouse("groups.songs")
    at.page("songs")
    at.hands.click_on(QPushButton, "Print songs")
    at.hands.click_on(QCheckBox, "Chords over the words")
    at.hands.click_on(QCheckBox, "Keep it as a set list")
    at.hands.click_on(QPushButton, "Show the pages")
    at.hands.click_on(QPushButton, "Save as PDF")
    at.hands.name_file(tmp_path / "book.pdf")
    _check(at, tmp_path / "book.pdf", "Song book")
