"""Whose a person is: an open episode, or a session in the diary (security §4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from therapydesk.core import dates
from therapydesk.core.permissions import is_own
from therapydesk.core.tables import new_id
from therapydesk.records import appointments, ownership
from therapydesk.records.episodes import Episode
from therapydesk.records.people import Person


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    dates.set_clock(lambda: datetime(2026, 5, 6, 9, 0, tzinfo=UTC))
    yield
    dates.set_clock(None)


@pytest.fixture
def person(vault: Any) -> UUID:
    with vault.write("core") as db:
        made = Person(id=new_id(), full_name="Carys Bowen", normal_name="carys bowen")
        db.add(made)
    return made.id


def owned(vault: Any, person_id: UUID) -> bool:
    with vault.read() as db:
        assert is_own(db, person_id) == ownership.owns(db, person_id)
        return ownership.owns(db, person_id)


@pytest.mark.parametrize(
    ("stage", "own"), [("waiting", True), ("active", True), ("paused", True), ("closed", False)]
)
def test_an_episode_makes_a_person_ones_own_until_it_is_closed(
    vault: Any, person: UUID, stage: str, own: bool
) -> None:
    with vault.write("core") as db:
        therapist = vault.user.id
        opened = date(2026, 5, 1)
        db.add(Episode(person_id=person, stage=stage, opened_on=opened, therapist_id=therapist))
    assert owned(vault, person) is own


def test_an_episode_of_nobody_makes_nobody_the_owner(vault: Any, person: UUID) -> None:
    with vault.write("core") as db:
        db.add(Episode(person_id=person, stage="waiting", opened_on=date(2026, 5, 1)))
    assert owned(vault, person) is False


def test_a_session_in_the_diary_makes_a_person_ones_own(vault: Any, person: UUID) -> None:
    assert owned(vault, person) is False
    with vault.write("core") as db:
        when = datetime(2026, 5, 7, 14, 0)
        appointments.book(db, appointments.Booking(when, person_ids=(person,), therapist_id=vault.user.id))
    assert owned(vault, person) is True


def test_nobody_is_nobodys_own(vault: Any) -> None:
    with vault.read() as db:
        assert is_own(db, None) is False
        assert is_own(db, new_id()) is False
