"""What sessions come to: people, those who come along, pairs, heads without a name, visits, and how many of those expected
came. What is counted is said in rules.py, in plain Python; here the file counts, for ten years are 300,000 attendances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, Select, and_, func, literal, select, union, union_all
from sqlalchemy.orm import aliased

from therapydesk.api import Db, allowed, appointments
from therapydesk.plugins.groups.models import Group, GroupSession, Member, PlannedAbsence
from therapydesk.plugins.groups.rules import ANNOUNCED, CAME, Count

NOTHING = Count(0, 0, 0, 0, 0, 0, None)


@dataclass(frozen=True)
class GroupCount:
    """What one group comes to in a period."""

    group_id: UUID
    name: str
    count: Count


@allowed("groups.read")
def rates(
    db: Db, since: date | None = None, until: date | None = None, group_id: UUID | None = None
) -> list[GroupCount]:
    """Each group with what its finished sessions come to; days are inclusive. Groups without one are left out. A hidden
    group stands under its neutral name. Two queries for all.
    """
    sessions = _finished(since, until)
    if group_id is not None:
        sessions = sessions.where(GroupSession.group_id == group_id)
    found = _count(db, sessions)
    held = sessions.with_only_columns(GroupSession.group_id)
    groups = db.execute(select(Group.id, Group.name).where(Group.id.in_(held)))
    return sorted(
        (GroupCount(i, name, found.get(i, NOTHING)) for i, name in groups), key=lambda g: g.name.casefold()
    )


@allowed("groups.read")
def total(db: Db, since: date | None = None, until: date | None = None) -> Count:
    """All groups together: somebody who comes to two groups is one person."""
    return _count(db, _finished(since, until), together=True).get(None, NOTHING)


@allowed("groups.read")
def count_sessions(db: Db, appointment_ids: Sequence[UUID]) -> Count:
    """What these sessions come to, finished or not."""
    sessions = _sessions().where(appointments.Appointment.id.in_(appointment_ids))
    return _count(db, sessions, together=True).get(None, NOTHING)


def _sessions() -> Select[*tuple[Any, ...]]:
    booked = appointments.Appointment
    day = func.date(booked.starts_at).label("day")
    columns = select(booked.id.label("id"), GroupSession.group_id.label("group_id"), day)
    return columns.join_from(GroupSession, booked, booked.id == GroupSession.appointment_id)


def _finished(since: date | None, until: date | None) -> Select[*tuple[Any, ...]]:
    booked = appointments.Appointment
    query = _sessions().where(booked.state == "completed")
    if since is not None:
        query = query.where(booked.starts_at >= datetime.combine(since, time()))
    if until is not None:
        query = query.where(booked.starts_at <= datetime.combine(until, time.max))
    return query


# --- the same as rules.count, in one statement: four parts, each a row for a group ---


def _count(db: Db, sessions: Select[*tuple[Any, ...]], *, together: bool = False) -> dict[UUID | None, Count]:
    """For each group what its sessions come to; `together`: for all as one, under None."""
    held = sessions.cte("counted")
    parts = [_held(held), _came(held), _away(held), _pairs(held)]
    if together:
        parts = [part.with_only_columns(*_as_one(part)).group_by(None) for part in parts]
    else:
        parts = [part.group_by(held.c.group_id) for part in parts]
    found: dict[UUID | None, dict[str, Any]] = {}
    for part, group_id, *numbers in db.execute(union_all(*parts)):
        found.setdefault(group_id, {})[part] = [number or 0 for number in numbers]
    return {group_id: _as_count(known) for group_id, known in found.items()}


def _as_one(part: Select[*tuple[Any, ...]]) -> list[Any]:
    name, group_id, *numbers = part.selected_columns
    return [name, func.nullif(literal(""), "", type_=group_id.type).label("group_id"), *numbers]


def _as_count(known: dict[str, list[int]]) -> Count:
    sessions = known["held"][0] if "held" in known else 0
    named, visits, unnamed, different, people = known.get("came", [0] * 5)
    missing = known["away"][0] if "away" in known else 0
    pairs = known["pairs"][0] if "pairs" in known else 0
    rate = named / (named + missing) if named + missing else None
    return Count(sessions, people, different - people, pairs, unnamed, visits, rate)


def _part(name: str, held: CTE, *numbers: Any) -> Select[*tuple[Any, ...]]:
    filled = [*numbers, *[literal(0)] * (5 - len(numbers))]
    return select(literal(name).label("part"), held.c.group_id, *filled)


def _held(held: CTE) -> Select[*tuple[Any, ...]]:
    """Sessions that somebody was expected at."""
    attended = appointments.Attendance
    on_it = select(attended.id).where(attended.appointment_id == held.c.id).exists()
    return _part("held", held, func.count()).select_from(held).where(on_it)


def _came(held: CTE) -> Select[*tuple[Any, ...]]:
    """Heads with a name, heads, those without a name; different people, and those of them who were members."""
    who = appointments.Attendance
    numbers = (
        func.count(who.person_id),
        func.sum(who.headcount),
        func.sum(who.headcount).filter(who.person_id.is_(None)),
        func.count(who.person_id.distinct()),
        func.count(who.person_id.distinct()).filter(who.role != "carer"),
    )
    there = and_(who.appointment_id == held.c.id, who.state.in_(CAME), who.role != "worker")
    return _part("came", held, *numbers).join_from(held, who, there)


def _away(held: CTE) -> Select[*tuple[Any, ...]]:
    """Heads with a name that were not there, and nobody had said so."""
    who = appointments.Attendance
    planned = (
        select(PlannedAbsence.id)
        .join(Member, Member.id == PlannedAbsence.member_id)
        .where(
            PlannedAbsence.person_id == who.person_id,
            Member.group_id == held.c.group_id,
            PlannedAbsence.from_on <= held.c.day,
            PlannedAbsence.until_on >= held.c.day,
        )
    )
    silent = and_(
        who.appointment_id == held.c.id,
        who.person_id.is_not(None),
        who.role != "worker",
        who.state.not_in(CAME | ANNOUNCED),
        ~planned.correlate(who, held).exists(),
    )
    return _part("away", held, func.count()).join_from(held, who, silent)


def _pairs(held: CTE) -> Select[*tuple[Any, ...]]:
    """Different pairs of the roster of which both, one of them coming along, were at the same session."""
    along, other = appointments.Attendance, aliased(appointments.Attendance)
    half = _halves()
    theirs = half.alias("theirs")
    there = and_(along.appointment_id == held.c.id, along.role == "carer", along.state.in_(CAME))
    paired = and_(half.c.group_id == held.c.group_id, half.c.person_id == along.person_id)
    both = (
        select(other.id)
        .join(theirs, theirs.c.person_id == other.person_id)
        .where(
            other.appointment_id == along.appointment_id,
            theirs.c.person_id != along.person_id,
            other.role == "person",
            other.state.in_(CAME),
            theirs.c.pair == half.c.pair,
        )
    )
    found = _part("pairs", held, func.count(half.c.pair.distinct())).join_from(held, along, there)
    return found.join(half, paired).where(both.correlate(along, half).exists())


def _halves() -> CTE:
    """Whoever is half of a pair, with the member that the pair is named after."""
    with_someone = select(Member.pair_id).where(Member.pair_id.is_not(None))
    come_along = select(Member.group_id, Member.person_id, Member.pair_id.label("pair"))
    come_along = come_along.where(Member.pair_id.is_not(None))
    come_with = select(Member.group_id, Member.person_id, Member.id).where(Member.id.in_(with_someone))
    return union(come_along, come_with).cte("half")
