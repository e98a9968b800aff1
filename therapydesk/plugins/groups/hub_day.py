"""A hub day from opening to closing: check-in, claims and what is taken back. Nobody is expected: people drop in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, NotFound, Person, allowed, appointments, now, ntr, tr
from therapydesk.plugins.groups import register
from therapydesk.plugins.groups.models import Conversation, Group, GroupSession, Member, Visit, Waiting
from therapydesk.plugins.groups.rules import CAME, MEMBER_ROLES, Count
from therapydesk.plugins.groups.slips import check_session, take_back

RECENT = 26  # sessions back, from which the people are known who usually come


@dataclass(frozen=True)
class Visitor:
    """Somebody who comes to this hub: on its roster, or there at one of the last sessions so many times."""

    person_id: UUID
    name: str
    times: int


@allowed("groups.read")
def is_hub(db: Db, appointment_id: UUID) -> bool:
    """Whether a session is a day of a drop-in hub."""
    query = select(Group.shape).join(GroupSession, GroupSession.group_id == Group.id)
    return db.scalar(query.where(GroupSession.appointment_id == appointment_id)) == "hub"


@allowed("groups.read")
def list_visitors(db: Db, group_id: UUID) -> list[Visitor]:
    """Who comes to a hub, most often first; two queries however many they are."""
    booked, attended = appointments.Appointment, appointments.Attendance
    last = (
        select(booked.id)
        .join(GroupSession, GroupSession.appointment_id == booked.id)
        .where(GroupSession.group_id == group_id, booked.state == "completed")
        .order_by(booked.starts_at.desc())
        .limit(RECENT)
    )
    came = select(attended.person_id).where(
        attended.appointment_id.in_(last), attended.person_id.is_not(None), attended.state.in_(CAME)
    )
    times = Counter(person for person in db.scalars(came) if person is not None)
    on_roster = select(Member.person_id).where(
        Member.group_id == group_id, Member.state != "left", Member.role.in_(MEMBER_ROLES)
    )
    ids = {*times, *db.scalars(on_roster)}
    people = db.scalars(select(Person).where(Person.id.in_(ids), Person.merged_into.is_(None)))
    found = [Visitor(p.id, p.name, times[p.id]) for p in people]
    return sorted(found, key=lambda v: (-v.times, v.name.casefold()))


@allowed("groups.register", filters=True)
def open_day(db: Db, appointment_id: UUID) -> None:
    """Open a hub day. Doing it again changes nothing."""
    link = db.get(GroupSession, appointment_id)
    if link is None:
        raise NotFound(tr("This session belongs to no group."))
    check_session(db, appointment_id)
    if link.opened_at is None and appointments.get_session(db, appointment_id).state == "booked":
        link.opened_at = now()


@allowed("groups.register", filters=True)
def arrive(db: Db, appointment_id: UUID, person_id: UUID) -> UUID:
    """Somebody known is there, whether they were booked for the day or not. Returns the attendance; `leave_out` undoes it.

    Raises UserError when they are checked in already.
    """
    for attendee in appointments.get_session(db, appointment_id).attendees:
        if attendee.person_id == person_id and not attendee.came:
            register.mark(db, appointment_id, attendee.attendance_id, "came")
            return attendee.attendance_id
    return register.add_walk_in(db, appointment_id, person_id)


@allowed("groups.register", filters=True)
def leave_out(db: Db, appointment_id: UUID, attendance_id: UUID) -> None:
    """A check-in was a slip: who was booked for the day is waited for again, others go from the list."""
    visit = db.get(Visit, attendance_id)
    if visit is None or not visit.walk_in:
        register.set_activities(db, attendance_id, ())
        register.mark(db, appointment_id, attendance_id, "expected")
    else:
        register.take_out(db, appointment_id, attendance_id)


@allowed("groups.register", filters=True)
def claim(db: Db, appointment_id: UUID, attendance_id: UUID, person_id: UUID) -> UUID:
    """One head without a name was this person, also when they were booked for the day. Returns the attendance."""
    for attendee in appointments.get_session(db, appointment_id).attendees:
        if attendee.person_id == person_id and attendee.state == "expected":
            appointments.remove_attendee(db, appointment_id, person_id)
    return register.claim(db, appointment_id, attendance_id, person_id)


@allowed("groups.register", filters=True)
def unclaim(db: Db, appointment_id: UUID, attendance_id: UUID) -> None:
    """A claim was a slip: the head is without a name again. How many were there stays the same."""
    appointments.unname_arrival(db, appointment_id, attendance_id)
    visit = db.get(Visit, attendance_id)
    if visit is not None:
        visit.claimed_at = visit.claimed_by = None


@allowed("groups.register", filters=True)
def close_day(db: Db, appointment_id: UUID) -> None:
    """Close the day. Who was booked for it and did not drop in is no absence: they go from the list."""
    for attendee in appointments.get_session(db, appointment_id).attendees:
        if attendee.person_id is not None and attendee.state == "expected":
            appointments.remove_attendee(db, appointment_id, attendee.person_id)
    register.finish(db, appointment_id)


@allowed("groups.register", filters=True)
def wait_again(db: Db, waiting_id: UUID) -> None:
    """They were not seen after all."""
    row = db.get(Waiting, waiting_id)
    if row is not None:
        check_session(db, row.appointment_id)
        row.seen_at = None


@allowed("groups.register", filters=True)
def drop_waiting(db: Db, waiting_id: UUID) -> None:
    """Take back that somebody waits."""
    take_back(db, Waiting, waiting_id)


@allowed("groups.converse")
def drop_conversation(db: Db, conversation_id: UUID) -> None:
    """Take back a conversation that was written down by a slip."""
    take_back(db, Conversation, conversation_id)


def in_words(count: Count) -> str:
    """The heads of a day in words: "25 visits, 22 people, 3 without a name"."""
    parts = [ntr("one visit", "{n} visits", count.visits), ntr("one person", "{n} people", count.people)]
    if count.carers:
        parts.append(ntr("one who came along", "{n} who came along", count.carers))
    if count.anonymous:
        parts.append(ntr("one without a name", "{n} without a name", count.anonymous))
    return ", ".join(parts)
