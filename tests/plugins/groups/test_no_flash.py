"""No page of groups shows a part of itself as a window while it is built: that would take the keyboard away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from tests.plugins.groups.conftest import Choir
from therapydesk.plugins.groups import works_service
from therapydesk.plugins.groups.ui.after_page import AfterPage
from therapydesk.plugins.groups.ui.group_page import GroupPage
from therapydesk.plugins.groups.ui.groups_page import GroupsPage
from therapydesk.plugins.groups.ui.music_page import SongsPage
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.plugins.groups.ui.work_page import WorkPage
from therapydesk.plugins.groups.ui.works_page import WorksPage
from therapydesk.plugins.groups.works_service import WorkDetails
from therapydesk.testing import desk_at


class Windows(QObject):
    """What was shown as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


@pytest.fixture
def windows(qapp: QApplication) -> Any:
    made = Windows()
    qapp.installEventFilter(made)
    yield made
    qapp.removeEventFilter(made)


def test_building_a_page_shows_no_window(
    choir: Choir, plugins: Any, tmp_path: Any, windows: Windows, qtbot: Any
) -> None:
    choir.join("Dot Penry")
    (session,) = choir.book()
    work = choir.do(works_service.save_work, WorkDetails("Low tide"))
    with desk_at(choir.vault, plugins, tmp_path) as desk:
        builders: dict[str, Callable[[], QWidget]] = {
            "groups": lambda: GroupsPage(desk),
            "group": lambda: GroupPage(desk, choir.group_id, lambda _id: None),
            "register": lambda: RegisterPage(desk, session),
            "after": lambda: AfterPage(desk, session),
            "songs": lambda: SongsPage(desk),
            "works": lambda: WorksPage(desk),
            "work": lambda: WorkPage(desk, work),
        }
        for name, build in builders.items():
            page = build()
            qtbot.addWidget(page)
            assert windows.seen == [], name


def test_a_part_shown_too_early_is_seen(windows: Windows, qtbot: Any) -> None:
    early = QPushButton("Add what was made")
    qtbot.addWidget(early)
    early.setVisible(True)
    assert windows.seen == ["QPushButton"]
