"""A song as all its files tell it: what is known of it, and sections of lines with chords over the words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from therapydesk.plugins.groups.music_chords import Key, Move, move_between, parse_chord, parse_key, transpose

LONGEST_TEXT, MOST_LINES, LONGEST_LINE = (
    200_000,
    3000,
    1000,
)  # letters, lines, letters in a line: more is no song
SECTIONS = ("verse", "chorus", "bridge", "tab", "grid", "other")
FIELDS = ("title", "by", "key", "tempo", "capo", "time", "rights", "licence")


@dataclass(frozen=True)
class Part:
    """Words, and the chord that begins with them ("" when none does)."""

    chord: str
    words: str


@dataclass(frozen=True)
class Line:
    """A line. `kind`: words; comment (printed small); plain (tablature, taken as it is); kept (a directive of a file that is
    not used here: written back, never printed). All but words have their text in one part.
    """

    parts: tuple[Part, ...]
    kind: str = "words"

    @property
    def words(self) -> str:
        """What is sung."""
        return "".join(part.words for part in self.parts)

    @property
    def has_chords(self) -> bool:
        return any(part.chord for part in self.parts)


@dataclass(frozen=True)
class Section:
    """A verse, a chorus …, which no page cuts. `label` is what the file calls it; "again" is a chorus that is repeated."""

    kind: str
    lines: tuple[Line, ...]
    label: str = ""
    again: bool = False


@dataclass(frozen=True)
class Song:
    """`about`: values by FIELDS, as they stand in the file; `skipped`: sentences on what could not be used."""

    about: dict[str, str] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    skipped: tuple[str, ...] = ()

    def lines(self) -> Iterator[Line]:
        """All lines, in order."""
        for section in self.sections:
            yield from section.lines

    def chords(self) -> list[str]:
        """All that are chords, in order."""
        return [p.chord for line in self.lines() for p in line.parts if parse_chord(p.chord) is not None]

    def key(self) -> Key | None:
        """The key it says, else the one of its first chord; None without either."""
        if self.about.get("key"):
            return parse_key(self.about["key"])
        for text in self.chords():
            chord = parse_chord(text)
            if chord is not None:
                minor = chord.quality.startswith("m") and not chord.quality.startswith("maj")
                return Key(chord.root, minor)
        return None


def clusters(line: Line) -> Iterator[list[tuple[str, str]]]:
    """Pieces of a line that stay in one row: from one space to the next, each chord with the words that begin with it."""
    cluster: list[tuple[str, str]] = []
    for part in line.parts:
        atoms = [word + " " for word in part.words.split(" ")]
        atoms[-1] = atoms[-1][:-1]
        for n, atom in enumerate(atoms):
            if atom or n == 0:
                cluster.append((part.chord if n == 0 else "", atom))
            if atom.endswith(" "):
                yield cluster
                cluster = []
    if cluster:
        yield cluster


def in_key(song: Song, wanted: Key) -> Song:
    """The song with all chords moved to another key. Without a chord or a key only the key changes."""
    now = song.key()
    moved = song if now is None else _moved(song, move_between(now, wanted))
    return replace(moved, about={**song.about, "key": str(wanted)})


def _moved(song: Song, move: Move) -> Song:
    def line(each: Line) -> Line:
        return replace(each, parts=tuple(Part(transpose(p.chord, move), p.words) for p in each.parts))

    sections = tuple(replace(s, lines=tuple(line(each) for each in s.lines)) for s in song.sections)
    return replace(song, sections=sections)
