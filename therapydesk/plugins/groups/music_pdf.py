"""Songs on paper: lyric sheets, song books and set lists. One column; no page cuts a verse. Lengths in points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from therapydesk.api import Db, UserError, allowed, pdf, practice_sheet, tr
from therapydesk.plugins.groups.music_chords import parse_key
from therapydesk.plugins.groups.music_service import get_pieces, song_of
from therapydesk.plugins.groups.music_song import Line, Section, Song, clusters, in_key

GAP = 0.6  # between verses, in lines
MOST_SONGS = 500


@dataclass(frozen=True)
class Wish:
    """How songs are printed. `size`: normal, large (18 pt) or extra_large (24 pt)."""

    size: pdf.Size = "large"
    chords: bool = False
    contents: bool = True


@dataclass(frozen=True)
class Printed:
    """The PDF, its number of pages, on which page each song begins (from 1), and what is not as it should be."""

    data: bytes
    pages: int
    begins: tuple[int, ...]
    told: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One line of print: words, chords with where they stand from the left, and a page's number at the right."""

    words: str
    chords: tuple[tuple[float, str], ...]
    style: pdf.Style
    page: str = ""

    def height(self, chord: pdf.Style) -> float:
        return self.style.leading + (chord.leading if self.chords else 0)


Block = list[Row]  # what a page should not cut
Placed = list[tuple[float, Row]]  # the rows of one page, each with its top


@allowed("groups.read")
def print_songs(db: Db, title: str, wanted: Sequence[tuple[UUID, str]], wish: Wish = Wish()) -> Printed:
    """The words of these pieces, each in the key that is named ("" is its own), under a title that names no person."""
    if not wanted:
        raise UserError(tr("Choose at least one song to print."))
    if len(wanted) > MOST_SONGS:
        raise UserError(tr("A song book holds at most {n} songs.").format(n=MOST_SONGS))
    found = {view.id: view for view in get_pieces(db, [piece for piece, _ in wanted])}
    songs = []
    for piece_id, key in wanted:
        song = song_of(found[piece_id].details)
        songs.append(in_key(song, parse_key(key)) if key else song)
    return draw(practice_sheet(db, title, size=wish.size).setup, songs, wish)


def draw(setup: pdf.PageSetup, songs: Sequence[Song], wish: Wish) -> Printed:
    """Lay the songs out, each from the top of a page, then draw all pages."""
    canvas = pdf.open_canvas(setup)
    top, foot = setup.page[1] - pdf.MARGIN, canvas.body_foot
    chord = _chord_style(setup)
    told: list[str] = []
    laid: list[list[Placed]] = []
    for song in songs:
        pages, cut = _paged(_blocks(song, setup, wish), top, foot, chord)
        laid.append(pages)
        if cut:
            words = tr("A verse of “{title}” is longer than a page, so it goes on to the next.")
            told.append(words.format(title=song.about.get("title", "")))
    front: list[Placed] = []
    begins = _begins(laid, 0)
    if wish.contents:  # how many pages the contents take does not depend on the numbers in them
        before = len(_contents(setup, songs, begins, wish, top, foot))
        begins = _begins(laid, before)
        front = _contents(setup, songs, begins, wish, top, foot)
    every = [*front, *(page for pages in laid for page in pages)]
    for number, page in enumerate(every):
        if number:
            canvas.showPage()
        for at, row in page:
            _draw_row(canvas, row, at, chord)
    return Printed(pdf.finish(canvas), len(every), tuple(begins), tuple(told))


def _begins(laid: Sequence[Sequence[Placed]], before: int) -> list[int]:
    pages, found = before + 1, []
    for each in laid:
        found.append(pages)
        pages += len(each)
    return found


def _chord_style(setup: pdf.PageSetup) -> pdf.Style:
    body = setup.sizes.body
    return pdf.Style(body.size * 0.85, body.leading * 0.85, strong=True)


def _paged(
    blocks: Sequence[Block], top: float, foot: float, chord: pdf.Style, gap: float = GAP
) -> tuple[list[Placed], bool]:
    """The blocks over pages; whether one had to be cut."""
    pages: list[Placed] = [[]]
    at, cut = top, False
    for block in blocks:
        height = sum(row.height(chord) for row in block)
        if pages[-1]:
            at -= block[0].style.leading * gap
            if at - height < foot:
                pages.append([])
                at = top
        for row in block:
            if at - row.height(chord) < foot and pages[-1]:
                pages.append([])
                at, cut = top, True
            pages[-1].append((at, row))
            at -= row.height(chord)
    return pages, cut


