"""The parts of a page, drawn straight onto a reportlab canvas. `pdf` is the door to it."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from therapydesk.core.pdf_measures import (
    FOOT,
    MARGIN,
    MM,
    REGULAR,
    STRONG,
    Column,
    Letterhead,
    PageSetup,
    Style,
    TextSizes,
)
from therapydesk.core.words import language, tr

log = logging.getLogger("therapydesk")
FONTS = Path(__file__).with_name("resources") / "fonts"
MISSING = "\N{WHITE SQUARE}"
MARK = 13 * MM
_LETTERHEAD_NAME = Style(14, 17, True)
_MARK_DOTS = 192  # 13 mm at 375 dots an inch
_ALTERING = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)

# --- Letters and lines ---


@cache
def register_fonts() -> None:
    """See `pdf.register_fonts`. There is no italic, so its places hold the upright."""
    rl_config.useA85 = 0  # text armour that no reader needs; without it a print is made in half the time
    for name, file in ((REGULAR, "SourceSans3-Regular.ttf"), (STRONG, "SourceSans3-SemiBold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / file), asciiReadable=0))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=STRONG, italic=REGULAR, boldItalic=STRONG)


@cache
def _letters() -> frozenset[str]:
    register_fonts()
    known: set[int] = set.intersection(
        *(set(pdfmetrics.getFont(f).face.charToGlyph) for f in (REGULAR, STRONG))
    )
    return frozenset(chr(code) for code in known if code >= 32 and not 0x7F <= code < 0xA0)


@cache
def _widths(font: str) -> tuple[dict[int, float], float]:
    register_fonts()
    face = pdfmetrics.getFont(font).face
    return face.charWidths, face.defaultWidth


def printable(text: str) -> str:
    """See `pdf.printable`."""
    letters = _letters()
    if letters.issuperset(text) and max(text, default="") < "\u0300":
        return text
    text = _ALTERING.sub("", unicodedata.normalize("NFC", text))
    return "".join(c if c in letters else _stand_in(c) for c in text)


def _stand_in(letter: str) -> str:
    if letter in "\t\n\r\v\f\u2028\u2029\x85" or unicodedata.category(letter) == "Zs":
        return " "
    if unicodedata.category(letter) in ("Mn", "Me", "Cc"):
        return ""
    alike = unicodedata.normalize("NFKC", letter)
    return alike if alike != letter and _letters().issuperset(alike) else MISSING


def text_width(text: str, style: Style) -> float:
    """See `pdf.text_width`; the text is printable."""
    widths, default = _widths(style.font)
    return sum(widths.get(ord(c), default) for c in text) * style.size / 1000


def wrap(text: str, style: Style, width: float) -> list[str]:
    """See `pdf.wrap`."""
    lines: list[str] = []
    for part in text.splitlines() or [""]:
        lines.extend(_wrap_line(printable(part), style, width))
    return lines


def _wrap_line(text: str, style: Style, width: float) -> Iterator[str]:
    if text_width(text, style) <= width:
        yield text.strip()
        return
    line, used = "", 0.0
    space = text_width(" ", style)
    pieces = [piece for word in text.split(" ") if word for piece in _break_word(word, style, width)]
    for word in pieces:
        wide = text_width(word, style)
        if line and used + space + wide > width:
            yield line
            line, used = word, wide
        else:
            line, used = (f"{line} {word}", used + space + wide) if line else (word, wide)
    yield line


def _break_word(word: str, style: Style, width: float) -> Iterator[str]:
    while len(word) > 1 and text_width(word, style) > width:
        fits = 1
        while text_width(word[: fits + 1], style) <= width:
            fits += 1
        yield word[:fits]
        word = word[fits:]
    yield word


# --- The canvas ---


class NumberedCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas that keeps its pages until their number is known, then draws the footers."""

    def __init__(self, setup: PageSetup, *_: Any, **__: Any) -> None:
        register_fonts()
        self.setup = setup
        self._out = BytesIO()
        self._kept: list[dict[str, Any]] = []
        small = setup.sizes.small
        super().__init__(
            self._out,
            pagesize=setup.page,
            pageCompression=1,
            initialFontName=REGULAR,
            initialFontSize=small.size,
            initialLeading=small.leading,
            lang="cy" if language() == "cy" else "en-GB",
        )
        self.setTitle(setup.title)
        self.setAuthor("")
        self.setSubject("")
        self.setCreator("TherapyDesk")
        self.setViewerPreference("DisplayDocTitle", "true")

    @property
    def body_foot(self) -> float:
        """The height at which the body ends."""
        return (
            FOOT
            + (len(_footer_rows(self.setup)) - 1) * self.setup.sizes.small.leading
            + max(0, self.setup.sizes.small.size - 9)
        )

    def showPage(self) -> None:  # noqa: N802 (reportlab's name)
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def finish(self) -> bytes:
        """See `pdf.finish`."""
        if self._code or not self._kept:
            self.showPage()
        self.save()
        return self._out.getvalue()

    def save(self) -> None:
        total, kept = len(self._kept), self._kept
        for number, state in enumerate(kept, start=1):
            self.__dict__.update(state)
            draw_footer(self, number, total)
            super().showPage()
        self._kept = []
        super().save()


