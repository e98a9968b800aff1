"""What sessions come to: people, those who come along, pairs, heads without a name, visits, and how many of those expected
came. The counting itself is in rules.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, allowed, appointments
from therapydesk.plugins.groups.models import Group, GroupSession, Member, PlannedAbsence
from therapydesk.plugins.groups.rules import Count, Head, count


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
    group stands under its neutral name. Three queries for all.
    """
    booked = appointments.Appointment
    query = (
        select(booked.id, GroupSession.group_id)
        .join(GroupSession, GroupSession.appointment_id == booked.id)
        .where(booked.state == "completed")
    )
    if group_id is not None:
        query = query.where(GroupSession.group_id == group_id)
    if since is not None:
        query = query.where(booked.starts_at >= datetime.combine(since, time()))
    if until is not None:
        query = query.where(booked.starts_at <= datetime.combine(until, time.max))
    group_of = dict(db.execute(query).all())
    heads: dict[UUID, list[Head]] = {}
    for head in _heads(db, query.with_only_columns(booked.id)):
        heads.setdefault(group_of[head.session], []).append(head)
    groups = {g.id: g for g in db.scalars(select(Group).where(Group.id.in_(set(group_of.values()))))}
    found = [GroupCount(g.id, g.name, count(heads.get(g.id, []))) for g in groups.values()]
    return sorted(found, key=lambda each: each.name.casefold())


@allowed("groups.read")
def total(db: Db, since: date | None = None, until: date | None = None) -> Count:
    """All groups together: somebody who comes to two groups is one person."""
    booked = appointments.Appointment
    query = select(booked.id).join(GroupSession, GroupSession.appointment_id == booked.id)
    query = query.where(booked.state == "completed")
    if since is not None:
        query = query.where(booked.starts_at >= datetime.combine(since, time()))
    if until is not None:
        query = query.where(booked.starts_at <= datetime.combine(until, time.max))
    return count(_heads(db, query))


@allowed("groups.read")
def count_sessions(db: Db, appointment_ids: Sequence[UUID]) -> Count:
    """What these sessions come to, finished or not."""
    booked = appointments.Appointment
    return count(_heads(db, select(booked.id).where(booked.id.in_(appointment_ids))))


def _heads(db: Db, sessions: object) -> list[Head]:
    """One head for each attendance of the sessions that a query gives; pairs are those of the roster."""
    attended, booked = appointments.Attendance, appointments.Appointment
    query = (
        select(
            *(attended.appointment_id, attended.person_id, attended.role, attended.state, attended.headcount),
            *(booked.starts_at, GroupSession.group_id),
        )
        .join(booked, booked.id == attended.appointment_id)
        .outerjoin(GroupSession, GroupSession.appointment_id == booked.id)
        .where(attended.appointment_id.in_(sessions))  # type: ignore[arg-type]  # a query of ids
    )
    pair_of = _pairs(db)
    away = _away(db)
    heads = []
    for session, person, role, state, headcount, at, group in db.execute(query):
        said = person is not None and any(a <= at.date() <= b for a, b in away.get((group, person), ()))
        pair = pair_of.get((group, person)) if person is not None else None
        heads.append(Head(session, person, role, state, headcount, pair, said))
    return heads


def _pairs(db: Db) -> dict[tuple[UUID, UUID], UUID]:
    """(group, person) → the member that the pair is named after, for both of it."""
    found: dict[tuple[UUID, UUID], UUID] = {}
    rows = list(db.execute(select(Member.id, Member.group_id, Member.person_id, Member.pair_id)).all())
    with_someone = {pair for _, _, _, pair in rows if pair is not None}
    for member, group, person, pair in rows:
        if pair is not None:
            found[group, person] = pair
        elif member in with_someone:
            found[group, person] = member
    return found


def _away(db: Db) -> dict[tuple[UUID, UUID], list[tuple[date, date]]]:
    found: dict[tuple[UUID, UUID], list[tuple[date, date]]] = {}
    query = select(
        Member.group_id, PlannedAbsence.person_id, PlannedAbsence.from_on, PlannedAbsence.until_on
    ).join(Member, Member.id == PlannedAbsence.member_id)
    for group, person, from_on, until_on in db.execute(query):
        found.setdefault((group, person), []).append((from_on, until_on))
    return found
