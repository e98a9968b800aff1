"""Lists that a practice edits: what people come for, how they take part, in which role they are there (KC15, LW20).

A list of the practice's own stands in its settings, one on a line; without one the list of activities.csv or came_as.csv is
used. A word of ours keeps its code, so that counts go on when the list is changed; a word of theirs is its own code.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib import resources
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.api import (
    Db,
    NotFound,
    Setting,
    UserError,
    allowed,
    appointments,
    normal_name,
    setting,
    tidy,
    tr,
)
from therapydesk.plugins.groups.models import GroupSession, Visit, VisitActivity
from therapydesk.plugins.groups.rules import CAME
from therapydesk.plugins.groups.slips import check_visit

List = Literal["activities", "parts", "came_as"]
LONGEST = 40


@functools.cache
def _shipped(name: List) -> tuple[tuple[str, str], ...]:
    text = resources.files("therapydesk.plugins.groups").joinpath(f"{name}.csv").read_text("utf-8")
    return tuple((row["code"], row["words"]) for row in csv.DictReader(text.splitlines()))


def shipped(name: List) -> list[tuple[str, str]]:
    """The list that comes with the program: codes with their words, in the user's language."""
    return [(code, tr(words)) for code, words in _shipped(name)]


@allowed("groups.read")
def choices(db: Db, name: List) -> list[tuple[str, str]]:
    """The practice's list: codes with their words, in its order."""
    own = [tidy(line)[:LONGEST] for line in str(setting(db, f"groups.{name}", "")).splitlines()]
    if not any(own):
        return shipped(name)
    known = {normal_name(words): code for code, words in _shipped(name)}
    known |= {normal_name(words): code for code, words in shipped(name)}
    return list({known.get(normal_name(line), line): line for line in own if line}.items())


def word(name: List, code: str) -> str:
    """The words of one code; the code itself for a word of the practice's own."""
    return tr(dict(_shipped(name)).get(code, code))


def settings() -> list[Setting]:
    """The lists, for the settings window."""
    group, hint = tr("Groups"), tr("One on a line. Empty: the list that comes with TherapyDesk.")
    return [
        Setting("groups.activities", tr("What people come for"), "long_text", "", hint, group=group),
        Setting("groups.parts", tr("How people take part"), "long_text", "", hint, group=group),
        Setting("groups.came_as", tr("Roles at meetings and workshops"), "long_text", "", hint, group=group),
    ]


@allowed("groups.register", filters=True)
def set_part(db: Db, attendance_id: UUID, part: str) -> str:
    """How somebody took part in all that they came for at a visit; "" takes it away. Returns what stood before.

    Raises NotFound for a visit that says nothing yet of what it was for.
    """
    rows = list(db.scalars(select(VisitActivity).where(VisitActivity.attendance_id == attendance_id)))
    if not rows:
        raise NotFound(tr("Say first what they came for."))
    check_visit(db, attendance_id)
    if part and part not in dict(choices(db, "parts")):
        raise UserError(tr("There is no “{code}” here.").format(code=part))
    before = rows[0].part
    for row in rows:
        row.part = part
    db.flush()
    return before


@allowed("groups.read")
def parts_of(db: Db, attendance_ids: Sequence[UUID]) -> dict[UUID, str]:
    """How people took part, by visit; those of whom nothing is said are left out."""
    query = select(VisitActivity.attendance_id, VisitActivity.part).where(
        VisitActivity.attendance_id.in_(attendance_ids), VisitActivity.part != ""
    )
    return dict(db.execute(query).all())


@dataclass(frozen=True)
class Tally:
    """One word of a list with how many visits said it, and how many different people made them."""

    code: str
    words: str
    visits: int
    people: int


@allowed("groups.read")
def tally(
    db: Db,
    name: Literal["activities", "parts", "came_as"],
    since: date,
    until: date,
    group_id: UUID | None = None,
) -> list[Tally]:
    """How many visits of finished sessions were for each activity, or with each part or role; days are inclusive.

    A visit for three activities counts once for each of them, and stays one visit in every other count. Heads without a name
    count as visits and as nobody.
    """
    booked, attended = appointments.Appointment, appointments.Attendance
    column = {"activities": VisitActivity.activity, "parts": VisitActivity.part, "came_as": Visit.came_as}[
        name
    ]
    table = Visit if name == "came_as" else VisitActivity
    rows = (
        select(column.label("code"), attended.id, attended.person_id, attended.headcount)
        .join(attended, attended.id == table.attendance_id)
        .join(booked, booked.id == attended.appointment_id)
        .join(GroupSession, GroupSession.appointment_id == booked.id)
        .where(
            booked.state == "completed",
            attended.state.in_(CAME),
            column != "",
            booked.starts_at >= datetime.combine(since, time()),
            booked.starts_at <= datetime.combine(until, time.max),
        )
        .distinct()
    )
    if group_id is not None:
        rows = rows.where(GroupSession.group_id == group_id)
    each = rows.subquery()
    counted = select(
        each.c.code, func.sum(each.c.headcount), func.count(func.distinct(each.c.person_id))
    ).group_by(each.c.code)
    found = [
        Tally(code, word(name, code), int(visits), people) for code, visits, people in db.execute(counted)
    ]
    return sorted(found, key=lambda t: (-t.visits, t.words.casefold()))


# --- in which role somebody was at a meeting or workshop (LW20) ---


@allowed("groups.register", filters=True)
def set_came_as(db: Db, attendance_id: UUID, came_as: str) -> str:
    """In which role somebody, or heads without a name, are at a session; returns what stood before."""
    if came_as and came_as not in dict(choices(db, "came_as")):
        raise UserError(tr("There is no “{code}” here.").format(code=came_as))
    if db.get(appointments.Attendance, attendance_id) is None:
        raise NotFound(tr("They are not on the list any more."))
    check_visit(db, attendance_id)
    row = db.get(Visit, attendance_id)
    if row is None:
        row = Visit(attendance_id=attendance_id)
        db.add(row)
    before = row.came_as or ""
    row.came_as = came_as
    db.flush()
    return before


@allowed("groups.read")
def roles_at(db: Db, appointment_id: UUID) -> dict[UUID, str]:
    """In which role each attendance of a session is there; those of whom nothing is said are left out."""
    attended = appointments.Attendance
    query = select(Visit.attendance_id, Visit.came_as).join(attended, attended.id == Visit.attendance_id)
    return dict(db.execute(query.where(attended.appointment_id == appointment_id, Visit.came_as != "")).all())


@allowed("groups.read")
def count_roles(db: Db, appointment_id: UUID) -> list[tuple[str, int]]:
    """How many were at a session in each role, in the order of the list; "" for those of whom nothing is said."""
    attended = appointments.Attendance
    query = (
        select(func.coalesce(Visit.came_as, ""), func.sum(attended.headcount))
        .select_from(attended)
        .outerjoin(Visit, Visit.attendance_id == attended.id)
        .where(attended.appointment_id == appointment_id, attended.state.in_(CAME))
        .group_by(func.coalesce(Visit.came_as, ""))
    )
    counted = {code: int(n) for code, n in db.execute(query)}
    order = [code for code, _ in choices(db, "came_as")]
    return sorted(
        counted.items(), key=lambda pair: (pair[0] == "", order.index(pair[0]) if pair[0] in order else 99)
    )
