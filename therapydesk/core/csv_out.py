"""Lists that leave the program as CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from therapydesk.core.text import plain_cell


def csv_file(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The bytes of a CSV file that spreadsheets open with its letters right and take no cell of for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([plain_cell(head) for head in heads])
    writer.writerows([plain_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