def draw_line(
    canvas: NumberedCanvas, text: str, at: tuple[float, float], style: Style, *, right: bool = False
) -> None:
    """See `pdf.draw_text`; the text is printable."""
    if not text:
        return
    x, y = at
    if right:
        x -= text_width(text, style)
    font, document = pdfmetrics.getFont(style.font), canvas._doc
    # What drawString writes, without its text object and number formatting: a third of the time
    code = ["BT", f"1 0 0 1 {x:.2f} {y:.2f} Tm"]
    for subset, letters in font.splitString(text, document):
        code.append(
            f"{font.getSubsetInternalName(subset, document)} {style.size:g} Tf ({canvas._escape(letters)}) Tj"
        )
    canvas._code.append(" ".join([*code, "ET"]))


def draw_lines(canvas: NumberedCanvas, lines: Sequence[str], at: tuple[float, float], style: Style) -> float:
    """See `pdf.draw_lines`."""
    x, top = at
    for number, line in enumerate(lines):
        draw_line(canvas, line, (x, baseline(top - number * style.leading, style)), style)
    return top - len(lines) * style.leading


def baseline(top: float, style: Style) -> float:
    """Where the letters of a line stand when its space begins at `top`."""
    return top - (style.leading - style.size) / 2 - style.size * 0.78


def rule(
    canvas: NumberedCanvas, y: float, thickness: float, *, left: float = MARGIN, grey: bool = False
) -> None:
    """A line from `left` to the right margin; grey only where it is decoration."""
    canvas.setLineWidth(thickness)
    canvas.setStrokeGray(0.5 if grey else 0)
    canvas.line(left, y, canvas.setup.page[0] - MARGIN, y)


# --- Foot and head ---


def _footer_rows(setup: PageSetup) -> list[tuple[str, str, str]]:
    """The foot in as few rows as its texts need: left, middle, right of each, for the widest page number."""
    small = setup.sizes.small
    left, demo = printable(setup.footer_left), tr("Demo – made-up people") if setup.demo else ""
    page = _page_words(888, 888)
    gap = 5 * MM
    together = sum(text_width(text, small) + gap for text in (left, demo, page) if text) - gap
    if together <= setup.width:
        return [(left, demo, "page")]
    lines = [(line, "", "") for line in wrap(left, small, setup.width)]
    return [*lines, (demo, "", "page")] if demo else [*lines, ("", "", "page")]


def _page_words(number: int, total: int) -> str:
    return printable(tr("Page {n} of {total}").format(n=number, total=total))


