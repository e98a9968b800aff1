"""What the search field at the top finds."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.conftest import USER
from tests.ui.shell.conftest import SignIn
from therapydesk.api import Link
from therapydesk.core.vault.vault import Vault
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
