"""Helpers: placements, hours, training and when it runs out; on their page and on Today."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.plugins.groups.conftest import Choir
from therapydesk.api import DueItem, UserError, today
from therapydesk.plugins.groups import answers, helpers, hub, roster, terms
from therapydesk.plugins.groups.helpers import Helper
from therapydesk.plugins.groups.roster import MemberDetails
from therapydesk.plugins.groups.ui.groups_page import GroupsPage
from therapydesk.plugins.groups.ui.helpers_page import HelpersPage
from therapydesk.testing import add_person, desk_at, open_page
from therapydesk.ui.kit.forms import FormDialog

__all__ = ["open_page"]
DAY = timedelta(days=1)


def listed(choir: Choir) -> list[Helper]:
    with choir.vault.read() as db:
        return helpers.list_helpers(db, *terms.year_to(today()))


def due(choir: Choir) -> list[DueItem]:
    with choir.vault.read() as db:
        return answers.due(db, today())


def trained(choir: Choir, person: UUID, *, runs_out: timedelta | None = None) -> UUID:
    until = today() + runs_out if runs_out is not None else None
    return choir.do(roster.add_training, person, "Peer navigating", today() - 90 * DAY, until)  # type: ignore[no-any-return]  # an id


def test_hours_are_those_on_shift_as_long_as_the_session_unless_written_down(choir: Choir) -> None:
    pia = add_person(choir.vault, "Pia Peer")
    first, second, third = choir.book(weeks_ago=2, weeks=3)
    choir.do(hub.put_on_shift, first, pia, "tea")
    choir.do(hub.put_on_shift, second, pia, "tea", 30)
    choir.do(hub.put_on_shift, third, pia, "tea")
    (found,) = listed(choir)
    assert (found.name, found.minutes, found.shifts) == ("Pia Peer", 90 + 30 + 90, 3)
    from therapydesk.api import appointments

    choir.do(appointments.cancel, third, "other_plans")
    assert listed(choir)[0].minutes == 120


def test_a_placement_ends_and_its_hours_stay(choir: Choir) -> None:
    kit = add_person(choir.vault, "Kit Lane")
    made = choir.do(helpers.start_placement, kit, "volunteer", today() - 30 * DAY)
    with pytest.raises(UserError, match="They are that already"):
        choir.do(helpers.start_placement, kit, "volunteer", today())
    with pytest.raises(UserError, match="ends after it starts"):
        choir.do(helpers.end_placement, made, today() - 31 * DAY)
    choir.do(helpers.end_placement, made, today() - DAY)
    choir.do(helpers.start_placement, kit, "volunteer", today())
    assert [p.ends_on for p in listed(choir)[0].placements] == [None, today() - DAY]


def test_a_peer_navigator_needs_a_training_that_has_not_run_out_however_they_become_one(choir: Choir) -> None:
    pia = add_person(choir.vault, "Pia Peer")
    member = choir.do(roster.add_member, choir.group_id, pia)
    navigator = MemberDetails(role="peer_navigator")
    with pytest.raises(UserError, match="needs a finished training"):
        choir.do(helpers.start_placement, pia, "peer_navigator", today())
    with pytest.raises(UserError, match="needs a finished training"):
        choir.do(roster.change_member, member, navigator)
    old = trained(choir, pia, runs_out=-DAY)
    with pytest.raises(UserError, match="needs a finished training"):
        choir.do(roster.change_member, member, navigator)
    choir.do(helpers.drop_training, old)
    trained(choir, pia, runs_out=DAY)
    choir.do(roster.change_member, member, navigator)
    choir.do(helpers.start_placement, pia, "peer_navigator", today())


def test_today_tells_a_training_that_runs_out_until_it_is_done_anew(choir: Choir) -> None:
    pia = add_person(choir.vault, "Pia Peer")
    trained(choir, pia, runs_out=-3 * DAY)
    assert due(choir) == []  # who does not help needs none
    choir.do(roster.add_member, choir.group_id, pia, MemberDetails(role="volunteer"))
    (item,) = due(choir)
    assert (item.text, item.due_on) == ("Peer navigating of Pia Peer has run out", today() - 3 * DAY)
    assert item.person_id == pia
    choir.do(roster.add_training, pia, "peer  navigating", today(), today() + 20 * DAY)
    (item,) = due(choir)
    assert item.text == "peer navigating of Pia Peer runs out"
    choir.do(roster.add_training, pia, "Peer navigating", today() + DAY, today() + 400 * DAY)
    assert due(choir) == []


def test_a_training_that_runs_out_before_it_was_finished_is_refused(choir: Choir) -> None:
    pia = add_person(choir.vault, "Pia Peer")
    with pytest.raises(UserError, match="after it was finished"):
        choir.do(roster.add_training, pia, "Tea", today(), today() - DAY)


@pytest.fixture
def page(choir: Choir, plugins: Any, tmp_path: Path, open_page: Any) -> Any:
    choir.join("Maggie Lloyd")
    with desk_at(choir.vault, plugins, tmp_path) as desk:
        yield open_page(GroupsPage(desk))


def form(page: Any) -> FormDialog:
    found: FormDialog
    (found,) = [each for each in page.findChildren(FormDialog) if each.isVisible()]
    return found


def test_a_member_becomes_a_helper_on_the_page_with_training_and_it_is_taken_back(
    choir: Choir, page: GroupsPage
) -> None:
    page.show_helpers()
    front = page.record
    assert isinstance(front, HelpersPage)
    new = page.doing("new_record")
    assert new is not None
    new()
    dialog = form(front)
    dialog.form.set_values({"name": "Maggie Lloyd", "role": "peer_navigator", "supported_by": "Nobody Known"})
    dialog.save()
    assert dialog.isVisible()
    dialog.form.set_values({"supported_by": ""})
    dialog.save()
    assert dialog.isVisible()  # no training yet, and nothing was kept
    dialog.form.set_values({"course": "Peer navigating"})
    dialog.save()
    (found,) = listed(choir)
    assert (found.name, found.roles, found.member) == ("Maggie Lloyd", ("peer_navigator",), True)
    assert front.summary() == "One helper · 0 hours · one member became a helper"
    front.undo()
    assert listed(choir) == []


def test_a_training_is_added_and_a_placement_ended_from_the_row(choir: Choir, page: GroupsPage) -> None:
    choir.do(helpers.start_placement, choir.people["Maggie Lloyd"], "volunteer", today() - DAY)
    page.show_helpers()
    front = page.record
    assert isinstance(front, HelpersPage)
    front.add_training(front.found[0])
    dialog = form(front)
    dialog.form.set_values({"course": "First aid", "expires_on": today() + 10 * DAY})
    dialog.save()
    (helper,) = listed(choir)
    assert [t.course for t in helper.trainings] == ["First aid"]
    front.end(helper)
    assert listed(choir)[0].placements[0].ends_on == today()
    front.undo()
    assert listed(choir)[0].placements[0].ends_on is None
