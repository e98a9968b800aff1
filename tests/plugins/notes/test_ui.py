"""The page, the note in front of it, what is kept while typing, and signing by keyboard."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPlainTextEdit, QPushButton, QToolButton
from sqlalchemy import func, select

from therapydesk.api import Link, audit
from therapydesk.plugins.notes import service
from therapydesk.plugins.notes.ui.addendum import AddendumDialog
from therapydesk.plugins.notes.ui.note_editor import NoteWindow
from therapydesk.plugins.notes.ui.notes_page import NotesPage
from therapydesk.plugins.notes.ui.person_notes_tab import PersonNotesTab
from therapydesk.plugins.notes.ui.unwritten_card import UnwrittenCard
from therapydesk.ui.kit.word_hint import WordHint


def labels(widget: Any) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


def open_note(page: NotesPage) -> NoteWindow:
    (window,) = page.findChildren(NoteWindow)
    return window


@pytest.fixture
def page(window, open_page) -> NotesPage:
    return open_page(NotesPage(window.desk))


def test_the_page_lists_notes_and_counts_what_is_missing(practice, window, open_page) -> None:
    practice.signed("Carys Bowen")
    practice.session("Kit Lane", at=datetime(2026, 5, 5, 9, 0))
    page = open_page(NotesPage(window.desk))
    assert page.table.row_count() == 1
    assert "1 notes · 1 sessions have no note yet" not in labels(page)
    assert page.summary() == "One note · one session has no note yet"


def test_who_looks_at_a_note_is_in_the_log_once_each_time_it_is_opened(practice, window, page, qtbot) -> None:
    note_id = practice.signed("Carys Bowen").id
    for times in (1, 2):
        page.show_note(note_id)
        qtbot.waitUntil(lambda times=times: views(window, note_id) == times)
        page.close_record()


def views(window, ref) -> int:
    """How often the log tells that somebody looked at this."""
    entry = audit.ClinicalAuditEntry
    with window.desk.vault.read() as db:
        query = select(func.count()).where(entry.action == "view", entry.ref == ref)
        return db.scalar(query)


def test_a_link_from_today_begins_the_note_of_that_session(practice, page, window) -> None:
    session = practice.session("Carys Bowen")
    page.open_ref(Link("notes.notes", practice.people["Carys Bowen"], ("new", str(session))))
    note = open_note(page)
    assert note.note.appointment_id == session
    assert note.summary() == "Carys Bowen · Wed 6 May 2026, 11:15 to 12:00 · session 1 · 1 to 1"
    assert not page.filter.isVisible()
    assert QApplication.focusWidget() is note.editor.field("happened")


def test_ctrl_enter_then_enter_signs(practice, page, qtbot) -> None:
    practice.session("Carys Bowen")
    page.new_note()
    note = open_note(page)
    qtbot.keyClicks(note.editor.field("happened"), "We sang together.")
    qtbot.keyClick(note.editor.field("happened"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(note.findChildren(QDialog)) == 1)
    (dialog,) = note.findChildren(QDialog)
    qtbot.waitUntil(lambda: isinstance(dialog.focusWidget(), QPushButton))
    assert dialog.focusWidget().text() == "Sign note"
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.filter.isVisible())
    saved = practice.get(note.note.id)
    assert (saved.state, saved.answers[0].text) == ("signed", "We sang together.")
    assert page.desk.vault.drafts() == []
    qtbot.waitUntil(lambda: page.table.row_count() == 1)


def test_other_words_are_offered_while_writing_never_while_reading_and_can_be_switched_off(
    practice, page, qtbot
) -> None:
    practice.session("Carys Bowen", at=datetime(2026, 5, 5, 9, 0))
    page.new_note()
    note = open_note(page)
    qtbot.keyClicks(note.editor.field("happened"), "She refused the song.")
    (hint,) = [h for h in note.findChildren(WordHint) if h.isVisible()]
    assert hint.text().startswith("“refused”: you could write “said no to”.")
    note.sign()
    assert practice.get(note.note.id).answers[0].text == "She refused the song."
    signed = practice.get(note.note.id)
    assert NoteWindow(page.desk, signed).findChildren(WordHint) == []
    page.desk.settings.word_hints = False
    draft = practice.draft("Kit Lane", happened="He refused.")
    assert NoteWindow(page.desk, draft).findChildren(WordHint) == []


def test_a_note_that_was_saved_elsewhere_is_not_signed_unseen_and_reload_shows_both(
    practice, page, qtbot
) -> None:
    practice.session("Carys Bowen")
    page.new_note()
    note, vault = open_note(page), page.desk.vault
    with vault.write("clinical") as db:
        service.save_note(db, note.note.id, {"happened": "From elsewhere."}, note.note.row_version)
    note.sign()
    assert practice.get(note.note.id).state == "draft"
    qtbot.keyClicks(note.editor.field("happened"), "Typed here.")
    assert not note.save_now()
    assert "another window" in note.messages.text()
    note.messages.link_button().click()
    assert note.editor.texts()["happened"] == "Typed here."
    note._discard()
    assert note.editor.texts()["happened"] == "From elsewhere."
    note.sign()
    assert practice.get(note.note.id).answers[0].text == "From elsewhere."


def test_what_is_being_added_to_a_signed_note_comes_back_after_a_lock(
    practice, page, open_page, qtbot
) -> None:
    signed = practice.signed("Carys Bowen")
    page.show_note(signed.id)
    page.record._ask_addendum()
    (dialog,) = page.record.findChildren(AddendumDialog)
    qtbot.keyClicks(dialog.form.field("text"), "Her son rang.")
    page.save_now()  # as the shell does before the vault is locked
    again = open_page(NoteWindow(page.desk, practice.get(signed.id)))
    again._ask_addendum()
    (dialog,) = again.findChildren(AddendumDialog)
    assert dialog.form.values()["text"] == "Her son rang."
    dialog.save()
    assert [a.text for a in practice.get(signed.id).addenda] == ["Her son rang."]
    assert page.desk.vault.drafts() == []


def test_an_empty_note_is_not_signed_and_not_kept(practice, page) -> None:
    practice.session("Carys Bowen")
    page.new_note()
    note = open_note(page)
    note._ask_sign()
    assert "nothing in this note" in note.messages.text()
    assert note.findChildren(QDialog) == []
    assert note.leave()
    page.refresh()
    assert page.table.row_count() == 0


def test_what_is_typed_is_kept_within_five_seconds(practice, page, qtbot) -> None:
    practice.session("Carys Bowen")
    page.new_note()
    note = open_note(page)
    assert note.editor._timer.interval() == 5000
    note.editor._timer.setInterval(0)
    qtbot.keyClicks(note.editor.field("happened"), "We sang")
    qtbot.waitUntil(lambda: page.desk.vault.drafts() != [])
    kept = json.loads(page.desk.vault.load_draft(note.draft_key))
    assert kept["happened"] == "We sang"
    assert note.state.accessibleName() == "Draft saved 13:06"
    assert practice.get(note.note.id).answers[0].text == ""


def test_after_a_crash_the_page_offers_the_note_and_the_text_is_back(practice, window, open_page) -> None:
    note = practice.draft("Carys Bowen", happened="Saved")
    window.desk.vault.save_draft(f"notes.{note.id}", json.dumps({"happened": "Typed but not saved"}))
    page = open_page(NotesPage(window.desk))
    assert "was kept" in page.messages.text()
    page.messages.link_button().click()
    again = open_note(page)
    assert again.editor.texts()["happened"] == "Typed but not saved"
    assert "is back" in again.messages.text()
    again.messages.link_button().click()
    assert again.editor.texts()["happened"] == "Saved"
    assert window.desk.vault.drafts() == []


def test_leaving_saves_and_a_note_changed_elsewhere_keeps_what_was_typed(practice, page, vault) -> None:
    note = practice.draft("Carys Bowen", happened="First")
    page.show_note(note.id)
    shown = open_note(page)
    with vault.write("clinical") as db:
        service.save_note(db, note.id, {"happened": "Elsewhere"}, note.row_version)
    shown.editor.field("happened").setPlainText("Typed here")
    assert not shown.leave()
    assert "another window" in shown.messages.text()
    assert json.loads(vault.load_draft(shown.draft_key))["happened"] == "Typed here"
    assert practice.get(note.id).answers[0].text == "Elsewhere"


def test_the_last_note_stands_beside(practice, page) -> None:
    before = practice.session("Carys Bowen", at=datetime(2026, 4, 29, 11, 15))
    practice.signed("Carys Bowen", before, took_part="Sang the second verse.", next="Blue hymn book")
    page.show_note(practice.draft("Carys Bowen", happened="x").id)
    texts = labels(open_note(page))
    assert {"Last time", "Wed 29 Apr 2026, signed", "Sang the second verse.", "Blue hymn book"} <= set(texts)


def test_a_signed_note_is_read_only_and_takes_additions(practice, page, vault, qtbot) -> None:
    page.show_note(practice.signed("Carys Bowen").id)
    note = open_note(page)
    assert all(field.isReadOnly() for field in note.editor.findChildren(QPlainTextEdit))
    assert "Sign note" not in [b.text() for b in note.findChildren(QPushButton)]
    note._ask_addendum()
    (dialog,) = note.findChildren(QDialog)
    dialog.form.set_values({"text": "Her son rang."})
    dialog.save()
    qtbot.waitUntil(lambda: f"{vault.user.name}, Wed 6 May 2026 13:06" in labels(note))
    assert "Her son rang." in labels(note)
    (added,) = practice.get(note.note.id).addenda
    assert added.text == "Her son rang."


def test_a_persons_tab_lists_notes_and_follows_changes(practice, window, open_page, qtbot) -> None:
    first = practice.signed("Carys Bowen")
    tab = open_page(PersonNotesTab(window.desk, practice.people["Carys Bowen"]))
    assert tab.table.row_count() == 1
    tab.table.opened.emit(tab.table.model.row(0))
    assert window.links == [Link("notes.notes", first.id, ("open",))]
    practice.draft(
        "Carys Bowen", practice.session("Carys Bowen", at=datetime(2026, 5, 1, 9, 0)), happened="x"
    )
    qtbot.waitUntil(lambda: tab.table.row_count() == 2)


def test_the_card_on_today_leads_to_the_note(practice, window, open_page, qtbot) -> None:
    session = practice.session("Carys Bowen")
    card = open_page(UnwrittenCard(window.desk))
    (row,) = card.rows()
    row.click()
    assert window.links == [Link("notes.notes", practice.people["Carys Bowen"], ("new", str(session)))]
    practice.signed("Carys Bowen", session)
    card.refresh()
    qtbot.waitUntil(lambda: "Every session has its note." in labels(card))


@pytest.fixture
def writing(practice, page) -> NoteWindow:
    practice.session("Carys Bowen", at=datetime(2026, 5, 5, 9, 0))
    page.new_note()
    return open_note(page)


def rows_of(note: NoteWindow) -> list[str]:
    QApplication.processEvents()
    return [text for text in labels(note.music) if text and text != "Music used"]


def test_music_is_added_by_one_line_and_taken_out_with_a_way_back(practice, writing, qtbot) -> None:
    field = writing.music.field
    field.insert("Calon Lân, sung together")  # the test keys know no circumflex
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClicks(field, "Djembe")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == ""
    assert rows_of(writing) == ["Calon Lân", "sung together", "Djembe"]
    buttons = [b for b in writing.music.findChildren(QToolButton) if b.isVisible()]
    (remove,) = [b for b in buttons if b.accessibleName() == "Take out Calon Lân"]
    remove.click()
    assert [m.name for m in practice.get(writing.note.id).music] == ["Djembe"]
    writing.messages.link_button().click()
    assert [(m.name, m.how) for m in practice.get(writing.note.id).music] == [
        ("Djembe", ""),
        ("Calon Lân", "sung together"),
    ]
    assert rows_of(writing) == ["Djembe", "Calon Lân", "sung together"]


def test_music_that_was_not_finished_is_kept_when_the_note_is_left(practice, page, writing, qtbot) -> None:
    qtbot.keyClicks(writing.music.field, "Humming on an open fifth, improvised")
    assert writing.leave()
    (music,) = practice.get(writing.note.id).music
    assert (music.name, music.how) == ("Humming on an open fifth", "improvised")


def test_music_that_cannot_be_kept_stays_in_the_field_with_the_reason(writing, qtbot) -> None:
    qtbot.keyClicks(writing.music.field, ", improvised")
    assert not writing.leave()
    assert writing.music.field.text() == ", improvised"
    assert writing.messages.text() == "Name the song, piece or instrument first."


def test_a_change_in_another_window_is_noticed_also_after_music_was_added(
    practice, vault, writing, qtbot
) -> None:
    with vault.write("clinical") as db:
        service.save_note(db, writing.note.id, {"happened": "Elsewhere"}, writing.note.row_version)
    qtbot.keyClicks(writing.music.field, "Djembe")
    qtbot.keyClick(writing.music.field, Qt.Key.Key_Return)
    writing.editor.field("happened").setPlainText("Typed here")
    assert not writing.save_now()
    assert "another window" in writing.messages.text()


def test_a_note_that_is_read_shows_its_music_and_offers_no_field(practice, vault, page, qtbot) -> None:
    note = practice.draft("Carys Bowen", happened="We sang.")
    with vault.write("clinical") as db:
        service.add_music(db, note.id, "Calon Lân, sung together")
        service.sign_note(db, note.id)
    page.show_note(note.id)
    shown = open_note(page)
    assert rows_of(shown) == ["Calon Lân", "sung together"]
    assert not shown.music.field.isVisible()
    assert not [b for b in shown.findChildren(QToolButton) if b.accessibleName().startswith("Take out")]
    without = practice.signed("Kit Lane", practice.session("Kit Lane", at=datetime(2026, 5, 4, 9, 0)))
    made = NoteWindow(page.desk, practice.get(without.id))
    qtbot.addWidget(made)
    assert made.music.isHidden()
