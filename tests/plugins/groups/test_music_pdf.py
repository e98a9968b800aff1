"""Songs on paper: page numbers are right, no page cuts a verse, chords stand over their words."""

from __future__ import annotations

import re

import pypdfium2
import pytest

from tests.plugins.groups.conftest import Choir
from therapydesk.api import UserError, pdf
from therapydesk.plugins.groups import music_pdf, music_service
from therapydesk.plugins.groups.music_chordpro import read_chordpro
from therapydesk.plugins.groups.music_pdf import Wish
from therapydesk.plugins.groups.music_service import PieceDetails
from therapydesk.plugins.groups.music_song import Song


def verses(name: str, count: int, lines: int = 4) -> Song:
    text = "\n\n".join(
        "\n".join(f"[G]{name} verse {v} [D7]line {n}" for n in range(lines)) for v in range(count)
    )
    song = read_chordpro(text)
    return Song({"title": name, "by": "Trad.", "key": "G"}, song.sections)


def pages(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_range() for page in document]


def setup(size: pdf.Size = "large") -> pdf.PageSetup:
    return pdf.PageSetup("Songs of summer", "Taff Music", size=size)


@pytest.mark.parametrize("size", ["normal", "large", "extra_large"])
@pytest.mark.parametrize("chords", [False, True])
def test_no_page_cuts_a_verse_and_the_contents_say_the_right_pages(size: pdf.Size, chords: bool) -> None:
    songs = [verses(f"Song{n:02}", 1 + n % 7) for n in range(40)]
    made = music_pdf.draw(setup(size), songs, Wish(size, chords))
    texts = pages(made.data)
    assert made.told == ()
    assert len(texts) == made.pages
    for number, begins in enumerate(made.begins):
        assert f"Song{number:02} verse 0 line 0" in _words(texts[begins - 1])
        assert f"{number + 1}. Song{number:02}" in "".join(texts[: made.begins[0] - 1])
    front = "\n".join(texts[: made.begins[0] - 1])
    listed = [int(page) for page in re.findall(r"\. Song\d\d(?: \(G\))?\s+(\d+)", front)]
    assert listed == list(made.begins)
    for number, song in enumerate(songs):
        for v in range(len(song.sections)):
            where = {
                p
                for p, t in enumerate(texts)
                for n in range(4)
                if f"Song{number:02} verse {v} line {n}" in _words(t)
            }
            assert len(where) == 1


def _words(text: str) -> str:
    """The text of a page without its chords, lines joined."""
    return " ".join(w for w in text.replace("\r\n", " ").split() if w not in ("G", "D7"))


def test_a_verse_longer_than_a_page_is_told_and_whole() -> None:
    made = music_pdf.draw(setup(), [verses("Long", 1, 60)], Wish(contents=False))
    assert "“Long” is longer than a page" in made.told[0]
    text = _words(" ".join(pages(made.data)))
    assert all(f"line {n}" in text for n in range(60))


def test_a_chorus_that_is_repeated_is_printed_in_full_and_chords_only_when_wanted() -> None:
    song = read_chordpro(
        "{soc}\n[G]Sing it\n{eoc}\n\nOne verse\n\n{chorus}\n{sot}\ne|-3-|\n{eot}\n{x_own: no}"
    )
    plain = " ".join(pages(music_pdf.draw(setup(), [song], Wish(contents=False)).data))
    assert plain.count("Sing it") == 2
    assert "e|-3-|" not in plain
    assert "x_own" not in plain
    full = " ".join(pages(music_pdf.draw(setup(), [song], Wish(chords=True, contents=False)).data))
    assert full.count("G") == 2
    assert "e|-3-|" in full


def test_songs_are_printed_in_the_key_that_was_asked_for(choir: Choir) -> None:
    made = choir.do(
        music_service.save_piece,
        PieceDetails("River", key="C", own=True, text="[C]Down [E7/G#]by the [Am]water"),
    )
    with choir.vault.read() as db:
        found = music_pdf.print_songs(db, "Set list", [(made, "D")], Wish("normal", chords=True))
        with pytest.raises(UserError, match="at least one"):
            music_pdf.print_songs(db, "Set list", [])
    text = " ".join(pages(found.data))
    assert "F#7/A#" in text
    assert "Key D" in text
