"""Somebody does not agree any more: written down by keyboard, all that rests on it is listed, and none of it gets out."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication

from tests.journeys.conftest import Place
from tests.journeys.hands import Ctrl, Key, wait_for
from therapydesk.api import (
    ConsentMissing,
    PeopleQuery,
    list_people,
    new_id,
    record_consent,
    require_consents,
    rest_on_consent,
)
from therapydesk.demo.making import THERAPIST
from therapydesk.plugins.caseload.ui.consent_dialogs import AffectedDialog
from therapydesk.plugins.caseload.ui.consent_tab import ConsentTab
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import StateMark
from therapydesk.ui.shell.person_page import PersonPage

pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support", extend=True
)  # dialogs without a screen
NAME = "carys wyn bowen"


@pytest.fixture
def at(sit_down: Callable[[str], Place]) -> Place:
    return sit_down(THERAPIST)


def agreed_before(at: Place) -> tuple[UUID, UUID]:
    """She agreed that her work is shown; a poster and a film rest on it, a recording on something else."""
    film = new_id()
    with at.vault.write("core") as db:
        carys = list_people(db, PeopleQuery(NAME))[0].id
        record_consent(db, carys, "publish", "yes", answered_by="person", how="signed")
        record_consent(db, carys, "record_sound", "yes", answered_by="person", how="said")
        rest_on_consent(db, carys, "publish", "Poster of the summer concert")
        rest_on_consent(db, carys, "publish", "Film of the summer concert", kind="works.work", ref=film)
        rest_on_consent(db, carys, "record_sound", "Recording, 28 April")
    with at.vault.read() as db:
        require_consents(db, film, "publish")  # the control: until now it may be shown
    return carys, film


def the_tab(at: Place) -> ConsentTab:
    page = at.view.page
    assert isinstance(page, PersonPage)
    found = page.findChildren(ConsentTab)
    wait_for("the tab", lambda: page.findChildren(ConsentTab) and at.is_ready(), 10)
    return found[0] if found else page.findChildren(ConsentTab)[0]


def in_front(kind: type) -> bool:
    return isinstance(QApplication.activeModalWidget(), kind)


def test_by_keyboard_from_today(at: Place) -> None:
    _carys, film = agreed_before(at)
    at.hands.find(NAME)
    wait_for("the person", lambda: isinstance(at.view.page, PersonPage) and at.is_ready(), 10)
    for _step in range(6):  # Overview, Sessions, Notes, Groups, Music made, Contacts, Consent
        at.hands.press(Key.Key_Right)
    tab = the_tab(at)
    wanted = "They do not agree any more: We may show or publish their work or pictures"
    for _step in range(12):
        at.hands.press(Key.Key_Tab)
        if at.hands.focused().accessibleName() == wanted:
            break
    assert at.hands.focused().accessibleName() == wanted
    at.hands.press(Key.Key_Return)
    wait_for("the form, filled in", lambda: in_front(FormDialog), 10)
    at.hands.press(Key.Key_Return, Ctrl)
    wait_for("what rested on it", lambda: in_front(AffectedDialog), 10)
    affected = QApplication.activeModalWidget()
    assert isinstance(affected, AffectedDialog)
    listed = {affected.table.model.row(n).label for n in range(affected.table.model.rowCount())}
    assert listed == {"Poster of the summer concert", "Film of the summer concert"}
    at.hands.press(Key.Key_Escape)
    at.back()
    wait_for("the tab to be read anew", lambda: len(tab.uses.uses) == 3 and not tab.uses.uses[0].allowed, 10)
    marks = [m.accessibleName() for m in tab.uses.findChildren(StateMark) if m.isVisibleTo(tab.uses)]
    assert marks == ["Must not be used", "Must not be used", "May be used"]
    with at.vault.read() as db, pytest.raises(ConsentMissing, match="there is no consent"):
        require_consents(db, film, "publish")
    assert at.hands.keys <= 25
    at.hands.press(Key.Key_Z, Ctrl)
    with at.vault.read() as db:
        require_consents(db, film, "publish")  # a slip is taken back, and it may be shown again
