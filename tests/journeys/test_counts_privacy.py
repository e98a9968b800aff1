"""Somebody asks for their data: from the day it is written down to the pack and the day it is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pypdfium2
import pytest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QPushButton
from sqlalchemy import select

from tests.journeys.conftest import Place
from tests.journeys.goals import hold
from tests.journeys.hands import Ctrl, Key, wait_for
from therapydesk.api import PeopleQuery, list_people
from therapydesk.demo.making import THERAPIST
from therapydesk.plugins.notes.models import Answer, Note
from therapydesk.records import subject_requests as requests
from therapydesk.testing import add_person
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.shell.privacy_request import RequestPage
from therapydesk.ui.shell.privacy_review import ReviewPage

REQUEST = "request for data: from asking to the pack that is sent"
pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # dialogs without a screen
    pytest.mark.timeout(120),
]
WHO, OTHER = "Carys Ŵyn Bowen", "Bronwen Vaughan-Quill"


@pytest.fixture
def at(sit_down: Callable[[str], Place]) -> Place:
    return sit_down(THERAPIST)


def on(at: Place, kind: type[Any]) -> Any:
    """The page of this kind, once it has the keyboard and no work runs."""
    wait_for(kind.__name__, lambda: isinstance(at.view.page, kind) and at.is_ready(), 30)
    return at.view.page


def form() -> None:
    wait_for("a form", lambda: isinstance(QApplication.activeModalWidget(), FormDialog), 10)


def no_form(at: Place) -> None:
    wait_for("the form to go", lambda: QApplication.activeModalWidget() is None, 10)
    at.back()


def test_a_request_by_keys(at: Place) -> None:
    path, passphrase = answer_by_keys(at)
    it_was_answered(at, path, passphrase)
    hold(REQUEST, keys=at.hands.keys)


def test_who_else_is_named_is_covered_in_what_goes_out_and_stays_in_the_record(at: Place) -> None:
    add_person(at.vault, OTHER)
    with at.vault.read() as db:
        carys = list_people(db, PeopleQuery(WHO))[0].id
    with at.vault.write("clinical") as db:
        note = Note(person_id=carys, template="session", happened_on=date(2026, 5, 1))
        db.add(note)
        db.flush()
        about = {"prompt": "a", "title": "How she is", "position": 0}
        db.add(Answer(person_id=carys, note_id=note.id, text=f"Her cousin {OTHER} drives her here.", **about))
    path, passphrase = answer_by_keys(at)
    it_was_answered(at, path, passphrase)
    said = " ".join(words_of(path, passphrase).split())
    assert "Her cousin" in said
    assert "drives her here." in said
    for part in OTHER.split():
        assert part not in said
    with at.vault.read() as db:
        assert db.scalar(select(Answer.text).where(Answer.text.contains(OTHER))) is not None


def answer_by_keys(at: Place) -> tuple[Any, str]:
    """From Today to the pack that was sent; returns it, and its passphrase."""
    hands = at.hands
    hands.find("privacy")
    wait_for("Privacy", at.is_ready, 10)
    hands.press(Key.Key_N, Ctrl)
    form()
    hands.write(WHO)
    hands.press(Key.Key_Return, Ctrl)
    no_form(at)
    for zone in ("core", "clinical", "safeguarding"):
        page = on(at, RequestPage)
        assert page.next_button.text() == "Collect"
        hands.press(Key.Key_Space)
        go_through(at, zone)
    page = on(at, RequestPage)
    assert page.next_button.text() == "Make the pack"
    hands.press(Key.Key_Space)
    form()
    hands.press(Key.Key_Return, Ctrl)
    path = at.folder / "answer.pdf"
    hands.name_file(path)
    passphrase = the_passphrase()
    hands.press(Key.Key_Return)
    no_form(at)
    page = on(at, RequestPage)
    wait_for("to be sent", lambda: page.next_button.text() == "Mark as sent", 10)
    hands.press(Key.Key_Space)
    form()
    hands.press(Key.Key_Return, Ctrl)
    no_form(at)
    return path, passphrase


def words_of(path: Any, passphrase: str) -> str:
    with pypdfium2.PdfDocument(path, password=passphrase) as opened:
        return "\n".join(page.get_textpage().get_text_bounded() for page in opened)


def go_through(at: Place, zone: str) -> None:
    """Cover whatever names somebody else, decide on the whole, and call it ready."""
    page = on(at, ReviewPage)
    assert page.zone == zone
    if page.state.to_decide:
        while page.state.to_decide:
            at.hands.press(Key.Key_C)
            at.idle()
    if zone != "core":
        at.hands.press(Key.Key_D)
        form()
        at.hands.press(Key.Key_Tab)
        at.hands.write("Nothing in it does harm")
        at.hands.press(Key.Key_Return, Ctrl)
        no_form(at)
    at.hands.press(Key.Key_Return, Ctrl)


def the_passphrase() -> str:
    """What the window shows once."""

    def field() -> QLineEdit | None:
        top = QApplication.activeModalWidget()
        if not isinstance(top, QDialog) or isinstance(top, QFileDialog | FormDialog):
            return None
        return top.findChild(QLineEdit)

    wait_for("the passphrase", lambda: field() is not None, 60)
    found = field()
    assert found is not None
    return found.text()


def it_was_answered(at: Place, path: Any, passphrase: str) -> None:
    """The request has ended as sent, and the pack opens with its passphrase and not without."""
    with at.vault.read() as db:
        view = requests.list_requests(db)[0]
    assert (view.name, view.state) == (WHO, "sent")
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(path)
    said = words_of(path, passphrase)
    assert WHO in said
    assert "Notes about your sessions" in said


def test_a_request_by_mouse(at: Place) -> None:
    hands = at.hands
    window = at.window
    tools = window.menus._menus["tools"]
    bar = window.menuBar()
    hands.click(bar, bar.actionGeometry(tools.menuAction()).center())
    hands.choose(tools, next(a for a in tools.actions() if a.text() == "Privacy"))
    hands.click_on(QPushButton, "Write down a request")
    form()
    hands.write(WHO)
    hands.click_on(QPushButton, "Write it down")
    no_form(at)
    for zone in ("core", "clinical", "safeguarding"):
        on(at, RequestPage)
        hands.click_on(QPushButton, "Collect")
        page = on(at, ReviewPage)
        while page.state.to_decide:
            hands.click_on(QPushButton, "Cover it")
            at.idle()
        if zone != "core":
            text = "Decide on serious harm" if zone == "clinical" else "Decide what is given"
            hands.click_on(QPushButton, text)
            form()
            hands.write("\tNothing in it does harm")
            hands.click_on(QPushButton, "Decide")
            no_form(at)
        hands.click_on(QPushButton, "This part is ready")
    on(at, RequestPage)
    hands.click_on(QPushButton, "Make the pack")
    form()
    hands.click_on(QPushButton, "Choose where to")
    path = at.folder / "answer.pdf"
    hands.name_file(path)
    passphrase = the_passphrase()
    hands.click_on(QPushButton, "I have written it down")
    no_form(at)
    hands.click_on(QPushButton, "Mark as sent")
    form()
    hands.click_on(QPushButton, "Mark as sent")
    no_form(at)
    it_was_answered(at, path, passphrase)
    hold(REQUEST, clicks=hands.clicks)
