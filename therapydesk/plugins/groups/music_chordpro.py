"""ChordPro files: reading and writing (chordpro.org, the directives of version 6 that tell of words and chords).

What is not used here is kept and written back; what cannot be read is told by its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from therapydesk.api import UserError, tidy, tr
from therapydesk.plugins.groups.music_chords import key_name, parse_chord
from therapydesk.plugins.groups.music_song import (
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_LINES,
    Line,
    Part,
    Section,
    Song,
)

NAMES = dict.fromkeys(("artist", "composer", "lyricist", "subtitle", "st"), "by")
NAMES |= {name: name for name in ("title", "key", "tempo", "capo", "time")}
NAMES |= {"t": "title", "copyright": "rights", "x_licence": "licence"}
WRITTEN = {name: name for name in ("title", "key", "tempo", "capo", "time")}
WRITTEN |= {"by": "artist", "rights": "copyright", "licence": "x_licence"}
SHORT = {"v": "verse", "c": "chorus", "b": "bridge", "t": "tab", "g": "grid"}
COMMENTS = ("comment", "c", "comment_italic", "ci", "comment_box", "cb", "highlight")
_NAME = re.compile(r"[A-Za-z_][\w-]*")


@dataclass
class _Reader:
    about: dict[str, str] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    kind: str = ""  # of the section that was opened; "" between sections
    label: str = ""
    skipped: list[str] = field(default_factory=list)

    def close(self) -> None:
        """What was gathered becomes a section."""
        if self.lines:
            self.sections.append(Section(self.kind or "verse", tuple(self.lines), self.label))
        self.lines, self.kind, self.label = [], "", ""


def read_chordpro(text: str) -> Song:
    """The song. Raises UserError naming the line for a bracket that is not closed, and for a text no song has."""
    check_text(text)
    reader = _Reader()
    for number, line in enumerate(text.splitlines(), start=1):
        _take(reader, line.rstrip(), number)
    if reader.kind:
        reader.skipped.append(tr("A part that was begun is not ended; it ends with the song."))
    reader.close()
    return Song(reader.about, tuple(reader.sections), tuple(reader.skipped))


def check_text(text: str) -> None:
    """Refuse what cannot be the text of a song. Raises UserError."""
    lines = text.splitlines()
    if len(text) > LONGEST_TEXT or len(lines) > MOST_LINES:
        raise UserError(tr("This is too long for a song."), tr("Save each song as a file of its own."))
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            raise UserError(tr("Line {n} is too long for a song.").format(n=number))
        if any(ord(letter) < 32 and letter != "\t" for letter in line):
            raise UserError(tr("Line {n} holds signs that no text has.").format(n=number))


def _take(reader: _Reader, line: str, number: int) -> None:
    if line.startswith("#"):
        reader.lines.append(Line((Part("", line),), "kept"))
    elif line.lstrip().startswith("{"):
        found = _directive(line.strip())
        if found is None:
            raise _stray(number)
        _direct(reader, *found, line.strip())
    elif reader.kind in ("tab", "grid"):
        reader.lines.append(Line((Part("", line),), "plain"))
    elif line.strip():
        parts = _parts(line, number)
        if parts and not parts[0].chord and parts[0].words.lstrip().startswith("{"):
            raise _stray(number)  # behind an empty chord; written again, it would stand alone
        reader.lines.append(Line(parts))
    elif not reader.kind:
        reader.close()
    elif reader.lines:
        reader.lines.append(Line((Part("", ""),)))


def _stray(number: int) -> UserError:
    return UserError(tr("Line {n}: a { is not closed, or stands alone.").replace("{n}", str(number)))


def _directive(line: str) -> tuple[str, str] | None:
    """Name and value of `{name}`, `{name: value}` or `{name value}`; None for what is none of these."""
    inside = line[1:-1].strip() if line.endswith("}") else ""
    name = _NAME.match(inside)
    if name is None:
        return None
    rest = inside[name.end() :]
    if rest and rest[0] != ":" and not rest[0].isspace():
        return None
    return name[0].casefold(), rest.lstrip().removeprefix(":").strip()


def _direct(reader: _Reader, name: str, value: str, whole: str) -> None:
    if name == "meta" and " " in value:
        name, value = value.split(None, 1)
    if name in NAMES and value:
        _tell(reader, NAMES[name], value, whole)
    elif name in COMMENTS:
        reader.lines.append(Line((Part("", value),), "comment"))
    elif (kind := _begun(name, "start_of_", "so")) is not None:
        reader.close()
        reader.kind, reader.label = kind, value.removeprefix("label=").strip('"')
    elif _begun(name, "end_of_", "eo") is not None:
        if not reader.kind:
            reader.skipped.append(tr("A part is ended that was not begun."))
        reader.close()
    elif name == "chorus":
        reader.close()
        reader.sections.append(Section("chorus", (), value, again=True))
    elif name in ("new_song", "ns"):
        raise UserError(
            tr("There is more than one song in this file."), tr("Save each song as a file of its own.")
        )
    else:
        reader.lines.append(Line((Part("", whole),), "kept"))


def _tell(reader: _Reader, name: str, value: str, whole: str) -> None:
    if name == "key":
        try:
            value = key_name(value)
        except UserError as error:
            reader.skipped.append(error.message)
            reader.lines.append(Line((Part("", whole),), "kept"))
            return
    said = reader.about.get(name)
    if said is None or name != "by":
        reader.about[name] = tidy(value)
    elif tidy(value) not in said.split(", "):
        reader.about[name] = f"{said}, {tidy(value)}"


def _begun(name: str, long: str, short: str) -> str | None:
    if name.startswith(long):
        kind = name.removeprefix(long)
        return kind if kind in SHORT.values() else "other"
    return SHORT.get(name[2:]) if name.startswith(short) and len(name) == 3 else None


def _parts(line: str, number: int) -> tuple[Part, ...]:
    parts: list[Part] = []
    chord, at = "", 0
    while (opened := line.find("[", at)) >= 0:
        closed = line.find("]", opened)
        if closed < 0 or "[" in line[opened + 1 : closed]:
            raise UserError(tr("Line {n}: a [ is not closed.").format(n=number))
        if opened > at or chord:
            parts.append(Part(chord, line[at:opened]))
        chord, at = line[opened + 1 : closed].strip(), closed + 1
    if at < len(line) or chord:
        parts.append(Part(chord, line[at:]))
    return tuple(parts)


def write_chordpro(song: Song) -> str:
    """The file: what is known of the song, then its sections. Reading it gives the same song."""
    head = [
        f"{{{WRITTEN[name]}: {value}}}" for name, value in song.about.items() if value and name in WRITTEN
    ]
    body = write_body(song)
    return "\n".join([*head, *([""] if head and body else []), *([body] if body else [])]) + "\n"


def write_body(song: Song) -> str:
    """The sections alone, as they are kept and typed."""
    return "\n\n".join(_section(section) for section in song.sections)


def _section(section: Section) -> str:
    label = f": {section.label}" if section.label else ""
    if section.again:
        return f"{{chorus{label}}}"
    lines = [_line(line) for line in section.lines]
    if section.kind == "verse" and not section.label and all(lines):
        return "\n".join(lines)
    return "\n".join([f"{{start_of_{section.kind}{label}}}", *lines, f"{{end_of_{section.kind}}}"])


def _line(line: Line) -> str:
    if line.kind == "comment":
        return f"{{comment: {line.words}}}" if line.words else "{comment}"
    if line.kind != "words":
        return line.words
    return "".join(f"[{part.chord}]{part.words}" if part.chord else part.words for part in line.parts)


def is_chord_line(text: str) -> bool:
    """Whether a line is chords over the words of the next one, as people type them."""
    words = text.split()
    return bool(words) and all(parse_chord(word) is not None or word in ("|", "%", "N.C.") for word in words)
