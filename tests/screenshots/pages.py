"""What is drawn: each page of the program as somebody would have it before them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.screenshots import groups, music
from tests.screenshots.requests import a_request
from therapydesk.api import (
    Episode,
    Link,
    PeopleQuery,
    PersonDetails,
    add_person,
    list_consent_uses,
    list_people,
    record_consent,
    record_told,
    rest_on_consent,
    today,
    withdraw_consent,
)
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.notes.ui.note_editor import NoteWindow
from therapydesk.plugins.referrals.service import list_referrals
from therapydesk.plugins.safeguarding.service import list_concerns
from therapydesk.plugins.safeguarding.ui.concern_page import ConcernPage
from therapydesk.plugins.safeguarding.ui.raise_page import RaisePage
from therapydesk.records.legal_holds import list_holds, place_hold
from therapydesk.ui.kit.growing_text import GrowingText
from therapydesk.ui.shell.desk_view import DeskView
from therapydesk.ui.shell.import_wizard import PLAN, ImportWizard
from therapydesk.ui.shell.privacy_due import RetentionPart
from therapydesk.ui.shell.privacy_window import PrivacyWindow
from therapydesk.ui.shell.settings_window import SettingsWindow
from therapydesk.ui.shell.unlock import UnlockPage
from therapydesk.ui.shell.window import MainWindow

CONCERN = {
    "wants": "“I want my card back. I don’t want Derek in trouble.” She would like Iolo to help her talk to the bank.",
    "seen": "Told me at the tea break: “Derek next door has had my card since Easter, he gets my bits.” She looked worried.",
    "done": "Thanked her for telling me. Said I would pass it on, and she said that is all right.",
}
LONGEST = 30.0  # seconds to wait for a job
NOTE = {
    "happened": "We warmed up with breathing and humming at the piano. Carys chose Calon Lân and asked to stand for it.",
    "took_part": "Led the second verse from memory and corrected my bass line, laughing.",
}


def settle(milliseconds: int = 150) -> None:
    """Let the event loop run, so that everything that was asked for is painted."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_for(there: Callable[[], bool]) -> None:
    """Let the event loop run until it is so. Raises TimeoutError after LONGEST seconds."""
    end = monotonic() + LONGEST
    while not there():
        if monotonic() > end:
            raise TimeoutError("what was to be drawn did not come")
        settle(50)


@dataclass(frozen=True)
class Stage:
    """The window, and what is in it. `files` holds the demo practice's referral files."""

    window: MainWindow
    view: DeskView
    vault: Vault
    files: Path

    def open(self, page: str, *args: str) -> None:
        """Go to a page without a record."""
        self.window.open_link(Link(page, args=args))


@dataclass(frozen=True)
class Shot:
    """A picture: its name, how to come there, and whether it is drawn in every look or in light alone."""

    name: str
    go: Callable[[Stage], None]
    every_look: bool = True


def _person(stage: Stage, tab: str = "") -> None:
    with stage.vault.read() as db:
        carys = list_people(db, PeopleQuery("carys wyn bowen"))[0]
    stage.window.open_link(Link("person", carys.id, (tab,) if tab else ()))


def _referral(stage: Stage) -> None:
    with stage.vault.read() as db:
        row = next(r for r in list_referrals(db, "open") if r.state == "new")
    stage.window.open_link(Link("referrals.referrals", row.id))


def _note(stage: Stage) -> None:
    stage.open("notes.notes", "new")
    wait_for(lambda: bool(stage.view.findChildren(NoteWindow)))
    note = stage.view.findChildren(NoteWindow)[-1]
    for area, text in zip(note.editor.findChildren(GrowingText), NOTE.values(), strict=False):
        area.insertPlainText(text)
    note.keep_draft()


def _leave_note(stage: Stage) -> None:
    """Take the draft away again, so that the next look finds the practice as it was."""
    for note in stage.view.findChildren(NoteWindow):
        for area in note.editor.findChildren(GrowingText):
            area.clear()
        note._back.click()


