"""Plain tables, drawn in pieces over as many pages as they need. `pdf` is the door to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from therapydesk.core.pdf_letters import wrap
from therapydesk.core.pdf_measures import MARGIN, MM, Column, Style, TextSizes
from therapydesk.core.pdf_page import NumberedCanvas, baseline, draw_line, rule


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
        return [
            wrap(text, style, width - self._gap(n)) if text else []
            for n, (text, style, width) in enumerate(zip(texts, styles, self.widths, strict=True))
        ]

    def _gap(self, number: int) -> float:
        """White space at the end of a column: none at the edge or between numbers."""
        after = self.columns[number + 1 : number + 2]
        return 0 if not after or (self.columns[number].right and after[0].right) else self.gap

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
        rule(canvas, y, 0.75, (left, left + self.width))
        for row in rows:
            if row != rows.start:
                rule(canvas, y, 0.25, (left, left + self.width), grey=True)
            self._draw_cells(canvas, self.rows[row], self.styles, (left, y - self.pad))
            y -= self.height(row)
        return y

    def _draw_cells(
        self, canvas: NumberedCanvas, cells: list[list[str]], styles: Sequence[Style], at: tuple[float, float]
    ) -> None:
        x, top = at
        for n, (cell, style) in enumerate(zip(cells, styles, strict=True)):
            right, end = self.columns[n].right, x + self.widths[n] - self._gap(n)
            if self.columns[n].box and cell and cells is not self.head:
                self._draw_box(canvas, x, top)
                cell = []
            for number, line in enumerate(cell):
                y = baseline(top - number * style.leading, style)
                draw_line(canvas, line, (end if right else x, y), style, right=right)
            x += self.widths[n]

    def _draw_box(self, canvas: NumberedCanvas, x: float, top: float) -> None:
        side = self.body.leading
        canvas.setLineWidth(0.75)
        canvas.setStrokeGray(0)
        canvas.rect(x + 0.4, top - side, side, side)

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
