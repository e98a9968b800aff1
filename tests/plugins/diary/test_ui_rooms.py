"""Rooms are added, renamed and closed over the diary."""

from __future__ import annotations

from typing import Any

from therapydesk.api import Link, appointments
from therapydesk.plugins.diary.ui.diary_page import DiaryPage
from therapydesk.ui.kit.forms import FormDialog


def rooms(vault: Any) -> list[tuple[str, bool]]:
    with vault.read() as db:
        return [(room.name, room.closed) for room in appointments.list_rooms(db, closed=True)]


def fill(page: DiaryPage, **values: Any) -> None:
    page.open_ref(Link("diary.diary", args=("rooms",)))
    dialog = next(d for d in page.findChildren(FormDialog) if d.isVisible())
    dialog.form.set_values(values)
    dialog.save()


def test_a_room_is_added_renamed_and_closed(practice: Any, window: Any, open_page: Any) -> None:
    hall = practice.room("Hall")
    page = open_page(DiaryPage(window.desk))
    fill(page, name="Music room")
    assert page.messages.text() == "Music room is saved."
    fill(page, room=hall, name="Old hall", closed=True)
    assert sorted(rooms(practice.vault)) == [("Music room", False), ("Old hall", True)]
