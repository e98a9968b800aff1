"""The demo practice on a Tuesday morning, and a window on it for whoever signs in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from tests.journeys.hands import Hands, wait_for
from therapydesk.api import user_title
from therapydesk.core import dates
from therapydesk.core.settings import MachineSettings
from therapydesk.core.vault.vault import Vault
from therapydesk.demo.making import LINK_WORKER, PASSPHRASE, THERAPIST, make_demo
from therapydesk.plugins.referrals import importers
from therapydesk.plugins.referrals import service as referrals
from therapydesk.ui.kit import looks, style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.jobs import Runner
from therapydesk.ui.kit.messages import undo_list
from therapydesk.ui.shell.desk_view import DeskView
from therapydesk.ui.shell.window import MainWindow

NOW = datetime(
    2026, 5, 5, 9, 5, tzinfo=UTC
)  # a Tuesday: two days before Thursday, a session over, others to come
PEOPLE = 30


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first journey of a worker makes the demo practice, which on a busy machine is most of the usual limit."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(120))


@dataclass
class Place:
    """Somebody at the window, on Today, and their hands."""

    window: MainWindow
    vault: Vault
    hands: Hands
    folder: Path

    @property
    def view(self) -> DeskView:
        assert self.window.view is not None
        return self.window.view

    def is_ready(self) -> bool:
        """Whether the keyboard is somewhere on the page in view."""
        page, focus = self.view.page, QApplication.focusWidget()
        return (
            page is not None
            and focus is not None
            and page.isAncestorOf(focus)
            and not self.view.desk.jobs.busy()
        )

    def back(self) -> None:
        """Wait until the window has the keyboard again after a dialog; without a window manager it is asked for."""

        def is_back() -> bool:
            focus = QApplication.focusWidget()
            if focus is None or focus.window() is not self.window:
                self.window.activateWindow()
            return focus is not None and focus.window() is self.window

        wait_for("the window to have the keyboard", is_back, 10)

    def go_by_mouse(self, page_id: str) -> None:
        """Click a page in the sidebar."""
        sidebar = self.view.sidebar
        index = sidebar.model.index(sidebar.model.row_of(page_id), 0)
        self.hands.click(sidebar.list.viewport(), sidebar.list.visualRect(index).center())

    def page(self, name: str) -> Any:
        """The page in view, once its help is of this name."""
        wait_for(f"page {name}", lambda: self.view.page is not None and self.view.page.help_name == name, 10)
        return self.view.page

    def idle(self) -> None:
        """Wait until no work runs."""
        wait_for("work to end", lambda: not self.view.desk.jobs.busy(), 30)


@pytest.fixture(scope="session")
def tuesday(plugins: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo practice as it is on that Tuesday. Never open it: open a copy."""
    folder = tmp_path_factory.mktemp("tuesday") / "practice"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dates, "_clock", lambda: NOW - timedelta(minutes=1))
        made = make_demo(folder, plugins=plugins, people=PEOPLE)
        _bring_in(folder, made.files / "referrals-cathays.csv", plugins)
    return folder


def _bring_in(folder: Path, file: Path, plugins: Any) -> None:
    """The link worker sends a list, so that its sender is known; the therapist accepts the first of it."""
    vault = Vault.open(folder, host=plugins)
    try:
        vault.unlock(LINK_WORKER, PASSPHRASE)
        with vault.read() as db:
            plan = referrals.plan(db, importers.read(file))
        with vault.write("core") as db:
            referrals.carry_out(db, plan)
        vault.unlock(THERAPIST, PASSPHRASE)
        vault.settle()
        with vault.read() as db:
            mine = [
                r for r in referrals.list_referrals(db, "new") if r.batch_id is not None and r.agreed == "yes"
            ]
        with vault.write("core") as db:
            referrals.triage(db, mine[0].id, referrals.Decision.ACCEPT)
    finally:
        vault.close()


@pytest.fixture
def sit_down(
    tuesday: Path, plugins: Any, qapp: QApplication, tmp_path: Path
) -> Iterator[Callable[[str], Place]]:
    """`sit_down("Ruth Mallory")`: Today as this user sees it after unlocking. One for each test."""
    with ExitStack() as until_end:
        yield lambda user: until_end.enter_context(_at_the_window(tuesday, plugins, qapp, tmp_path, user))


@contextmanager
def _at_the_window(
    tuesday: Path, plugins: Any, app: QApplication, folder: Path, user: str
) -> Iterator[Place]:
    dates.set_clock(lambda: NOW)
    shutil.copytree(tuesday, folder / "practice")
    vault = Vault.open(folder / "practice", host=plugins)
    vault.unlock(user, PASSPHRASE)
    looks.apply_theme(app, style.Theme.LIGHT)
    undo_list.clear()
    settings = MachineSettings(folder / "settings.json")
    window = MainWindow(settings)
    runner = Runner(window)
    runner.watch(vault.changes)
    desk = Desk(vault, vault.user, settings, plugins, runner, vault.changes, window.open_link)
    window.menus.import_wanted.connect(
        lambda: window.view.open_import([]) if window.view is not None else None
    )
    with vault.read() as db:
        title = user_title(db, vault.user.id)
    window.show()
    window.activateWindow()
    window.show_desk(desk, title)
    place = Place(window, vault, Hands(), folder)
    try:
        wait_for("the first page to have the keyboard", place.is_ready, 10)
        yield place
        wait_for("work to end", lambda: not runner.busy(), 10)
    finally:
        window.close()
        runner.close()
        vault.close()
        window.deleteLater()
        QApplication.processEvents()
