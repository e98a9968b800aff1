"""Made-up groups to be measured: a register of 200, and ten years of a practice with 3,000 people (KC36)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bench.practice import Practice
from therapydesk.api import Appointment, Attendance, Db, Person, new_id, today
from therapydesk.core.vault.vault import Vault
from therapydesk.demo.rows import stamped, write_rows
from therapydesk.plugins.caseload.models import Statement
from therapydesk.plugins.groups import register, roster, service
from therapydesk.plugins.groups.models import GroupSession, Member, PlannedAbsence
from therapydesk.plugins.groups.roster import MemberDetails
from therapydesk.plugins.groups.service import GroupDetails

SEED = 7
MEMBERS, PAIRS, ALERTS, BEFORE = 200, 60, 100, 6
SHARES = (("came", 78), ("came_late", 4), ("sent_apologies", 10), ("no_word", 8))
YEARS, GROUPS, SIZE, WEEKS = 10, 40, 16, 47  # 40 × 16 × 47 = 30,080 attendances a year
GONE = timedelta(days=365)  # how long somebody is in a group


@dataclass(frozen=True)
class Years:
    """How much there is after ten years."""

    people: int
    groups: int
    sessions: int
    attendances: int


def add_register(practice: Practice) -> UUID:
    """A choir of 200: 60 come along with others, half have an alert; six sessions before. Returns today’s session."""
    with practice.opened() as vault:
        with vault.write("core") as db:
            ids = list(db.scalars(select(Person.id).order_by(Person.id).limit(MEMBERS)))
            group_id = service.save_group(db, GroupDetails("Choir of two hundred", "pairs"))
            _fill_roster(db, group_id, ids)
            past = datetime.combine(today() - timedelta(weeks=BEFORE), time(20))
            sessions = service.book_sessions(db, group_id, past, 90, weeks=BEFORE + 1)
        _hold(vault, sessions[:-1])
        with vault.write("clinical") as db:
            said = {"kind": "alert", "text": "Seizure plan. It is in the folder."}
            more = {"said_on": today(), "shared": True}
            write_rows(db, Statement, [stamped(db, person_id=each, **said, **more) for each in ids[:ALERTS]])
        return sessions[-1]


def _fill_roster(db: Db, group_id: UUID, ids: Sequence[UUID]) -> None:
    joined = today() - timedelta(days=200)
    alone = ids[: MEMBERS - PAIRS]
    made = [roster.add_member(db, group_id, each, MemberDetails(joined_on=joined)) for each in alone]
    for person, member in zip(ids[MEMBERS - PAIRS :], made, strict=False):
        with_them = MemberDetails("supporter", with_member=member, joined_on=joined)
        roster.add_member(db, group_id, person, with_them)


def _hold(vault: Vault, sessions: Sequence[UUID]) -> None:
    rng = random.Random(SEED)
    for session in sessions:
        with vault.write("core") as db:
            register.start_register(db, session)
            for row in register.open_register(db, session).rows:
                register.mark(db, session, row.attendance_id, _state(rng))
            register.finish(db, session)


def _state(rng: random.Random) -> str:
    return rng.choices([state for state, _ in SHARES], [share for _, share in SHARES])[0]


def add_years(practice: Practice) -> Years:
    """Ten years of 40 weekly groups of 16, a quarter of them supporters; members stay a year, then others come."""
    rng = random.Random(SEED)
    rows: dict[str, list[dict[str, Any]]] = {
        "sessions": [],
        "links": [],
        "heads": [],
        "members": [],
        "away": [],
    }
    with practice.opened() as vault, vault.write("core") as db:
        ids = list(db.scalars(select(Person.id).order_by(Person.id)))
        for n in range(GROUPS):
            group_id = service.save_group(
                db, GroupDetails(f"Group {n + 1:02}", "pairs" if n % 4 else "single")
            )
            for year in range(YEARS):
                _add_year(db, rows, group_id, year, rng.sample(ids, SIZE), rng)
        write_rows(db, Appointment, rows["sessions"])
        write_rows(db, GroupSession, rows["links"])
        write_rows(db, Member, rows["members"])
        write_rows(db, PlannedAbsence, rows["away"])
        write_rows(db, Attendance, rows["heads"])
    return Years(len(ids), GROUPS, len(rows["sessions"]), len(rows["heads"]))


def _add_year(
    db: Db,
    rows: dict[str, list[dict[str, Any]]],
    group_id: UUID,
    year: int,
    people: Sequence[UUID],
    rng: random.Random,
) -> None:
    first = today() - GONE * (YEARS - year)
    now_here = year == YEARS - 1
    members = list(_members(db, group_id, people, first, now_here=now_here))
    rows["members"] += members
    for member in members[:2]:
        span = {"from_on": first + timedelta(days=50), "until_on": first + timedelta(days=70)}
        away = stamped(db, member_id=member["id"], person_id=member["person_id"], **span)
        rows["away"].append(away)
    for week in range(WEEKS):
        at = datetime.combine(first + timedelta(weeks=week), time(10 + rng.randrange(8)))
        session = _session(db, at)
        rows["sessions"].append(session)
        rows["links"].append({"appointment_id": session["id"], "group_id": group_id})
        rows["heads"] += _heads(session["id"], members, rng)


def _members(
    db: Db, group_id: UUID, people: Sequence[UUID], first: Any, *, now_here: bool
) -> Iterator[dict[str, Any]]:
    spans = {"joined_on": first, "left_on": None if now_here else first + GONE}
    before: UUID | None = None
    for n, person in enumerate(people):
        along = n % 4 == 3
        row = stamped(db, group_id=group_id, person_id=person, role="supporter" if along else "member")
        row |= {"state": "member" if now_here else "left", "pair_id": before if along else None, **spans}
        before = row["id"]
        yield row


def _session(db: Db, at: datetime) -> dict[str, Any]:
    return stamped(db, starts_at=at, minutes=90, kind="group", state="completed")


def _heads(session: UUID, members: Sequence[dict[str, Any]], rng: random.Random) -> Iterator[dict[str, Any]]:
    for n, member in enumerate(members):
        role = "carer" if member["role"] == "supporter" else "person"
        unnamed = n == 1 and rng.random() < 0.2
        who = None if unnamed else member["person_id"]
        state = "came" if unnamed else _state(rng)
        row = {"id": new_id(), "appointment_id": session, "person_id": who, "role": role}
        yield {**row, "headcount": 3 if unnamed else 1, "state": state, "reason": "", "position": n}