def draw_footer(canvas: NumberedCanvas, number: int, total: int) -> None:
    """See `pdf.draw_footer`."""
    setup, small = canvas.setup, canvas.setup.sizes.small
    rows = _footer_rows(setup)
    y = 14 * MM + (len(rows) - 1) * small.leading
    rule(canvas, y + small.size + 2.2 * MM, 0.5)
    right_edge = setup.page[0] - MARGIN
    for left, middle, right in rows:
        draw_line(canvas, left, (MARGIN, y), small)
        if middle:
            middle = printable(middle)
            centred = (setup.page[0] - text_width(middle, small)) / 2
            draw_line(canvas, middle, (max(centred, MARGIN + text_width(left, small) + 5 * MM), y), small)
        if right:
            draw_line(canvas, _page_words(number, total), (right_edge, y), small, right=True)
        y -= small.leading


@lru_cache(maxsize=2)
def _picture(mark: bytes) -> ImageReader | None:
    """The mark, made small enough to print fast; None when it is no picture."""
    try:
        with Image.open(BytesIO(mark), formats=("PNG", "JPEG")) as opened:
            opened.thumbnail((_MARK_DOTS, _MARK_DOTS))
            flat = Image.new("RGB", opened.size, "white")
            clear = opened.convert("RGBA")
            flat.paste(clear, mask=clear)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        log.warning("the practice's mark cannot be read: %s", error)
        return None
    grey = flat.convert("L")
    return ImageReader(grey if ImageChops.difference(flat, grey.convert("RGB")).getbbox() is None else flat)


def _draw_mark(canvas: NumberedCanvas, letterhead: Letterhead, top: float) -> float:
    """Draw the mark and give the place where the name starts."""
    picture = _picture(letterhead.mark) if letterhead.mark else None
    if picture is None:
        return MARGIN
    wide, high = picture.getSize()
    scale = MARK / max(wide, high)
    canvas.drawImage(picture, MARGIN, top - MARK, wide * scale, high * scale, anchor="c")
    return MARGIN + MARK + 4 * MM


def draw_letterhead(canvas: NumberedCanvas, letterhead: Letterhead) -> float:
    """See `pdf.draw_letterhead`."""
    setup, small = canvas.setup, canvas.setup.sizes.small
    top = setup.page[1] - MARGIN
    right_edge = setup.page[0] - MARGIN
    if setup.sizes.large:
        lines = [line for text in _all_lines(letterhead) for line in wrap(text, small, setup.width)]
        foot = draw_lines(canvas, lines, (MARGIN, top), small)
        rule(canvas, foot - 1.5 * MM, 0.75)
        return foot - 1.5 * MM
    left = _draw_mark(canvas, letterhead, top)
    contact = [printable(line) for line in letterhead.contact_lines if line]
    aside = max((text_width(line, small) for line in contact), default=0)
    room = right_edge - left - (aside + 6 * MM if contact else 0)
    if room < 60 * MM:  # a contact line as long as the page stands under the address instead
        contact, aside, room = [], 0, right_edge - left
    name = wrap(letterhead.name, _LETTERHEAD_NAME, room)
    foot = draw_lines(canvas, name, (left, top), _LETTERHEAD_NAME)
    under = letterhead.address_lines if contact else _all_lines(letterhead)[1:]
    foot = draw_lines(
        canvas, [line for text in under for line in wrap(text, small, room)], (left, foot), small
    )
    for number, line in enumerate(contact):
        draw_line(
            canvas, line, (right_edge, baseline(top - number * small.leading, small)), small, right=True
        )
    lowest = min(foot, top - len(contact) * small.leading, top - MARK if left > MARGIN else top)
    rule(canvas, lowest - 4 * MM, 0.75)
    return lowest - 4 * MM


def _all_lines(letterhead: Letterhead) -> list[str]:
    return [
        letterhead.name,
        *(line for line in (*letterhead.address_lines, *letterhead.contact_lines) if line),
    ]


# --- Tables ---


