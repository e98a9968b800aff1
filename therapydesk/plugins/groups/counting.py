"""What sessions come to: people, those who come along, pairs, heads without a name, visits, and how many of those expected
came. What is counted is said in rules.py, in plain Python; here the file counts, for ten years are 300,000 attendances. Each
part reads an index alone and sorts nothing; how that was found is in docs/decisions/0026.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    UnaryExpression,
    bindparam,
    case,
    func,
    literal,
    null,
    select,
    union,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.operators import custom_op

from therapydesk.api import Db, allowed, appointments
from therapydesk.plugins.groups.models import Group, GroupSession, Member, PlannedAbsence
from therapydesk.plugins.groups.rules import ANNOUNCED, CAME, Count

NOTHING = Count(0, 0, 0, 0, 0, 0, None)
Wanted = Sequence[ColumnElement[bool]]


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
    group stands under its neutral name. As many queries for all groups as for one.
    """
    wanted = _finished(since, until)
    if group_id is not None:
        wanted.append(GroupSession.group_id == group_id)
    found = _count(db, wanted)
    groups = db.execute(select(Group.id, Group.name).where(Group.id.in_(found)))
    return sorted((GroupCount(i, name, found[i]) for i, name in groups), key=lambda g: g.name.casefold())


@allowed("groups.read")
def total(db: Db, since: date | None = None, until: date | None = None) -> Count:
    """All groups together: somebody who comes to two groups is one person."""
    return _count(db, _finished(since, until), together=True).get(None, NOTHING)


@allowed("groups.read")
def count_sessions(db: Db, appointment_ids: Sequence[UUID]) -> Count:
    """What these sessions come to, finished or not."""
    wanted = [appointments.Appointment.id.in_(appointment_ids)]
    return _count(db, wanted, together=True).get(None, NOTHING)


