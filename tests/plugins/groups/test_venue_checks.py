"""What is to be looked at where a group meets, written alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.plugins.groups.conftest import Choir
from therapydesk.api import NotFound, add_months, new_id, today
from therapydesk.plugins.groups import venue_checks
from therapydesk.plugins.groups.venue_checks import CheckView


def listed(choir: Choir) -> list[CheckView]:
    with choir.vault.read() as db:
        return venue_checks.list_checks(db, choir.group_id)


def test_one_that_comes_again_stays_on_the_list_and_one_that_does_not_leaves_it(choir: Choir) -> None:
    ramp = choir.do(venue_checks.add_check, choir.group_id, "The ramp", today())
    castors = choir.do(
        venue_checks.add_check, choir.group_id, "Piano castors", today() + timedelta(days=1), 6
    )
    assert [c.what for c in listed(choir)] == ["The ramp", "Piano castors"]
    for each in (ramp, castors):
        choir.do(venue_checks.check_done, each, today())
    (left,) = listed(choir)
    assert (left.id, left.due_on, left.done_on) == (castors, add_months(today(), 6), today())


def test_one_that_was_not_looked_at_after_all_is_due_as_before(choir: Choir) -> None:
    made = choir.do(venue_checks.add_check, choir.group_id, "Fire exits", today(), 12)
    before = listed(choir)
    choir.do(venue_checks.check_done, made, today())
    assert listed(choir) != before
    choir.do(venue_checks.put_back_check, made, before[0].due_on, before[0].done_on)
    assert listed(choir) == before
    with pytest.raises(NotFound):
        choir.do(venue_checks.put_back_check, new_id(), today(), None)


def test_one_written_by_a_slip_is_taken_back_twice_without_a_fault(choir: Choir) -> None:
    made = choir.do(venue_checks.add_check, choir.group_id, "Fire exits", today())
    for _ in range(2):
        choir.do(venue_checks.drop_check, made)
        assert listed(choir) == []
