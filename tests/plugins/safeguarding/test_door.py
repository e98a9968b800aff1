"""The door for other modules: they show a record, and neither knows the other."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from tests.conftest import PASSPHRASE
from tests.plugins.safeguarding.conftest import SEEN, lead
from therapydesk.api import Link, appointments, hooks, new_id
from therapydesk.core.plugins import Plugins
from therapydesk.plugins.notes import service as notes
from therapydesk.plugins.notes.ui.note_editor import NoteWindow
from therapydesk.plugins.safeguarding import service
from therapydesk.testing import desk_at
from therapydesk.ui.kit.links import LinkLabel
from therapydesk.ui.kit.record_facts import RecordFacts


@pytest.fixture
def desk(vault: Any, plugins: Plugins, tmp_path: Any, qtbot: Any) -> Any:
    with desk_at(vault, plugins, tmp_path) as made:
        yield made


@pytest.fixture
def session_id(vault: Any, person_id: UUID) -> UUID:
    """A session that took place today."""
    with vault.write("core") as db:
        booking = appointments.Booking(
            datetime(2026, 5, 6, 11, 15),
            person_ids=(person_id,),
            kind="one_to_one",
            therapist_id=vault.user.id,
        )
        return appointments.book(db, booking)[0]


def offers(widget: Any) -> list[LinkLabel]:
    QApplication.processEvents()
    return [link for link in widget.findChildren(LinkLabel) if link.isVisibleTo(widget)]


def raise_from(vault: Any, person_id: UUID, source: service.Source) -> None:
    with vault.write("core") as db:
        service.raise_concern(db, service.NewConcern(SEEN, person_id, source=source))


def test_kc04_an_incident_is_offered_from_the_session_which_shows_its_number_and_state(
    vault: Any, desk: Any, qtbot: Any, person_id: UUID, session_id: UUID
) -> None:
    with vault.write("clinical") as db:
        note = notes.start_note(db, person_id, date(2026, 5, 6), appointment_id=session_id)
    page = NoteWindow(desk, note)
    qtbot.addWidget(page)
    page.show()
    (card,) = page.findChildren(RecordFacts)
    assert [link.text() for link in offers(card)] == ["Raise a concern"]
    wanted = Link("safeguarding.raise", person_id, ("appointment", str(session_id)))
    raise_from(vault, person_id, service.Source("appointment", session_id))
    page.hide()  # the page to raise a concern lies over it, and Back returns
    page.show()
    assert [link.text() for link in offers(card)][0] == "Concern 1: handed over"
    with vault.read() as db:
        concern_id = service.list_concerns(db)[0].id
        answers = desk.plugins.ask(
            hooks.record_facts, db=db, kind="appointment", ref=session_id, person_id=person_id
        )
    assert answers.values[-1].link == wanted
    lead(vault, service.mark_read, concern_id)
    card.refresh()
    assert offers(card)[0].text() == "Concern 1: read by a lead"
    first = offers(card)[0]
    card.refresh()
    assert offers(card)[0] is first  # nothing changed, so what has the focus keeps it


def test_a_colleague_is_offered_to_raise_and_not_told_of_what_another_raised(
    vault: Any, desk: Any, person_id: UUID, session_id: UUID
) -> None:
    raise_from(vault, person_id, service.Source("appointment", session_id))
    vault.add_user("Nia Bevan", ["therapist"], PASSPHRASE, ["clinical"])
    vault.unlock("Nia Bevan", PASSPHRASE)
    with vault.read() as db:
        found = desk.plugins.ask(
            hooks.record_facts, db=db, kind="appointment", ref=session_id, person_id=person_id
        ).values
    assert [fact.kind for fact in found] == ["offer"]


def test_with_nothing_to_say_the_card_is_hidden(
    vault: Any, plugins: Plugins, tmp_path: Any, qtbot: Any
) -> None:
    plugins.switch("safeguarding", False)
    try:
        with desk_at(vault, plugins, tmp_path) as quiet:
            page = QWidget()
            qtbot.addWidget(page)
            card = RecordFacts(quiet, "Besides the note", "note", new_id())
            QVBoxLayout(page).addWidget(card)
            assert card.isHidden()
            plugins.switch("safeguarding", True)  # the control
            card.refresh()
            assert not card.isHidden()
    finally:
        plugins.switch("safeguarding", True)
