"""OpenSong files: XML with the words in one field, chords in lines of their own that begin with a dot (opensong.org)."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from therapydesk.api import UserError, tidy, tr
from therapydesk.plugins.groups.music_chordpro import check_text
from therapydesk.plugins.groups.music_chords import key_name
from therapydesk.plugins.groups.music_song import Line, Part, Section, Song

TAGS = {"title": "title", "author": "by", "key": "key", "tempo": "tempo", "capo": "capo", "time_sig": "time"}
TAGS |= {"copyright": "rights", "user1": "licence"}
KINDS = {"V": "verse", "C": "chorus", "B": "bridge"}
LETTER = {kind: letter for letter, kind in KINDS.items()}
_HEAD = re.compile(r"\[(.{0,60})\]")
_CHORD = re.compile(r"\S+")


def read_opensong(data: bytes) -> Song:
    """The song. Raises UserError for what is not such a file."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise UserError(
            tr("This is not an OpenSong file, or it is damaged."),
            tr("Save it again in the program it came from."),
        ) from None
    if root.tag != "song" or root.find("lyrics") is None:
        raise UserError(tr("This is not an OpenSong file: it has no words."))
    about, skipped = {}, []
    for tag, name in TAGS.items():
        value = tidy(root.findtext(tag) or "")
        if name == "key" and value:
            try:
                value = key_name(value)
            except UserError as error:
                skipped.append(error.message)
                value = ""
        if value:
            about[name] = value
    lyrics = root.findtext("lyrics") or ""
    check_text(lyrics)
    return Song(about, tuple(_sections(lyrics.splitlines())), tuple(skipped))


def _sections(lines: list[str]) -> list[Section]:
    found: list[Section] = []
    head, block = "", list[str]()
    for line in [*lines, "[]"]:
        begun = _HEAD.fullmatch(line.strip())
        if begun is None:
            block.append(line)
            continue
        found += _section(head, block)
        head, block = begun[1].strip(), []
    return found


def _section(head: str, block: list[str]) -> list[Section]:
    """One section, or a verse for each number that its lines begin with; they share their chords."""
    kind = KINDS.get(head[:1].upper(), "other" if head else "verse")
    plain = bool(re.fullmatch(r"[VCB]?\d*", head, re.IGNORECASE))
    label = "" if plain else head
    numbers = sorted({line[0] for line in block if line[:1].isdigit()})
    sections = []
    for number in numbers or [" "]:
        lines = _lines(block, number)
        while lines and not lines[-1].parts:
            lines.pop()
        if lines:
            sections.append(Section(kind, tuple(lines), label))
    return sections


def _lines(block: list[str], number: str) -> list[Line]:
    found: list[Line] = []
    chords = ""
    for line in block:
        first, rest = line[:1], line[1:].rstrip()
        if first == ".":
            if chords:
                found.append(_over(chords, ""))
            chords = rest
        elif first == ";":
            found.append(Line((Part("", rest.strip()),), "comment"))
        elif first == "-" or (first.isdigit() and first != number):
            continue
        elif line.strip():
            words = rest if first in (" ", number) else line.rstrip()
            found.append(_over(chords, words.replace("|", " ")))
            chords = ""
    if chords:
        found.append(_over(chords, ""))
    return found


def _over(chords: str, words: str) -> Line:
    """Chords by their columns over the words; "_" only stretches a word."""
    places = [(m.start(), m[0]) for m in _CHORD.finditer(chords)]
    parts = []
    if not places or places[0][0] > 0:
        parts.append(Part("", words[: places[0][0]] if places else words))
    for n, (start, chord) in enumerate(places):
        end = places[n + 1][0] if n + 1 < len(places) else max(len(words), start)
        parts.append(Part(chord, words[start:end]))
    clean = (Part(p.chord, re.sub(r"_+", "", p.words)) for p in parts)
    return Line(tuple(p for p in clean if p.chord or p.words))


def write_opensong(song: Song) -> bytes:
    """The file, UTF-8. A chorus that is repeated is written as a comment: OpenSong has no word for it."""
    root = Element("song")
    for tag, name in TAGS.items():
        SubElement(root, tag).text = song.about.get(name, "")
    rows: list[str] = []
    count: dict[str, int] = {}
    for section in song.sections:
        count[section.kind] = count.get(section.kind, 0) + 1
        letter = LETTER.get(section.kind, "")
        rows.append(f"[{section.label or (letter + str(count[section.kind]) if letter else section.kind)}]")
        if section.again:
            rows.append(f";{tr('Chorus')}")
        for line in section.lines:
            rows += _written(line)
        rows.append("")
    SubElement(root, "lyrics").text = "\n".join(rows)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _written(line: Line) -> list[str]:
    if line.kind == "kept":
        return []
    if line.kind != "words":
        return [f";{line.words}"]
    if not line.has_chords:
        return [f" {line.words}"]
    chords = words = ""
    for part in line.parts:
        room = max(len(part.words), len(part.chord) + 1) if part.chord else len(part.words)
        chords += part.chord.ljust(room)
        filler = "_" if part.words and not part.words.endswith(" ") else " "
        words += part.words + filler * (room - len(part.words))
    return [f".{chords.rstrip()}", f" {words.rstrip(' _')}"]
