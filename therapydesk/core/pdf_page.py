"""Pages drawn straight onto a reportlab canvas: head, foot, lines. `pdf` is the door to it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageChops
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from therapydesk.core.pdf_letters import printable, register_fonts, text_width, wrap
from therapydesk.core.pdf_measures import FOOT, MARGIN, MM, REGULAR, Letterhead, PageSetup, Style
from therapydesk.core.words import language, tr

log = logging.getLogger("therapydesk")
MARK = 13 * MM
_LETTERHEAD_NAME = Style(14, 17, True)
_MARK_DOTS = 192  # 13 mm at 375 dots an inch

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
        self.setViewerPreference("DisplayDocTitle", "true")

    @property
    def body_foot(self) -> float:
        """The height at which the body ends."""
        return (
            FOOT
            + (len(_footer_rows(self.setup)) - 1) * self.setup.sizes.small.leading
            + max(0, self.setup.sizes.small.size - 9)
        )

    def showPage(self) -> None:
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def finish(self) -> bytes:
        """See `pdf.finish`."""
        if self._code or not self._kept:
            self.showPage()
        self.save()
        return self.getvalue()

    def getvalue(self) -> bytes:
        """The PDF, once it is saved."""
        return self._out.getvalue()

    def save(self) -> None:
        total, kept = len(self._kept), self._kept
        for number, state in enumerate(kept, start=1):
            self.__dict__.update(state)
            draw_footer(self, number, total)
            super().showPage()
        self._kept = []
        # Only now, because reportlab's document templates put "(anonymous)" there.
        self.setTitle(self.setup.title)
        self.setAuthor("")
        self.setSubject("")
        self.setCreator("TherapyDesk")
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
    canvas: NumberedCanvas, y: float, thickness: float, ends: tuple[float, float], *, grey: bool = False
) -> None:
    """A level line; grey only where it is decoration."""
    canvas.setLineWidth(thickness)
    canvas.setStrokeGray(0.5 if grey else 0)
    canvas.line(ends[0], y, ends[1], y)


def _full_width(canvas: NumberedCanvas) -> tuple[float, float]:
    return MARGIN, canvas.setup.page[0] - MARGIN


def draw_pairs(
    canvas: NumberedCanvas, pairs: Sequence[tuple[str, str]], at: tuple[float, float], label_width: float
) -> float:
    """See `pdf.draw_pairs`."""
    body, stacked = canvas.setup.sizes.body, canvas.setup.sizes.large
    x, top = at
    for label, value in pairs:
        if stacked:
            top = draw_lines(
                canvas,
                wrap(label, canvas.setup.sizes.small, _room(canvas, x)),
                (x, top),
                canvas.setup.sizes.small,
            )
            foot = top
        else:
            foot = draw_lines(canvas, wrap(label, body, label_width - 3 * MM), (x, top), body)
        left = x if stacked else x + label_width
        under = draw_lines(canvas, wrap(value, body.bold(), _room(canvas, left)), (left, top), body.bold())
        top = min(under, foot) - 1 * MM
    return top


def _room(canvas: NumberedCanvas, left: float) -> float:
    return canvas.setup.page[0] - MARGIN - left


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
    rule(canvas, y + small.size + 2.2 * MM, 0.5, _full_width(canvas))
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
        rule(canvas, foot - 1.5 * MM, 0.75, _full_width(canvas))
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
    rule(canvas, lowest - 4 * MM, 0.75, _full_width(canvas))
    return lowest - 4 * MM


def _all_lines(letterhead: Letterhead) -> list[str]:
    return [
        letterhead.name,
        *(line for line in (*letterhead.address_lines, *letterhead.contact_lines) if line),
    ]
