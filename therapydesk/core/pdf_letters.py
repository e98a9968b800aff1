"""The shipped faces: which letters they have, how wide they run, where lines break."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from therapydesk.core.pdf_measures import REGULAR, STRONG, Style

FONTS = Path(__file__).with_name("resources") / "fonts"
MISSING = "\N{WHITE SQUARE}"
_ALTERING = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)


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


class _Widths(dict[str, float]):
    """Width of each letter in thousandths; what the face lacks is as wide as its box for missing letters."""

    def __missing__(self, letter: str) -> float:
        return self["\0"]


@cache
def _widths(font: str) -> _Widths:
    register_fonts()
    face = pdfmetrics.getFont(font).face
    widths = _Widths({chr(code): float(width) for code, width in face.charWidths.items()})
    widths["\0"] = float(face.defaultWidth)
    return widths


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
    return sum(map(_widths(style.font).__getitem__, text)) * style.size / 1000


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
        fits = word.rfind("-", 1, fits) + 1 or fits  # after a hyphen, where there is one
        yield word[:fits]
        word = word[fits:]
    yield word
