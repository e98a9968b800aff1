"""The file counts as rules.py says: on made-up registers of any shape; and totals stay right whatever is done to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.plugins.groups.conftest import Choir
from therapydesk.api import Db, appointments, today
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.groups import counting, register, roster, service
from therapydesk.plugins.groups.models import GroupSession, Member, PlannedAbsence
from therapydesk.plugins.groups.roster import MemberDetails
from therapydesk.plugins.groups.rules import CAME, Head, count
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.records.erasure import erase_person
from therapydesk.records.relation_lists import add_relation
from therapydesk.testing import add_person

PEOPLE, DAYS = 7, 4
STATES = ("came", "came_late", "left_early", "sent_apologies", "no_word", "we_cancelled", "expected")
ROLES = ("person", "carer", "worker")
FIRST = date(2026, 3, 2)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def plain_heads(db: Db, since: date, until: date, group_id: UUID | None = None) -> list[Head]:
    """Every attendance of finished sessions, read row by row: what `counting` must agree with."""
    booked, attended = appointments.Appointment, appointments.Attendance
    query = (
        select(attended, booked.starts_at, GroupSession.group_id)
        .join(booked, booked.id == attended.appointment_id)
        .join(GroupSession, GroupSession.appointment_id == booked.id)
        .where(booked.state == "completed")
    )
    members = list(db.scalars(select(Member)))
    named_after = {m.pair_id for m in members if m.pair_id is not None}
    away = list(db.scalars(select(PlannedAbsence)))
    group_of = {m.id: m.group_id for m in members}
    heads = []
    for row, at, group in db.execute(query):
        if not since <= at.date() <= until or group_id not in (None, group):
            continue
        mine = [m for m in members if (m.group_id, m.person_id) == (group, row.person_id)]
        pairs = {m.pair_id for m in mine if m.pair_id is not None} | {
            m.id for m in mine if m.id in named_after
        }
        said = any(
            a.person_id == row.person_id
            and group_of[a.member_id] == group
            and a.from_on <= at.date() <= a.until_on
            for a in away
        )
        pairs_of = frozenset(pairs)
        heads.append(
            Head(row.appointment_id, row.person_id, row.role, row.state, row.headcount, pairs_of, said)
        )
    return heads


@st.composite
def registers(draw: st.DrawFn) -> dict[str, Any]:
    """A roster (who, with which earlier row, away on which days) and who was how at sessions, two a day among them."""
    who = st.integers(0, PEOPLE - 1)
    roster = []
    for n in range(draw(st.integers(0, 8))):
        with_row = draw(st.one_of(st.none(), st.integers(0, n - 1))) if n else None
        roster.append(
            (draw(who), with_row, draw(st.one_of(st.none(), st.tuples(st.integers(0, 3), st.integers(0, 3)))))
        )
    sessions = []
    for _ in range(draw(st.integers(0, 6))):
        heads: list[tuple[int | None, str, str, int]] = [
            (each, draw(st.sampled_from(ROLES)), draw(st.sampled_from(STATES)), 1)
            for each in draw(st.sets(who))
        ]
        unnamed = draw(st.lists(st.tuples(st.sampled_from(STATES), st.integers(1, 9)), max_size=2))
        heads += [(None, "person", state, n) for state, n in unnamed]
        sessions.append(
            (
                draw(st.integers(0, DAYS - 1)),
                draw(st.sampled_from(["completed", "completed", "booked"])),
                heads,
            )
        )
    return {"roster": roster, "sessions": sessions}


def write(db: Db, group: UUID, people: list[UUID], made: dict[str, Any]) -> None:
    """Put it into the file as it is, also what no screen would let through."""
    rows: list[Member] = []
    for who, with_row, away in made["roster"]:
        head = rows[with_row] if with_row is not None else None
        rows.append(
            Member(group_id=group, person_id=people[who], pair_id=head.id if head is not None else None)
        )
        db.add(rows[-1])
        db.flush()
        if away is not None:
            first, last = (FIRST + timedelta(days=n) for n in sorted(away))
            db.add(PlannedAbsence(member_id=rows[-1].id, person_id=people[who], from_on=first, until_on=last))
    for day, state, heads in made["sessions"]:
        at = datetime.combine(FIRST + timedelta(days=day), time(23, 30) if day % 2 else time())
        session = appointments.Appointment(starts_at=at, minutes=20, kind="group", state=state)
        for place, (person, role, mark, n) in enumerate(heads):
            known = people[person] if person is not None else None
            head = {"person_id": known, "role": role, "state": mark, "headcount": n, "position": place}
            session.attendances.append(appointments.Attendance(**head))
        db.add(session)
        db.flush()
        db.add(GroupSession(appointment_id=session.id, group_id=group))
    db.flush()


def test_the_file_counts_what_the_rules_count(vault: Vault) -> None:
    people = [add_person(vault, f"Person {n}") for n in range(PEOPLE)]
    seen = [0]

    @FEW
    @given(registers(), st.integers(0, DAYS - 1), st.integers(0, DAYS - 1))
    def check(made: dict[str, Any], first: int, last: int) -> None:
        seen[0] += 1
        with vault.write("core") as db:
            group = service.save_group(db, GroupDetails(f"Group {seen[0]}"))
            write(db, group, people, made)
        since, until = FIRST + timedelta(days=min(first, last)), FIRST + timedelta(days=max(first, last))
        with vault.read() as db:
            held = any(
                state == "completed" and since <= FIRST + timedelta(days=day) <= until
                for day, state, _ in made["sessions"]
            )
            found = {each.group_id: each.count for each in counting.rates(db, since, until, group)}
            assert found == ({group: count(plain_heads(db, since, until, group))} if held else {})
            assert counting.total(db, since, until) == count(plain_heads(db, since, until))
            every = {each.group_id: each.count for each in counting.rates(db, since, until)}
            assert every.get(group) == found.get(group)

    check()
    assert seen[0] >= 20


def test_ten_years_are_counted_from_the_small_indexes_alone(choir: Choir) -> None:
    """No part reads a table of attendances, and none goes over all of a register's rows where a smaller index knows."""
    choir.join("Rafiq Aziz")
    choir.hold(*choir.book(weeks_ago=1))
    read: dict[str, list[str]] = {}
    with choir.vault.read() as db:
        for name in ("_came", "_missed", "_pairs"):
            made = getattr(counting, name)(counting._finished(None, None))
            whole = made.compile(db.get_bind(), compile_kwargs={"literal_binds": True})
            plan = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {whole}")
            read[name] = [
                line for *_, line in plan if "SEARCH attendance" in line or "SCAN attendance" in line
            ]
    assert [line.split(" (")[0] for line in read["_came"]] == [
        "SEARCH attendance USING COVERING INDEX ix_attendance_came"
    ]
    assert [line.split(" (")[0] for line in read["_missed"]] == [
        "SEARCH attendance USING COVERING INDEX ix_attendance_missed"
    ]
    assert [line.split(" (")[0] for line in read["_pairs"]] == [
        "SEARCH attendance USING COVERING INDEX ix_attendance_along",
        "SEARCH attendance_1 USING COVERING INDEX ix_attendance_came",
    ]


