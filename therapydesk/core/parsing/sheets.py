"""Spreadsheets through python-calamine: values only, visible sheets, headings found as in CSV files."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from therapydesk.core.parsing.heads import LOOK_AT, MAX_CELLS, MAX_ROWS, Raw, check_size, head_row, make_table
from therapydesk.core.parsing.refusal import Refused, protected
from therapydesk.core.parsing.types import ImportProblem, Parsed, Table
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

Merged = tuple[tuple[int, int], tuple[int, int]]  # first and last cell, both inside, counted from 0
MAX_HEAD_ROWS = 5
MOST_ROWS = 1_048_576


def read_sheets(data: bytes, kind: str) -> Parsed:
    """Every visible sheet that holds something. Raises Refused."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return _read_book(book, kind)
    except PasswordError:
        raise protected() from None
    except (CalamineError, OSError, ValueError):
        raise Refused(
            tr("“{file}” is a damaged spreadsheet."),
            tr("Open it in your spreadsheet program and save it again, or ask the sender for another copy."),
        ) from None


def _read_book(book: CalamineWorkbook, kind: str) -> Parsed:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    tables: list[Table] = []
    problems: list[ImportProblem] = []
    cells_left = MAX_CELLS
    for known in book.sheets_metadata:
        if known.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(known.name)
        if sheet.start is None:  # nothing in it
            continue
        if known.visible != SheetVisibleEnum.Visible:
            left_out = tr("The hidden sheet “{name}” was left out.").format(name=known.name)
            problems.append(ImportProblem(None, "", left_out))
            continue
        raw, filled = _rows(sheet, cells_left)
        cells_left -= filled
        if not raw:
            continue
        table, odd = make_table(known.name, raw)
        tables.append(table)
        problems += odd
    if not tables:
        raise Refused(tr("“{file}” has no rows on any sheet."), tr("Ask the sender for another copy."))
    if not any(table.rows for table in tables):
        problems.append(ImportProblem(None, "", tr("There are no rows under the headings.")))
    return Parsed(kind, tables, [], problems)


def _rows(sheet: CalamineSheet, cells_left: int) -> tuple[list[Raw], int]:
    raw: list[Raw] = []
    filled = 0
    far = sheet.total_height if sheet.total_height > MOST_ROWS else 0  # more than any spreadsheet has: a lie
    check_size(far, 0, sheet.total_width)
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = [_as_text(value) for value in values]
        count = len(cells) - cells.count("")
        if count:
            raw.append((number, cells))
            filled += count
            if len(raw) > MAX_ROWS + LOOK_AT or filled > cells_left:
                check_size(
                    len(raw) if filled <= cells_left else 0, MAX_CELLS + max(0, filled - cells_left), 0
                )
    return _unmerged(raw, sheet.merged_cell_ranges or []), filled


def _as_text(value: Any) -> str:
    """The value as it would be typed; dates as ISO."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return (
            value.date().isoformat()
            if value.time() == time()
            else value.replace(microsecond=0).isoformat(" ")
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "seconds")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return str(value)


def _unmerged(raw: list[Raw], merged: Sequence[Merged]) -> list[Raw]:
    """Give every row of a cell merged downwards its value; put headings of several rows into one."""
    if not merged or not raw:
        return raw
    rows = dict(raw)
    head = head_row(raw)
    ends = [last[0] + 1 for first, last in merged if first[0] + 1 == head]
    head_end = min(max([head, *ends]), head + MAX_HEAD_ROWS - 1)
    if head and head_end > head:
        rows[head] = _one_heading([rows[n] for n in range(head, head_end + 1) if n in rows], merged, head)
        for number in range(head + 1, head_end + 1):
            rows.pop(number, None)
    for (top, left), (bottom, _right) in merged:
        if top + 1 <= head_end or top + 1 not in rows or left >= len(rows[top + 1]):
            continue
        for number in range(top + 2, bottom + 2):
            if number in rows and left < len(rows[number]):
                rows[number][left] = rows[number][left] or rows[top + 1][left]
    return sorted(rows.items())


def _one_heading(rows: list[list[str]], merged: Sequence[Merged], head: int) -> list[str]:
    top = list(rows[0])
    for (row, left), (_bottom, right) in merged:
        if row + 1 == head and left < len(top):
            top[left : right + 1] = [top[left]] * len(top[left : right + 1])
    return [" ".join(dict.fromkeys(_column([top, *rows[1:]], index))) for index in range(len(top))]


def _column(rows: list[list[str]], index: int) -> Iterator[str]:
    return (cells[index] for cells in rows if index < len(cells) and cells[index])
