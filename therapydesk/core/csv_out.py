"""Lists that leave the program as CSV files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import IO

from therapydesk.core.text import plain_cell

# Where a spreadsheet that splits at something else than commas would find a cell that begins like a formula.
_INSIDE = re.compile('([;|,\t"\r\n][\\s\0\u200b\ufeff]*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20\u2212])')


class CsvWriter:
    """Writes rows that no spreadsheet takes a cell of for a formula, into a file opened with `newline=""`.

    Every cell is in quotation marks, and inside a cell a sign that could begin a formula after a separator gets the same
    mark as one at the beginning: files are also opened where lists are split at semicolons.
    """

    def __init__(self, file: IO[str]) -> None:
        self._writer = csv.writer(file, quoting=csv.QUOTE_ALL)

    def writerow(self, cells: Iterable[object]) -> None:
        """One row; real numbers stay numbers."""
        self._writer.writerow([_safe(cell) for cell in cells])


def _safe(cell: object) -> str:
    return _INSIDE.sub(r"\1'", plain_cell(cell)) if isinstance(cell, str) else plain_cell(cell)


def csv_file(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The bytes of a CSV file that spreadsheets open with its letters right and take no cell of for a formula."""
    out = io.StringIO(newline="")
    writer = CsvWriter(out)
    writer.writerow(heads)
    for row in rows:
        writer.writerow(row)
    return out.getvalue().encode("utf-8-sig")