def test_two_sessions_on_one_day_are_two_visits_and_one_person(choir: Choir) -> None:
    choir.join("Rafiq Aziz")
    choir.join("Nasreen Aziz", comes_with="Rafiq Aziz")
    morning = datetime.combine(today() - timedelta(weeks=1), time(9))
    choir.hold(*choir.do(service.book_sessions, choir.group_id, morning, 60))
    choir.hold(*choir.book(weeks_ago=1))
    with choir.vault.read() as db:
        (found,) = counting.rates(db)
    assert (found.count.sessions, found.count.visits) == (2, 4)
    assert (found.count.people, found.count.carers, found.count.pairs, found.count.rate) == (1, 1, 1, 1.0)


def test_who_came_along_with_one_and_later_with_another_is_two_pairs_and_one_person(choir: Choir) -> None:
    choir.join("Rafiq Aziz")
    choir.join("Maggie")
    first = choir.join("Nasreen Aziz", comes_with="Rafiq Aziz")
    (before, after) = choir.book(weeks_ago=2, weeks=2)
    choir.hold(before)
    with choir.vault.write("core") as db:
        member = db.get(Member, first)
        assert member is not None
        member.state = "left"
        again = Member(group_id=choir.group_id, person_id=member.person_id, role="supporter", state="member")
        again.pair_id = choir.members["Maggie"]
        db.add(again)
    choir.hold(after)
    with choir.vault.read() as db:
        (found,) = counting.rates(db)
    assert (found.count.people, found.count.carers, found.count.pairs) == (2, 1, 2)


