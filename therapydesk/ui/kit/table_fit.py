"""How wide the columns of a table are, and which are left out where there is little room."""

from __future__ import annotations

from therapydesk.ui.kit import style
from therapydesk.ui.kit.table_model import WindowedModel
from therapydesk.ui.kit.table_paint import FIRST_PAD, PAD, cell_width
from therapydesk.ui.kit.table_view import TableView

LEAST_MEASURED = 10  # rows that the widths are taken from, or as many as can be seen
LEAST_CHARS = 14  # of a column that gives way to others
KEEP = 3
LARGE, NARROW = 1.5, 110  # larger text, in fewer letters of width: the first three columns
MOST_CHARS = 30  # what a column that shares the rest asks for at most before others give way
WIDER = 1.4  # a column of given width may grow by this for what would be cut in it


class ColumnFit:
    """Fits the columns of one view into its width, from what its first rows hold."""

    def __init__(self, view: TableView, model: WindowedModel) -> None:
        self.view, self.model = view, model

    def fit(self) -> None:
        """Give each column its width and leave out what does not fit, three always stay."""
        count, room = self.model.columnCount(), self.view.viewport().width()
        widths = {section: self._wanted(section) for section in range(count)}
        if sum(widths.values()) > room:
            tight = {section: self._wanted(section, tight=True) for section in range(count)}
            shown = self._fitting(tight, room)
            widths = widths if sum(widths[s] for s in shown) <= room else tight
        else:
            shown = self._fitting(widths, room)
        for section in range(count):
            self.view.setColumnHidden(section, section not in shown)
        stretch = [s for s in shown if (column := self.model.column(s)) is not None and column.stretches]
        self._squeeze(widths, shown, room)
        left = room - sum(widths[s] for s in shown)
        if not stretch and shown:
            stretch = [shown[-1]]
        for place, section in enumerate(stretch):
            widths[section] = max(40, widths[section] + left // len(stretch) + (place < left % len(stretch)))
        for section in shown:
            self.view.setColumnWidth(section, widths[section])
        self.view.set_ends()

    def _squeeze(self, widths: dict[int, int], shown: list[int], room: int) -> None:
        """Where even the columns that always stay have too little room, the widest ones give way."""
        for section in sorted(shown, key=lambda s: widths[s], reverse=True):
            over = sum(widths[s] for s in shown) - room
            if over <= 0:
                return
            widths[section] -= min(over, max(0, widths[section] - self._least(section)))

    def _least(self, section: int) -> int:
        column = self.model.column(section)
        if column is None:
            return self._wanted(section)
        return (
            max(self.view.heads.fontMetrics().horizontalAdvance(column.title), style.chars(LEAST_CHARS))
            + 2 * FIRST_PAD
        )

    def _fitting(self, widths: dict[int, int], room: int) -> list[int]:
        most = KEEP if style.text_scale() > LARGE and room < style.chars(NARROW) else len(widths)
        shown = list(widths)
        droppable = [s for s in shown if self.model.column(s) is not None]
        droppable.sort(key=lambda s: (self._priority(s), s), reverse=True)
        while len(droppable) > KEEP and (len(droppable) > most or sum(widths[s] for s in shown) > room):
            shown.remove(droppable.pop(0))
        return shown

    def _priority(self, section: int) -> int:
        column = self.model.column(section)
        return column.priority if column is not None else 0

    def _wanted(self, section: int, *, tight: bool = False) -> int:
        """Return a section's width; when tight, without the second text and with long text cut."""
        column = self.model.column(section)
        first, last = section == 0, section == self.model.columnCount() - 1
        pads = (FIRST_PAD if first else PAD) + (FIRST_PAD if last else PAD)
        if column is None:
            return round(18 * style.line_height() / 22) + 2 * FIRST_PAD
        head = self.view.heads.fontMetrics().horizontalAdvance(column.title)
        if self.view.sorted_section == section:
            head += style.icon_size(small=True) + 4
        if column.stretches and tight:
            return max(head, style.chars(LEAST_CHARS)) + pads
        seen = self.view.viewport().height() // self.view.row_height() + 1
        measured = range(min(max(seen, LEAST_MEASURED), self.model.rowCount()))
        cells = [self.model.cell(row, section) for row in measured]
        need = [
            cell_width(column, each, two_line=self.view.two_line, tight=tight)
            for each in cells
            if each is not None
        ]
        if column.stretches:
            return min(max([head, *need]), style.chars(MOST_CHARS)) + pads
        if column.width is None:
            return max([head, *need]) + pads
        given = style.chars(column.width)
        return max([head, given, *(min(each, round(given * WIDER)) for each in need)]) + pads
