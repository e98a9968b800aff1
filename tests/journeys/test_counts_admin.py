"""What the practice's admin does: how many key presses and clicks it takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from tests.journeys.conftest import NOW, Place
from tests.journeys.goals import hold
from tests.journeys.hands import Ctrl, Key, Shift, wait_for
from therapydesk.api import PeopleQuery, list_people
from therapydesk.core.vault.backup_schedule import set_folders
from therapydesk.demo.making import ADMIN
from therapydesk.plugins.caseload.ui.add_dialog import AddPersonDialog
from therapydesk.plugins.invoicing import service as invoicing

ADD = "add a person with phone and postcode"
pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support", extend=True
)  # dialogs without a screen
BACKUP = "back up now and see that it can be read"
MONTH = "month's invoices: check, issue, save PDFs"


@pytest.fixture
def at(sit_down: Callable[[str], Place]) -> Place:
    return sit_down(ADMIN)


# -- add a person with phone and postcode ---------------------------------------------------------------------------

NAME, PHONE, POSTCODE = "Zebedee Quillfeather", "07700 900555", "ZZ99 3VZ"


def the_form() -> None:
    wait_for("the form", lambda: isinstance(QApplication.activeModalWidget(), AddPersonDialog), 10)


def they_are_in(at: Place) -> None:
    """They are shown, with both."""
    person_id = at.page("person").person_id
    with at.vault.read() as db:
        found = list_people(db, PeopleQuery("Quillfeather"))
    assert [row.id for row in found] == [person_id]


def test_a_person_by_keys(at: Place) -> None:
    at.hands.press(Key.Key_N, Ctrl)
    the_form()
    at.hands.write(NAME)
    at.hands.press(Key.Key_Tab)
    at.hands.write(PHONE)
    at.hands.press(Key.Key_Tab)
    at.hands.write(POSTCODE)
    at.hands.press(Key.Key_Return, Ctrl)
    they_are_in(at)
    hold(ADD, keys=at.hands.keys)


def test_a_person_by_mouse(at: Place) -> None:
    at.hands.click_on(QPushButton, "Add person")
    the_form()
    at.hands.write(f"{NAME}\t{PHONE}\t{POSTCODE}")
    at.hands.click_on(QPushButton, "Add person")
    they_are_in(at)
    hold(ADD, clicks=at.hands.clicks)


# -- back up now and see that it can be read ------------------------------------------------------------------------


@pytest.fixture
def stick(at: Place) -> Path:
    """A folder for backups, chosen once."""
    folder = at.folder / "stick"
    folder.mkdir()
    set_folders(at.view.desk.settings, at.vault.unlocked.users.vault, [folder])
    return folder


def it_can_be_read(at: Place, stick: Path) -> None:
    """One backup lies there, and the page says that it was opened again and read."""
    said = at.page("today").messages
    wait_for("the word", lambda: "opened again from there and read" in said.text(), 30)
    assert len(list(stick.glob("*.tdbackup"))) == 1


def test_a_backup_by_keys(at: Place, stick: Path) -> None:
    at.hands.press(Key.Key_B, Ctrl | Shift)
    it_can_be_read(at, stick)
    hold(BACKUP, keys=at.hands.keys)


def test_a_backup_by_mouse(at: Place, stick: Path) -> None:
    bar = at.window.menuBar()
    file = bar.actions()[0]
    at.hands.click(bar, bar.actionGeometry(file).center())
    menu = at.window.menus._menus["file"]
    wait_for("the menu", menu.isVisible, 10)
    (entry,) = [action for action in menu.actions() if action.text() == "Back up now"]
    at.hands.choose(menu, entry)
    it_can_be_read(at, stick)
    hold(BACKUP, clicks=at.hands.clicks)


# -- month's invoices: check, issue, save PDFs ----------------------------------------------------------------------


def the_drafts(at: Place) -> Any:
    """The month that is over is chosen, what can go out is ticked, and the first is to be seen."""
    page = at.page("invoices")
    wait_for("the drafts", lambda: page.drafts.model.ticked_payers(), 10)
    assert page.month.currentText() == "April 2026"
    wait_for(
        "the first of them", lambda: page.preview.isVisible() and page.preview.save_button.isEnabled(), 10
    )
    return page


def asked() -> None:
    wait_for("the question", lambda: QApplication.activeModalWidget() is not None, 10)


def issued(at: Place) -> int:
    """How many were issued today."""

    def count() -> int:
        with at.vault.read() as db:
            return sum(row.issued_on == NOW.date() for row in invoicing.list_invoices(db))

    wait_for("the invoices", lambda: count() > 0, 10)
    return count()


def saved(folder: Path, count: int) -> None:
    wait_for("the PDFs", lambda: len(list(folder.glob("Invoice 2026-*.pdf"))) == count, 20)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_the_months_invoices_by_keys(at: Place, out: Path) -> None:
    at.hands.find("invoices")
    ready = len(the_drafts(at).drafts.model.ticked_payers())
    at.hands.press(Key.Key_Return, Ctrl)
    asked()
    at.hands.press(Key.Key_Return, Ctrl)
    assert issued(at) == ready > 3
    at.back()
    at.hands.press(Key.Key_S, Ctrl | Shift)
    at.hands.name_file(out)
    saved(out, ready)
    hold(MONTH, keys=at.hands.keys)


def test_the_months_invoices_by_mouse(at: Place, out: Path) -> None:
    at.go_by_mouse("invoicing.invoices")
    ready = len(the_drafts(at).drafts.model.ticked_payers())
    for _question in range(2):
        at.hands.click_on(QPushButton, f"Issue {ready} invoices")
    assert issued(at) == ready
    at.hands.click_on(QPushButton, f"Save {ready} PDFs")
    wait_for(
        "the question for a folder", lambda: isinstance(QApplication.activeModalWidget(), QFileDialog), 10
    )
    at.hands.write(str(out))
    at.hands.click_on(QPushButton, "&Choose")
    saved(out, ready)
    hold(MONTH, clicks=at.hands.clicks)
