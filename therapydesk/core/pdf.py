"""Paper: letterhead, pages and plain tables for every print (pictures-work-and-print.md).

Two ways to the same look: `Sheet` flows a story over pages; `open_canvas` with the draw functions places
things by hand and is the fast way for batches such as invoices. reportlab is imported only when something is
printed. Lengths are in points from the foot of the page; `MM` is a millimetre.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from therapydesk.core.pdf_measures import (
    A4,
    FOOT,
    MARGIN,
    MM,
    Column,
    Letterhead,
    PageSetup,
    Size,
    Style,
    TextSizes,
    sizes_for,
)

if TYPE_CHECKING:
    from therapydesk.core.pdf_page import NumberedCanvas

__all__ = [
    "A4",
    "FOOT",
    "MARGIN",
    "MM",
    "Column",
    "Letterhead",
    "PageSetup",
    "Sheet",
    "Size",
    "Style",
    "TextSizes",
    "draw_footer",
    "draw_letterhead",
    "draw_lines",
    "draw_pairs",
    "draw_table",
    "draw_text",
    "finish",
    "open_canvas",
    "printable",
    "register_fonts",
    "sizes_for",
    "text_width",
    "wrap",
]


@dataclass(frozen=True)
class Sheet:
    """A print that flows over as many pages as it needs.

    `title` is the document's title and file name and must hold no person's name; `heading` is what is printed
    large on the first page (the title when None, nothing when empty).
    """

    letterhead: Letterhead
    title: str
    footer_left: str = ""
    demo: bool = False
    size: Size = "normal"
    heading: str | None = None
    landscape: bool = False

    @property
    def setup(self) -> PageSetup:
        """The pages of this sheet."""
        return PageSetup(self.title, self.footer_left, self.demo, self.size, self.landscape)

    def chapter(self, text: str) -> Any:
        """The title of a chapter, which begins a page."""
        from reportlab.platypus import PageBreak

        from therapydesk.core.pdf_story import paragraph

        return [PageBreak(), paragraph(text, self.setup.sizes.title, after=3 * MM, keep=True)]

    def section(self, text: str) -> Any:
        """A section title; it keeps together with what follows."""
        from therapydesk.core.pdf_story import paragraph

        return paragraph(text, self.setup.sizes.section, before=6 * MM, after=1.5 * MM, keep=True)

    def text(self, text: str, *, strong: bool = False, leads: bool = False) -> Any:
        """A paragraph; line breaks in it stay. One that `leads` is never the last on a page."""
        from therapydesk.core.pdf_story import paragraph

        body = self.setup.sizes.body
        return paragraph(text, body.bold() if strong else body, after=body.leading / 3, keep=leads)

    def small(self, text: str) -> Any:
        """A paragraph in small print."""
        from therapydesk.core.pdf_story import paragraph

        return paragraph(text, self.setup.sizes.small, after=1.5 * MM)

    def own_words(self, text: str, *, strong: bool = False) -> Any:
        """Words of the person's own, beside a bar; `strong` as large as a section title."""
        from therapydesk.core.pdf_story import paragraph

        sizes = self.setup.sizes
        return paragraph(text, sizes.section if strong else sizes.body, after=2 * MM, bar=True)

    def title_text(self, text: str) -> Any:
        """What is printed large, for a sheet without a heading, where something stands beside it."""
        from therapydesk.core.pdf_story import paragraph

        return paragraph(text, self.setup.sizes.title, after=2 * MM)

    def beside(self, left: Sequence[Any], right: Sequence[Any], right_width: float) -> Any:
        """Two parts side by side, neither longer than a page; under one another in large print."""
        from therapydesk.core.pdf_story import side_by_side

        if self.setup.sizes.large:
            return [*left, *right]
        return side_by_side(left, right, self.setup.width - right_width, right_width)

    def pairs(
        self, pairs: Sequence[tuple[str, str]], *, label_width: float = 40 * MM, whole: bool = False
    ) -> Any:
        """A list of labels with their values; under one another in large print. No page cuts a `whole` one."""
        from therapydesk.core.pdf_story import Pairs

        return Pairs(pairs, self.setup.sizes, label_width, whole=whole)

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        *,
        dense: bool = False,
        grid: bool = False,
    ) -> Any:
        """A plain table with its head on each page; in large print each row becomes a block with labels.

        `dense`: smaller text, for many columns; their blocks may go on on the next page. `grid`: it stays a table in
        large print, as it is to be ticked by hand.
        """
        from therapydesk.core.pdf_story import Pairs, Table

        if self.setup.sizes.large and not grid:
            first = [column.head for column in columns if column.strong][:1] or [columns[0].head]
            return [
                Pairs(
                    [(column.head, cell) for column, cell in zip(columns, row, strict=True)],
                    self.setup.sizes,
                    0,
                    whole=not dense,
                    start=4 if dense else 1,  # its number, when, who and what
                    strong=first,
                )
                for row in rows
            ]
        sizes = self.setup.sizes
        return Table(columns, rows, replace(sizes, body=Style(9.5, 13)) if dense else sizes)

    def space(self, height: float) -> Any:
        """An empty space."""
        from reportlab.platypus import Spacer

        return Spacer(1, height)

    def build(
        self, story: Sequence[Any], progress: Callable[[int, int], object] = lambda _done, _total: None
    ) -> bytes:
        """The PDF. The story holds what the methods above return, or reportlab flowables.

        `progress(done, total)` is called page by page; what it raises stops the work.
        """
        from therapydesk.core.pdf_story import build

        heading = self.title if self.heading is None else self.heading
        return build(self.letterhead, self.setup, heading, story, progress)


