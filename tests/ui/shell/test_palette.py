"""What the search field at the top finds."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.conftest import USER
from tests.ui.shell.conftest import SignIn
from therapydesk.api import Link
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.groups import service
from therapydesk.plugins.groups.service import GroupDetails
from therapydesk.testing import add_person
from therapydesk.ui.kit.in_turn import InTurn
from therapydesk.ui.shell.desk_view import DeskView
from therapydesk.ui.shell.palette_entries import find_entries


def test_people_that_cannot_be_read_leave_the_rest_to_choose_from(sign_in: SignIn, qtbot: QtBot) -> None:
    desk = sign_in(USER)
    assert isinstance(desk.vault, Vault)
    add_person(desk.vault, "Paged Diary")
    view = DeskView(desk, "")
    qtbot.addWidget(view)
    view.show()
    view.open(Link("today"))
    assert [e.title for e in find_entries(view, "diary")][0] == "Paged Diary"
    making = view.findChildren(InTurn)
    qtbot.waitUntil(lambda: not any(cards.busy for cards in making))  # the cards of Today are there
    desk.vault.unlocked.units.close()  # as when a file cannot be read
    titles = [e.title for e in find_entries(view, "diary")]
    assert "Diary" in titles
    assert "Paged Diary" not in titles
    assert view.page is not None
    assert "locked" in view.page.messages.text()


def test_people_come_first_then_what_is_done_with_them_then_pages(sign_in: SignIn, qtbot: QtBot) -> None:
    desk = sign_in(USER)
    assert isinstance(desk.vault, Vault)
    add_person(desk.vault, "Paged Diary")
    view = DeskView(desk, "")
    qtbot.addWidget(view)
    view.show()
    view.open(Link("today"))
    found = find_entries(view, "diary")
    assert [e.group for e in found] == sorted((e.group for e in found), key=["People", "Do", "Go to"].index)
    titles = [e.title for e in found]
    assert titles.index("Paged Diary") < titles.index("Book session with Paged Diary") < titles.index("Diary")
    assert not [e for e in find_entries(view, "nobody at all") if e.group != "Go to"]


def test_a_page_that_is_typed_is_found_however_many_people_match(sign_in: SignIn, qtbot: QtBot) -> None:
    desk = sign_in(USER)
    assert isinstance(desk.vault, Vault)
    for n in range(8):
        add_person(desk.vault, f"Diary {n}")
    view = DeskView(desk, "")
    qtbot.addWidget(view)
    view.show()
    view.open(Link("today"))
    found = find_entries(view, "diary")
    assert "Diary" in [e.title for e in found if e.group == "Go to"]
    assert len(found) <= 9
    assert len([e for e in found if e.group == "People"]) >= 3


def test_a_page_whose_name_is_typed_goes_before_records_and_what_can_be_done(
    sign_in: SignIn, qtbot: QtBot
) -> None:
    """Somebody who types the name of a page, or its beginning, and presses Enter means the page."""
    desk = sign_in(USER)
    assert isinstance(desk.vault, Vault)
    for name in ("Songs", "Songsmiths"):  # "Songs for Two" would be found, too
        with desk.vault.write("core") as db:
            service.save_group(db, GroupDetails(name))
    view = DeskView(desk, "")
    qtbot.addWidget(view)
    view.show()
    view.open(Link("today"))
    for typed in ("songs", "Song"):
        found = [(e.group, e.title, e.subtitle) for e in find_entries(view, typed)]
        assert [each[:2] for each in found][0] == ("Go to", "Songs")
        assert found[0][2] == ""  # the page: a group has something under its name
        assert ("Go to", "Songs") in [each[:2] for each in found[1:]]  # and the group is there all the same
        groups = [each[0] for each in found]
        assert groups == sorted(groups, key=["Go to", "Do"].index)
    add_person(desk.vault, "Song Bird")
    with_people = find_entries(view, "song")
    assert (with_people[0].group, with_people[0].title) == ("People", "Song Bird")
    places = [entry for entry in with_people if entry.group == "Go to"]
    assert (places[0].title, places[0].subtitle) == ("Songs", "")
