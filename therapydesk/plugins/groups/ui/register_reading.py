"""All that a register shows, read in one go: its rows with what is good to know of each, the team, what was sung."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, Fact, Person, hooks
from therapydesk.plugins.groups import helpers, hub, lifts, register
from therapydesk.plugins.groups.register import Register, Row
from therapydesk.plugins.groups.roster import MemberView
from therapydesk.plugins.groups.rules import TEAM_ROLES
from therapydesk.plugins.groups.ui.register_table import Line
from therapydesk.ui.kit.desk import Desk

KINDS = ("alert", "access", "away", "notice")  # of the facts that are good to know


@dataclass(frozen=True)
class Helps:
    """Somebody who may be on at a session, as what."""

    person_id: UUID
    name: str
    skill: str
    role: str


@dataclass(frozen=True)
class RegisterRead:
    """A register as it was read. `on` are those of the `team` who are on, by person."""

    register: Register
    lines: list[Line]
    team: list[Helps]
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
            team = _team(db, found, members)
        facts: dict[UUID, list[Fact]] = {}
        for each in answers.values:
            for person, said in each.items():
                facts.setdefault(person, []).extend(f for f in said if f.kind in KINDS)
        return RegisterRead(found, lines_of(found.rows, facts, needs), team, on)

    return read


def _team(db: Db, found: Register, members: Sequence[MemberView]) -> list[Helps]:
    """The team of the roster, then who has a placement in this group that runs on that day."""
    team = [Helps(m.person_id, m.name, m.skill, m.role) for m in members if m.role in TEAM_ROLES]
    known, day = {each.person_id for each in team}, found.starts_at.date()
    placed = {
        each.person_id: each.role
        for each in helpers.list_placements(db)
        if each.group_id == found.group_id and each.runs_on(day) and each.person_id not in known
    }
    if placed:
        people = db.scalars(select(Person).where(Person.id.in_(placed)))
        more = [Helps(person.id, person.name, "", placed[person.id]) for person in people]
        team += sorted(more, key=lambda each: each.name.casefold())
    return team


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
