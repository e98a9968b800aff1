"""A hub day: who drops in, heads that are claimed, what is taken back, what it comes to when it is closed."""

from __future__ import annotations

import pytest

from tests.plugins.groups.conftest import Choir
from therapydesk.api import UserError
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.groups import activities, counting, hub, hub_day, register, service
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.testing import add_person


@pytest.fixture
def choir(vault: Vault) -> Choir:
    """A hub, with what tests do with a group."""
    with vault.write("core") as db:
        return Choir(vault, service.save_group(db, GroupDetails("The Front Room", "hub")))


def test_a_session_knows_whether_it_is_a_hub_day(choir: Choir) -> None:
    (session,) = choir.book()
    with choir.vault.read() as db:
        assert hub_day.is_hub(db, session)
    with choir.vault.write("core") as db:
        group = service.save_group(db, GroupDetails("Choir"))
    choir.group_id = group
    (other,) = choir.book(weeks_ago=-1)
    with choir.vault.read() as db:
        assert not hub_day.is_hub(db, other)


def test_who_is_booked_and_does_not_drop_in_is_no_absence(choir: Choir) -> None:
    choir.join("Ann")
    choir.join("Bea")
    (session,) = choir.book()
    choir.do(hub_day.open_day, session)
    arrived = choir.do(hub_day.arrive, session, choir.people["Ann"])
    choir.do(hub_day.leave_out, session, arrived)
    assert [row.state for row in choir.read(session).rows] == ["expected", "expected"]
    choir.do(hub_day.arrive, session, choir.people["Ann"])
    choir.do(hub_day.close_day, session)
    found = choir.read(session)
    assert found.finished
    assert [(row.name, row.state) for row in found.rows] == [("Ann", "came")]
    with choir.vault.read() as db:
        assert counting.count_sessions(db, [session]).visits == 1


def test_somebody_checked_in_is_not_checked_in_twice(choir: Choir) -> None:
    (session,) = choir.book()
    ann = add_person(choir.vault, "Ann")
    made = choir.do(hub_day.arrive, session, ann)
    with pytest.raises(UserError, match="on the list already"):
        choir.do(hub_day.arrive, session, ann)
    choir.do(register.set_activities, made, ["cafe", "open_mic"])
    choir.do(hub_day.leave_out, session, made)
    assert choir.read(session).rows == ()


def test_a_claim_and_taking_it_back_never_change_the_visits(choir: Choir) -> None:
    choir.join("Ann")
    (session,) = choir.book()
    heads = choir.do(register.check_in, session, 3)
    choir.do(register.set_activities, heads, ["cafe"])
    named = choir.do(hub_day.claim, session, heads, choir.people["Ann"])
    count = choir.read(session).count
    assert (count.people, count.anonymous, count.visits) == (1, 2, 3)
    assert [row.activities for row in choir.read(session).rows if row.person_id] == [("cafe",)]
    choir.do(hub_day.unclaim, session, named)
    count = choir.read(session).count
    assert (count.people, count.anonymous, count.visits) == (0, 3, 3)
    assert hub_day.in_words(count) == "3 visits, 0 people, 3 without a name"


def test_who_usually_comes_stands_first(choir: Choir) -> None:
    choir.join("Zoe Member")
    first, second, today = choir.book(weeks_ago=2, weeks=3)
    ann, bea = add_person(choir.vault, "Ann"), add_person(choir.vault, "Bea")
    for session, people in ((first, (bea,)), (second, (ann, bea))):
        for person in people:
            choir.do(hub_day.arrive, session, person)
        choir.do(hub_day.close_day, session)
    choir.do(hub_day.arrive, today, choir.people["Zoe Member"])
    with choir.vault.read() as db:
        found = hub_day.list_visitors(db, choir.group_id)
    assert [(v.name, v.times) for v in found] == [("Bea", 2), ("Ann", 1), ("Zoe Member", 0)]


def test_who_was_seen_can_wait_again_and_a_slip_goes(choir: Choir) -> None:
    (session,) = choir.book()
    waits = choir.do(hub.wait_for, session, "advice", name="Red coat")
    choir.do(hub.seen, waits)
    choir.do(hub_day.wait_again, waits)
    with choir.vault.read() as db:
        assert [w.name for w in hub.list_waiting(db, session)] == ["Red coat"]
    choir.do(hub_day.drop_waiting, waits)
    with choir.vault.read() as db:
        assert hub.list_waiting(db, session) == []


def test_a_conversation_by_a_slip_goes(choir: Choir) -> None:
    (session,) = choir.book()
    with choir.vault.write("clinical") as db:
        made = hub.record_conversation(db, session, "Plays by ear", "To play to others")
    with choir.vault.write("clinical") as db:
        hub_day.drop_conversation(db, made)
    with choir.vault.read() as db:
        assert hub.list_conversations(db, session) == []


def test_what_people_come_for_is_data_with_words() -> None:
    codes = [code for code, _ in activities.shipped("activities")]
    assert len(codes) == len(set(codes)) > 5
    assert activities.word("activities", "cafe") == "Café"
    assert activities.word("activities", "gone") == "gone"
