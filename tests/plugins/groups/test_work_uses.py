"""Each use of a work rests on the consent of each of its makers, from when it is meant for it until that ends."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from tests.plugins.groups.conftest import Choir
from therapydesk.api import ConsentMissing, NotFound, list_consent_uses, new_id, record_consent
from therapydesk.plugins.groups import works_service
from therapydesk.plugins.groups.works_models import WorkUse
from therapydesk.plugins.groups.works_service import MakerDetails, WorkDetails


@pytest.fixture
def work(choir: Choir) -> UUID:
    """A work of two people that is meant for nothing yet."""
    people = [choir.join(name) and choir.people[name] for name in ("Ann Price", "Bea Lloyd")]
    makers = tuple(MakerDetails(person, "name") for person in people)
    made = choir.do(works_service.save_work, WorkDetails("Our river", makers=makers))
    assert isinstance(made, UUID)
    return made


def rests(choir: Choir) -> dict[str, list[str]]:
    """What rests on somebody's consent, by name."""
    with choir.vault.read() as db:
        return {
            name: [use.purpose for use in list_consent_uses(db, person)]
            for name, person in choir.people.items()
        }


def test_a_use_that_is_added_rests_on_every_makers_consent_once(choir: Choir, work: UUID) -> None:
    assert rests(choir) == {"Ann Price": [], "Bea Lloyd": []}
    for _ in range(2):
        choir.do(works_service.add_use, work, "perform")
    assert rests(choir) == {"Ann Price": ["perform"], "Bea Lloyd": ["perform"]}
    with pytest.raises(ConsentMissing):
        choir.do(works_service.require_cleared, work, "perform")
    for person in choir.people.values():
        choir.do(record_consent, person, "perform", "yes")
    choir.do(works_service.require_cleared, work, "perform")
    with pytest.raises(NotFound):
        choir.do(works_service.add_use, new_id(), "perform")


def test_a_use_that_ended_rests_on_consent_no_more(choir: Choir, work: UUID) -> None:
    choir.do(works_service.add_use, work, "perform")
    with choir.vault.read() as db:
        first, second = db.scalars(select(WorkUse.rest_id))
    choir.do(works_service.end_use, first)
    assert sorted(rests(choir).values()) == [[], ["perform"]]
    choir.do(works_service.end_use, first)  # somebody said so before: nothing happens
    choir.do(works_service.end_use, second)
    assert list(rests(choir).values()) == [[], []]
