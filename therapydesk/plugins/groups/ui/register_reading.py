"""All that a register shows, read in one go: its rows with what is good to know of each, the team, what was sung."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from therapydesk.api import Fact, hooks
from therapydesk.plugins.groups import hub, lifts, register
from therapydesk.plugins.groups.register import Register, Row
from therapydesk.plugins.groups.roster import MemberView
from therapydesk.plugins.groups.rules import TEAM_ROLES
from therapydesk.plugins.groups.ui.register_table import Line
from therapydesk.ui.kit.desk import Desk

KINDS = ("alert", "access", "away", "notice")  # of the facts that are good to know


@dataclass(frozen=True)
class RegisterRead:
    """A register as it was read. `on` are those of the `team` who are on, by person."""

    register: Register
    lines: list[Line]
    team: list[MemberView]
    on: set[UUID]


def reader(desk: Desk, appointment_id: UUID, *, start: bool) -> Callable[[], RegisterRead]:
    """What reads it, on whatever thread. With `start` whoever joined meanwhile is put on it first."""
    vault, plugins = desk.vault, desk.plugins

    def read() -> RegisterRead:
        if start:
            with vault.write("core") as db:
                register.start_register(db, appointment_id)
        with vault.read() as db:
            found = register.open_register(db, appointment_id)
            ids = [row.person_id for row in found.rows if row.person_id is not None]
            answers = plugins.ask(hooks.person_facts, db=db, person_ids=ids)
            members = [m for m in found.members if m.state != "left"]
            needs = lifts.beside(register.needs_of(db, ids), members)
            on = {each.person_id for each in hub.list_shift(db, appointment_id)}
        facts: dict[UUID, list[Fact]] = {}
        for each in answers.values:
            for person, said in each.items():
                facts.setdefault(person, []).extend(f for f in said if f.kind in KINDS)
        team = [m for m in members if m.role in TEAM_ROLES]
        return RegisterRead(found, lines_of(found.rows, facts, needs), team, on)

    return read


def lines_of(rows: tuple[Row, ...], facts: dict[UUID, list[Fact]], needs: dict[UUID, str]) -> list[Line]:
    """Rows with what is good to know; a pair is a member and those who come with them, one after the other."""
    key = [row.with_row or row.attendance_id for row in rows]
    lines = []
    for n, row in enumerate(rows):
        begins = n == 0 or key[n - 1] != key[n]
        ends = n + 1 == len(rows) or key[n + 1] != key[n]
        said = tuple(facts.get(row.person_id, ())) if row.person_id is not None else ()
        helps = needs.get(row.person_id, "") if row.person_id is not None else ""
        lines.append(Line(row, said, helps, begins, ends, paired=not (begins and ends)))
    return lines
