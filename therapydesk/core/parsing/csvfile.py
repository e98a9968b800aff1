"""CSV of any encoding, delimiter and line ending. Read strictly, but a broken row never stops the others."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log

from therapydesk.core.parsing.decode import decode
from therapydesk.core.parsing.heads import LOOK_AT, MAX_ROWS, Raw, make_table
from therapydesk.core.parsing.refusal import Refused
from therapydesk.core.parsing.types import ImportProblem, Parsed, Table
from therapydesk.core.words import tr

DELIMITERS = ",;\t|"
MAX_CELL = 100_000
MAX_BROKEN = 20
SAMPLE_LINES = 200
SAMPLE_LETTERS = 64_000
_SEP_LINE = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1f\x7f]")


def read_csv(data: bytes) -> Parsed:
    """The one table of a CSV file. Raises Refused."""
    text, notes = decode(data)
    if "\0" in text:
        text = text.replace("\0", "")
        notes.append(tr("There are NUL characters in this file; they were left out."))
    text = _CONTROLS.sub("", text) if _CONTROLS.search(text) else text
    problems = [ImportProblem(None, "", note) for note in notes]
    raw, broken = _rows(text)
    table, odd = make_table("", raw)
    if not table.header:
        raise Refused(tr("“{file}” has no rows."), tr("Ask the sender for another copy."))
    return Parsed("csv", [table], [], problems + nothing_below(table) + broken + odd)


def nothing_below(table: Table) -> list[ImportProblem]:
    """The note for a table that is only headings."""
    return [] if table.rows else [ImportProblem(None, "", tr("There are no rows under the headings."))]


def _rows(text: str) -> tuple[list[Raw], list[ImportProblem]]:
    lines = list(io.StringIO(text, newline=""))
    start = 0
    if lines and (said := _SEP_LINE.fullmatch(lines[0])) and said[1] in DELIMITERS:
        delimiter, start = said[1], 1
    else:
        delimiter = find_delimiter(lines)
    spaced = _spaces_before_quotes(lines, delimiter)
    csv.field_size_limit(MAX_CELL)
    rows: list[Raw] = []
    broken: list[int] = []
    for number, cells in _read_on(lines, start, delimiter, spaced, broken):
        if any(cells):
            rows.append((number, cells))
            if len(rows) > MAX_ROWS + LOOK_AT:
                break
    message = tr("The quotation marks in this row do not match, so its cells may be wrong.")
    return rows, [ImportProblem(number, "", message) for number in broken]


def _read_on(lines: list[str], at: int, delimiter: str, spaced: bool, broken: list[int]) -> Iterator[Raw]:
    """Number and cells of each row; after a broken row reading goes on with the line below its first."""
    while at < len(lines):
        reader = csv.reader(
            lines[at:] if at else lines, delimiter=delimiter, skipinitialspace=spaced, strict=True
        )
        began = at
        try:
            for cells in reader:
                yield began + 1, [cell.strip() for cell in cells]
                began = at + reader.line_num
            return
        except csv.Error:
            broken.append(began + 1)
            if len(broken) > MAX_BROKEN:
                raise _too_broken(broken) from None
            if len(lines[began]) > MAX_CELL:
                raise Refused(
                    tr("“{{file}}” has a cell of more than {n} characters in row {row}.").format(
                        n=f"{MAX_CELL:,}", row=began + 1
                    ),
                    tr("Check that the file is a table, and shorten that cell."),
                ) from None
            yield began + 1, [cell.strip() for cell in next(csv.reader([lines[began]], delimiter=delimiter))]
            at = began + 1


def _too_broken(rows: Sequence[int]) -> Refused:
    return Refused(
        tr("“{{file}}” has broken quotation marks in many rows, first in row {row}.").format(row=rows[0]),
        tr("Ask the sender for the list as an XLSX or ODS file."),
    )


def find_delimiter(lines: Sequence[str]) -> str:
    """The delimiter with which most rows have the same number of cells; a comma for one column."""
    sample: list[str] = []
    room = SAMPLE_LETTERS
    for line in lines[:SAMPLE_LINES]:
        sample.append(line[:room])
        room -= len(line)
        if room <= 0:
            break
    return max(
        DELIMITERS, key=lambda delimiter: (_steadiness(sample, delimiter), -DELIMITERS.index(delimiter))
    )


def _steadiness(sample: list[str], delimiter: str) -> float:
    try:
        lengths = [len(cells) for cells in csv.reader(sample, delimiter=delimiter) if any(cells)]
    except csv.Error:
        return 0.0
    usual = Counter(length for length in lengths if length > 1).most_common(1)
    if not usual:
        return 0.0
    length, times = usual[0]
    # The square keeps an unsteady count from winning by being high, as commas inside addresses are.
    return (times / len(lengths)) ** 2 * (1 + log(length) / 10)


def _spaces_before_quotes(lines: Sequence[str], delimiter: str) -> bool:
    """Whether cells are written as `1, "text"`, where the space must go for the quotation marks to count."""
    opened = re.compile(rf'{re.escape(delimiter)} +"')
    closed = re.compile(rf'{re.escape(delimiter)} +"[^"]*(""[^"]*)*"\s*({re.escape(delimiter)}|$)')
    found = [line[:2000] for line in lines[:SAMPLE_LINES] if opened.search(line[:2000])]
    return sum(1 for line in found if closed.search(line)) * 2 > len(found)
