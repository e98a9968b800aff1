"""The demo's groups: a choir, a group in pairs, a café in pairs; their sessions are in the diary already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, add_relation, appointments, today
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.groups import helpers, lifts, pair_words, roster, service
from therapydesk.plugins.groups.models import GroupSession
from therapydesk.plugins.groups.roster import MemberDetails, details_of
from therapydesk.plugins.groups.service import GroupDetails, ProfileDetails

KINDS = {
    "Midweek Choir": ("community_choir", "single", ("Singing with others", "Breath and posture")),
    "Friday Choir": ("stroke_choir", "pairs", ("Words by way of song", "Company")),
    "Café": ("dementia", "pairs", ("Mood", "Taking part", "A break for supporters")),
}
VOICES = ("soprano", "alto", "alto", "tenor", "bass", "soprano")
RELATIONS = ("partner", "friend", "sibling", "carer")
PAIRS = 4  # supporters of a group in pairs


def add_groups(vault: Vault, ids: Sequence[UUID]) -> None:
    """Groups over the sessions that are there; `ids` are the demo's people, the last of whom come along with others."""
    made: dict[str, UUID] = {}
    with vault.write("core") as db:
        spare = iter(ids[::-1])
        for name, (_kind, shape, _aims) in KINDS.items():
            made[name] = _group(db, name, shape, spare)
    with vault.write("clinical") as db:
        for name, (kind, _shape, aims) in KINDS.items():
            service.save_profile(db, made[name], ProfileDetails(kind, aims=aims))


def _group(db: Db, name: str, shape: str, spare: Iterator[UUID]) -> UUID:
    booked, attended = appointments.Appointment, appointments.Attendance
    rows = list(db.execute(select(booked.id, booked.therapist_id).where(booked.title == name)))
    details = GroupDetails(
        name,
        shape,
        capacity=16,
        helpers_needed=2,
        place="St Aidan’s hall",
        access="Step-free by the side door; hearing loop in the hall.",
        therapist_id=rows[0][1] if rows else None,
    )
    group_id = service.save_group(db, details)
    db.add_all([GroupSession(appointment_id=each, group_id=group_id) for each, _therapist in rows])
    db.flush()
    query = (
        select(attended.person_id).where(attended.appointment_id.in_([each for each, _ in rows])).distinct()
    )
    joined = today() - timedelta(days=120)
    members = []
    for n, person in enumerate(db.scalars(query)):
        if person is not None:
            voice = VOICES[n % len(VOICES)] if shape == "single" or name == "Friday Choir" else ""
            members.append(
                roster.add_member(db, group_id, person, MemberDetails(voice=voice, joined_on=joined))
            )
    there = set(
        db.scalars(select(attended.person_id).where(attended.appointment_id.in_([each for each, _ in rows])))
    )
    comers = (person for person in spare if person not in there)
    if shape == "pairs":
        for member, person in zip(members[:PAIRS], comers, strict=False):
            more = MemberDetails("supporter", with_member=member, joined_on=joined)
            roster.add_member(db, group_id, person, more)
        _relate(db, group_id)
        _came_along(db, group_id, [each for each, _therapist in rows])
    helper = next(comers, None)
    if helper is not None:
        roster.add_member(db, group_id, helper, MemberDetails("volunteer", skill="tea", joined_on=joined))
        roster.add_training(db, helper, "Welcoming people", joined, joined + timedelta(days=730))
    if shape == "single":
        _lifts(db, group_id, members)
    return group_id


def _relate(db: Db, group_id: UUID) -> None:
    """What those who come along are to whom they come with."""
    pairs = pair_words.pairs_of(roster.list_members(db, group_id))
    for kind, (comes, person) in zip(cycle(RELATIONS), pairs.items(), strict=False):
        add_relation(db, person, kind, comes, may_contact=True)


def _came_along(db: Db, group_id: UUID, sessions: Sequence[UUID]) -> None:
    """At sessions that were held, who comes along was there when their member was."""
    attended = appointments.Attendance
    with_member = pair_words.pairs_of(roster.list_members(db, group_id))
    held = select(appointments.Appointment.id).where(
        appointments.Appointment.id.in_(sessions), appointments.Appointment.state == "completed"
    )
    came = select(attended.appointment_id, attended.person_id).where(
        attended.appointment_id.in_(held), attended.state == "came"
    )
    there = {(session, person) for session, person in db.execute(came)}
    for session in db.scalars(held).all():
        for position, (comes, member) in enumerate(with_member.items(), 100):
            if (session, member) in there and (session, comes) not in there:
                db.add(
                    attended(
                        appointment_id=session, person_id=comes, role="carer", state="came", position=position
                    )
                )


def _lifts(db: Db, group_id: UUID, members: Sequence[UUID]) -> None:
    """One drives and takes somebody along, another still needs a lift; one member helps as well."""
    known = {m.id: m for m in roster.list_members(db, group_id)}
    ways = (("lift_offered", 3), ("lift_needed", 0), ("lift_needed", 0))
    for member, (travel, seats) in zip(members, ways, strict=False):
        details = replace(details_of(known[member]), travel=travel, seats=seats)
        roster.change_member(db, member, details)
    if len(members) > len(ways):
        lifts.give_lift(db, members[1], members[0])
        helps = known[members[3]].person_id
        helpers.start_placement(db, helps, "volunteer", today() - timedelta(days=60), group_id=group_id)