class TableLayout:
    """A plain table, laid out once and drawn in as many pieces as pages ask for.

    Rows are never split, except one that is higher than a page.
    """

    pad = 2 * MM
    gap = 3 * MM

    def __init__(
        self, columns: Sequence[Column], rows: Sequence[Sequence[str]], width: float, sizes: TextSizes
    ) -> None:
        self.columns, self.width, self.body, self.head_style = columns, width, sizes.body, sizes.small.bold()
        fixed = sum(column.width or 0 for column in columns)
        open_columns = sum(column.width is None for column in columns)
        rest = (width - fixed) / open_columns if open_columns else 0
        self.widths = [rest if column.width is None else column.width for column in columns]
        self.styles = [Style(self.body.size, self.body.leading, column.strong) for column in columns]
        self.head = self._cells([column.head for column in columns], [self.head_style] * len(columns))
        self.rows = [self._cells(row, self.styles) for row in rows]

    def _cells(self, texts: Sequence[str], styles: Sequence[Style]) -> list[list[str]]:
        last = len(self.columns) - 1
        return [
            wrap(text, style, width - (0 if n == last or self.columns[n].right else self.gap)) if text else []
            for n, (text, style, width) in enumerate(zip(texts, styles, self.widths, strict=True))
        ]

    @property
    def head_height(self) -> float:
        """The height of the head with its line."""
        return max(len(cell) for cell in self.head) * self.head_style.leading + self.pad * 0.75

    def height(self, row: int) -> float:
        """The height of a row with its white space."""
        return max(1, *map(len, self.rows[row])) * self.body.leading + 2 * self.pad

    def cut_tall_rows(self, room: float) -> None:
        """Make several rows of one that would not fit on a page of its own."""
        lines = max(1, int((room - 2 * self.pad) / self.body.leading))
        cut: list[list[list[str]]] = []
        for row in self.rows:
            most = max(1, *map(len, row))
            cut.extend([cell[start : start + lines] for cell in row] for start in range(0, most, lines))
        self.rows = cut

    def fitting(self, first: int, room: float) -> int:
        """The row after the last that fits, from `first` on, under a head."""
        room -= self.head_height
        while first < len(self.rows) and self.height(first) <= room + 0.01:
            room -= self.height(first)
            first += 1
        return first

    def draw(self, canvas: NumberedCanvas, top: float, rows: range, left: float = MARGIN) -> float:
        """Draw the head and some rows; gives the height under them."""
        self._draw_cells(canvas, self.head, [self.head_style] * len(self.columns), (left, top))
        y = top - self.head_height
        rule(canvas, y, 0.75, left=left)
        for row in rows:
            if row != rows.start:
                rule(canvas, y, 0.25, left=left, grey=True)
            self._draw_cells(canvas, self.rows[row], self.styles, (left, y - self.pad))
            y -= self.height(row)
        return y

    def _draw_cells(
        self, canvas: NumberedCanvas, cells: list[list[str]], styles: Sequence[Style], at: tuple[float, float]
    ) -> None:
        x, top = at
        for column, width, cell, style in zip(self.columns, self.widths, cells, styles, strict=True):
            for number, line in enumerate(cell):
                y = baseline(top - number * style.leading, style)
                draw_line(canvas, line, (x + width if column.right else x, y), style, right=column.right)
            x += width

    def draw_over_pages(self, canvas: NumberedCanvas, top: float, next_page: Callable[[], float]) -> float:
        """See `pdf.draw_table`."""
        foot, first, full = canvas.body_foot, 0, False
        while True:
            after = self.fitting(first, top - foot)
            if after > first or first == len(self.rows):
                top = self.draw(canvas, top, range(first, after))
                if after == len(self.rows):
                    return top
                first, full = after, False
            elif full:  # not even alone on a page
                before = self.rows[:first]
                self.rows = self.rows[first:]
                self.cut_tall_rows(top - foot - self.head_height)
                self.rows = before + self.rows
                continue
            top, full = next_page(), True
