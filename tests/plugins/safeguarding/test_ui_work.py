"""The lead's forms: each writes what it says, and what was recorded stays as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QPushButton
from sqlalchemy import text

from tests.conftest import PASSPHRASE, USER
from tests.plugins.conftest import Window
from tests.plugins.safeguarding.conftest import SEEN, lead, raise_about
from tests.plugins.safeguarding.screens import dialog, fill, read, texts, within
from therapydesk.api import show_instant
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.ui.actions_pane import understand_by
from therapydesk.plugins.safeguarding.ui.body_map_dialog import BodyMapDialog
from therapydesk.plugins.safeguarding.ui.chronology_dialog import ChronologyWindow
from therapydesk.plugins.safeguarding.ui.concern_page import ConcernPage
from therapydesk.plugins.safeguarding.ui.person_field import PersonField
from therapydesk.ui.kit.links import LinkLabel


def test_a_decision_with_the_next_step(page: ConcernPage, vault: Vault, concern_id: UUID) -> None:
    page.decide_button.click()
    assert dialog().form.values()["by"] == understand_by("tomorrow 17:00")
    fill(decision="monitor", reason="Not sure yet.", step="Ring the council team")
    view = read(vault, concern_id)
    assert view.state == "decided"
    assert "Ring the council team" in [a.text for a in view.actions]
    assert "Decided" in texts(page)
    assert page.messages.text().startswith("The decision is recorded.")


def test_without_a_decision_chosen_the_form_stays(page: ConcernPage, vault: Vault, concern_id: UUID) -> None:
    page.decide_button.click()
    made = dialog()
    made.form._rows["reason"].box.set_raw("Because.")
    made.save()
    assert made.isVisible()
    assert read(vault, concern_id).state == "read"
    made.form.dirty = False
    made.reject()


def test_ticks_are_one_entry_and_say_when_the_council_must_be_told(
    page: ConcernPage, vault: Vault, concern_id: UUID
) -> None:
    for name in ("needs", "risk", "protect"):
        within(page, QCheckBox, f"part-{name}").setChecked(True)
    assert "All three ticked: the council must be told." in texts(page)
    within(page, QPushButton, "weigh").click()
    view = read(vault, concern_id)
    assert view.ticked == {"needs", "risk", "protect"}
    assert len(view.of_kind("weighed")) == 1


def test_a_correction_stands_beside_and_the_entry_stays_as_it_was(
    page: ConcernPage, vault: Vault, concern_id: UUID
) -> None:
    entry = read(vault, concern_id).entries[0]
    page.work.beside(entry)
    fill(way="correction", text="It was Dave.", reason="Misheard.")
    view = read(vault, concern_id)
    assert view.entries[0].text == SEEN
    assert [e.text for e in view.about(entry.id)] == ["It was Dave."]
    shown = texts(page)
    assert shown[shown.index("It was Dave. (Misheard.)") - 1] == "Correction"


def test_every_form_writes_what_it_says(page: ConcernPage, vault: Vault, concern_id: UUID) -> None:
    work = page.work
    work.add("talk")
    fill(text="We talked.", wants="“No police.”", when="today 15:00")
    work.wishes()
    fill(asked="yes_given", consent="refuses", capacity="has", advocate="none")
    work.told()
    fill(who="Iolo", what="she will tell him")
    work.talk()
    fill(body="Council adult team, J Amos", asked="Advice.", nameless=True)
    work.answer(read(vault, concern_id).of_kind("liaison")[0])
    fill(answer="Stop the card.", reference="D-2291")
    work.plan()
    fill(aim="Card back", steps="Ring the bank, tomorrow\nVisit, thu 10:30")
    work.safety_plan()
    fill(agreed="yes", signs="No post", tell="Iolo", words="“I ring Iolo.”")
    work.name_person()
    made = dialog()
    made.findChild(PersonField).chosen.emit(None, "Derek Marsh")
    fill(role="source")
    work.weigh(service.Weighed("adult", ["needs"]))
    work.kinds()
    fill(kinds=["financial"])
    view = read(vault, concern_id)
    kinds = {e.kind for e in view.entries}
    assert {"talk", "consent", "told", "liaison", "answer", "plan", "safety_plan", "person"} <= kinds
    assert (view.consent, view.categories) == ("refuses", ("financial",))
    assert view.wants is not None
    assert view.wants.impact == "“No police.”"
    assert [a.text for a in view.actions] == ["Visit", "Ring the bank"] or len(view.actions) == 2
    assert view.of_kind("liaison")[0].detail["names_given"] is False
    page.refresh()
    shown = texts(page)
    for words in (
        "Derek Marsh",
        "Card back\n1. Ring the bank\n2. Visit",
        "“I ring Iolo.”",
        "she will tell him",
    ):
        assert words in shown


def test_actions_are_finished_moved_and_dropped(page: ConcernPage, vault: Vault, concern_id: UUID) -> None:
    page.work.add_action()
    fill(text="Ring the bank", by="tomorrow 10:30")
    action = read(vault, concern_id).actions[0]
    assert show_instant(action.due_at) == "Thu 7 May 2026 10:30"
    page.work.change_action(action)
    fill(how="moved", words="Closed today.", by="fri 10:00")
    page.work.change_action(read(vault, concern_id).actions[0])
    fill(how="done", words="Card is stopped.")
    ended = read(vault, concern_id).actions[0]
    assert (ended.state, ended.result) == ("done", "Card is stopped.")
    assert page.work.change_action(ended) is None
    assert "Card is stopped." in page.messages.text()


def test_it_is_closed_and_opened_again(page: ConcernPage, vault: Vault, concern_id: UUID) -> None:
    page.work.close()
    made = dialog()
    for name, value in {"summary": "Card is back.", "told": "Ruth, by phone"}.items():
        made.form._rows[name].box.set_raw(value)
    made.save()
    assert made.isVisible()  # no decision yet: the form stays, with the reason
    assert "Record a decision first" in made.messages.text()
    made.form.dirty = False
    made.reject()
    lead(vault, service.decide, concern_id, "no_action", "It is settled.")
    for action in read(vault, concern_id).actions:
        lead(vault, service.drop_action, action.id, "Not needed.")
    page.refresh()
    page.work.close()
    fill(summary="Card is back.", told="Ruth, by phone")
    assert read(vault, concern_id).state == "closed"
    page.refresh()
    assert page.decide_button.text() == "Open again"
    assert page.findChild(QPushButton, "add-action") is None
    page.decide_button.click()
    fill(reason="It happened again.")
    assert read(vault, concern_id).state == "read"


def test_another_lead_takes_it_over(page: ConcernPage, vault: Vault, concern_id: UUID) -> None:
    with page.guard():
        page.work.pass_on()
    assert page.messages.text() == "There is no other safeguarding lead."
    vault.add_user("Dele Adeyemi", ("lead",), PASSPHRASE, ("safeguarding",))
    with vault.read() as db:
        page.leads = service.list_leads(db)
    page.work.pass_on()
    fill(reason="Away from Thursday.")
    assert read(vault, concern_id).lead == "Dele Adeyemi"


def test_a_file_is_attached_and_what_cannot_be_read_is_refused(
    page: ConcernPage, vault: Vault, concern_id: UUID, tmp_path: Path
) -> None:
    small, empty = tmp_path / "letter.txt", tmp_path / "empty.txt"
    small.write_text("From the bank.")
    empty.touch()
    page.files.attach_file(small)
    fill(title="Letter from the bank")
    entry = read(vault, concern_id).of_kind("attachment")[0]
    with vault.read() as db:
        assert service.read_attachment(db, entry.id).content == b"From the bank."
    assert page.files.attach_file(empty) is None
    assert "That file is empty." in page.messages.text()
    page.messages.clear()
    assert page.files.attach_file(tmp_path / "none") is None
    assert "could not be read" in page.messages.text()


def test_a_large_file_goes_in_and_out_by_parts(
    page: ConcernPage, vault: Vault, concern_id: UUID, tmp_path: Path, window: Window
) -> None:
    large, copy = tmp_path / "talk.wav", tmp_path / "copy.wav"
    with large.open("wb") as file:
        file.truncate(21 * 2**20)
    page.files.attach_file(large)
    fill(title="Talk")
    window.wait()
    entry = read(vault, concern_id).of_kind("attachment")[0]
    assert entry.detail["large"]
    page.files._copy_large(entry, copy)
    window.wait()
    assert copy.stat().st_size == large.stat().st_size
    assert copy.stat().st_mode & 0o077 == 0
    assert page.messages.text() == "Saved copy.wav."


def test_two_concerns_are_linked_and_the_other_can_be_opened(
    page: ConcernPage, vault: Vault, concern_id: UUID
) -> None:
    other = raise_about(vault, None, about_name="Derek Marsh")
    page.work.link_concern()
    fill(why="The same neighbour.")
    page.refresh()
    wanted: list[UUID] = []
    page.other_wanted.connect(wanted.append)
    next(b for b in page.findChildren(LinkLabel) if b.accessibleName() == "Open concern 2").click()
    assert wanted == [other]


def test_the_record_is_checked_and_said_to_be_whole(
    page: ConcernPage, vault: Vault, concern_id: UUID
) -> None:
    page.work.verify()
    assert page.messages.text().startswith("The record is whole: 2 entries")


def test_marks_are_placed_by_keys_described_and_recorded(
    page: ConcernPage, vault: Vault, concern_id: UUID, qtbot: Any
) -> None:
    made = page.work.marks()
    assert isinstance(made, BodyMapDialog)
    cursor = made.map.focusProxy()
    assert cursor is not None
    qtbot.waitUntil(cursor.hasFocus)
    before = cursor.accessibleName()
    for _step in range(4):
        qtbot.keyClick(cursor, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert cursor.accessibleName() != before
    qtbot.keyClick(cursor, Qt.Key.Key_Return)
    made.save()
    assert made.messages.text() == "Describe mark 1."
    made.reject()  # what is wrong does not keep anybody here
    assert made.messages.link_button().text() == "Leave without saving"
    qtbot.keyClicks(made._fields[0], "Bruise, round, 2 cm")
    qtbot.keyClick(made._fields[0], Qt.Key.Key_Return)
    assert QApplication.focusWidget() is cursor
    made.save()
    entry = read(vault, concern_id).of_kind("mark")[0]
    assert (entry.text, entry.detail["view"], entry.detail["x"]) == ("Bruise, round, 2 cm", "front", 0.5)
    page.refresh()
    assert "Bruise, round, 2 cm" in texts(page)


def test_a_chronology_is_made_with_whom_it_is_for_and_why_and_is_logged(
    page: ConcernPage, vault: Vault, concern_id: UUID
) -> None:
    page.work.chronology()
    fill(holder="Dele Adeyemi, deputy", reason="Covers from Thursday", asked_by="Bethan")
    (shown,) = page.findChildren(ChronologyWindow)
    assert shown.windowTitle() == "Chronology, concern 1"
    assert shown.data.startswith(b"%PDF")
    assert shown._log("print")
    with vault.read() as db:
        rows = db.execute(
            text("SELECT action, detail FROM safeguarding.audit_entry WHERE detail LIKE '%chronology%'")
        ).all()
    assert [row[0] for row in rows] == ["view", "print"]
    assert all("Covers from Thursday" in str(row[1]) for row in rows)
    shown.reject()


def test_no_name_stands_in_a_window_title(page: ConcernPage) -> None:
    page.decide_button.click()
    assert "Margaret" not in dialog().windowTitle()
    dialog().reject()
    assert USER not in page.windowTitle()


def test_what_is_painful_is_covered_from_the_form_on(
    page: ConcernPage, vault: Vault, concern_id: UUID
) -> None:
    page.work.add()
    fill(text="He hit her.", warning="violence")
    assert read(vault, concern_id).of_kind("note")[0].warning == "violence"
    assert "He hit her." not in texts(page)