def test_every_mark_and_undo_and_claim_leaves_heads_that_add_up(vault: Vault) -> None:
    """Random steps in an open register: visits are the heads that are marked as there, whatever was undone or claimed."""
    with vault.write("core") as db:
        group = service.save_group(db, GroupDetails("Tuneful Wednesdays"))
    choir = Choir(vault, group)
    for name in ("Rafiq Aziz", "Maggie", "Dot"):
        choir.join(name)
    choir.join("Nasreen Aziz", comes_with="Rafiq Aziz")
    guests = [add_person(vault, f"Guest {n}") for n in range(4)]
    weeks = [0]
    steps = st.lists(
        st.tuples(
            st.sampled_from(["mark", "walk_in", "heads", "claim", "undo"]),
            st.integers(0, 9),
            st.sampled_from(STATES),
        ),
        max_size=14,
    )

    @settings(FEW, max_examples=12)
    @given(steps)
    def check(done: list[tuple[str, int, str]]) -> None:
        weeks[0] += 1
        (session,) = choir.book(weeks_ago=weeks[0])
        choir.open(session)
        undo: list[Any] = []
        for what, n, state in done:
            before = choir.read(session).count
            rows = choir.read(session).rows
            named = [row for row in rows if row.person_id is not None]
            unnamed = [row for row in rows if row.person_id is None]
            here = {row.person_id for row in named}
            guest = next((g for g in guests if g not in here), None)
            if what == "mark":
                row = named[n % len(named)]
                was = choir.do(register.mark, session, row.attendance_id, state)
                undo.append(lambda r=row, w=was: choir.do(register.mark, session, r.attendance_id, w))
            elif what == "walk_in" and guest is not None:
                made = choir.do(register.add_walk_in, session, guest)
                undo.append(lambda m=made: choir.do(register.take_out, session, m))
            elif what == "heads":
                made = choir.do(register.check_in, session, n + 1)
                undo.append(None)  # taken out only while nobody claimed one of them
            elif what == "claim" and unnamed and guest is not None:
                choir.do(register.claim, session, unnamed[0].attendance_id, guest)
                undo.clear()
                after = choir.read(session).count
                assert after.visits == before.visits
                assert (after.anonymous, after.people) == (before.anonymous - 1, before.people + 1)
            elif what == "undo" and undo and (back := undo.pop()) is not None:
                back()
            _adds_up(choir, session)

    check()


def _adds_up(choir: Choir, session: UUID) -> None:
    found = choir.read(session)
    there = [row for row in found.rows if row.state in CAME]
    assert found.count.visits == sum(row.headcount for row in there)
    assert found.count.anonymous == sum(row.headcount for row in there if row.person_id is None)
    assert found.count.people == sum(row.person_id is not None and row.role == "person" for row in there)
    assert found.count.carers == sum(row.role == "carer" for row in there)


def test_undoing_all_steps_brings_every_number_back(choir: Choir) -> None:
    choir.join("Rafiq Aziz")
    choir.join("Nasreen Aziz", comes_with="Rafiq Aziz")
    (session,) = choir.book()
    choir.open(session)
    choir.mark(session, rafiq="came")
    before = choir.read(session).count
    row = choir.read(session).rows[1]
    was = choir.do(register.mark, session, row.attendance_id, "came_late")
    walk_in = choir.do(register.add_walk_in, session, add_person(choir.vault, "Mair"))
    heads = choir.do(register.check_in, session, 4)
    assert choir.read(session).count.visits == 7
    choir.do(register.take_out, session, heads)
    choir.do(register.take_out, session, walk_in)
    choir.do(register.mark, session, row.attendance_id, was)
    assert choir.read(session).count == before


@pytest.mark.parametrize("gone", ["Nasreen Aziz", "Rafiq Aziz", "Dot"])
def test_somebody_erased_in_the_middle_of_a_term_stays_one_visit_each_time(choir: Choir, gone: str) -> None:
    choir.join("Rafiq Aziz")
    choir.join("Nasreen Aziz", comes_with="Rafiq Aziz")
    choir.join("Dot")
    for session in choir.book(weeks_ago=3, weeks=2):
        choir.hold(session)
    with choir.vault.read() as db:
        (before,) = counting.rates(db)
    assert (before.count.people, before.count.carers, before.count.pairs, before.count.visits) == (2, 1, 1, 6)
    erase_person(choir.vault, choir.people[gone], "request")
    with choir.vault.read() as db:
        (after,) = counting.rates(db)
        assert after.count == count(plain_heads(db, today() - timedelta(days=60), today()))
    assert replace(after.count, pairs=1) == before.count
    assert after.count.pairs == (1 if gone == "Dot" else 0)  # the roster that said so is gone with them
    (later,) = choir.book(weeks_ago=1)
    choir.hold(later)
    with choir.vault.read() as db:
        (third,) = counting.rates(db)
    assert (third.count.sessions, third.count.visits) == (3, 8)


def test_whoever_is_to_be_rung_can_be_erased_and_the_member_stays(choir: Choir) -> None:
    choir.join("Rafiq Aziz")
    daughter = add_person(choir.vault, "Samira Aziz")
    relation = choir.do(
        add_relation, choir.people["Rafiq Aziz"], "daughter", other_person_id=daughter, may_contact=True
    )
    choir.do(roster.change_member, choir.members["Rafiq Aziz"], MemberDetails(emergency_id=relation))
    erase_person(choir.vault, daughter, "request")
    with choir.vault.read() as db:
        (member,) = roster.list_members(db, choir.group_id)
    assert (member.name, member.emergency_id) == ("Rafiq Aziz", None)
