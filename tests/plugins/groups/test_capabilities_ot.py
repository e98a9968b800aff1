"""Capability rows of the second practice (OT), each shown as its row in capabilities.md says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.plugins.groups.conftest import Choir, once_read
from therapydesk.api import PermissionDenied, UserError, search, today
from therapydesk.plugins.groups import (
    answers,
    helpers,
    hub,
    hub_day,
    members_lives,
    networks,
    roster,
    service,
    terms,
)
from therapydesk.plugins.groups.roster import MemberDetails
from therapydesk.plugins.groups.service import GroupDetails, ProfileDetails
from therapydesk.plugins.groups.ui.group_page import GroupPage
from therapydesk.plugins.groups.ui.groups_page import GroupsPage
from therapydesk.plugins.groups.ui.helpers_page import HelpersPage
from therapydesk.plugins.groups.ui.hub_page import HubPage
from therapydesk.plugins.groups.ui.person_groups_tab import PersonGroupsTab
from therapydesk.testing import add_person, open_page, sign_in
from therapydesk.ui.kit.forms import FormDialog

__all__ = ["open_page"]
DAY = timedelta(days=1)


@pytest.fixture
def day(choir: Choir) -> UUID:
    """A hub day."""
    choir.do(service.save_group, GroupDetails("Tuneful Wednesdays", shape="hub"), choir.group_id)
    (made,) = choir.book()
    return made


def form(page: Any) -> FormDialog:
    found: FormDialog
    (found,) = [each for each in page.findChildren(FormDialog) if each.isVisible()]
    return found


def words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def test_ot04_a_hub_day_opens_people_check_in_with_two_keys_and_several_services_log_against_one_visit(
    choir: Choir, day: UUID, desk: Any, open_page: Any
) -> None:
    choir.join("Kit Lane")
    page = once_read(open_page(HubPage(desk, day)))  # opening it opens the day
    assert QTest.qWaitForWindowActive(page)
    page.focus_first()
    QTest.keyClicks(page.check_in.field, "k")
    QTest.keyClick(page.check_in.field, Qt.Key.Key_Return)
    page.table.setFocus()
    QTest.keyClicks(page.table.view, "125")
    found = choir.read(day)
    (row,) = [row for row in found.rows if row.came]
    assert (row.name, row.activities) == ("Kit Lane", ("cafe", "open_mic", "advice"))
    assert found.count.visits == 1


def test_ot05_the_hub_day_lists_who_was_on_with_role_and_each_conversation_names_its_worker(
    choir: Choir, day: UUID, desk: Any, open_page: Any
) -> None:
    kit, ola = add_person(choir.vault, "Kit Lane"), add_person(choir.vault, "Ola Outreach")
    choir.do(hub_day.arrive, day, kit)
    choir.do(hub.put_on_shift, day, ola, "Outreach worker")
    page = once_read(open_page(HubPage(desk, day)))
    page.side.talk(choir.read(day).rows[0])
    dialog = form(page)
    dialog.form.set_values({"strengths": "Plays bass by ear", "wants": "A band"})
    dialog.save()
    assert "Ola Outreach, Outreach worker" in words(page.side.shift)
    assert "Kit Lane: Plays bass by ear. Wants: A band (Ola Outreach)" in words(page.side.talks)
    with choir.vault.read() as db:
        (talk,) = hub.list_conversations(db, day)
    assert (talk.person_id, talk.worker_id) == (kit, ola)


def test_ot06_navigator_status_needs_a_completed_training_record(choir: Choir) -> None:
    pia = add_person(choir.vault, "Pia Peer")
    with pytest.raises(UserError, match="finished training"):
        choir.do(roster.add_member, choir.group_id, pia, MemberDetails(role="peer_navigator"))
    with pytest.raises(UserError, match="finished training"):
        choir.do(helpers.start_placement, pia, "peer_navigator", today())
    choir.do(roster.add_training, pia, "Peer navigating", today() - DAY)
    choir.do(helpers.start_placement, pia, "peer_navigator", today())
    choir.do(roster.add_member, choir.group_id, pia, MemberDetails(role="peer_navigator"))


def test_ot06_navigators_see_only_what_their_role_allows(
    choir: Choir, day: UUID, desk: Any, open_page: Any
) -> None:
    with choir.vault.write("clinical") as db:
        service.save_profile(db, choir.group_id, ProfileDetails("hub", aims=("Belonging",)))
        hub.record_conversation(db, day, "Plays by ear", "To play to others")
    navigator = sign_in(desk, "Pia Peer", "link_worker")
    with choir.vault.read() as db:
        view = service.get_group(db, choir.group_id)
        assert (view.kind, view.aims) == (None, ())
        with pytest.raises(PermissionDenied):
            hub.list_conversations(db, day)
    page = open_page(GroupsPage(navigator))
    assert "Kind" not in [column.title for column in page.table.model.columns]
    shown = open_page(HelpersPage(navigator))
    with pytest.raises(PermissionDenied), choir.vault.write("core") as db:
        helpers.start_placement(db, navigator.user.id, "volunteer", today())
    assert shown.doing("new_record") is not None  # the key is there, and opens nothing
    shown.new_record()
    assert shown.findChildren(FormDialog) == []


def test_ot07_a_count_of_people_trained_in_a_period_by_course_matches_the_training_list(choir: Choir) -> None:
    first, second = add_person(choir.vault, "Ann"), add_person(choir.vault, "Bea")
    choir.do(roster.add_training, first, "Welcoming people", today() - 20 * DAY)
    choir.do(roster.add_training, first, "Welcoming people", today() - 2 * DAY)  # the same person, again
    choir.do(roster.add_training, second, "Welcoming people", today() - 3 * DAY)
    choir.do(roster.add_training, second, "First aid", today() - 3 * DAY)
    choir.do(roster.add_training, first, "First aid", today() - 300 * DAY)
    with choir.vault.read() as db:
        counted = roster.trained(db, today() - 30 * DAY, today())
        listed = helpers.trained_people(db, today() - 30 * DAY, today())
    by_course = {course: {name for c, name, _ in listed if c == course} for course, _, _ in listed}
    assert counted == [(course, len(names)) for course, names in sorted(by_course.items())]
    assert counted == [("First aid", 1), ("Welcoming people", 2)]


@pytest.fixture
def network(choir: Choir) -> UUID:
    """A parents' network in our space."""
    details = GroupDetails("Parents’ network", independent=True, lent="The small hall, the urn", place="Hall")
    return choir.do(service.save_group, details)  # type: ignore[no-any-return]  # an id


