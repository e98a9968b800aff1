"""A register: pre-filled, saved at each mark, walk-ins, heads without a name that are claimed, finished and reopened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.plugins.groups.conftest import Choir
from therapydesk.api import UserError, today
from therapydesk.plugins.groups import counting, missed, register, roster
from therapydesk.testing import add_person


def test_it_is_filled_with_the_roster_pairs_first(choir: Choir) -> None:
    choir.join("Maggie")
    choir.join("Rafiq Aziz")
    choir.join("Nasreen Aziz", comes_with="Rafiq Aziz")
    (session,) = choir.book()
    choir.join("Sioned Late")
    found = choir.open(session)
    assert [row.name for row in found.rows] == ["Rafiq Aziz", "Nasreen Aziz", "Maggie", "Sioned Late"]
    assert found.rows[1].with_row == found.rows[0].attendance_id
    assert (found.rows[1].role, found.rows[0].role) == ("carer", "person")
    assert found.left == 4


def test_every_mark_is_kept_and_what_is_in_the_room_is_counted(choir: Choir) -> None:
    choir.join("Rafiq Aziz")
    choir.join("Nasreen Aziz", comes_with="Rafiq Aziz")
    choir.join("Maggie")
    (session,) = choir.book()
    choir.open(session)
    choir.mark(session, rafiq="came", nasreen="came_late", maggie="no_word")
    found = choir.read(session)
    assert (found.count.people, found.count.carers, found.count.pairs, found.count.visits) == (1, 1, 1, 2)
    assert found.left == 0
    choir.mark(session, maggie="expected")
    assert choir.read(session).left == 1


def test_who_is_away_by_plan_has_sent_apologies_already(choir: Choir) -> None:
    member = choir.join("Dot")
    choir.do(roster.plan_absence, member, today(), today() + timedelta(days=14))
    (session,) = choir.book()
    (row,) = choir.open(session).rows
    assert row.state == "sent_apologies"
    assert row.away_until is not None


def test_a_walk_in_and_heads_without_a_name_are_added_and_taken_out(choir: Choir) -> None:
    choir.join("Maggie")
    (session,) = choir.book()
    choir.open(session)
    mair = add_person(choir.vault, "Mair Neighbour")
    walk_in = choir.do(register.add_walk_in, session, mair)
    heads = choir.do(register.check_in, session, 3)
    found = choir.read(session)
    assert [row.walk_in for row in found.rows] == [False, True, True]
    assert (found.count.people, found.count.anonymous, found.count.visits) == (1, 3, 4)
    with pytest.raises(UserError, match="on the list already"):
        choir.do(register.add_walk_in, session, mair)
    choir.do(register.take_out, session, heads)
    choir.do(register.take_out, session, walk_in)
    assert choir.read(session).count.visits == 0


def test_three_anonymous_visits_attach_to_a_new_member_and_totals_do_not_change(choir: Choir) -> None:
    """Opening 9."""
    choir.join("Maggie")
    sessions = choir.book(weeks_ago=3, weeks=3)
    heads = []
    for session in sessions:
        choir.open(session)
        choir.mark(session, maggie="came")
        heads.append(choir.do(register.check_in, session, 2))
        choir.do(register.set_activities, heads[-1], ["cafe", "open_mic"])
        choir.do(register.finish, session)
    with choir.vault.read() as db:
        before = counting.total(db)
    newcomer = add_person(choir.vault, "Quiet Newcomer")
    for session, head in zip(sessions, heads, strict=True):
        named = choir.do(register.claim, session, head, newcomer)
        row = next(r for r in choir.read(session).rows if r.attendance_id == named)
        assert row.activities == ("cafe", "open_mic")
    with choir.vault.read() as db:
        after = counting.total(db)
    assert after.visits == before.visits == 9
    assert (before.people, before.anonymous) == (1, 6)
    assert (after.people, after.anonymous) == (2, 3)
    with pytest.raises(UserError, match="under their own name"):
        choir.do(register.claim, sessions[0], heads[0], newcomer)


def test_it_closes_only_when_everybody_is_marked_and_opens_again_with_its_marks(choir: Choir) -> None:
    choir.join("Maggie")
    choir.join("Dot")
    (session,) = choir.book()
    choir.open(session)
    choir.mark(session, maggie="came")
    with pytest.raises(UserError, match="1 are not marked yet"):
        choir.do(register.finish, session)
    choir.mark(session, dot="sent_apologies")
    choir.do(register.finish, session)
    assert choir.read(session).finished
    with pytest.raises(UserError, match="Reopen it"):
        choir.mark(session, dot="came")
    choir.do(register.reopen, session)
    assert [row.state for row in choir.read(session).rows] == ["sent_apologies", "came"]


def test_two_silent_absences_put_somebody_on_the_list_to_ring(choir: Choir) -> None:
    dot = choir.join("Dot")
    choir.join("Maggie")
    for session in choir.book(weeks_ago=4, weeks=3):
        choir.hold(session, dot="no_word")
    with choir.vault.read() as db:
        (found,) = missed.to_ring(db, choir.group_id)
    assert (found.name, found.times) == ("Dot", 3)
    choir.do(roster.record_ring, dot, "reached")
    with choir.vault.read() as db:
        assert missed.to_ring(db, choir.group_id) == []


def test_rates_are_given_for_each_group(choir: Choir) -> None:
    choir.join("Dot")
    choir.join("Maggie")
    for session in choir.book(weeks_ago=4, weeks=2):
        choir.hold(session, dot="no_word")
    with choir.vault.read() as db:
        (found,) = counting.rates(db)
    assert found.name == "Tuneful Wednesdays"
    assert (found.count.sessions, found.count.people, found.count.visits, found.count.rate) == (2, 1, 2, 0.5)


def test_a_group_that_is_full_offers_the_waiting_list(choir: Choir) -> None:
    from therapydesk.plugins.groups import service
    from therapydesk.plugins.groups.service import GroupDetails

    choir.do(service.save_group, GroupDetails("Tuneful Wednesdays", capacity=1), choir.group_id)
    choir.join("Dot")
    with pytest.raises(UserError, match="waiting list"):
        choir.join("Maggie")
    choir.join("Mair", state="waiting")
    with choir.vault.read() as db:
        view = service.get_group(db, choir.group_id)
    assert (view.members, view.waiting, view.full) == (1, 1, True)
