"""What a filled sheet would do to a register: planned first, then carried out exactly so, and taken back.

Taking the same sheet in again changes nothing: marks are set, not added, a name is added once, and heads without a name are
brought up to the number on the sheet (those that were claimed since are counted among them).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import Db, Person, UserError, allowed, normal_name, ntr, person_called, tr
from therapydesk.plugins.groups import activities, hub_day, register
from therapydesk.plugins.groups.models import Visit
from therapydesk.plugins.groups.register import Register, Row
from therapydesk.plugins.groups.rules import CAME
from therapydesk.plugins.groups.sheet_csv import Line
from therapydesk.plugins.groups.slips import check_session

MARK, SAME, WALK_IN, HEADS, BLANK, REFUSED = "mark", "same", "walk_in", "heads", "blank", "refused"
CHANGES = (MARK, WALK_IN, HEADS)
MOST_NEW = 500  # names that are looked for among all people


@dataclass(frozen=True)
class Planned:
    """What becomes of one row. `before` is the mark that stands now; `attendance_id` None: somebody who is added."""

    line: Line
    what: str
    name: str = ""
    before: str = ""
    attendance_id: UUID | None = None
    person_id: UUID | None = None
    heads: int = 0
    activities: tuple[str, ...] = ()
    activities_before: tuple[str, ...] = ()
    why: str = ""

    @property
    def id(self) -> int:
        """The number of its row."""
        return self.line.number


@dataclass(frozen=True)
class Done:
    """What was carried out, to take it back: marks with what stood before, and attendances that were made."""

    marked: tuple[Planned, ...]
    made: tuple[UUID, ...]


@allowed("groups.register", filters=True)
def plan_sheet(db: Db, appointment_id: UUID, lines: Sequence[Line]) -> list[Planned]:
    """What each row would do; writes nothing. Raises UserError when the register is finished."""
    found = register.open_register(db, appointment_id)
    if found.finished:
        raise UserError(tr("This register is finished."), tr("Reopen it to take in a sheet."))
    rows = {row.attendance_id: row for row in found.rows}
    called = _called(db, found)
    planned: list[Planned] = []
    taken: dict[UUID, Line] = {}
    looked = 0
    known = {normal_name(words): code for code, words in activities.choices(db, "activities")}
    for line in lines:
        codes, unknown = _codes(line, known) if found.shape == "hub" else ((), "")
        wrong = line.wrong or (
            tr("Nobody comes here for “{text}”.").format(text=unknown[:40]) if unknown else ""
        )
        if wrong:
            planned.append(Planned(line, REFUSED, line.name, why=wrong))
        elif not line.name:
            planned.append(_without_name(line, rows, codes))
        else:
            each, asked = _named(db, line, rows, called, looked < MOST_NEW, codes)
            looked += asked
            planned.append(_once(each, taken))
    return _heads(db, found, planned)


def _codes(line: Line, known: dict[str, str]) -> tuple[tuple[str, ...], str]:
    """Codes of what they came for, and the first word that is none."""
    unknown = next((words for words in line.came_for if normal_name(words) not in known), "")
    return tuple(dict.fromkeys(known[normal_name(words)] for words in line.came_for if not unknown)), unknown


def _called(db: Db, found: Register) -> dict[str, list[UUID]]:
    """Each name that somebody on the register may stand under on a sheet, with their rows."""
    of = {row.person_id: row for row in found.rows if row.person_id is not None}
    names: dict[str, list[UUID]] = {}
    query = select(Person.id, Person.full_name, Person.preferred_name).where(Person.id.in_(of))
    for person_id, full, preferred in db.execute(query):
        row = of[person_id]
        for name in {normal_name(row.name), normal_name(full), normal_name(preferred)} - {""}:
            names.setdefault(name, []).append(row.attendance_id)
    return names


def _named(
    db: Db,
    line: Line,
    rows: dict[UUID, Row],
    called: dict[str, list[UUID]],
    may_look: bool,
    codes: tuple[str, ...],
) -> tuple[Planned, bool]:
    """What a row with a name does, and whether the name was looked for among all people."""
    there = called.get(normal_name(line.name), [])
    row = rows.get(line.row) if line.row is not None else None
    if row is not None and row.person_id is not None:
        if there and row.attendance_id not in there:
            return _refused(line, tr("The name is not the one of this row on the register.")), False
        if there:
            return _mark(line, row, codes), False
    if len(there) > 1:
        return _refused(line, tr("Several on the register are called that. Write the full name.")), False
    if there:
        return _mark(line, rows[there[0]], codes), False
    if not line.state:
        return Planned(line, BLANK, line.name), False
    if line.state not in CAME:
        return _refused(line, tr("Nobody of that name is on the register.")), False
    if not may_look:
        return _refused(line, tr("There are too many new names on this sheet.")), False
    try:
        person = person_called(db, line.name)
    except UserError as error:
        return _refused(line, str(error)), True
    if person is None:
        why = tr("Nobody of that name is known. Add them as a walk-in first.")
        return _refused(line, why), True
    return Planned(line, WALK_IN, line.name, person_id=person, activities=codes), True


def _refused(line: Line, why: str) -> Planned:
    return Planned(line, REFUSED, line.name, why=why)


def _mark(line: Line, row: Row, codes: tuple[str, ...]) -> Planned:
    more = tuple(code for code in codes if code not in row.activities)
    what = MARK if line.state and (line.state != row.state or more) else SAME if line.state else BLANK
    return Planned(
        line,
        what,
        row.name,
        row.state,
        row.attendance_id,
        row.person_id,
        activities=(*row.activities, *more),
        activities_before=row.activities,
    )


def _once(each: Planned, taken: dict[UUID, Line]) -> Planned:
    """Two rows about one person: the same again is nothing, something else is refused."""
    if each.what not in (MARK, SAME, WALK_IN) or each.person_id is None:
        return each
    first = taken.setdefault(each.person_id, each.line)
    if first is each.line:
        return each
    if first.state == each.line.state:
        return replace(each, what=SAME)
    why = tr("Row {n} says something else about them.").format(n=first.number)
    return replace(each, what=REFUSED, why=why)


def _without_name(line: Line, rows: dict[UUID, Row], codes: tuple[str, ...]) -> Planned:
    if line.heads and (line.state in CAME or not line.state):
        return Planned(line, HEADS, heads=line.heads, activities=codes)
    row = rows.get(line.row) if line.row is not None else None
    if row is not None and row.person_id is not None:
        return _mark(line, row, codes)
    if line.state and not line.heads:
        return Planned(line, REFUSED, why=tr("There is a mark and no name."))
    return Planned(line, BLANK)


def _heads(db: Db, found: Register, planned: list[Planned]) -> list[Planned]:
    """Only as many heads are added as the sheet has more than the register, those that got a name since included."""
    there = sum(row.headcount for row in found.rows if row.person_id is None)
    ids = [row.attendance_id for row in found.rows]
    claimed = select(func.count()).where(Visit.attendance_id.in_(ids), Visit.claimed_at.is_not(None))
    spare = there + (db.scalar(claimed) or 0)
    done = []
    for each in planned:
        if each.what == HEADS:
            more = max(0, each.heads - spare)
            spare = max(0, spare - each.heads)
            each = replace(each, heads=more, what=HEADS if more else SAME)
        done.append(each)
    return done


@allowed("groups.register", filters=True)
def carry_out(db: Db, appointment_id: UUID, planned: Iterable[Planned]) -> Done:
    """Do exactly what was planned. Raises UserError, and nothing is written, when the register changed so that it cannot."""
    check_session(db, appointment_id)
    marked, made = [], []
    hub = hub_day.is_hub(db, appointment_id)
    for each in planned:
        if each.what == MARK and each.attendance_id is not None:
            register.mark(db, appointment_id, each.attendance_id, each.line.state)
            _came_for(db, each.attendance_id, each.activities, each.activities_before)
            marked.append(each)
        elif each.what == WALK_IN and each.person_id is not None:
            add = hub_day.arrive if hub else register.add_walk_in
            new = add(db, appointment_id, each.person_id)
            if each.line.state != "came":
                register.mark(db, appointment_id, new, each.line.state)
            _came_for(db, new, each.activities, ())
            made.append(new)
        elif each.what == HEADS:
            new = register.check_in(db, appointment_id, each.heads)
            _came_for(db, new, each.activities, ())
            made.append(new)
    return Done(tuple(marked), tuple(made))


def _came_for(db: Db, attendance_id: UUID, wanted: tuple[str, ...], before: tuple[str, ...]) -> None:
    if wanted != before:
        register.set_activities(db, attendance_id, wanted)


@allowed("groups.register", filters=True)
def take_back(db: Db, appointment_id: UUID, done: Done) -> None:
    """Undo an import: what was marked differently since then stays as it is now."""
    rows = {row.attendance_id: row for row in register.open_register(db, appointment_id).rows}
    for each in done.marked:
        row = rows.get(each.attendance_id) if each.attendance_id is not None else None
        if row is None or row.state != each.line.state:
            continue
        register.mark(db, appointment_id, row.attendance_id, each.before)
        if row.activities == each.activities:
            _came_for(db, row.attendance_id, each.activities_before, row.activities)
    for attendance_id in done.made:
        if attendance_id in rows:
            hub_day.leave_out(db, appointment_id, attendance_id)


def in_words(planned: Sequence[Planned]) -> str:
    """What a plan comes to: "12 marks, 2 walk-ins, 5 without a name, 1 row refused"."""
    heads = sum(each.heads for each in planned if each.what == HEADS)
    n = {what: sum(each.what == what for each in planned) for what in (MARK, SAME, WALK_IN, REFUSED)}
    parts = [
        (n[MARK], ntr("one mark", "{n} marks", n[MARK])),
        (n[WALK_IN], ntr("one walk-in", "{n} walk-ins", n[WALK_IN])),
        (heads, ntr("one without a name", "{n} without a name", heads)),
        (n[SAME], ntr("one row that says the same", "{n} rows that say the same", n[SAME])),
        (n[REFUSED], ntr("one row refused", "{n} rows refused", n[REFUSED])),
    ]
    return ", ".join(words for number, words in parts if number) or tr("Nothing is on this sheet yet.")


def what_word(each: Planned) -> str:
    """What becomes of a row, in words."""
    words = {
        MARK: tr("Mark"),
        SAME: tr("Already so"),
        WALK_IN: tr("Walk-in"),
        HEADS: tr("Without a name"),
        BLANK: tr("No mark"),
        REFUSED: tr("Refused"),
    }
    return words[each.what]
