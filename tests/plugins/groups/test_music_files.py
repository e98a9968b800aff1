"""Chords, ChordPro and OpenSong: what moves, what stays, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapydesk.api import UserError, tidy
from therapydesk.plugins.groups.music_chordpro import read_chordpro, write_chordpro
from therapydesk.plugins.groups.music_chords import (
    MAJOR,
    MINOR,
    Key,
    key_name,
    key_up,
    move_between,
    parse_chord,
    parse_key,
    parse_note,
    transpose,
)
from therapydesk.plugins.groups.music_opensong import read_opensong, write_opensong
from therapydesk.plugins.groups.music_song import Line, Part, Section, Song, in_key

keys = st.builds(Key, st.sampled_from(MAJOR).map(parse_note), st.just(False)) | st.builds(
    Key, st.sampled_from(MINOR).map(parse_note), st.just(True)
)
notes = st.builds("{}{}".format, st.sampled_from("ABCDEFG"), st.sampled_from(["", "#", "b"]))
qualities = st.sampled_from(["", "m", "7", "maj7", "m7b5", "sus4", "dim", "6/9", "add9", "+"])
chords = st.builds(
    lambda root, quality, bass: root + quality + (f"/{bass}" if bass else ""),
    notes,
    qualities,
    st.none() | notes,
)
word = st.text("abcdefg éŵ'’,.!", min_size=1, max_size=12).filter(lambda t: t.strip() == t and t)
said = word.map(tidy)  # what is known of a song is kept tidy
parts = st.builds(Part, chords | st.just(""), word)


def _tidy_parts(found: list[Part]) -> tuple[Part, ...]:
    """Only the first may be without a chord: two parts without one are the same as one."""
    return tuple(p for n, p in enumerate(found) if n == 0 or p.chord)


lines = st.lists(parts, min_size=1, max_size=4).map(lambda found: Line(_tidy_parts(found)))
sections = st.builds(
    Section,
    st.sampled_from(["verse", "chorus", "bridge"]),
    st.lists(lines, min_size=1, max_size=4).map(tuple),
)
songs = st.builds(
    Song,
    st.fixed_dictionaries({"title": said}, optional={"by": said, "key": keys.map(str), "rights": said}),
    st.lists(sections, max_size=4).map(tuple),
)


def pitches(text: str) -> list[int]:
    chord = parse_chord(text)
    assert chord is not None
    return [chord.root.pitch] + ([chord.bass.pitch] if chord.bass is not None else [])


@given(chords, keys, st.integers(-12, 12))
def test_every_note_of_a_chord_moves_by_the_same_semitones_and_the_rest_stays(
    text: str, key: Key, up: int
) -> None:
    moved = transpose(text, move_between(key, key_up(key, up)))
    assert pitches(moved) == [(p + up) % 12 for p in pitches(text)]
    before, after = parse_chord(text), parse_chord(moved)
    assert before is not None
    assert after is not None
    assert after.quality == before.quality


@given(chords, keys, keys)
def test_there_and_back_is_the_same_sound(text: str, one: Key, other: Key) -> None:
    back = transpose(transpose(text, move_between(one, other)), move_between(other, one))
    assert pitches(back) == pitches(text)


@pytest.mark.parametrize(
    ("text", "old", "new", "moved"),
    [
        ("C/E", "C", "D", "D/F#"),
        ("E/G#", "C", "D", "F#/A#"),
        ("Bb", "C", "D", "C"),
        ("F#m7", "D", "Eb", "Gm7"),
        ("Am", "Am", "Bm", "Bm"),
        ("E7", "Am", "Cm", "G7"),
        ("B♭maj7", "Bb", "B", "Bmaj7"),
        ("C", "C", "Am", "C"),
        ("N.C.", "C", "D", "N.C."),
    ],
)
def test_chords_are_spelled_as_musicians_do(text: str, old: str, new: str, moved: str) -> None:
    assert transpose(text, move_between(parse_key(old), parse_key(new))) == moved


def test_keys_have_one_spelling_and_what_is_none_is_refused() -> None:
    assert [key_name(t) for t in ("g", "B♭", "f# minor", "A min", "C major", "")] == [
        "G",
        "Bb",
        "F#m",
        "Am",
        "C",
        "",
    ]
    with pytest.raises(UserError, match="is not a key"):
        key_name("H")


@given(songs)
def test_a_song_written_as_chordpro_reads_back_the_same(song: Song) -> None:
    assert read_chordpro(write_chordpro(song)) == song


@given(songs)
def test_a_song_written_as_opensong_keeps_its_words_and_chords(song: Song) -> None:
    back = read_opensong(write_opensong(song))
    assert back.about == song.about
    assert back.chords() == song.chords()
    assert ["".join(line.words.split()) for line in back.lines()] == [
        "".join(line.words.split()) for line in song.lines()
    ]
    assert [s.kind for s in back.sections] == [s.kind for s in song.sections]


@given(songs, keys)
def test_another_key_changes_chords_only(song: Song, key: Key) -> None:
    moved = in_key(song, key)
    assert [line.words for line in moved.lines()] == [line.words for line in song.lines()]
    assert moved.about["key"] == str(key)


def test_a_file_of_others_is_understood_and_what_is_not_used_is_kept() -> None:
    song = read_chordpro(
        "{t:Calon Lân}\n{artist: Daniel James}\n{composer: John Hughes}\n{key: Bb}\n{x_mine: 1}\n# own note\n"
        "{soc}\n[Bb]Calon [Eb]lân yn\n\nllawn\n{eoc}\n\n[F7]Nid wy'n\n\n{chorus}\n{sot}\ne|--3--|\n{eot}\n"
    )
    assert song.about == {"title": "Calon Lân", "by": "Daniel James, John Hughes", "key": "Bb"}
    assert [(s.kind, s.again) for s in song.sections] == [
        ("verse", False),
        ("chorus", False),
        ("verse", False),
        ("chorus", True),
        ("tab", False),
    ]
    written = write_chordpro(song)
    assert "{x_mine: 1}" in written
    assert "# own note" in written
    assert "e|--3--|" in written
    assert read_chordpro(written) == song


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("one\n[G two", "Line 2: a \\[ is not closed"),
        ("{title: x", "Line 1: a { is not closed"),
        ("{new_song}", "more than one song"),
        ("a\x00b", "signs that no text has"),
        ("x" * 1001, "too long for a song"),
        ("a\n" * 4000, "too long for a song"),
    ],
)
def test_what_is_no_song_is_refused_with_a_sentence(text: str, why: str) -> None:
    with pytest.raises(UserError, match=why):
        read_chordpro(text)


def test_opensong_verses_by_number_share_their_chords() -> None:
    song = read_opensong(
        b"<song><title>T</title><key>G</key><lyrics>[V]\n.G      C\n1Amaz__ing grace\n2Twas   grace that\n"
        b"[C]\n.D\n Praise\n;softly\n---\n</lyrics></song>"
    )
    assert [s.kind for s in song.sections] == ["verse", "verse", "chorus"]
    assert [line.words for line in song.lines()] == ["Amazing grace", "Twas   grace that", "Praise", "softly"]
    assert song.chords() == ["G", "C", "G", "C", "D"]


@pytest.mark.parametrize(
    "data",
    [
        b"<song><title>",
        b"<html/>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><song><lyrics>&a;</lyrics></song>',
        b"\xff\xfe",
        b"",
    ],
)
def test_what_is_no_opensong_file_is_refused(data: bytes) -> None:
    with pytest.raises(UserError, match="OpenSong"):
        read_opensong(data)
