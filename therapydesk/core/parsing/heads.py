"""The headings of a table, CSV or spreadsheet: titles above, blank and doubled names, totals below."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from therapydesk.core.parsing.refusal import Refused
from therapydesk.core.parsing.types import ImportProblem, Row, Table
from therapydesk.core.words import tr

MAX_ROWS = 20_000
MAX_CELLS = 600_000
MAX_COLUMNS = 500
LOOK_AT = 30  # rows in which the headings are looked for
SAMPLE = 200

Raw = tuple[int, list[str]]

# Words that stand in the headings of referral lists and hardly ever in the rows below them.
_HEAD_WORDS = re.compile(
    r"\b(name|forename|surname|first|last|d\.?o\.?b|date|birth|born|nhs|address|post ?code|phone|telephone"
    r"|tel|mobile|e-?mail|gender|sex|refer\w*|reason|priority|gp|surgery|school|carer|consent\w*|notes?|comments?|language|id|no|number|status"
    r"|enw|dyddiad|cyfeiriad|cod post|ff[oô]n|rheswm)\b",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"[-+£$€]?\s*[\d.,]*\d\s*%?"  # a number or an amount
    r"|\d{1,4}[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{1,4}([T ][\d:.+Z-]+)?"  # a date
    r"|[\d:]{4,8}( ?[ap]m)?"  # a time
    r"|\+?\(?\d[\d\s()-]{6,}"  # a telephone or NHS number
    r"|\S+@\S+\.\S+"
    r"|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"  # a postcode
    r"|true|false|yes|no|n/?a|null|none|nan",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(19|20)\d\d")
_TOTAL = re.compile(
    r"(grand |sub-?)?totals?\b.*|sum|count|average|mean|number of \w+"
    r"|\d+ (records?|rows?|referrals?|people|patients?)"
    r"|(records?|rows?) ?: ?\d+|end of (report|file)|cyfanswm\b.*",
    re.IGNORECASE,
)


def make_table(name: str, raw: Sequence[Raw]) -> tuple[Table, list[ImportProblem]]:
    """The table of a file or sheet, blank rows left out, and what is odd about it. Raises Refused."""
    lengths = {number: len(cells) for number, cells in raw}
    rows = [(number, _without_tail(cells)) for number, cells in raw]
    rows = [(number, cells) for number, cells in rows if cells]
    at = _head_at([cells for _, cells in rows[:SAMPLE]])
    names = rows[at][1] if at is not None else []
    body = rows[at + 1 :] if at is not None else rows
    header_row = rows[at][0] if at is not None else 0
    width = max([len(names), *(len(cells) for _, cells in body)])
    check_size(len(body), sum(len(cells) for _, cells in body), width)
    problems = _totals(body) + _too_long(body, len(names)) + _too_short(body, lengths, header_row)
    table = Table(
        name,
        unique_names(names, width),
        header_row,
        [Row(number, cells + [""] * (width - len(cells))) for number, cells in body],
    )
    return table, problems


def check_size(rows: int, cells: int, columns: int) -> None:
    """Raise Refused when a table is larger than this program takes in."""
    split = tr("Split it into smaller files and import them one after another.")
    if rows > MAX_ROWS:
        raise Refused(tr("“{{file}}” has more than {n} rows.").format(n=f"{MAX_ROWS:,}"), split)
    if cells > MAX_CELLS:
        raise Refused(tr("“{{file}}” has more than {n} filled cells.").format(n=f"{MAX_CELLS:,}"), split)
    if columns > MAX_COLUMNS:
        raise Refused(
            tr("“{{file}}” has more than {n} columns.").format(n=MAX_COLUMNS),
            tr("Copy only the columns you need into a new file and try that."),
        )


def head_row(raw: Sequence[Raw]) -> int:
    """Number of the row that holds the headings, 0 for none."""
    rows = [(number, _without_tail(cells)) for number, cells in raw[:SAMPLE]]
    at = _head_at([cells for _, cells in rows if cells])
    return raw[at][0] if at is not None else 0


def _without_tail(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _head_at(rows: list[list[str]]) -> int | None:
    """Index of the row that holds the headings; None when the file seems to have none."""
    if not rows:
        return None
    filled = [sum(1 for cell in cells if cell) for cells in rows]
    counts = Counter(filled)
    usual = max(counts, key=lambda n: (counts[n], n)) if len(rows) > 3 else max(filled)
    needed = max(1, usual * 0.6)
    candidates = [
        n for n in range(min(len(rows), LOOK_AT)) if filled[n] >= needed and _looks_like_heads(rows[n])
    ]
    known = {
        n: sum(1 for cell in rows[n] if len(cell) <= 60 and _HEAD_WORDS.search(cell)) for n in candidates
    }
    if not candidates or (filled[candidates[0]] == 1 and usual > 1):
        return None
    first = candidates[0]
    best = max(candidates[:5], key=lambda n: (known[n], -n))
    if known[best] >= 2 and known[best] >= 2 * known[first]:
        return best
    return first if all(filled[n] < needed for n in range(first)) else None


def _looks_like_heads(cells: list[str]) -> bool:
    """Whether the cells name columns: short texts, no values (but years after a text are all right)."""
    texts = [cell for cell in cells if cell]
    values = [cell for cell in texts if _VALUE.fullmatch(cell)]
    if (
        values
        and len(texts) > 2
        and not _VALUE.fullmatch(texts[0])
        and all(_YEAR.fullmatch(cell) for cell in values)
    ):
        values = []
    return not values and all(len(cell) <= 200 for cell in texts)


def column_letters(index: int) -> str:
    """The spreadsheet's name for a column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def unique_names(names: Sequence[str], width: int) -> list[str]:
    """The headings on one line each, with a name for every column and none twice."""
    header: list[str] = []
    taken: set[str] = set()
    for index in range(width):
        name = " ".join(names[index].split()) if index < len(names) else ""
        name = wanted = name or tr("Column {letter}").format(letter=column_letters(index))
        again = 2
        while name.casefold() in taken:
            name, again = f"{wanted} {again}", again + 1
        taken.add(name.casefold())
        header.append(name)
    return header


def _totals(body: Sequence[Raw]) -> list[ImportProblem]:
    message = tr("This row looks like a total, not a person.")
    found = []
    for number, cells in body[-3:]:
        texts = [cell for cell in cells if cell]
        others = [cell for cell in texts[1:] if not _VALUE.fullmatch(cell)]
        if _TOTAL.fullmatch(texts[0].rstrip(" :")) and not others:
            found.append(ImportProblem(number, "", message))
    return found


def _too_long(body: Sequence[Raw], heads: int) -> list[ImportProblem]:
    long = [(number, len(cells)) for number, cells in body if len(cells) > heads]
    if not heads or len(long) > max(20, len(body) // 5):  # the headings are few, not the rows long
        return []
    text = tr("This row has {cells} cells, but there are only {heads} headings. Perhaps a text was split.")
    return [ImportProblem(number, "", text.format(cells=cells, heads=heads)) for number, cells in long]


def _too_short(body: Sequence[Raw], lengths: Mapping[int, int], header_row: int) -> list[ImportProblem]:
    """Rows that end early where rows do not; files that leave out blank cells at the end are fine."""
    full = lengths.get(header_row, 0)
    short = [number for number, _ in body if lengths[number] < full]
    if len(short) * 5 > len(body):
        return []
    text = tr("This row ends after {cells} of {heads} cells. Perhaps a text was split.")
    return [ImportProblem(number, "", text.format(cells=lengths[number], heads=full)) for number in short]
