"""The sheet of a register as a file: written out as CSV, and read back with what somebody filled in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from therapydesk.api import (
    Db,
    Table,
    UserError,
    allowed,
    csv_file,
    mark,
    normal_name,
    parse_day,
    read_file,
    show_day,
    tr,
)
from therapydesk.plugins.groups import activities, register
from therapydesk.plugins.groups.register import Register

MOST_ROWS = 2000
HEADS = {
    "group": mark("Group"),
    "day": mark("Day"),
    "name": mark("Name"),
    "comes_as": mark("Comes as"),
    "mark": mark("Mark"),
    "heads": mark("How many"),
    "came_for": mark("Came for"),
    "session": mark("Session"),
    "row": mark("Row"),
}
OTHER_HEADS = {"present": "mark", "attendance": "mark", "who": "name", "person": "name", "heads": "heads"}
MARKS = {
    "came": mark("Present"),
    "sent_apologies": mark("Apologies"),
    "no_word": mark("No word"),
    "came_late": mark("Late"),
    "left_early": mark("Left early"),
}
OTHER_MARKS = {
    "came": ("p", "x", "y", "yes", "1", "came", "here", "true", "✓", "✔", "☑", "☒"),
    "sent_apologies": ("a", "apology", "chose not to come", "sent apologies"),
    "no_word": ("n", "no", "0", "did not come", "absent", "false"),
    "came_late": ("l", "came late"),
    "left_early": ("e", "early"),
    "": ("", "expected", "☐", "-", "–"),
}
_GUARD = re.compile(r"^'(?=\s*[=+\-@\t\r])")  # how our CSV files keep a cell from being a formula


@dataclass(frozen=True)
class Line:
    """One row of a filled sheet. `state` is "" without a mark, `heads` how many came without a name, `came_for` words as
    they stand there; `wrong` says in a sentence why the row cannot be read.
    """

    number: int
    name: str
    state: str
    heads: int = 0
    row: UUID | None = None
    came_for: tuple[str, ...] = ()
    wrong: str = ""


@allowed("groups.register", filters=True)
def sheet_csv(db: Db, appointment_id: UUID) -> bytes:
    """The sheet of a session with the marks as they stand: a row for each that is expected or came, four empty ones.

    Cells that a spreadsheet would take for a formula are kept from it. `read_sheet` reads it again.
    """
    found = register.open_register(db, appointment_id)
    roles = {"person": tr("Member"), "carer": tr("With somebody"), "worker": tr("Team")}
    same = [found.name, show_day(found.starts_at.date())]
    rows = [
        [
            *same,
            row.name,
            roles.get(row.role, row.role) if row.person_id is not None else "",
            tr(MARKS[row.state]) if row.state in MARKS else "",
            "" if row.person_id is not None else row.headcount,
            "; ".join(activities.word("activities", code) for code in row.activities),
            str(appointment_id),
            str(row.attendance_id),
        ]
        for row in found.rows
    ]
    rows += [[*same, "", "", "", "", "", str(appointment_id), ""] for _ in range(4)]
    return csv_file([tr(words) for words in HEADS.values()], rows)


def read_sheet(path: Path, found: Register, cancelled: Callable[[], bool] | None = None) -> list[Line]:
    """Read a filled sheet, typed by somebody or exported before, in the limited worker: CSV, XLSX or ODS.

    Needs a column for names at least; without one for marks everybody listed came. Raises UserError, in a sentence, for a
    file that cannot be read or belongs to another session; a row that cannot be read has its own sentence.
    """
    tables = [table for table in read_file(path, cancelled=cancelled).tables if table.rows]
    if not tables:
        raise UserError(tr("“{file}” has no rows.").format(file=path.name))
    table = tables[0]
    where = _columns(table)
    if "name" not in where and "row" not in where:
        raise UserError(
            tr("“{file}” has no column called “Name”.").format(file=path.name),
            tr("The first row names the columns; save the sheet of the register to see them all."),
        )
    if len(table.rows) > MOST_ROWS:
        raise UserError(tr("“{file}” has more than {n} rows.").format(file=path.name, n=MOST_ROWS))
    lines = []
    for row in table.rows:
        cells = {name: _GUARD.sub("", row.cells[place]).strip() for name, place in where.items()}
        _check_session(cells, found)
        if any(cells.get(name) for name in ("name", "mark", "heads", "came_for", "row")):
            lines.append(_line(row.number, cells, marks="mark" in where))
    return lines


def _columns(table: Table) -> dict[str, int]:
    """Which column holds what: our heads in English or the user's language, and a few that others write."""
    known = {normal_name(words): name for name, words in HEADS.items()}
    known |= {normal_name(tr(words)): name for name, words in HEADS.items()} | OTHER_HEADS
    where: dict[str, int] = {}
    for place, head in enumerate(table.header):
        name = known.get(normal_name(head))
        if name is not None:
            where.setdefault(name, place)
    return where


def _check_session(cells: dict[str, str], found: Register) -> None:
    """A sheet of another session or day is refused as a whole: its marks would go to the wrong people."""
    session, day, group = (cells.get(name, "") for name in ("session", "day", "group"))
    other = bool(session) and session != str(found.appointment_id)
    if not session and day:
        try:
            other = parse_day(day) != found.starts_at.date()
        except UserError:
            other = True
    if not session and group:
        other = other or normal_name(group) != normal_name(found.name)
    if other:
        here = tr("{group}, {day}").format(group=found.name, day=show_day(found.starts_at.date()))
        there = ", ".join(part for part in (group, day) if part)
        raise UserError(
            tr("This sheet belongs to another session."),
            tr("It says “{there}”; this is {here}.").format(there=there or session[:40], here=here),
        )


def _line(number: int, cells: dict[str, str], *, marks: bool) -> Line:
    name, wrong = cells.get("name", ""), ""
    state: str | None = _state(cells.get("mark", "")) if marks else "came"
    if state is None:
        wrong = tr("“{text}” is not a mark: write P, A, N, L or E.").format(text=cells["mark"][:40])
    heads = 0
    if text := cells.get("heads", ""):
        given = text.removesuffix(".0")
        if given.isascii() and given.isdigit() and len(given) < 6 and 1 <= int(given) <= MOST_ROWS:
            heads = int(given)
        elif given != "0":
            wrong = wrong or tr("“{text}” is not a number of people.").format(text=text[:40])
    words = tuple(part.strip() for part in re.split(r"[;,]", cells.get("came_for", "")) if part.strip())
    return Line(number, name, state or "", heads, _uuid(cells.get("row", "")), words, wrong)


def _state(text: str) -> str | None:
    wanted = text.strip().casefold()
    for state, words in MARKS.items():
        if normal_name(wanted) in (normal_name(words), normal_name(tr(words))) or wanted == state:
            return state
    for state, others in OTHER_MARKS.items():
        if wanted in others:
            return state
    return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
