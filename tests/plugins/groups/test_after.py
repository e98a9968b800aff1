"""After a session: aims rated, the shared note, what goes to one member; and a hub day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.plugins.groups.conftest import Choir
from therapydesk.api import UserError, today
from therapydesk.plugins.groups import after, hub, register, service
from therapydesk.plugins.groups.service import ProfileDetails
from therapydesk.testing import add_person


@pytest.fixture
def held(choir: Choir) -> UUID:
    """A session that is over, of a group with two aims."""
    choir.join("Carys Bowen")
    choir.join("Rafiq Aziz")
    (session,) = choir.book()
    choir.hold(session)
    with choir.vault.write("clinical") as db:
        service.save_profile(db, choir.group_id, ProfileDetails("dementia", aims=("Mood", "Taking part")))
    return session


def clinical(choir: Choir, work: Any, *args: Any) -> Any:
    with choir.vault.write("clinical") as db:
        return work(db, *args)


def test_aims_are_set_once_and_each_sessions_rating_reports_against_them(choir: Choir, held: UUID) -> None:
    """AH08."""
    with choir.vault.read() as db:
        mood, part = after.list_aims(db, choir.group_id)
    clinical(choir, after.rate_aims, held, {mood.id: 4, part.id: 1})
    clinical(choir, after.rate_aims, held, {mood.id: 3})
    with choir.vault.read() as db:
        found = after.list_aims(db, choir.group_id)
        assert after.ratings_of(db, held) == {mood.id: 3, part.id: 1}
        assert (
            after.list_aims(db, choir.group_id, since=today().replace(year=today().year + 1))[0].mean is None
        )
    assert [(aim.text, aim.mean, aim.ratings) for aim in found] == [("Mood", 3.0, 1), ("Taking part", 1.0, 1)]
    with pytest.raises(UserError, match="from 0 to 4"):
        clinical(choir, after.rate_aims, held, {mood.id: 5})


def test_a_group_note_has_excerpts_for_single_members_and_is_closed_when_signed(
    choir: Choir, held: UUID
) -> None:
    carys = choir.people["Carys Bowen"]
    note = clinical(choir, after.save_note, held, "We sang rounds.", {carys: "Led the second verse."})
    with choir.vault.read() as db:
        assert after.excerpts_of(db, carys) == []  # not before it is signed
        assert [(name, day) for _, name, day in after.unwritten(db, today())] == [
            ("Tuneful Wednesdays", today())
        ]
    clinical(choir, after.sign_note, note)
    with choir.vault.read() as db:
        assert after.excerpts_of(db, carys) == [(today(), choir.group_id, "Led the second verse.")]
        assert after.excerpts_of(db, choir.people["Rafiq Aziz"]) == []
        assert after.unwritten(db, today()) == []
    with pytest.raises(UserError, match="is signed"):
        clinical(choir, after.save_note, held, "Changed.", {})


def test_saving_warns_on_each_other_members_name_or_nickname(choir: Choir, held: UUID) -> None:
    """Opening 6."""
    nick = add_person(choir.vault, "Margaret-Anne Tregaskis", preferred_name="Mags")
    from therapydesk.plugins.groups import roster

    choir.do(roster.add_member, choir.group_id, nick)
    carys = choir.people["Carys Bowen"]
    with choir.vault.read() as db:
        assert after.names_in(db, choir.group_id, carys, "Sat beside RAFIQ and sang.") == ["Rafiq Aziz"]
        assert after.names_in(db, choir.group_id, carys, "mags laughed; Carys too.") == ["Mags"]
        assert after.names_in(db, choir.group_id, carys, "Carys sang. Bowen is her name.") == []
        assert after.names_in(db, choir.group_id, carys, "She likes traffic songs.") == []


def test_a_hub_day_lists_who_was_on_with_role_and_each_conversation_names_its_worker(
    choir: Choir, held: UUID
) -> None:
    """OT05, OT08."""
    worker = add_person(choir.vault, "Pia Peer")
    choir.do(hub.put_on_shift, held, worker, "Peer navigator")
    with choir.vault.read() as db:
        assert [(s.name, s.role) for s in hub.list_shift(db, held)] == [("Pia Peer", "Peer navigator")]
    with pytest.raises(UserError, match="Begin with what they are good at"):
        clinical(choir, hub.record_conversation, held, "", "A quiet room")
    with choir.vault.write("clinical") as db:
        hub.record_conversation(db, held, "Knows every song", "A place to play", worker_id=worker)
    with choir.vault.read() as db:
        (found,) = hub.list_conversations(db, held)
    assert (found.worker_id, found.strengths, found.hard) == (worker, "Knows every song", "")


def test_several_services_log_against_one_visit(choir: Choir) -> None:
    """OT04, KC22."""
    (session,) = choir.book()
    choir.open(session)
    kit = add_person(choir.vault, "Kit Lane")
    visit = choir.do(register.add_walk_in, session, kit)
    choir.do(register.set_activities, visit, ["cafe", "art", "cafe"])
    heads = choir.do(register.check_in, session, 5)
    choir.do(register.set_activities, heads, ["cafe"])
    with choir.vault.read() as db:
        assert hub.activities_of(db, [visit, heads]) == [("cafe", 2), ("art", 1)]
    found = choir.read(session)
    assert (found.count.people, found.count.anonymous, found.count.visits) == (1, 5, 6)
    waits = choir.do(hub.wait_for, session, "housing", person_id=kit)
    with choir.vault.read() as db:
        assert [(w.name, w.activity) for w in hub.list_waiting(db, session)] == [("Kit Lane", "housing")]
    choir.do(hub.seen, waits)
    with choir.vault.read() as db:
        assert hub.list_waiting(db, session) == []