def _plan(stage: Stage) -> None:
    stage.view.open_import([stage.files / "referrals-fairwater.xlsx"])
    wizard = stage.view.page
    assert isinstance(wizard, ImportWizard)
    while wizard.step != PLAN:
        wait_for(lambda: wizard.step == PLAN or (wizard.source is not None and wizard.primary.isEnabled()))
        if wizard.step != PLAN:
            wizard.go_on()
            settle(50)


def _raise(stage: Stage) -> None:
    """A concern being written, about the person whose page was open."""
    _person(stage)
    settle()
    stage.open("safeguarding.raise")
    page = stage.view.covering.page
    assert isinstance(page, RaisePage)
    if page.messages.rank:  # what the last look wrote is back
        page.messages.link_button().click()
    for name, text in CONCERN.items():
        page.form.text(name).setPlainText(text)
    page.form.when.place.setText("St Aidan’s hall, kitchen")
    page.save_now()
    page.focus_first()


def _safeguarding(stage: Stage) -> None:
    page = stage.view.covering.page
    if isinstance(page, RaisePage):
        page.throw_away()
    stage.open("safeguarding.safeguarding")


def _concern(stage: Stage) -> None:
    with stage.vault.read() as db:
        row = next(each for each in list_concerns(db) if each.state == "decided")
    stage.window.open_link(Link("safeguarding.safeguarding", row.id, ("open",)))
    wait_for(lambda: bool(stage.view.findChildren(ConcernPage)))


def _chronology(stage: Stage) -> None:
    """The pages of a chronology, drawn as the window that is on top."""
    _concern(stage)
    page = stage.view.findChildren(ConcernPage)[-1]
    dialog = page.work.chronology()
    dialog.form.set_values({"holder": "Dele Abara, deputy lead", "reason": "Covers from Thursday"})
    dialog.save()


def _invoices(stage: Stage) -> None:
    _leave_note(stage)
    stage.open("invoicing.invoices")


def _palette(stage: Stage) -> None:
    stage.open("today")
    settle()
    stage.view.palette_.open()
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "car")


def _settings(stage: Stage) -> None:
    page = SettingsWindow(stage.view.desk, lambda: None, lambda: None, keeper=stage.window.keeper)
    stage.view.show_page(page)


def _unlock(stage: Stage) -> None:
    page = UnlockPage("Alderbank Music Therapy", ["Ruth Mallory", "Dele Abara", "Marged Ellis"], demo=True)
    stage.window.show_full(page)
    page.focus_first()
    page.passphrase.setText("walking slowly by the sea")


def _rows_down(stage: Stage) -> None:
    """People, a few rows down, as it is while somebody looks through the list."""
    stage.open("caseload.people")
    settle()
    for _row in range(4):
        widget = QApplication.focusWidget()
        if widget is not None:
            QTest.keyClick(widget, Qt.Key.Key_Down)


def _consent(stage: Stage) -> None:
    """Somebody who agreed to some things, one of them no more, with what rests on them."""
    vault = stage.vault
    with vault.read() as db:
        carys = list_people(db, PeopleQuery("carys wyn bowen"))[0].id
        there = bool(list_consent_uses(db, carys))
    if not there:
        with vault.write("core") as db:
            words = "Tell Dr Lewis about the choir."
            record_consent(db, carys, "share_gp", "yes", detail=words, answered_by="person", how="said")
            record_consent(db, carys, "record_sound", "yes", answered_by="together", how="signed")
            shown = record_consent(db, carys, "publish", "yes", answered_by="person", how="signed")
            withdraw_consent(db, shown, answered_by="person", how="said")
            rest_on_consent(db, carys, "publish", "Poster of the summer concert")
            rest_on_consent(db, carys, "record_sound", "Recording, 6 May 2026")
            record_told(db, carys, today(), "large")
        vault.settle()
    _person(stage, "caseload.consent")


