"""A concert from a member's work to a programme that names nobody who did not agree, by keys and by mouse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID

import pypdfium2
import pytest
from PySide6.QtWidgets import QPushButton

from tests.journeys.conftest import Place
from tests.journeys.hands import Ctrl, Key, wait_for
from therapydesk.api import Link, PersonDetails, add_person, person_called, record_consent
from therapydesk.demo.making import THERAPIST
from therapydesk.plugins.groups import works_events, works_service
from therapydesk.plugins.groups.works_events import EventDetails, EventView, Item
from therapydesk.plugins.groups.works_service import MakerDetails, WorkDetails, WorkView

pytestmark = [
    pytest.mark.timeout(120),  # the first to ask waits until the demo practice is made
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),  # dialogs without a screen
]
YES, NO = "Wilhelmina Quartermaine", "Bartholomew Fothergill"


@pytest.fixture
def at(sit_down: Callable[[str], Place]) -> Place:
    """On Today; two people more: one agrees to perform their work, one does not."""
    place = sit_down(THERAPIST)
    with place.vault.write("core") as db:
        for name, state in ((YES, "yes"), (NO, "no")):
            person = add_person(db, PersonDetails(name), reached_by_others=True)
            record_consent(db, person.id, "perform", state)
    place.idle()
    return place


def _works(place: Place) -> list[WorkView]:
    with place.vault.read() as db:
        return [view for view in works_service.list_works(db) if view.title in ("Our river", "Not yet")]


def _event(place: Place) -> EventView:
    with place.vault.read() as db:
        return next(view for view in works_events.list_events(db) if view.title == "Summer concert")


def _check(file: Path) -> None:
    wait_for("the file", file.exists, 10)
    with pypdfium2.PdfDocument(file.read_bytes()) as document:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
    found = {word for word in ("Our river", YES, "Not yet", NO) if word in text}
    assert found == {"Our river", YES}


def test_a_work_its_maker_and_a_programme_by_keys(at: Place, tmp_path: Path) -> None:
    at.hands.find("Music made")
    at.page("works")
    at.hands.press(Key.Key_N, Ctrl)
    at.hands.write("Our river")
    at.hands.press(Key.Key_Return, Ctrl)
    wait_for("the work", lambda: len(_works(at)) == 1, 10)
    at.back()
    at.hands.press(Key.Key_N, Ctrl)
    at.hands.write(f"{YES}\t")
    at.hands.press(Key.Key_Down)
    at.hands.press(Key.Key_Return, Ctrl)
    wait_for("the maker", lambda: _works(at)[0].names == (YES,), 10)
    assert _works(at)[0].details.makers[0].credit == "name"
    at.back()
    _plan(at, _works(at)[0].id)
    at.hands.find("Summer concert")
    at.hands.press(Key.Key_P, Ctrl)
    at.hands.click_on(QPushButton, "Save as PDF")
    at.hands.name_file(tmp_path / "programme.pdf")
    _check(tmp_path / "programme.pdf")


def _plan(place: Place, river: UUID) -> None:
    """A concert with this work, and another whose maker does not agree."""
    with place.vault.write("core") as db:
        (yes,) = works_service.get_works(db, [river])[0].details.makers
        no = _person(place, NO)
        other = works_service.save_work(db, WorkDetails("Not yet", makers=(MakerDetails(no, "name"),)))
        details = EventDetails(
            "Summer concert",
            date(2026, 7, 3),
            performers=(yes, MakerDetails(no, "name")),
            items=(Item(work_id=river), Item(work_id=other)),
        )
        works_events.save_event(db, details)
    place.idle()


def _person(place: Place, name: str) -> UUID:
    with place.vault.read() as db:
        found = person_called(db, name)
    assert found is not None
    return found


def test_a_programme_by_mouse(at: Place, tmp_path: Path) -> None:
    with at.vault.write("core") as db:
        maker = MakerDetails(_person(at, YES), "name")
        river = works_service.save_work(db, WorkDetails("Our river", makers=(maker,)))
    _plan(at, river)
    at.view.desk.open_link(Link(works_service.PAGE, _event(at).id))
    at.page("works")
    at.hands.click_on(QPushButton, "Programme")
    at.hands.click_on(QPushButton, "Save as PDF")
    at.hands.name_file(tmp_path / "programme.pdf")
    _check(tmp_path / "programme.pdf")
