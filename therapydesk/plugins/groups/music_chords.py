"""Chords and keys: reading them, moving them up and down, how they are then spelled. Pitches count semitones, C is 0."""

from __future__ import annotations

import re
from dataclasses import dataclass

from therapydesk.api import UserError, tr

LETTERS = "CDEFGAB"
NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ACCIDENTAL = {"": 0, "#": 1, "b": -1}
MAJOR = (
    "C",
    "Db",
    "D",
    "Eb",
    "E",
    "F",
    "F#",
    "G",
    "Ab",
    "A",
    "Bb",
    "B",
)  # by pitch, as song books write them
MINOR = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
SIMPLER = {"E#": "F", "B#": "C", "Cb": "B", "Fb": "E"}

_KEY = re.compile(r"([A-Ga-g])([#b♯♭]?)\s*(m|min|minor|maj|major)?")
_CHORD = re.compile(
    r"([A-G])([#b♯♭]?)((?:maj|min|dim|aug|sus|add|alt|omit|no|m|M|[#b♯♭+\-()°ø△Δ,]|\d|/\d)*)(?:/([A-G])([#b♯♭]?))?"
)


@dataclass(frozen=True)
class Note:
    """A letter and "", "#" or "b"."""

    letter: str
    accidental: str = ""

    @property
    def pitch(self) -> int:
        """0 to 11."""
        return (NATURAL[self.letter] + ACCIDENTAL[self.accidental]) % 12

    def __str__(self) -> str:
        return self.letter + self.accidental


@dataclass(frozen=True)
class Key:
    """A tonic, and whether it is minor."""

    tonic: Note
    minor: bool = False

    def __str__(self) -> str:
        return f"{self.tonic}m" if self.minor else str(self.tonic)


@dataclass(frozen=True)
class Chord:
    """A root, what stands after it as it is written ("m7", "sus4"), and the bass of a slash chord."""

    root: Note
    quality: str = ""
    bass: Note | None = None

    def __str__(self) -> str:
        bass = f"/{self.bass}" if self.bass is not None else ""
        return f"{self.root}{self.quality}{bass}"


@dataclass(frozen=True)
class Move:
    """How far everything goes: letters (0 to 6) and semitones (0 to 11) upwards, so that spelling keeps its sense."""

    letters: int
    semitones: int

    def note(self, note: Note) -> Note:
        """The note, moved; one that would need two accidentals, or E#, B#, Cb, Fb, gets its plain name."""
        letter = LETTERS[(LETTERS.index(note.letter) + self.letters) % 7]
        pitch = (note.pitch + self.semitones) % 12
        off = (pitch - NATURAL[letter] + 6) % 12 - 6
        if abs(off) > 1:
            return parse_note((MAJOR if self.semitones else MINOR)[pitch])
        spelled = letter + {0: "", 1: "#", -1: "b"}[off]
        return parse_note(SIMPLER.get(spelled, spelled) if off else spelled)


def parse_note(text: str) -> Note:
    """ "F#" or "B♭"; the text must be one."""
    return Note(text[0], _plain(text[1:]))


def _plain(accidental: str) -> str:
    return {"♯": "#", "♭": "b"}.get(accidental, accidental)


def parse_key(text: str) -> Key:
    """A key like "G", "F#m", "B♭ minor". Raises UserError."""
    found = _KEY.fullmatch(text.strip())
    if found is None:
        raise UserError(
            tr("“{key}” is not a key.").format(key=text.strip()[:20]), tr("Write it like G, Bb or F#m.")
        )
    tonic = Note(found[1].upper(), _plain(found[2]))
    return Key(tonic, (found[3] or "").startswith("mi") or found[3] == "m")


def key_name(text: str) -> str:
    """A key in the one spelling that is kept and searched for; "" stays "". Raises UserError."""
    return str(parse_key(text)) if text.strip() else ""


def parse_chord(text: str) -> Chord | None:
    """A chord, or None for what is none ("N.C.", a word)."""
    found = _CHORD.fullmatch(text.strip())
    if found is None:
        return None
    bass = Note(found[4], _plain(found[5])) if found[4] else None
    return Chord(Note(found[1], _plain(found[2])), found[3], bass)


def move_between(old: Key, new: Key) -> Move:
    """The way from one key to another. Of a major and a minor key the relative one is meant (C to Am moves nothing)."""
    start, end = old.tonic, new.tonic
    if old.minor and not new.minor:
        start = Move(2, 3).note(start)
    elif new.minor and not old.minor:
        end = Move(2, 3).note(end)
    letters = (LETTERS.index(end.letter) - LETTERS.index(start.letter)) % 7
    return Move(letters, (end.pitch - start.pitch) % 12)


def key_up(key: Key, semitones: int) -> Key:
    """The key so many semitones above (or, negative, below) another, as song books spell it; 0 leaves it as it is."""
    if semitones % 12 == 0:
        return key
    names = MINOR if key.minor else MAJOR
    return Key(parse_note(names[(key.tonic.pitch + semitones) % 12]), key.minor)


def transpose(text: str, move: Move) -> str:
    """One chord, moved; what is no chord stays as it is."""
    chord = parse_chord(text)
    if chord is None or (move.letters, move.semitones) == (0, 0):
        return text
    bass = move.note(chord.bass) if chord.bass is not None else None
    return str(Chord(move.note(chord.root), chord.quality, bass))