def _blocks(song: Song, setup: pdf.PageSetup, wish: Wish) -> list[Block]:
    """The title with what is good to know, the sections, and whose it is."""
    sizes = setup.sizes
    head = _plain(song.about.get("title", ""), sizes.title, setup)
    if song.about.get("by"):
        head += _plain(song.about["by"], sizes.small, setup)
    if wish.chords and (known := _playing(song)):
        head += _plain(known, sizes.small, setup)
    blocks = [head]
    chorus: tuple[Line, ...] = ()
    for section in song.sections:
        whole = replace(section, lines=chorus) if section.again else section
        if section.kind == "chorus" and section.lines:
            chorus = section.lines
        rows = list(_section(whole, setup, wish))
        if rows:
            blocks.append(rows)
    if song.about.get("rights"):
        blocks.append(_plain(song.about["rights"], sizes.small, setup))
    if len(blocks) > 1:  # a title never stands alone at the foot of a page
        first = blocks.pop(1)
        space = Row("", (), pdf.Style(sizes.body.size, sizes.body.leading * GAP))
        blocks[0] = [*head, space, *first]
    return blocks


def _playing(song: Song) -> str:
    parts = []
    if song.about.get("key"):
        parts.append(tr("Key {key}").format(key=song.about["key"]))
    if song.about.get("capo"):
        parts.append(tr("capo {fret}").format(fret=song.about["capo"]))
    if song.about.get("tempo"):
        parts.append(tr("tempo {tempo}").format(tempo=song.about["tempo"]))
    return ", ".join(parts)


def _section(section: Section, setup: pdf.PageSetup, wish: Wish) -> Iterator[Row]:
    sizes = setup.sizes
    if section.kind in ("tab", "grid") and not wish.chords:
        return
    title = section.label or {"chorus": tr("Chorus"), "bridge": tr("Bridge")}.get(section.kind, "")
    if title:
        yield from _plain(title, sizes.small.bold(), setup)
    for line in section.lines:
        if line.kind == "comment":
            yield from _plain(line.words, sizes.small, setup)
        elif line.kind == "plain" or (line.kind == "words" and not (wish.chords and line.has_chords)):
            if line.words.strip() or not line.has_chords:
                yield from _plain(line.words.strip(), sizes.body, setup)
        elif line.kind == "words":
            yield from _with_chords(line, setup)


def _plain(text: str, style: pdf.Style, setup: pdf.PageSetup) -> Block:
    return [Row(words, (), style) for words in pdf.wrap(text, style, setup.width) or [""]]


def _with_chords(line: Line, setup: pdf.PageSetup) -> Iterator[Row]:
    """The line in rows that fit, broken between words only; a chord keeps its room over short words."""
    body, chord = setup.sizes.body, _chord_style(setup)
    space = pdf.text_width(" ", body)
    words, chords, at = "", list[tuple[float, str]](), 0.0
    for cluster in clusters(line):
        text = "".join(each for _, each in cluster)
        if at and at + pdf.text_width(text.rstrip(), body) > setup.width:
            yield Row(words.rstrip(), tuple(chords), body)
            words, chords, at = "", [], 0.0
        for name, each in cluster:
            if name:
                if chords:
                    free = chords[-1][0] + pdf.text_width(chords[-1][1], chord) + space
                    while at < free:
                        words += " "
                        at += space
                chords.append((at, name))
            words += each
            at = pdf.text_width(words, body)
    yield Row(words.rstrip(), tuple(chords), body)


def _contents(
    setup: pdf.PageSetup,
    songs: Sequence[Song],
    begins: Sequence[int],
    wish: Wish,
    top: float,
    foot: float,
) -> list[Placed]:
    sizes = setup.sizes
    room = setup.width - pdf.text_width("8888", sizes.body)
    blocks = [_plain(setup.title, sizes.title, setup)]
    for number, (song, page) in enumerate(zip(songs, begins, strict=True), start=1):
        known = song.about.get("key", "") if wish.chords else ""
        title = f"{number}. {song.about.get('title', '')}" + (f" ({known})" if known else "")
        rows = [Row(words, (), sizes.body) for words in pdf.wrap(title, sizes.body, room)]
        rows[-1] = replace(rows[-1], page=str(page))
        blocks.append(rows)
    return _paged(blocks, top, foot, pdf.Style(sizes.body.size, 0), GAP / 3)[0]


def _draw_row(canvas: Any, row: Row, top: float, chord: pdf.Style) -> None:
    for at, name in row.chords:
        pdf.draw_lines(canvas, [name], (pdf.MARGIN + at, top), chord)
    under = top - (chord.leading if row.chords else 0)
    pdf.draw_lines(canvas, [row.words], (pdf.MARGIN, under), row.style)
    if row.page:
        left = pdf.MARGIN + canvas.setup.width - pdf.text_width(row.page, row.style)
        pdf.draw_lines(canvas, [row.page], (left, under), row.style)
