"""Capability rows of the link workers (LW), each shown as its row in capabilities.md says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QLabel

from tests.plugins.groups.conftest import Choir, once_read
from therapydesk.api import UserError, put_setting, today
from therapydesk.plugins.groups import activities, answers, meetings, register, service
from therapydesk.plugins.groups.meetings import ACTION, DECISION
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.plugins.groups.ui.group_page import GroupPage
from therapydesk.plugins.groups.ui.meeting_page import MeetingPage
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.testing import add_person, open_page
from therapydesk.ui.kit.cards import CardRow
from therapydesk.ui.kit.forms import FormDialog

__all__ = ["open_page"]
DAY = timedelta(days=1)


@pytest.fixture
def workshops(choir: Choir) -> list[UUID]:
    """Two monthly workshops, of people in many roles."""
    choir.do(service.save_group, GroupDetails("Tuneful Wednesdays", shape="meeting"), choir.group_id)
    return choir.book(weeks_ago=4, weeks=2)


def form(page: Any) -> FormDialog:
    found: FormDialog
    (found,) = [each for each in page.findChildren(FormDialog) if each.isVisible()]
    return found


def words(widget: Any) -> str:
    rows = [f"{row.accessibleName()}" for row in widget.findChildren(CardRow)]
    return " | ".join([*(label.text() for label in widget.findChildren(QLabel)), *rows])


def test_lw20_an_event_counts_attendance_by_role_young_person_carer_practitioner_commissioner(
    choir: Choir, workshops: list[UUID], desk: Any, open_page: Any
) -> None:
    session = workshops[0]
    choir.open(session)
    made = {}
    for name, role in (("Kit Lane", "young_person"), ("Osian Lane", "carer"), ("Dr Price", "practitioner")):
        made[name] = choir.do(register.add_walk_in, session, add_person(choir.vault, name))
        choir.do(activities.set_came_as, made[name], role)
    heads = choir.do(register.check_in, session, 4)
    page = once_read(open_page(RegisterPage(desk, session)))
    assert not page.more.meeting_button.isHidden()
    meeting = open_page(MeetingPage(desk, session))
    meeting.table.select_key(heads)
    meeting.ask_role(meeting.table.current_row())
    dialog = form(meeting)
    dialog.form.set_values({"role": "commissioner"})
    dialog.save()
    with choir.vault.read() as db:
        assert activities.count_roles(db, session) == [
            *(("young_person", 1), ("carer", 1), ("practitioner", 1), ("commissioner", 4))
        ]
    assert choir.read(session).count.visits == 7  # roles change no other count
    assert "Commissioner" in words(meeting.roles)
    meeting.undo()
    with choir.vault.read() as db:
        assert activities.count_roles(db, session)[-1] == ("", 4)
    choir.do(put_setting, "groups.came_as", "Young person\nFunder")
    choir.do(activities.set_came_as, made["Dr Price"], "Funder")
    with pytest.raises(UserError, match="no “carer” here"):
        choir.do(activities.set_came_as, made["Osian Lane"], "carer")


def test_lw20_saying_a_role_of_somebody_who_was_expected_does_not_make_them_a_walk_in(
    choir: Choir, workshops: list[UUID]
) -> None:
    choir.join("Ann")
    choir.open(workshops[0])
    (row,) = choir.read(workshops[0]).rows
    choir.do(activities.set_came_as, row.attendance_id, "expert")
    (row,) = choir.read(workshops[0]).rows
    assert (row.walk_in, row.state) == (False, "expected")


def test_lw21_meetings_have_attendance_by_role_decisions_actions_with_owners(
    choir: Choir, workshops: list[UUID], desk: Any, open_page: Any
) -> None:
    first, second = workshops
    choir.open(first)
    ann = choir.do(register.add_walk_in, first, add_person(choir.vault, "Ann Expert"))
    choir.do(activities.set_came_as, ann, "expert")
    page = open_page(MeetingPage(desk, first))
    page.ask(DECISION)
    dialog = form(page)
    dialog.form.set_values({"text": "The café opens on Mondays"})
    dialog.save()
    page.doing("new_record")()
    dialog = form(page)
    dialog.form.set_values({"text": "Find an urn"})
    dialog.save()
    assert dialog.isVisible()  # somebody has to do it
    dialog.form.set_values({"owner": "Ann Expert", "due_on": today() - DAY})
    dialog.save()
    with choir.vault.read() as db:
        assert activities.count_roles(db, first) == [("expert", 1)]
        agreed = [(a.kind, a.text, a.owner, a.due_on) for a in meetings.list_agreed(db, first)]
    assert agreed == [
        (DECISION, "The café opens on Mondays", "", None),
        (ACTION, "Find an urn", "Ann Expert", today() - DAY),
    ]
    assert "Find an urn" in words(page.todo)


def test_opening_28_a_meetings_actions_appear_until_closed(
    choir: Choir, workshops: list[UUID], desk: Any, open_page: Any
) -> None:
    first, second = workshops
    made = choir.do(meetings.agree, first, ACTION, "Find an urn", "Ann", today() - DAY)
    with choir.vault.read() as db:
        assert [a.text for a in meetings.list_agreed(db, second)] == ["Find an urn"]
        (item,) = [i for i in answers.due(db, today()) if "urn" in i.text]
    assert item.text == "Tuneful Wednesdays: Find an urn (Ann)"
    page = open_page(GroupPage(desk, choir.group_id, lambda _session: None))
    (row,) = page.todo.findChildren(CardRow)
    row.click()
    assert page.todo.isHidden()
    with choir.vault.read() as db:
        assert meetings.open_actions(db) == []
        assert [i for i in answers.due(db, today()) if "urn" in i.text] == []
        assert [a.done_on for a in meetings.list_agreed(db, first)] == [today()]
    page.undo()
    with choir.vault.read() as db:
        assert [a.id for a in meetings.open_actions(db)] == [made]
