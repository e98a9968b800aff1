"""What a link worker does: how many key presses and clicks it takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QListView, QPushButton, QTreeView

from tests.journeys.conftest import Place
from tests.journeys.goals import hold
from tests.journeys.hands import Ctrl, Key, wait_for
from therapydesk.demo.making import LINK_WORKER
from therapydesk.plugins.referrals import service as referrals
from therapydesk.plugins.referrals.lists import ReferralRow
from therapydesk.ui.shell.import_wizard import DONE, PLAN, ImportWizard

KNOWN = "import a 40-row spreadsheet from a known sender"
OUTCOME = "see what became of what I referred"
pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support", extend=True
)  # dialogs without a screen
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def at(sit_down: Callable[[str], Place]) -> Place:
    return sit_down(LINK_WORKER)


# -- import a 40-row spreadsheet from a known sender ----------------------------------------------------------------


@pytest.fixture
def forty(tuesday: Path, tmp_path: Path) -> Path:
    """The list that came before, with the same heads and forty other people."""
    before = tuesday.with_name(f"{tuesday.name}-files") / "referrals-cathays.csv"
    lines = before.read_text("latin-1").splitlines()
    heads = next(n for n, line in enumerate(lines) if line.startswith("Surname"))
    blank = lines[heads].count(";")
    rows = []
    for n in range(40):
        cells = [f"NEW{LETTERS[n % 26]}{LETTERS[n // 26]}".upper(), "Sian", f"{n % 28 + 1:02}/03/19{n + 40}"]
        cells += ["", "", f"07700 900{n + 100}"]
        rows.append(";".join([*cells, *[""] * (blank + 1 - len(cells))]))
    folder = tmp_path / "lists"
    folder.mkdir()
    file = folder / "may.csv"
    file.write_text("\r\n".join([*lines[: heads + 1], *rows]), "latin-1")
    return file


def the_plan(at: Place) -> None:
    """The known sender's list goes straight to its plan."""

    def is_shown() -> bool:
        page = at.view.page
        return isinstance(page, ImportWizard) and page.step == PLAN and page.primary.isEnabled()

    wait_for("the plan", is_shown, 10)
    at.back()
    assert at.view.page.plan_step.to_write() == 40  # type: ignore[union-attr]  # the wizard


def it_is_in(at: Place) -> None:
    wait_for("what came in", lambda: at.view.page.step == DONE, 10)  # type: ignore[union-attr]  # the wizard


def test_a_known_list_by_keys(at: Place, forty: Path) -> None:
    at.hands.press(Key.Key_I, Ctrl)
    at.hands.name_file(forty)
    the_plan(at)
    at.hands.press(Key.Key_Return, Ctrl)
    it_is_in(at)
    hold(KNOWN, keys=at.hands.keys)


def test_a_known_list_by_mouse(at: Place, forty: Path) -> None:
    at.hands.click_on(QPushButton, "Import a file")
    wait_for("the question", lambda: isinstance(QApplication.activeModalWidget(), QFileDialog), 10)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(forty.parent))  # where the lists of this sender are kept, as the time before
    views = [dialog.findChild(QListView, "listView"), dialog.findChild(QTreeView, "treeView")]
    files = next(view for view in views if view is not None and view.isVisible())
    wait_for("the file", lambda: files.model().rowCount(files.rootIndex()) == 1, 10)
    at.hands.click(files.viewport(), files.visualRect(files.model().index(0, 0, files.rootIndex())).center())
    at.hands.click_on(QPushButton, "&Open")
    the_plan(at)
    at.hands.click_on(QPushButton, "Import 40 rows")
    it_is_in(at)
    hold(KNOWN, clicks=at.hands.clicks)


# -- see what became of what I referred -----------------------------------------------------------------------------


def accepted(at: Place) -> ReferralRow:
    with at.vault.read() as db:
        return referrals.list_referrals(db, "accepted")[0]


def test_what_became_of_it_by_keys(at: Place) -> None:
    at.hands.press(Key.Key_3, Ctrl)
    page = at.page("referrals")
    wait_for("the list", lambda: page.table.current_row() is not None, 10)
    assert page.table.model.find(accepted(at).id) >= 0, "those that have their answer are in the list too"
    at.hands.press(Key.Key_Return)
    wait_for("what became of it", page.outcome.isVisible, 10)
    hold(OUTCOME, keys=at.hands.keys)


def test_what_became_of_it_by_mouse(at: Place) -> None:
    at.go_by_mouse("referrals.referrals")
    table = at.page("referrals").table
    wait_for("the list", lambda: table.row_count() > 0, 10)
    row = table.model.find(accepted(at).id)
    shown = {
        str(table.model.index(row, n).data()): table.view.visualRect(table.model.index(row, n))
        for n in range(table.model.columnCount())
    }
    state = next(rect for text, rect in shown.items() if text == "Accepted")
    assert state.width() > 0
    assert table.view.viewport().rect().contains(state)
    hold(OUTCOME, clicks=at.hands.clicks)
