"""What `pdf.Sheet` is made of: paragraphs, label lists and tables that flow over pages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, Frame, PageTemplate, Paragraph
from reportlab.platypus import Table as Grid

from therapydesk.core.pdf_letters import printable, wrap
from therapydesk.core.pdf_measures import MARGIN, MM, Column, Letterhead, PageSetup, Style, TextSizes
from therapydesk.core.pdf_page import NumberedCanvas, baseline, draw_letterhead, draw_line
from therapydesk.core.pdf_table import TableLayout

UNDER_LETTERHEAD = 8 * MM


class _Barred(Paragraph):  # type: ignore[misc]  # reportlab has no types
    """A paragraph with the bar of the person's own words, on each page that it reaches."""

    def draw(self) -> None:
        canvas = self.canv
        canvas.saveState()
        canvas.setLineWidth(3)
        canvas.setStrokeGray(0)
        canvas.line(1.5, 0, 1.5, self.height)
        canvas.restoreState()
        super().draw()


def paragraph(
    text: str,
    style: Style,
    *,
    before: float = 0,
    after: float = 0,
    keep: bool = False,
    bar: bool = False,
) -> Any:
    """A paragraph of plain text; line breaks stay, letters that the face lacks show as □."""
    made = ParagraphStyle(
        "text",
        fontName=style.font,
        fontSize=style.size,
        leading=style.leading,
        alignment=TA_LEFT,
        spaceBefore=before,
        spaceAfter=after,
        leftIndent=5 * MM if bar else 0,
        allowWidows=0,
        allowOrphans=0,
    )
    lines = "<br/>".join(escape(printable(line)) for line in text.splitlines())
    flowable = (_Barred if bar else Paragraph)(lines, made)
    flowable.keep_with_next = keep  # not reportlab's: that moves a whole table to the next page
    return flowable


class Pairs(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Labels with values beside them, or under them in large print; splits between pairs.

    `strong` are the labels whose values are semibold; without it all are. `whole` is a block that no page should cut;
    of one that may be cut `start` pairs stand together where it begins.
    """

    def __init__(
        self,
        pairs: Sequence[tuple[str, str]],
        sizes: TextSizes,
        label_width: float,
        *,
        whole: bool = False,
        start: int = 1,
        strong: Collection[str] | None = None,
    ) -> None:
        super().__init__()
        self.strong, self.start = strong, start
        self.whole = whole
        self.pairs, self.sizes, self.label_width = list(pairs), sizes, label_width
        self.spaceBefore, self.spaceAfter = 0, (5 if whole or start > 1 else 2) * MM

    def _laid_out(self, width: float) -> Iterator[tuple[list[str], list[str], float]]:
        body, stacked = self.sizes.body, self.sizes.large
        label_style = self.sizes.small if stacked else body
        for label, value in self.pairs:
            labels = wrap(label, label_style, width if stacked else self.label_width - 3 * MM)
            values = wrap(value, self._style(label), width if stacked else width - self.label_width)
            if stacked:
                yield labels, values, len(labels) * label_style.leading + len(values) * body.leading + 1 * MM
            else:
                yield labels, values, max(len(labels), len(values)) * body.leading + 1 * MM

    def _style(self, label: str) -> Style:
        body = self.sizes.body
        return body.bold() if self.strong is None or label in self.strong else body

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width = width
        self.laid_out = list(self._laid_out(width))
        self.height = sum(height for _, _, height in self.laid_out)
        return width, self.height

    def split(self, width: float, height: float) -> list[Pairs]:
        self.wrap(width, height)
        room, fits = height, 0
        while fits < len(self.pairs) and self.laid_out[fits][2] <= room:
            room -= self.laid_out[fits][2]
            fits += 1
        if fits == len(self.pairs):
            return [self]
        if fits:
            return [self._part(self.pairs[:fits]), self._part(self.pairs[fits:])]
        return self._split_value(height)

    def _split_value(self, height: float) -> list[Pairs]:
        """Cut a value that is higher than what is left of the page; the rest goes on without its label."""
        label, cut = self.pairs[0][0], self.laid_out[0][1]
        above = len(self.laid_out[0][0]) * self.sizes.small.leading if self.sizes.large else 0
        lines = int((height - above - 1 * MM) / self.sizes.body.leading)
        if lines < 2 or len(cut) <= lines:
            return []
        first = (label, "\n".join(cut[:lines]))
        return [self._part([first]), self._part([("", "\n".join(cut[lines:])), *self.pairs[1:]])]

    def _part(self, pairs: Sequence[tuple[str, str]]) -> Pairs:
        part = Pairs(pairs, self.sizes, self.label_width, strong=self.strong)
        part.spaceAfter = self.spaceAfter
        return part

    def draw(self) -> None:
        y, body = self.height, self.sizes.body
        label_style = self.sizes.small if self.sizes.large else body
        for (label, _value), (labels, values, height) in zip(self.pairs, self.laid_out, strict=True):
            top = y
            for number, line in enumerate(labels):
                draw_line(
                    self.canv,
                    line,
                    (0, baseline(top - number * label_style.leading, label_style)),
                    label_style,
                )
            left = 0 if self.sizes.large else self.label_width
            top -= len(labels) * label_style.leading if self.sizes.large else 0
            for number, line in enumerate(values):
                draw_line(
                    self.canv, line, (left, baseline(top - number * body.leading, body)), self._style(label)
                )
            y -= height


class Table(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A plain table; its head comes again on each page and no row is split."""

    def __init__(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], sizes: TextSizes) -> None:
        super().__init__()
        self.columns, self.texts, self.sizes = columns, rows, sizes
        self.layout: TableLayout | None = None
        self.first, self.last = 0, len(rows)
        self.spaceBefore, self.spaceAfter = 2 * MM, 4 * MM

    def _layout(self, width: float) -> TableLayout:
        if self.layout is None:
            self.layout = TableLayout(self.columns, self.texts, width, self.sizes)
        return self.layout

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        layout = self._layout(width)
        self.width = width
        self.height = layout.head_height + sum(layout.height(row) for row in range(self.first, self.last))
        return width, self.height

    def split(self, width: float, height: float) -> list[Table]:
        layout = self._layout(width)
        after = min(layout.fitting(self.first, height), self.last)
        if after == self.first:
            full = getattr(self, "_frame", None) is not None and self._frame._atTop
            if not full:
                return []
            grown = len(layout.rows)
            before, rest, behind = (
                layout.rows[: self.first],
                layout.rows[self.first : self.last],
                layout.rows[self.last :],
            )
            layout.rows = rest
            layout.cut_tall_rows(height - layout.head_height)
            layout.rows = before + layout.rows + behind
            self.last += len(layout.rows) - grown
            after = min(layout.fitting(self.first, height), self.last)
        return [self._piece(self.first, after), self._piece(after, self.last)]

    def _piece(self, first: int, last: int) -> Table:
        piece = Table(self.columns, self.texts, self.sizes)
        piece.layout, piece.first, piece.last = self.layout, first, last
        return piece

    def draw(self) -> None:
        if self.layout is not None:
            canvas: NumberedCanvas = self.canv
            canvas.saveState()
            self.layout.draw(canvas, self.height, range(self.first, self.last), left=0)
            canvas.restoreState()