def test_ot11_parents_are_signposted_and_counted_but_the_networks_own_contacts_are_not_held(
    choir: Choir, network: UUID, desk: Any, open_page: Any
) -> None:
    page = open_page(GroupPage(desk, network, lambda _session: None))
    for number in ("3", "2"):
        page.register_button.click()
        dialog = form(page)
        dialog.form.set_values({"people": number})
        dialog.save()
    page.undo()
    page.tell()
    form(page).save()
    with choir.vault.read() as db:
        (found,) = networks.networks(db, *terms.year_to(today()))
    assert (found.name, found.told, found.times) == ("Parents’ network", 4, 2)
    assert "4 people were told of it" in words(page.network)
    with pytest.raises(UserError, match="not kept here"):
        choir.do(roster.add_member, network, add_person(choir.vault, "Network Nell"))
    with pytest.raises(UserError, match="put people on its roster"):
        choir.do(networks.tell_of, choir.group_id, 1, today())


def test_ot12_a_group_can_be_marked_independent_bookings_and_resources_shown_membership_not(
    choir: Choir, network: UUID, desk: Any, open_page: Any
) -> None:
    choir.group_id = network
    (session,) = choir.book()
    page = open_page(GroupPage(desk, network, lambda _session: None))
    assert "We lend it: The small hall, the urn" in words(page.network)
    assert not page.sessions.isHidden()
    assert choir.read(session).rows == ()
    assert page.table.isHidden()
    page.new_record()
    assert page.findChildren(FormDialog) == []


