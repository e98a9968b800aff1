"""A page that lies over the one in view: whom it is about, going back to the very place, dialogs in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.conftest import USER
from tests.ui.shell.conftest import SignIn
from therapydesk.api import Command, Link, Page, tr
from therapydesk.testing import add_person
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.over_page import OverPage
from therapydesk.ui.kit.subject import Subject
from therapydesk.ui.shell.desk_view import DeskView
from therapydesk.ui.shell.person_page import PersonPage


class Slip(OverPage):
    """A page with one field."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, tr("Raise a concern"))
        self.field, self.about, self.kept = QLineEdit(), Link(""), 0
        self.body.addWidget(self.field)

    def open_ref(self, link: Link) -> None:
        self.about = link

    def save_now(self) -> None:
        self.kept += 1


OFFERED = Page("slip", "Slip", "care", "people.read", Slip, in_sidebar=False)


@pytest.fixture
def view(sign_in: SignIn, qtbot: Any) -> DeskView:
    made = DeskView(sign_in(USER), "")
    qtbot.addWidget(made)
    made._over[OFFERED.id] = OFFERED
    made.resize(1200, 700)
    made.show()
    made.activateWindow()
    made.open(Link("today"))
    page = made.page
    assert page is not None
    qtbot.waitUntil(lambda: (focus := QApplication.focusWidget()) is not None and page.isAncestorOf(focus))
    return made


def slip(view: DeskView) -> Slip:
    page = view.page
    assert isinstance(page, Slip)
    return page


def test_it_is_about_the_person_whose_page_is_open_and_goes_back_to_that_page(
    view: DeskView, qtbot: Any
) -> None:
    person = add_person(view.desk.vault, "Carys Bowen")
    view.open(Link("person", person))
    before = view.page
    assert isinstance(before, PersonPage)
    before.tabs.setCurrentIndex(2)
    view.open(Link("slip"))
    assert slip(view).about == Link("slip", person)
    qtbot.waitUntil(lambda: slip(view).field.hasFocus())
    view.go_back()
    assert view.page is before
    assert before.tabs.currentIndex() == 2


def test_today_is_about_nobody_and_has_its_focus_back(view: DeskView, qtbot: Any) -> None:
    held = QApplication.focusWidget()
    view.open(Link("slip"))
    assert slip(view).about == Link("slip")
    slip(view).left.emit("Concern 7 is with Bethan.")
    assert view.page is not None
    assert view.page.messages.text() == "Concern 7 is with Bethan."
    assert QApplication.focusWidget() is held


def test_asked_for_twice_it_stays_as_it_is(view: DeskView) -> None:
    view.open(Link("slip"))
    first = slip(view)
    first.field.setText("He gets my bits.")
    view.open(Link("slip"))
    assert slip(view) is first
    assert first.field.text() == "He gets my bits."


def test_another_page_and_the_lock_keep_what_is_typed(view: DeskView) -> None:
    view.open(Link("slip"))
    page = slip(view)
    view.save_drafts()
    assert page.kept == 1
    view.open(Link("caseload.people"))
    assert page.kept == 2
    assert view.covering.page is None
    assert view.page is not None
    assert view.page.help_name == "people"
    view.go_back()
    assert view.page.help_name == "today"


# -- a dialog in the way --------------------------------------------------------------------------------


@pytest.fixture
def form(view: DeskView, qtbot: Any) -> Callable[[str], FormDialog]:
    """An open form over the page, with a text typed in it, in a window where Ctrl+Shift+J asks for the page."""
    command = Command(
        "slip", "Slip", "people.read", lambda _desk: view.open(Link("slip")), "Ctrl+Shift+J", anywhere=True
    )
    view._anywhere._commands.append(command)

    def opened(text: str) -> FormDialog:
        dialog = FormDialog(view, "Add", "Add", lambda _values: None)
        field = dialog.form.add_text("name", "Name")
        dialog.open()
        qtbot.waitUntil(field.hasFocus)
        qtbot.keyClicks(field, text)
        return dialog

    return opened


def press(qtbot: Any) -> None:
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_J, held)


def test_a_dialog_steps_aside_and_comes_back_as_it_was(
    view: DeskView, form: Callable[[str], FormDialog], qtbot: Any
) -> None:
    dialog = form("Carys")
    field = dialog.form.field("name")
    press(qtbot)
    qtbot.waitUntil(lambda: isinstance(view.page, Slip))
    assert QApplication.activeModalWidget() is None
    slip(view).left.emit("")
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.form.values() == {"name": "Carys"}
    assert QApplication.activeModalWidget() is dialog
    qtbot.waitUntil(field.hasFocus)
    dialog.form.dirty = False
    dialog.reject()


def test_what_stands_in_it_is_about_whom_the_dialog_says(
    view: DeskView, form: Callable[[str], FormDialog], qtbot: Any
) -> None:
    person = add_person(view.desk.vault, "Carys Bowen")
    dialog = form("")
    dialog.subject = lambda: Subject(person, ("appointment", "1"))  # type: ignore[attr-defined]  # as a register has it
    press(qtbot)
    qtbot.waitUntil(lambda: isinstance(view.page, Slip))
    assert slip(view).about == Link("slip", person, ("appointment", "1"))


def test_from_there_to_another_page_the_dialog_goes_and_its_text_is_kept(
    view: DeskView, form: Callable[[str], FormDialog], qtbot: Any
) -> None:
    form("Carys")
    press(qtbot)
    qtbot.waitUntil(lambda: isinstance(view.page, Slip))
    view.open(Link("caseload.people"))
    assert QApplication.activeModalWidget() is None
    assert view.page is not None
    assert view.page.help_name == "people"
