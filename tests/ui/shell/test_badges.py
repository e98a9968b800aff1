"""What waits is counted beside the window, and anew when something was written; a locked vault is no fault."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from tests.conftest import USER
from tests.ui.shell.conftest import SignIn
from therapydesk.api import Db, PeopleQuery, count_people
from therapydesk.testing import add_person
from therapydesk.ui.shell.desk_view import DeskView


def test_what_waits_is_counted_on_another_thread_and_again_after_a_change(
    sign_in: SignIn, qtbot: Any
) -> None:
    view = DeskView(sign_in(USER), "")
    qtbot.addWidget(view)
    threads = []

    def people(db: Db) -> int:
        threads.append(threading.current_thread())
        return count_people(db, PeopleQuery())

    view.pages = [replace(page, badge=people if page.id == "today" else None) for page in view.pages]
    add_person(view.desk.vault, "Carys Bowen")
    qtbot.waitUntil(lambda: view.sidebar.model.badges == {"today": 1})
    add_person(view.desk.vault, "Osian Rees")
    qtbot.waitUntil(lambda: view.sidebar.model.badges == {"today": 2})
    assert threading.main_thread() not in threads


def test_a_vault_that_was_locked_meanwhile_is_no_fault(sign_in: SignIn, qtbot: Any) -> None:
    view = DeskView(sign_in(USER), "")
    qtbot.addWidget(view)
    view.desk.vault.lock()
    view._counting.start(lambda: view._read_badges({"today": lambda _db: 1}))
    assert view.desk.jobs.wait_idle()
    assert view.sidebar.model.badges == {}