def test_ot12_a_group_with_people_on_its_roster_cannot_become_independent(
    choir: Choir, desk: Any, open_page: Any
) -> None:
    from therapydesk.plugins.groups.ui import group_more

    choir.join("Maggie")
    page = open_page(GroupPage(desk, choir.group_id, lambda _session: None))
    dialog = group_more.more_dialog(page, page.view, lambda: None)
    dialog.form.set_values({"independent": True})
    dialog.save()
    assert dialog.isVisible()
    with choir.vault.read() as db:
        assert not service.get_group(db, choir.group_id).details.independent


def test_ot13_member_to_volunteer_moves_are_countable_by_period(choir: Choir) -> None:
    for name in ("Ann", "Bea", "Cai"):
        choir.join(name)
    only_helps = add_person(choir.vault, "Tom")
    start = helpers.start_placement
    choir.do(start, choir.people["Ann"], "volunteer", today() - 10 * DAY)
    choir.do(start, choir.people["Ann"], "helper", today() - 5 * DAY)  # no second move
    choir.do(start, choir.people["Bea"], "volunteer", today() - 50 * DAY)
    choir.do(start, choir.people["Cai"], "volunteer", today() - 200 * DAY)  # helped before joining
    choir.do(start, only_helps, "volunteer", today() - 10 * DAY)
    with choir.vault.read() as db:
        lately = helpers.moves(db, today() - 30 * DAY, today())
        longer = helpers.moves(db, today() - 365 * DAY, today())
    assert [each.person_id for each in lately] == [choir.people["Ann"]]
    assert {each.person_id for each in longer} == {choir.people["Ann"], choir.people["Bea"]}


def test_ot15_participation_is_its_own_outcome_line_from_attendance_with_no_extra_form(
    choir: Choir, desk: Any, open_page: Any
) -> None:
    choir.join("Maggie Lloyd")
    first, second, third = choir.book(weeks_ago=3, weeks=3)
    choir.hold(first)
    choir.hold(second, maggie="no_word")
    choir.hold(third, maggie="came_late")
    maggie = choir.people["Maggie Lloyd"]
    with choir.vault.read() as db:
        found = members_lives.participation(db, maggie, *terms.year_to(today()))
        none = members_lives.participation(db, maggie, today() - 900 * DAY, today() - 800 * DAY)
    assert (found.sessions, found.minutes, found.groups) == (2, 180, 1)
    assert (none.sessions, none.first_on) == (0, None)
    tab = open_page(PersonGroupsTab(desk, maggie))
    assert "2 sessions, 3 hours, in the last twelve months" in words(tab.took_part)


def test_ot22_a_project_is_a_group_type_with_people_dates_and_a_result(
    choir: Choir, desk: Any, open_page: Any
) -> None:
    from therapydesk.plugins.groups.ui import group_more

    project = choir.do(service.save_group, GroupDetails("Harbour mural"))
    with choir.vault.write("clinical") as db:
        service.save_profile(db, project, ProfileDetails("project"))
    choir.group_id = project
    choir.join("Kit Lane")
    choir.do(terms.save_term, project, "Making it", today() - 60 * DAY, today())
    page = open_page(GroupPage(desk, project, lambda _session: None))
    dialog = group_more.end_dialog(page, page.view, page.mark_stale)
    dialog.form.set_values({"result": "A mural and a concert", "ended_on": today()})
    dialog.save()
    with choir.vault.read() as db:
        view = service.get_group(db, project)
        people = [member.name for member in roster.list_members(db, project)]
        assert answers.hits(db, "mural", 5) == []  # it has ended
    assert view.kind is not None
    assert (view.kind.title, people) == ("Project", ["Kit Lane"])
    assert [(t.starts_on, t.ends_on) for t in view.terms] == [(today() - 60 * DAY, today())]
    assert (view.ended_on, view.details.result) == (today(), "A mural and a concert")
    assert "What came of it: A mural and a concert" in words(page.counts)


def test_opening_26_no_network_member_can_be_searched(choir: Choir, network: UUID) -> None:
    choir.do(networks.tell_of, network, 7, today())
    with choir.vault.read() as db:
        assert [hit.title for hit in answers.hits(db, "parents", 5)] == ["Parents’ network"]
        assert list(search(db, "Network Nell")) == []