def register_fonts() -> None:
    """Make the shipped faces known to reportlab; more calls cost nothing."""
    from therapydesk.core import pdf_letters

    pdf_letters.register_fonts()


def printable(text: str) -> str:
    """The text with a visible □ for each letter that the face does not have; nothing is lost unseen."""
    from therapydesk.core import pdf_letters

    return pdf_letters.printable(text)


def wrap(text: str, style: Style, width: float) -> list[str]:
    """The text in lines that fit; line breaks stay, words wider than a line are broken."""
    from therapydesk.core import pdf_letters

    return pdf_letters.wrap(text, style, width)


def text_width(text: str, style: Style) -> float:
    """How wide a line is."""
    from therapydesk.core import pdf_letters

    return pdf_letters.text_width(pdf_letters.printable(text), style)


def open_canvas(setup: PageSetup) -> NumberedCanvas:
    """A page to draw on by hand. End each page but the last with showPage(); get the bytes with finish()."""
    from therapydesk.core import pdf_page

    return pdf_page.NumberedCanvas(setup)


def finish(canvas: NumberedCanvas) -> bytes:
    """Put the footers on all pages and give the PDF."""
    return canvas.finish()


def draw_letterhead(canvas: NumberedCanvas, letterhead: Letterhead) -> float:
    """Draw the head of the first page; gives the height of its line, under which the page begins."""
    from therapydesk.core import pdf_page

    return pdf_page.draw_letterhead(canvas, letterhead)


def draw_footer(canvas: NumberedCanvas, number: int, total: int) -> None:
    """Draw the foot of a page; canvases of `open_canvas` do it by themselves in finish()."""
    from therapydesk.core import pdf_page

    pdf_page.draw_footer(canvas, number, total)


def draw_text(
    canvas: NumberedCanvas, text: str, at: tuple[float, float], style: Style, *, right: bool = False
) -> None:
    """Draw one line with its baseline at a point, or ending there."""
    from therapydesk.core import pdf_letters, pdf_page

    pdf_page.draw_line(canvas, pdf_letters.printable(text), at, style, right=right)


def draw_lines(canvas: NumberedCanvas, lines: Sequence[str], at: tuple[float, float], style: Style) -> float:
    """Draw lines under one another, the first just below `at`; gives the height under them."""
    from therapydesk.core import pdf_letters, pdf_page

    return pdf_page.draw_lines(canvas, [pdf_letters.printable(line) for line in lines], at, style)


def draw_pairs(
    canvas: NumberedCanvas,
    pairs: Sequence[tuple[str, str]],
    at: tuple[float, float],
    label_width: float = 40 * MM,
) -> float:
    """Draw labels with their values beside them (under them in large print); gives the height under them."""
    from therapydesk.core import pdf_page

    return pdf_page.draw_pairs(canvas, pairs, at, label_width)


def draw_table(
    canvas: NumberedCanvas,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    top: float,
    next_page: Callable[[], float],
) -> float:
    """Draw a table from `top` down; gives the height under it.

    When a page is full, `next_page` ends it, begins the next and gives the height to go on from; the head
    comes again.
    """
    from therapydesk.core import pdf_table

    layout = pdf_table.TableLayout(columns, rows, canvas.setup.width, canvas.setup.sizes)
    return layout.draw_over_pages(canvas, top, next_page)
