"""What is painful to read opens behind a named warning (LW30)."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit

from tests.plugins.notes.test_painful import LOSS, TOLD, signed
from therapydesk.api import hooks
from therapydesk.plugins.notes import lists, service
from therapydesk.plugins.notes.ui.note_columns import begins
from therapydesk.plugins.notes.ui.note_editor import NoteWindow
from therapydesk.plugins.notes.ui.painful import Cover, ask_warning
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.links import LinkLabel


def words_of(widget: Any) -> str:
    QApplication.processEvents()
    fields = [field.toPlainText() for field in widget.findChildren(QPlainTextEdit) if field.isVisible()]
    return " ".join(fields + [label.text() for label in widget.findChildren(QLabel) if label.isVisible()])


def test_lw30_a_note_marked_sensitive_opens_behind_a_named_warning(
    practice: Any, window: Any, open_page: Any
) -> None:
    page = open_page(NoteWindow(window.desk, signed(practice, f"  {LOSS} ")))
    assert f"This note is about: {LOSS}" in words_of(page)
    assert TOLD not in words_of(page)
    (cover,) = page.findChildren(Cover)
    (show,) = [link for link in cover.findChildren(LinkLabel) if link.text() == "Show the note"]
    show.click()
    assert TOLD in words_of(page)
    assert cover.isHidden()


def test_the_control_a_note_without_a_warning_opens_as_it_is(
    practice: Any, window: Any, open_page: Any
) -> None:
    page = open_page(NoteWindow(window.desk, signed(practice, "")))
    assert TOLD in words_of(page)


def test_lists_and_the_person_say_the_warning_and_not_how_it_begins(practice: Any, plugins: Any) -> None:
    note = signed(practice, LOSS)
    with practice.vault.read() as db:
        (row,) = lists.list_notes(db)
        answers = plugins.ask(hooks.person_facts, only="notes", db=db, person_ids=[note.person_id])
    assert not answers.failures
    (facts,) = answers.values
    assert (row.first_words, begins(row)) == ("", f"About: {LOSS}")
    assert facts[note.person_id][0].text == f"Wed 6 May, signed. This note is about: {LOSS}"


def test_the_next_note_shows_the_warning_of_the_last_one(practice: Any, window: Any, open_page: Any) -> None:
    signed(practice, LOSS)
    with practice.vault.write("clinical") as db:
        note = service.start_note(db, practice.people["Carys Bowen"], date(2026, 5, 6))
    page = open_page(NoteWindow(window.desk, note))
    shown = words_of(page)
    assert f"This note is about: {LOSS}" in shown
    assert TOLD not in shown


def test_the_writer_marks_it_and_takes_the_mark_away(practice: Any, window: Any, open_page: Any) -> None:
    note = practice.draft("Carys Bowen", happened=TOLD)
    page = open_page(NoteWindow(window.desk, note))
    for words in (LOSS, ""):
        ask_warning(page)
        dialog = page.findChildren(FormDialog)[-1]
        dialog.form.set_values({"warning": words})
        dialog.save()
        with practice.vault.read() as db:
            assert service.read_note(db, note.id).warning == words
    assert TOLD in words_of(page)  # whoever writes it has it before them
    page.sign()
    with practice.vault.read() as db:
        assert service.read_note(db, note.id).state == "signed"
