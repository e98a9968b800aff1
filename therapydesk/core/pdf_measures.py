"""Sizes, styles and the other plain values of prints; `pdf` is the door to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)
MARGIN = 20 * MM
FOOT = 24 * MM
REGULAR, STRONG = "SourceSans3", "SourceSans3-SemiBold"
Size = Literal["normal", "own", "large", "extra_large"]


@dataclass(frozen=True)
class Letterhead:
    """Who writes. `legal_name` stands in the footer of invoices; `mark` is a PNG or JPEG picture."""

    name: str
    legal_name: str = ""
    address_lines: tuple[str, ...] = ()
    contact_lines: tuple[str, ...] = ()
    mark: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Style:
    """Size and line height in points, and which of the two weights."""

    size: float
    leading: float
    strong: bool = False

    @property
    def font(self) -> str:
        """The registered name of the face."""
        return STRONG if self.strong else REGULAR

    def bold(self) -> Style:
        """The same in the heavier weight."""
        return Style(self.size, self.leading, True)


@dataclass(frozen=True)
class TextSizes:
    """The styles of one print size."""

    title: Style
    section: Style
    body: Style
    small: Style

    @property
    def large(self) -> bool:
        """Whether this is a print for people who need large letters: one column, nothing side by side."""
        return self.body.size >= 18


_LARGE = ((30, 36), (21, 27), (18, 25), (16, 20))
_SIZES: dict[str, tuple[tuple[float, float], ...]] = {
    "normal": ((22, 26), (13, 17), (11, 15), (9, 12)),
    "own": ((22, 26), (13, 17), (12, 17), (9, 12)),
    "large": _LARGE,
    "extra_large": tuple((size * 4 / 3, leading * 4 / 3) for size, leading in _LARGE),
}


def sizes_for(size: Size) -> TextSizes:
    """The styles of a print size; "own" is the normal size of people's own sheets."""
    title, section, body, small = (Style(*pair) for pair in _SIZES[size])
    return TextSizes(title.bold(), section.bold(), body, small)


@dataclass(frozen=True)
class Column:
    """One column of a table. Width in points, None takes what is left (shared); numbers go right.

    With `box` a cell that is not empty is an empty square, to be ticked by hand.
    """

    head: str
    width: float | None = None
    right: bool = False
    strong: bool = False
    box: bool = False


@dataclass(frozen=True)
class PageSetup:
    """What is the same on every page of one print."""

    title: str
    footer_left: str = ""
    demo: bool = False
    size: Size = "normal"
    landscape: bool = False

    @property
    def page(self) -> tuple[float, float]:
        """Width and height of the paper."""
        return (A4[1], A4[0]) if self.landscape else A4

    @property
    def width(self) -> float:
        """The width between the margins."""
        return self.page[0] - 2 * MARGIN

    @cached_property
    def sizes(self) -> TextSizes:
        """The styles of the print size."""
        return sizes_for(self.size)