def side_by_side(left: Sequence[Any], right: Sequence[Any], left_width: float, right_width: float) -> Any:
    """Two columns of flowables, both from the same height down."""
    grid = Grid([[list(left), list(right)]], colWidths=[left_width, right_width])
    grid.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            *((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
            ("RIGHTPADDING", (0, 0), (0, -1), 6 * MM),
        ]
    )
    return grid


def _flat(story: Iterable[Any]) -> Iterator[Any]:
    for item in story:
        if isinstance(item, list | tuple):
            yield from _flat(item)
        else:
            yield item


def _start_height(flowable: Any, width: float, page: float) -> float:
    """The least height that shows enough of a flowable: two lines, a row under its head, a whole block."""
    height: float = flowable.wrap(width, page)[1]
    if isinstance(flowable, Paragraph):
        return min(height, 2 * float(flowable.style.leading))
    if isinstance(flowable, Table) and flowable.layout is not None and flowable.last:
        return min(flowable.layout.head_height + flowable.layout.height(0), page / 2)
    if isinstance(flowable, Pairs) and not flowable.whole and flowable.laid_out:
        return min(sum(height for _, _, height in flowable.laid_out[: flowable.start]), page / 2)
    return min(height, page / 2)


def _kept_together(story: list[Any], width: float, page: float) -> Iterator[Any]:
    """The story with a page break, taken when needed, before each title and whole block."""
    for number, flowable in enumerate(story):
        led = list(takewhile(lambda one: getattr(one, "keep_with_next", False), story[number:]))
        after = story[number + len(led) : number + len(led) + 1]
        if led and after:
            own = sum(one.wrap(width, page)[1] + one.style.spaceBefore + one.style.spaceAfter for one in led)
            yield CondPageBreak(min(own + _start_height(after[0], width, page), page))
        elif isinstance(flowable, Pairs) and (flowable.whole or flowable.start > 1):
            yield CondPageBreak(_start_height(flowable, width, page))
        yield flowable


def build(
    letterhead: Letterhead,
    setup: PageSetup,
    heading: str,
    story: Sequence[Any],
    progress: Callable[[int, int], object] = lambda _done, _total: None,
) -> bytes:
    """See `pdf.Sheet.build`."""
    measure = NumberedCanvas(setup)  # where the head ends depends on its texts
    top = draw_letterhead(measure, letterhead) - (UNDER_LETTERHEAD if not setup.sizes.large else 4 * MM)
    foot, page_top = measure.body_foot, setup.page[1] - MARGIN
    box = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
    canvases: list[NumberedCanvas] = []

    def make_canvas(*_: Any, **__: Any) -> NumberedCanvas:
        canvases.append(NumberedCanvas(setup))
        return canvases[-1]

    document = BaseDocTemplate(None, pagesize=setup.page)
    document.addPageTemplates([
        PageTemplate(
            "first",
            [Frame(MARGIN, foot, setup.width, top - foot, **box)],
            onPage=lambda canvas, _: draw_letterhead(canvas, letterhead),
            autoNextPageTemplate="later",
        ),
        PageTemplate("later", [Frame(MARGIN, foot, setup.width, page_top - foot, **box)]),
    ])  # fmt: skip
    title = [paragraph(heading, setup.sizes.title, after=4 * MM, keep=True)] if heading else []
    flow = _kept_together([*title, *_flat(story)], setup.width, page_top - foot)
    told = {"SIZE_EST": 0, "PROGRESS": 0}

    def tell(kind: str, value: Any) -> None:
        if kind in told:
            told[kind] = int(value)
        elif kind == "PAGE":
            progress(told["PROGRESS"], told["SIZE_EST"])

    document.setProgressCallBack(tell)
    document.build(list(flow), canvasmaker=make_canvas)
    return canvases[-1].getvalue()