def _finished(since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    booked = appointments.Appointment
    wanted = [booked.state == "completed"]
    if since is not None:
        wanted.append(booked.starts_at >= datetime.combine(since, time()))
    if until is not None:
        wanted.append(booked.starts_at <= datetime.combine(until, time.max))
    return wanted


# --- the same as rules.count, in four parts, each a row for a group ---


def _count(db: Db, wanted: Wanted, *, together: bool = False) -> dict[UUID | None, Count]:
    """For each group what its sessions come to; `together`: for all as one, under None."""
    found: dict[UUID | None, dict[str, Sequence[int | None]]] = {}
    parts = {"held": _held(wanted), "came": _came(wanted), "missed": _missed(wanted), "pairs": _pairs(wanted)}
    for name, part in parts.items():
        key, *numbers = part.selected_columns
        if together:
            part = part.with_only_columns(null().label("group_id"), *numbers).group_by(None)
        for group_id, *counted in db.execute(part):
            found.setdefault(group_id, {})[name] = counted
    return {group_id: _as_count(known) for group_id, known in found.items()}


def _as_count(known: dict[str, Sequence[int | None]]) -> Count:
    def numbers(part: str, size: int) -> list[int]:
        return [number or 0 for number in known.get(part, [0] * size)]

    named, visits, unnamed, different, people = numbers("came", 5)
    (sessions,), (missed,), (pairs,) = numbers("held", 1), numbers("missed", 1), numbers("pairs", 1)
    rate = named / (named + missed) if named + missed else None
    return Count(sessions, people, different - people, pairs, unnamed, visits, rate)


def _sessions(wanted: Wanted, *numbers: Any) -> Select[*tuple[Any, ...]]:
    booked = appointments.Appointment
    of_groups = select(GroupSession.group_id, *numbers).join_from(
        GroupSession, booked, booked.id == GroupSession.appointment_id
    )
    return of_groups.where(*wanted).group_by(GroupSession.group_id)


def _held(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """Sessions that somebody was expected at; a group without one is there with none. Whoever came is looked for first: that
    index is read for `_came` anyhow, and hardly a session has nobody in it.
    """
    who = appointments.Attendance
    on_it = select(who.appointment_id).where(who.appointment_id == appointments.Appointment.id)
    came = on_it.where(*_there(who))
    return _sessions(wanted, func.sum(case((came.exists() | on_it.exists(), 1), else_=0)))


def _came(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """Heads with a name, heads, those without a name; different people, and those of them who were members."""
    who = appointments.Attendance
    numbers = (
        func.count(who.person_id),
        func.sum(who.headcount),
        func.sum(case((who.person_id.is_(None), who.headcount))),
        func.count(who.person_id.distinct()),
        func.count(case((who.role != "carer", who.person_id)).distinct()),
    )
    there = _sessions(wanted, *numbers).join(who, who.appointment_id == appointments.Appointment.id)
    return there.where(*_there(who))


def _missed(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """Heads with a name that were not there, and nobody had said so. The words are those of the index (records, MISSED)."""
    who, booked = appointments.Attendance, appointments.Appointment
    planned = (
        select(PlannedAbsence.id)
        .join(Member, Member.id == PlannedAbsence.member_id)
        .where(
            PlannedAbsence.person_id == who.person_id,
            Member.group_id == GroupSession.group_id,
            PlannedAbsence.from_on <= func.date(booked.starts_at),
            PlannedAbsence.until_on >= func.date(booked.starts_at),
        )
        .correlate(who, booked, GroupSession)
    )
    silent = _sessions(wanted, func.count()).join(who, who.appointment_id == booked.id)
    return silent.where(
        who.person_id.is_not(None),
        who.role != literal("worker", literal_execute=True),
        who.state.not_in(_codes(CAME | ANNOUNCED)),
        ~planned.exists(),
    )


def _pairs(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """Different pairs of the roster of which both, one of them coming along, were at the same session. Each pair is looked
    up until it was met once: the sessions of one half are few, all sessions are many.
    """
    held = (
        _sessions(wanted, GroupSession.appointment_id).group_by(None).cte("held").prefix_with("MATERIALIZED")
    )
    couple = _couples(select(held.c.group_id))
    along, other = appointments.Attendance, aliased(appointments.Attendance)
    by_its_id: UnaryExpression[UUID] = UnaryExpression(
        held.c.group_id, operator=custom_op("+")
    )  # not by all sessions of the group
    met = select(along.appointment_id).where(
        along.person_id == couple.c.along,
        along.role == literal("carer", literal_execute=True),
        along.state.in_(_codes(CAME)),
        held.c.appointment_id == along.appointment_id,
        by_its_id == couple.c.group_id,
        other.appointment_id == along.appointment_id,
        other.person_id == couple.c.other,
        other.role != "carer",
        *_there(other),
    )
    found = select(couple.c.group_id, func.count(couple.c.pair.distinct())).group_by(couple.c.group_id)
    return found.where(met.correlate(couple).exists())


def _couples(groups: Select[tuple[UUID]]) -> CTE:
    """Two different people who are halves of one pair of these groups, each in turn as the one who comes along."""
    with_someone = select(Member.pair_id).where(Member.pair_id.is_not(None))
    come_along = select(Member.group_id, Member.person_id, Member.pair_id.label("pair"))
    come_along = come_along.where(Member.pair_id.is_not(None), Member.group_id.in_(groups))
    come_with = select(Member.group_id, Member.person_id, Member.id)
    come_with = come_with.where(Member.id.in_(with_someone), Member.group_id.in_(groups))
    half = union(come_along, come_with).cte("half")
    theirs = half.alias("theirs")
    both = (theirs.c.pair == half.c.pair) & (theirs.c.person_id != half.c.person_id)
    columns = (
        half.c.group_id,
        half.c.pair,
        half.c.person_id.label("along"),
        theirs.c.person_id.label("other"),
    )
    return select(*columns).join_from(half, theirs, both).cte("couple")


def _there(who: Any) -> Wanted:
    """Whoever of an attendance was there, in the words of its index (records, THERE)."""
    return [who.role != literal("worker", literal_execute=True), who.state.in_(_codes(CAME))]


def _codes(codes: frozenset[str]) -> Any:
    """The codes as they stand in a statement: an index of some rows is found by its words, not by what is put in later."""
    return bindparam(None, sorted(codes), expanding=True, literal_execute=True)
