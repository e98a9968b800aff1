"""The roster of a group: changing somebody, leaving, planned absence, changing the group; each can be taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from tests.plugins.groups.conftest import Choir
from therapydesk.api import today
from therapydesk.plugins.groups import roster, service
from therapydesk.plugins.groups.ui.group_page import GroupPage
from therapydesk.testing import desk_at, open_page
from therapydesk.ui.kit.forms import FormDialog

__all__ = ["open_page"]


@pytest.fixture
def page(choir: Choir, plugins: Any, tmp_path: Any, open_page: Any) -> Any:
    choir.join("Ann", voice="alto")
    choir.join("Bea", comes_with="Ann")
    with desk_at(choir.vault, plugins, tmp_path) as desk:
        made = open_page(GroupPage(desk, choir.group_id, lambda _session: None))
        made.table.setFocus()
        made.table.select_key(choir.members["Ann"])
        yield made


def form(page: GroupPage) -> FormDialog:
    """The form that is open."""
    (found,) = [d for d in page.findChildren(FormDialog) if d.isVisible()]
    return found


def members(choir: Choir) -> list[roster.MemberView]:
    with choir.vault.read() as db:
        return roster.list_members(db, choir.group_id)


def test_f2_changes_what_somebody_comes_as_and_keeps_the_rest(choir: Choir, page: GroupPage) -> None:
    QTest.keyClick(page.table.view, Qt.Key.Key_F2)
    dialog = form(page)
    dialog.form.set_values({"voice": "tenor", "state": "taster"})
    dialog.save()
    ann, bea = members(choir)
    assert (ann.role, ann.state, ann.voice) == ("member", "taster", "tenor")
    assert bea.pair_id == ann.id


def test_delete_says_that_somebody_left_and_undo_brings_them_back(choir: Choir, page: GroupPage) -> None:
    QTest.keyClick(page.table.view, Qt.Key.Key_Delete)
    assert [m.name for m in members(choir)] == ["Bea"]
    page.undo()
    assert [(m.name, m.voice, m.state) for m in members(choir)] == [
        ("Ann", "alto", "member"),
        ("Bea", "", "member"),
    ]


def test_a_planned_absence_is_kept_and_taken_back(choir: Choir, page: GroupPage) -> None:
    page.plan_absence(members(choir)[0])
    until = today() + timedelta(days=14)
    dialog = form(page)
    dialog.form.set_values({"from_on": today(), "until_on": until})
    dialog.save()
    assert members(choir)[0].away_until == until
    page.undo()
    assert members(choir)[0].away_until is None


def test_an_absence_that_ends_before_it_starts_is_not_kept(choir: Choir, page: GroupPage) -> None:
    page.plan_absence(members(choir)[0])
    dialog = form(page)
    dialog.form.set_values({"from_on": today(), "until_on": today() - timedelta(days=1)})
    dialog.save()
    assert dialog.isVisible()
    assert members(choir)[0].away_until is None


def test_the_group_itself_is_changed(choir: Choir, page: GroupPage) -> None:
    page.change()
    dialog = form(page)
    dialog.form.set_values({"name": "Tuneful Thursdays"})
    dialog.save()
    with choir.vault.read() as db:
        assert service.get_group(db, choir.group_id).name == "Tuneful Thursdays"
    assert page.title() == "Tuneful Thursdays"


def test_the_form_says_who_needs_a_note_and_a_hub_does_not_ask_for_any(choir: Choir, page: GroupPage) -> None:
    page.change()
    dialog = form(page)
    assert dialog.form.values()["note_each"] is True
    shape = dialog.form.field("shape")
    assert isinstance(shape, QComboBox)
    shape.setCurrentIndex(2)
    assert dialog.form.values()["note_each"] is False
    assert dialog.form.dirty
    dialog.save()
    with choir.vault.read() as db:
        assert service.get_group(db, choir.group_id).details.note_each is False
