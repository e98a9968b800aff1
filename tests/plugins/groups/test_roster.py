"""The roster over time: changed, left and back again, away by plan; terms, an end, sessions of the diary taken over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from tests.plugins.groups.conftest import Choir
from therapydesk.api import NotFound, UserError, appointments, new_id, now, to_local, today
from therapydesk.core.dates import set_clock
from therapydesk.plugins.groups import hub, missed, register, roster, service, sessions, terms
from therapydesk.plugins.groups.roster import MemberDetails, MemberView
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.testing import add_person


def member(choir: Choir, name: str) -> MemberView:
    with choir.vault.read() as db:
        return next(m for m in roster.list_members(db, choir.group_id, left=True) if m.name == name)


def names(choir: Choir) -> list[str]:
    with choir.vault.read() as db:
        return [m.name for m in roster.list_members(db, choir.group_id)]


def test_somebody_who_waits_gets_a_place_only_when_there_is_one(choir: Choir) -> None:
    choir.do(service.save_group, GroupDetails("Tuneful Wednesdays", capacity=1), choir.group_id)
    dot, mair = choir.join("Dot"), choir.join("Mair", state="waiting")
    assert member(choir, "Mair").waiting_since == today()
    joins = MemberDetails(voice="alto")
    with pytest.raises(UserError, match="group is full"):
        choir.do(roster.change_member, mair, joins)
    choir.do(roster.leave_group, dot, today())
    choir.do(roster.change_member, mair, joins)
    found = member(choir, "Mair")
    assert (found.state, found.voice, found.joined_on) == ("member", "alto", today())
    with pytest.raises(UserError, match="There is no “tuba” here"):
        choir.do(roster.change_member, mair, replace(joins, voice="tuba"))


def test_a_register_of_days_ago_expects_who_is_said_to_come_since_then(choir: Choir) -> None:
    dot = choir.join("Dot", joined_on=today())
    (session,) = choir.book(weeks_ago=1)
    assert choir.open(session).rows == ()
    began = now()
    set_clock(lambda: began + timedelta(minutes=1))
    earlier = replace(roster.details_of(member(choir, "Dot")), joined_on=today() - timedelta(days=30))
    choir.do(roster.change_member, dot, earlier)
    assert [row.name for row in choir.open(session).rows] == ["Dot"]
    set_clock(lambda: began + timedelta(minutes=2))
    choir.do(register.take_out, session, choir.read(session).rows[0].attendance_id)
    assert choir.open(session).rows == ()  # whoever was taken out stays out
    choir.do(roster.change_member, dot, replace(earlier, joined_on=None))
    assert member(choir, "Dot").joined_on == earlier.joined_on


def test_who_left_is_off_the_roster_and_comes_back(choir: Choir) -> None:
    dot = choir.join("Dot")
    choir.join("Ann", comes_with="Dot")
    choir.do(roster.leave_group, dot, today() - timedelta(days=3))
    assert names(choir) == ["Ann"]
    left = member(choir, "Dot")
    assert (left.state, left.left_on) == ("left", today() - timedelta(days=3))
    choir.do(roster.rejoin_group, dot)
    assert names(choir) == ["Dot", "Ann"]
    assert member(choir, "Dot").left_on is None
    with pytest.raises(NotFound):
        choir.do(roster.rejoin_group, new_id())


def test_an_absence_that_is_dropped_makes_them_expected_again(choir: Choir) -> None:
    dot = choir.join("Dot")
    absence = choir.do(roster.plan_absence, dot, today(), today() + timedelta(days=7))
    assert member(choir, "Dot").away_until == today() + timedelta(days=7)
    choir.do(roster.drop_absence, absence)
    assert member(choir, "Dot").away_until is None
    (session,) = choir.book()
    assert [row.state for row in choir.open(session).rows] == ["expected"]
    with pytest.raises(UserError, match="ends after it starts"):
        choir.do(roster.plan_absence, dot, today(), today() - timedelta(days=1))


def test_who_was_rung_without_an_answer_is_known(choir: Choir) -> None:
    dot = choir.join("Dot")
    choir.join("Maggie")
    for session in choir.book(weeks_ago=4, weeks=3):
        choir.hold(session, dot="no_word")
    with pytest.raises(UserError, match="There is no “shouted” here"):
        choir.do(roster.record_ring, dot, "shouted")
    choir.do(roster.record_ring, dot, "no_answer", today() - timedelta(days=60))
    with choir.vault.read() as db:  # rung before they were missed
        assert [found.name for found in missed.to_ring(db, choir.group_id)] == ["Dot"]


def test_a_group_that_ended_takes_nobody_until_that_is_taken_back(choir: Choir) -> None:
    choir.join("Dot")
    choir.do(service.end_group, choir.group_id, today())
    with choir.vault.read() as db:
        assert service.list_groups(db) == []
        (found,) = service.list_groups(db, ended=True)
    assert (found.ended_on, found.members) == (today(), 1)
    with pytest.raises(NotFound):
        choir.join("Mair")
    choir.do(service.end_group, choir.group_id, None)
    choir.join("Maggie")
    assert names(choir) == ["Dot", "Maggie"]


def test_a_term_is_changed_in_its_place(choir: Choir) -> None:
    term = choir.do(terms.save_term, choir.group_id, "Spring", date(2026, 1, 5), date(2026, 3, 27))
    again = choir.do(terms.save_term, choir.group_id, "Lent", date(2026, 1, 6), date(2026, 3, 28), term)
    with choir.vault.read() as db:
        (found,) = service.get_group(db, choir.group_id).terms
    assert (again, found.id) == (term, term)
    assert (found.title, found.starts_on, found.ends_on) == ("Lent", date(2026, 1, 6), date(2026, 3, 28))


def test_a_session_of_the_diary_and_its_series_are_taken_over(choir: Choir) -> None:
    choir.join("Dot")
    at = datetime.combine(to_local(now()).date(), datetime.min.time()).replace(hour=10)
    booking = appointments.Booking(at, 60, kind="group", title="Choir", weeks=3, headcount=5)
    ids = choir.do(appointments.book, booking)
    with choir.vault.read() as db:
        assert sessions.loose_sessions(db, today()) == [(ids[0], at, "Choir")]
    assert set(choir.do(sessions.adopt_session, choir.group_id, ids[1])) == set(ids)
    assert choir.do(sessions.adopt_session, choir.group_id, ids[0]) == []
    with choir.vault.read() as db:
        assert service.session_ids(db, choir.group_id) == ids
        assert sessions.loose_sessions(db, today()) == []
    choir.do(sessions.let_sessions_go, ids)
    with choir.vault.read() as db:
        assert service.session_ids(db, choir.group_id) == []
    choir.do(sessions.adopt_session, choir.group_id, ids[0])
    assert [row.name for row in choir.open(ids[0]).rows if row.person_id] == ["Dot"]
    with pytest.raises(UserError, match="register of one of these"):
        choir.do(sessions.let_sessions_go, ids)
    with pytest.raises(NotFound):
        choir.do(sessions.adopt_session, new_id(), ids[0])


def test_who_was_not_on_after_all_is_taken_off(choir: Choir) -> None:
    (session,) = choir.book()
    worker = add_person(choir.vault, "Pia Peer")
    with pytest.raises(UserError, match="as what"):
        choir.do(hub.put_on_shift, session, worker, " ")
    shift = choir.do(hub.put_on_shift, session, worker, "Welcome")
    assert choir.do(hub.put_on_shift, session, worker, "Tea") == shift
    with choir.vault.read() as db:
        assert [(s.name, s.role) for s in hub.list_shift(db, session)] == [("Pia Peer", "Tea")]
    choir.do(hub.take_off_shift, shift)
    with choir.vault.read() as db:
        assert hub.list_shift(db, session) == []


def test_who_left_since_it_was_booked_is_not_on_the_register(choir: Choir) -> None:
    dot = choir.join("Dot")
    choir.join("Maggie")
    (session,) = choir.book()
    choir.do(roster.leave_group, dot, today())
    assert [row.name for row in choir.open(session).rows] == ["Maggie"]
    choir.do(register.start_register, session)  # a register is opened once
    assert [row.name for row in choir.read(session).rows] == ["Maggie"]
