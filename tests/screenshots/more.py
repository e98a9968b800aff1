"""The further tabs, steps, dialogs and side windows: what one meets on the way between the main pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from tests.screenshots.pages import Shot, Stage, _plan, _unlock, settle, wait_for
from therapydesk.api import Link, PeopleQuery, list_people
from therapydesk.plugins.caseload.ui.add_dialog import AddPersonDialog
from therapydesk.plugins.notes.lists import list_notes
from therapydesk.ui.shell.first_run import FirstRun
from therapydesk.ui.shell.help_window import AboutDialog, HelpWindow, ShortcutsWindow
from therapydesk.ui.shell.import_wizard import COLUMNS, DONE, ImportWizard
from therapydesk.ui.shell.settings_window import SettingsWindow

CODE = "7K2MP-Q4XDP-9FHTC-3WNB6-R6YC3-J8VP8-5GZA9-E1SKV"  # of a kit that opens nothing


def _tab(tab: str, stage: Stage) -> None:
    with stage.vault.read() as db:
        carys = list_people(db, PeopleQuery("carys wyn bowen"))[0]
    stage.window.open_link(Link("person", carys.id, (tab,)))


def _long_name(stage: Stage) -> None:
    """The person with the longest name there is."""
    with stage.vault.read() as db:
        longest = max(list_people(db, PeopleQuery(), 0, 100), key=lambda person: len(person.full_name))
    stage.window.open_link(Link("person", longest.id))


def _add(stage: Stage) -> None:
    """Somebody is typed who is here already."""
    stage.open("caseload.people", "new")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, AddPersonDialog)
    dialog.form.set_values({"full_name": "Carys Wyn Bowen", "born_on": "1 Mar 1968"})
    dialog.look()


def _merge(stage: Stage) -> None:
    """Two records that are one person, side by side."""
    with stage.vault.read() as db:
        kept = list_people(db, PeopleQuery("dilwyn rees"))[0]
    stage.window.open_link(Link("caseload.people", kept.id, ("same",)))


def _nobody(stage: Stage) -> None:
    """A filter that nobody matches."""
    stage.open("caseload.people")
    page: Any = stage.view.page
    page.filter.search.setText("xyz")


def _columns(stage: Stage) -> None:
    stage.view.open_import([stage.files / "referrals-fairwater.xlsx"])
    wizard = stage.view.page
    assert isinstance(wizard, ImportWizard)
    wait_for(lambda: wizard.source is not None and (wizard.step > COLUMNS or wizard.primary.isEnabled()))
    settle(200)
    wait_for(lambda: not stage.view.desk.jobs.busy())
    if wizard.step > COLUMNS:  # the sender is known
        wizard.go_back()
    elif wizard.step < COLUMNS:
        wizard.go_on()


def _done(stage: Stage) -> None:
    """What came of it. The next page takes it back, so that the next look finds the practice as it was. Where all of the
    file is here already, it is the plan that says so.
    """
    _plan(stage)
    wizard = stage.view.page
    assert isinstance(wizard, ImportWizard)
    if wizard.primary.isEnabled():
        wizard.go_on()
        wait_for(lambda: wizard.step == DONE)


def _taken_back(stage: Stage) -> None:
    wizard = stage.view.page
    if isinstance(wizard, ImportWizard) and wizard.result is not None:
        wizard.undo_import()
        wait_for(lambda: wizard.result is None)


def _diary(mode: str, stage: Stage) -> None:
    _taken_back(stage)
    stage.open("diary.diary")
    page: Any = stage.view.page
    page.show_as(mode)


def _booking(stage: Stage) -> None:
    """A session being typed; the days are a week again."""
    _diary("week", stage)
    settle()
    page: Any = stage.view.page
    page.line.start()
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "next thu 4:30pm Carys Wyn 45 weekly x6")


def _signed_note(stage: Stage) -> None:
    """A note that nobody can change any more; what was typed in the diary is left out."""
    _diary("week", stage)
    page: Any = stage.view.page
    page.line.field.clear()
    page.go_today()
    page.grid.verticalScrollBar().setValue(0)
    settle()
    with stage.vault.read() as db:
        note = list_notes(db, "", "signed", offset=0, limit=1)[0]
    stage.window.open_link(Link("notes.notes", note.id, ("open",)))


def _settings(group: str, stage: Stage) -> None:
    window = stage.window
    page = SettingsWindow(stage.view.desk, lambda: None, lambda: None, group, window.keeper)
    stage.view.show_page(page)


def _look(stage: Stage) -> None:
    """The settings of this computer; the note and the filter before are left."""
    stage.open("notes.notes")
    notes: Any = stage.view.page
    notes.close_record()
    stage.open("caseload.people")
    people: Any = stage.view.page
    people.filter.clear_filters()
    settle()
    _settings("", stage)
    page: Any = stage.view.page
    page.groups.setCurrentRow(page.groups.count() - 5)


def _window(made: Callable[[Stage], QDialog], stage: Stage) -> None:
    stage.open("diary.diary")
    settle()
    made(stage).show()


def _first_run(step: int, stage: Stage) -> None:
    desk: Any = stage.vault
    page = FirstRun(stage.window.settings, None, lambda: desk, lambda: None, lambda *_: None)  # type: ignore[arg-type]
    stage.window.show_full(page)
    if step == 4:
        page._kit.show_code(CODE, "Alderbank Music Therapy")
    page._show(step)


SHOTS = (
    Shot("person-sessions", partial(_tab, "diary.sessions")),
    Shot("person-notes", partial(_tab, "notes.notes")),
    Shot("person-invoices", partial(_tab, "invoicing.person")),
    Shot("person-history", partial(_tab, "caseload.history")),
    Shot("person-long-name", _long_name),
    Shot("add-person", _add),
    Shot("same-person", _merge),
    Shot("people-nobody", _nobody),
    Shot("import-columns", _columns),
    Shot("import-done", _done),
    Shot("diary-list", partial(_diary, "list")),
    Shot("diary-day", partial(_diary, "day")),
    Shot("diary-booking", _booking),
    Shot("note-signed", _signed_note),
    Shot("settings-look", _look),
    Shot("modules", partial(_settings, "modules")),
    Shot("help", partial(_window, lambda stage: HelpWindow(stage.window, "diary"))),
    Shot("shortcuts", partial(_window, lambda stage: ShortcutsWindow(stage.window))),
    Shot("about", partial(_window, lambda stage: AboutDialog(stage.window, None))),
)
LAST = (  # they fill the window: the desk is gone then
    Shot("unlock", _unlock),
    Shot("first-run", partial(_first_run, 0)),
    Shot("first-run-practice", partial(_first_run, 1)),
    Shot("first-run-kit", partial(_first_run, 4)),
)
