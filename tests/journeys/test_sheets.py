"""A sheet that was filled in by hand, taken in twice: by keys and by mouse, and nothing is doubled."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from tests.journeys.conftest import NOW, Place
from tests.journeys.goals import hold
from tests.journeys.hands import Ctrl, Key, wait_for
from tests.journeys.head import click_button, modal, press_button
from therapydesk.api import Link, appointments
from therapydesk.demo.making import THERAPIST
from therapydesk.plugins.groups import register, sheet_csv
from therapydesk.plugins.groups.register import Register
from therapydesk.plugins.groups.ui.register_page import RegisterPage
from therapydesk.ui.kit.forms import FormDialog

SHEET = "take in a filled register sheet, twice"
pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support", extend=True
)  # dialogs without a screen


@pytest.fixture
def at(sit_down: Callable[[str], Place]) -> Place:
    """At the register of the choir that meets this week, as a link on Today opens it."""
    place = sit_down(THERAPIST)
    with place.vault.read() as db:
        session = next(s for s in appointments.week(db, NOW.date()) if s.title == "Midweek Choir")
    place.window.open_link(Link("groups.groups", None, ("register", str(session.id))))
    wait_for("the register", lambda: place.view.findChildren(RegisterPage), 10)
    place.idle()
    _page(place).focus_first()
    return place


def _page(place: Place) -> RegisterPage:
    (page,) = place.view.findChildren(RegisterPage)
    return page


def _read(place: Place) -> Register:
    with place.vault.read() as db:
        return register.open_register(db, _page(place).appointment_id)


@pytest.fixture
def sheet(at: Place, tmp_path: Path) -> Path:
    """The choir's own sheet: the sixth sent apologies, the others came, and so did four without a name."""
    with at.vault.read() as db:
        empty = sheet_csv.sheet_csv(db, _page(at).appointment_id)
    rows = list(csv.DictReader(io.StringIO(empty.decode("utf-8-sig"))))
    named = [row for row in rows if row["Name"]]
    assert len(named) == 14
    for number, row in enumerate(named):
        row["Mark"] = "A" if number == 5 else "P"
    rows[14]["How many"] = "4"
    path = tmp_path / "sheet.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _chosen(place: Place, sheet: Path) -> None:
    modal(QFileDialog)
    place.hands.name_file(sheet)
    place.idle()


def _is_planned() -> None:
    assert modal(FormDialog).save_button.text() == "Take in 15 rows"


def _is_in(place: Place) -> None:
    wait_for("the marks", lambda: _read(place).count.visits == 17, 10)
    found = _read(place)
    assert sum(row.state == "sent_apologies" for row in found.rows) == 1
    assert (found.left, found.count.anonymous) == (0, 4)


def _is_in_once(place: Place) -> None:
    page = _page(place)
    wait_for("the answer", lambda: "says all that is on this sheet" in page.messages.text(), 10)
    assert QApplication.activeModalWidget() is None
    _is_in(place)


def test_a_sheet_by_keys(at: Place, sheet: Path) -> None:
    press_button(at, "Take in a sheet")
    _chosen(at, sheet)
    _is_planned()
    at.hands.press(Key.Key_Return, Ctrl)
    _is_in(at)
    at.back()
    press_button(at, "Take in a sheet")
    _chosen(at, sheet)
    _is_in_once(at)
    hold(SHEET, keys=at.hands.keys)


def test_a_sheet_by_mouse(at: Place, sheet: Path) -> None:
    click_button(at, "Take in a sheet")
    _chosen(at, sheet)
    at.hands.clicks += 1  # which file it is
    _is_planned()
    at.hands.click_on(QPushButton, "Take in 15 rows")
    _is_in(at)
    click_button(at, "Take in a sheet")
    _chosen(at, sheet)
    at.hands.clicks += 1
    _is_in_once(at)
    hold(SHEET, clicks=at.hands.clicks)