def _requests(stage: Stage) -> None:
    a_request(stage.vault)
    stage.open("privacy", "requests")


def _request(stage: Stage, *where: str) -> None:
    stage.window.open_link(Link("privacy", a_request(stage.vault), where))
    wait_for(lambda: not stage.view.desk.jobs.busy())


def _retention(stage: Stage) -> None:
    """Somebody whose record is held after its time, by a complaint."""
    with stage.vault.write("core") as db:
        if not list_holds(db):
            old = PersonDetails("Idris Vaughan", best_way="ask", born_on=date(1950, 3, 1))
            person = add_person(db, old).id
            long_ago = today().replace(year=today().year - 9, day=1)
            db.add(Episode(person_id=person, stage="closed", opened_on=long_ago, closed_on=long_ago))
            place_hold(db, person, "complaint")
    stage.open("privacy", "retention")
    page = stage.view.page
    assert isinstance(page, PrivacyWindow)
    part = page.part
    assert isinstance(part, RetentionPart)
    part.views.choose("held")
    part.refresh()
    wait_for(lambda: part.table.model.rowCount() > 0)


SHOTS = (
    Shot("today", lambda stage: stage.open("today")),
    Shot("people", _rows_down),
    Shot("person-overview", _person),
    Shot("person-contacts", lambda stage: _person(stage, "caseload.contacts")),
    Shot("person-consent", _consent),
    Shot("privacy-requests", _requests),
    Shot("privacy-request", lambda stage: _request(stage, "requests")),
    Shot("privacy-review", lambda stage: _request(stage, "review", "clinical")),
    Shot("privacy-erasure", lambda stage: stage.open("privacy", "erasure")),
    Shot("privacy-retention", _retention),
    Shot("referrals", lambda stage: stage.open("referrals.referrals")),
    Shot("referral-open", _referral),
    Shot("import-plan", _plan),
    Shot("diary-week", lambda stage: stage.open("diary.diary")),
    Shot("notes", lambda stage: stage.open("notes.notes")),
    Shot("note-editor", _note),
    Shot("groups", lambda stage: stage.open("groups.groups")),
    Shot("group", lambda stage: stage.window.open_link(groups.to_group(stage.vault))),
    Shot("register", lambda stage: stage.window.open_link(groups.to_register(stage.vault))),
    Shot("hub", lambda stage: stage.window.open_link(groups.to_hub(stage.vault))),
    Shot("helpers", lambda stage: stage.window.open_link(Link("groups.groups", None, ("helpers",)))),
    Shot("figures", lambda stage: stage.window.open_link(Link("groups.groups", None, ("figures",)))),
    Shot("after-group", lambda stage: stage.window.open_link(groups.to_after(stage.vault))),
    Shot("songs", lambda stage: stage.open("groups.songs")),
    Shot("song", lambda stage: stage.window.open_link(music.to_song(stage.vault))),
    Shot("set-list", lambda stage: stage.window.open_link(music.to_set(stage.vault))),
    Shot("person-music", lambda stage: stage.window.open_link(music.to_maker(stage.vault))),
    Shot("works", lambda stage: stage.open("groups.works")),
    Shot("work", lambda stage: stage.window.open_link(music.to_work(stage.vault))),
    Shot("performance", lambda stage: stage.window.open_link(music.to_performance(stage.vault))),
    Shot("concern-raise", _raise),
    Shot("safeguarding", _safeguarding),
    Shot("concern-lead", _concern),
    Shot("chronology", _chronology, every_look=False),
    Shot("invoices", _invoices),
    Shot("invoice", lambda stage: stage.open("invoicing.invoices", "due")),
    Shot("palette", _palette),
    Shot("settings", _settings),
    Shot("activity-log", lambda stage: stage.open("activity")),
)
