"""Support: no stage requires another first, every move is dated, and the waiting list has an order."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from uuid import UUID

import pytest

from therapydesk.api import (
    NotFound,
    PermissionDenied,
    PersonDetails,
    UserError,
    add_person,
    allocate,
    episodes_of,
    get_person,
    list_waiting,
    move_episode,
    new_id,
    open_episode,
    put_back,
    record_death,
    reviews_due,
    set_review,
)
from therapydesk.records.episode_moves import STAGES
from therapydesk.records.episodes import EpisodeChange

WORDS = "seven brass bells ringing"


pytestmark = pytest.mark.usefixtures("stopped_clock")


def add(vault, name: str, **support) -> tuple[UUID, UUID]:
    with vault.write("core") as db:
        person = add_person(db, PersonDetails(name, best_way="ask")).id
        return person, open_episode(db, person, **support).id


@pytest.mark.parametrize(("first", "then"), list(permutations(STAGES, 2)))
def test_any_stage_may_follow_any_other(vault, first, then) -> None:
    person, episode = add(vault, "Carys", stage=first)
    with vault.write("core") as db:
        assert move_episode(db, episode, then, reason="reached" if then == "closed" else "") == first
    with vault.read() as db:
        assert get_person(db, person).stage == then


def test_moves_are_dated_and_kept(vault) -> None:
    person, episode = add(vault, "Carys", opened_on=date(2026, 1, 8))
    with vault.write("core") as db:
        allocate(db, episode, vault.user.id)
        move_episode(db, episode, "paused", on=date(2026, 4, 1), paused_until=date(2026, 6, 1))
    with vault.read() as db:
        (view,) = episodes_of(db, person)
        rows = db.query(EpisodeChange).order_by(EpisodeChange.id).all()
        steps = [(c.what, c.happened_on) for c in rows]
    assert (view.stage, view.paused_until, view.therapist) == ("paused", date(2026, 6, 1), vault.user.name)
    assert steps == [
        ("stage", date(2026, 1, 8)),
        ("therapist", date(2026, 5, 6)),
        ("stage", date(2026, 4, 1)),
    ]


def test_closing_and_coming_back(vault) -> None:
    person, episode = add(vault, "Carys", stage="active", opened_on=date(2026, 1, 8))
    with vault.write("core") as db:
        move_episode(db, episode, "closed", on=date(2026, 5, 1), reason="moved_on")
    with vault.read() as db:
        assert episodes_of(db, person)[0].closed_on == date(2026, 5, 1)
    with vault.write("core") as db:
        move_episode(db, episode, "active")
    with vault.read() as db:
        assert episodes_of(db, person)[0].closed_on is None


def test_allocating_ends_the_wait_and_giving_back_begins_it(vault) -> None:
    person, episode = add(vault, "Carys")
    with vault.write("core") as db:
        assert allocate(db, episode, vault.user.id) is None
        assert list_waiting(db) == []
        assert allocate(db, episode, None) == vault.user.id
        assert [w.person_id for w in list_waiting(db)] == [person]


def test_the_waiting_list_is_by_priority_then_by_the_longest_wait(vault) -> None:
    add(vault, "New", opened_on=date(2026, 5, 1))
    add(vault, "Old", opened_on=date(2026, 3, 1))
    add(vault, "Soon", opened_on=date(2026, 5, 5), priority=1)
    gone, _ = add(vault, "Gone", opened_on=date(2026, 1, 1))
    with vault.write("core") as db:
        record_death(db, gone, date(2026, 5, 2))
    with vault.read() as db:
        assert [w.name for w in list_waiting(db)] == ["Soon", "Old", "New"]


def test_a_person_may_have_several_at_once_and_the_active_one_counts(vault) -> None:
    person, _ = add(vault, "Carys", stage="paused")
    with vault.write("core") as db:
        open_episode(db, person, stage="active")
    with vault.read() as db:
        assert len(episodes_of(db, person)) == 2
        assert get_person(db, person).stage == "active"


def test_reviews_are_due_for_open_support_only(vault) -> None:
    _, one = add(vault, "Carys", stage="active")
    _, two = add(vault, "Kit", stage="active")
    with vault.write("core") as db:
        set_review(db, one, date(2026, 5, 6))
        set_review(db, two, date(2026, 5, 6))
        move_episode(db, two, "closed", reason="reached")
    with vault.read() as db:
        assert [e.name for e in reviews_due(db, date(2026, 5, 6))] == ["Carys"]
        assert reviews_due(db, date(2026, 5, 5)) == []


def test_reviews_of_a_therapist_are_theirs_and_those_that_nobody_holds(vault) -> None:
    other = vault.add_user("Bethan", ["therapist"], "another set of plain words", []).id
    for name, therapist in (("Mine", vault.user.id), ("Theirs", other), ("Nobody's", None)):
        _, episode = add(vault, name, stage="active")
        with vault.write("core") as db:
            if therapist is not None:
                allocate(db, episode, therapist)
            set_review(db, episode, date(2026, 5, 6))
    with vault.read() as db:
        found = reviews_due(db, date(2026, 5, 6), vault.user.id)
    assert {e.name for e in found} == {"Mine", "Nobody's"}


def test_what_is_not_there_is_refused(vault) -> None:
    _, episode = add(vault, "Carys")
    with vault.write("core") as db, pytest.raises(NotFound):
        open_episode(db, new_id())
    with vault.write("core") as db, pytest.raises(NotFound):
        allocate(db, new_id(), None)
    with vault.write("core") as db, pytest.raises(UserError, match="no stage called"):
        move_episode(db, episode, "finished")


def test_a_therapist_moves_only_their_own_and_an_admin_none(vault) -> None:
    _, episode = add(vault, "Carys", stage="active", therapist_id=vault.user.id)
    for name, role in (("Bethan Price", "therapist"), ("Nia Bevan", "admin")):
        vault.unlock("Ruth Mallory", "four plain words together")
        vault.add_user(name, (role,), WORDS, ())
        vault.unlock(name, WORDS)
        with vault.write("core") as db, pytest.raises(PermissionDenied):
            move_episode(db, episode, "closed", reason="reached")


def test_a_step_is_put_back_with_its_days_and_reason(vault) -> None:
    person, episode = add(vault, "Carys", stage="active", opened_on=date(2026, 1, 8))
    with vault.write("core") as db:
        move_episode(db, episode, "paused", paused_until=date(2026, 9, 1))
    with vault.read() as db:
        (before,) = episodes_of(db, person)
    with vault.write("core") as db:
        move_episode(db, episode, "closed", reason="moved_on")
    with vault.write("core") as db:
        put_back(db, before)
    with vault.read() as db:
        (after,) = episodes_of(db, person)
        steps = [c.after for c in db.query(EpisodeChange).order_by(EpisodeChange.id)]
    assert (after.stage, after.paused_until, after.closed_on) == ("paused", date(2026, 9, 1), None)
    assert steps == ["active", "paused", "closed", "paused"]


def test_the_end_of_support_is_after_its_beginning_and_has_a_known_reason(vault) -> None:
    _person, episode = add(vault, "Carys", stage="active")
    with vault.write("core") as db, pytest.raises(UserError, match="before the support began"):
        move_episode(db, episode, "closed", on=date(2026, 5, 5))
    with vault.write("core") as db, pytest.raises(UserError, match="no reason called"):
        move_episode(db, episode, "closed", reason="was_difficult")


def test_the_support_of_somebody_who_died_is_still_seen_and_can_be_closed(vault) -> None:
    person, episode = add(vault, "Pearl", stage="waiting")
    with vault.write("core") as db:
        record_death(db, person, date(2026, 5, 2))
    with vault.read() as db:
        assert list_waiting(db) == []
        assert [e.id for e in episodes_of(db, person)] == [episode]
    with vault.write("core") as db:
        move_episode(db, episode, "closed", reason="died")


def test_the_reviews_that_are_due_longest_come_first_and_no_more_than_asked_for(vault) -> None:
    for name, day in (("Late", 1), ("Later", 3), ("Latest", 5)):
        _, episode = add(vault, name, stage="active")
        with vault.write("core") as db:
            set_review(db, episode, date(2026, 5, day))
    with vault.read() as db:
        assert [e.name for e in reviews_due(db, date(2026, 5, 6), most=2)] == ["Late", "Later"]
