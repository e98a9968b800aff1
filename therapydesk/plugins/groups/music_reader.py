"""Reads one song file. This runs in the limited worker: the bytes come from anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from therapydesk.api import Parsed, UserError, tr
from therapydesk.plugins.groups.music_chordpro import is_chord_line, read_chordpro, write_body
from therapydesk.plugins.groups.music_opensong import read_opensong
from therapydesk.plugins.groups.music_song import FIELDS, LONGEST_TEXT, Song

HEADINGS = (*FIELDS, "text")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read(path: Path, reader: str | None = None, cancelled: Callable[[], bool] | None = None) -> Parsed:
    """One row: what is known of the song by HEADINGS, its text as ChordPro. Raises UserError."""
    song = read_bytes(path.read_bytes())
    cells = [song.about.get(name, "") for name in FIELDS]
    return Parsed.from_plain(
        {
            "format": "csv",
            "tables": [["", list(HEADINGS), 0, [[1, [*cells, write_body(song)]]]]],
            "records": [],
            "problems": [[None, "", sentence] for sentence in song.skipped],
        }
    )


def read_bytes(data: bytes) -> Song:
    """OpenSong when it is XML, else ChordPro; UTF-8, or the old letters of Windows. Raises UserError."""
    if len(data) > 4 * LONGEST_TEXT:
        raise UserError(tr("This is too long for a song."), tr("Save each song as a file of its own."))
    start = data.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1]
    if start == b"<":
        return _with_content(read_opensong(data.lstrip()))
    text, sure = _decoded(data)
    if any(is_chord_line(line) for line in text.splitlines()) and "[" not in text:
        raise UserError(
            tr("The chords stand over the words, not in brackets."),
            tr("Save it as ChordPro in the program it came from."),
        )
    song = _with_content(read_chordpro(text))
    if not sure:
        words = tr(
            "The file does not say in which letters it is written: look whether é, ŵ and the like are right."
        )
        song = replace(song, skipped=(*song.skipped, words))
    return song


def _with_content(song: Song) -> Song:
    if not song.sections and not song.about:
        raise UserError(tr("There is no song in this file."))
    return song


def _decoded(data: bytes) -> tuple[str, bool]:
    """The text, and whether its letters are sure."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(name), True
            except UnicodeDecodeError:
                raise UserError(tr("This file is damaged: it cannot be read as text.")) from None
    try:
        return data.decode("utf-8"), True
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), False
