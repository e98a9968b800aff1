"""The Groups tab of a person."""

from __future__ import annotations

from typing import Any

from tests.plugins.groups.conftest import Choir
from therapydesk.api import today
from therapydesk.plugins.groups import after, hub_day, person_groups, roster, service
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.plugins.groups.ui.person_groups_tab import PersonGroupsTab
from therapydesk.testing import desk_at, open_page

__all__ = ["open_page"]


def test_groups_they_are_in_left_or_drop_in_to_with_their_marks(choir: Choir) -> None:
    choir.join("Ann")
    first, second = choir.book(weeks_ago=2, weeks=2)
    choir.hold(first)
    choir.hold(second, ann="no_word")
    choir.do(roster.leave_group, choir.members["Ann"], today())
    with choir.vault.write("core") as db:
        hub = service.save_group(db, GroupDetails("A hub", "hub"))
    ann, choir.group_id = choir.people["Ann"], hub
    (day,) = choir.book(weeks_ago=4)
    choir.do(hub_day.arrive, day, ann)
    choir.do(hub_day.close_day, day)
    with choir.vault.read() as db:
        found = person_groups.list_person_groups(db, ann)
    assert [(g.name, g.role, g.marks, g.came) for g in found] == [
        ("A hub", "", ("came",), 1),
        ("Tuneful Wednesdays", "member", ("came", "no_word"), 1),
    ]
    assert found[1].left_on == today()


def test_the_tab_shows_them_and_what_signed_notes_say(
    choir: Choir, plugins: Any, tmp_path: Any, open_page: Any
) -> None:
    choir.join("Ann")
    choir.join("Bea")
    (session,) = choir.book(weeks_ago=1)
    choir.hold(session)
    with choir.vault.write("clinical") as db:
        note = after.save_note(db, session, "Rounds.", {choir.people["Ann"]: "Led the second part."})
    with desk_at(choir.vault, plugins, tmp_path) as desk:
        tab = open_page(PersonGroupsTab(desk, choir.people["Ann"]))
        assert tab.table.row_count() == 1
        assert "say nothing" in _text(tab)
        with choir.vault.write("clinical") as db:
            after.sign_note(db, note)
        tab.refresh()
        assert "Led the second part." in _text(tab)
        other = open_page(PersonGroupsTab(desk, choir.people["Bea"]))
        assert "Led the second part." not in _text(other)


def _text(tab: PersonGroupsTab) -> str:
    return " ".join(row.text() for row in tab.notes.rows())  # type: ignore[attr-defined]  # labels
