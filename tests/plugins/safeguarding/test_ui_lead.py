"""The lead's list and record: what is read first, the clock, decisions, what stands beside, and what others see."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton
from sqlalchemy import text

from tests.conftest import PASSPHRASE, USER
from tests.plugins.conftest import Window
from tests.plugins.safeguarding.conftest import NOW, SEEN, lead, raise_about
from therapydesk.api import Link, new_id, show_instant, today
from therapydesk.core import dates
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.models import Concern
from therapydesk.plugins.safeguarding.ui.actions_pane import understand_by
from therapydesk.plugins.safeguarding.ui.body_map_dialog import BodyMapDialog
from therapydesk.plugins.safeguarding.ui.care_card import CareCard
from therapydesk.plugins.safeguarding.ui.chronology_dialog import ChronologyWindow
from therapydesk.plugins.safeguarding.ui.concern_page import ConcernPage
from therapydesk.plugins.safeguarding.ui.person_field import PersonField
from therapydesk.plugins.safeguarding.ui.safeguarding_card import SafeguardingCard
from therapydesk.plugins.safeguarding.ui.safeguarding_page import RAISED, SafeguardingPage
from therapydesk.testing import sign_in
from therapydesk.ui.kit.cards import CardRow, OwnWords
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.links import LinkLabel


def texts(widget: Any) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


def dialog() -> Any:
    found = QApplication.activeModalWidget()
    assert isinstance(found, FormDialog)
    return found


def fill(**values: Any) -> None:
    """Fill the form in view and finish it; it closes when it was right."""
    made = dialog()
    for name, value in values.items():
        made.form._rows[name].box.set_raw(value)
    made.save()
    assert not made.isVisible(), made.form.errors or made.messages.text()


def within(page: Any, kind: Any, name: str) -> Any:
    """What has this object name on the page."""
    found = page.findChild(kind, name)
    assert found is not None, name
    return found


@pytest.fixture
def page(window: Window, open_page: Any, concern_id: UUID, qtbot: Any) -> ConcernPage:
    """The concern, opened from the list."""
    listed: SafeguardingPage = open_page(SafeguardingPage(window.desk))
    listed.open_ref(Link("safeguarding.safeguarding", concern_id, ("open",)))
    record = listed.record
    assert isinstance(record, ConcernPage)
    qtbot.waitUntil(lambda: read(listed.desk.vault, concern_id).read_at is not None)
    record._refresh_now()
    return record


def read(vault: Vault, concern_id: UUID) -> service.ConcernView:
    with vault.read() as db:
        return service.read_concern(db, concern_id)


# -- the list -------------------------------------------------------------------------------------------


def test_the_list_is_by_decision_due_and_a_filter_shows_closed_ones(
    window: Window, vault: Vault, open_page: Any, person_id: UUID, concern_id: UUID
) -> None:
    urgent = raise_about(vault, person_id, danger="now")
    listed: SafeguardingPage = open_page(SafeguardingPage(window.desk))
    assert [listed.table.model.row(n).id for n in range(2)] == [urgent, concern_id]
    assert listed.summary() == "2 concerns, 2 wait for a decision, one is late"
    lead(vault, service.decide, concern_id, "monitor", "Small.")
    for action in read(vault, concern_id).actions:
        lead(vault, service.drop_action, action.id, "Not needed.")
    outcome = service.Outcome("Done.", "yes_given", "fully", "removed", "known")
    lead(vault, service.close_concern, concern_id, outcome)
    listed._refresh_now()
    assert listed.table.row_count() == 1
    listed.filter.set_value("which", "closed")
    listed._refresh_now()
    assert listed.table.model.row(0).id == concern_id


def test_who_raised_sees_number_and_state_and_neither_person_nor_text(
    window: Window, vault: Vault, open_page: Any, concern_id: UUID
) -> None:
    listed: SafeguardingPage = open_page(SafeguardingPage(window.desk))
    listed.parts.choose(RAISED)
    listed.show_part(RAISED)
    listed._refresh_now()
    cells = [listed.table.model.cell(0, n) for n in range(listed.table.model.columnCount())]
    said = [c.text for c in cells if c is not None]
    assert said == ["Concern 1", "Wed 6 May, 15:59", "Sent"]
    listed.table.opened.emit(listed.table.model.row(0))
    assert "Concern 1 is sealed." in listed.messages.text()


@pytest.mark.parametrize("role", ["admin", "link_worker", "therapist", "auditor"])
def test_others_have_what_they_raised_and_no_list_of_concerns(
    role: str, window: Window, vault: Vault, open_page: Any, concern_id: UUID
) -> None:
    desk = sign_in(window.desk, "Nia Bevan", role)
    listed: SafeguardingPage = open_page(SafeguardingPage(desk))
    assert not listed.parts.isVisible()
    assert listed.table.row_count() == 0
    assert "Margaret-Anne" not in " ".join(texts(listed))
    listed.open_ref(Link("safeguarding.safeguarding", concern_id, ("open",)))
    assert listed.record is None
    assert listed.messages.rank == "warn"


def test_a_list_of_a_thousand_is_read_within_a_moment(
    window: Window, vault: Vault, open_page: Any, concern_id: UUID
) -> None:
    with vault.write("safeguarding") as db:
        columns = [c.name for c in Concern.__table__.columns]
        others = ", ".join(c for c in columns if c not in ("id", "number", "handover_id"))
        db.execute(
            text(
                f"INSERT INTO safeguarding.safeguarding_concern (id, number, handover_id, {others}) "
                f"WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
                f"SELECT printf('%032x', i), i, printf('%032x', i + 5000), {others} "
                f"FROM safeguarding.safeguarding_concern, n WHERE number = 1"
            )
        )
    listed: SafeguardingPage = open_page(SafeguardingPage(window.desk))
    assert listed.table.row_count() == 1000


# -- what is read first ---------------------------------------------------------------------------------


def test_their_own_words_come_first_and_large(page: ConcernPage) -> None:
    words = page.findChildren(OwnWords)[0]
    assert words.words.text() == "“I want my card back. I don’t want Derek in trouble.”"
    assert words.words.property("role") == "section"
    shown = texts(page)
    assert shown.index(words.words.text()) < shown.index("What was seen and said")


def test_what_was_said_stands_apart_from_what_was_written(page: ConcernPage) -> None:
    shown = texts(page)
    at = shown.index("“Derek next door has had my card since Easter.”")
    assert shown[at - 1] == "Said to Ruth"
    assert shown[shown.index("She looked worried.") - 1] == "Written"


@pytest.mark.parametrize(
    ("hours", "words", "tone"),
    [
        (2, "in 22 hours · our own target is 24 hours", "text_muted"),
        (21, "Soon: in 3 hours · our own target is 24 hours", "warn"),
        (25, "Late: one hour ago · our own target is 24 hours", "danger"),
    ],
)
def test_the_clock_warns_under_four_hours_and_when_it_is_late(
    page: ConcernPage, hours: int, words: str, tone: str
) -> None:
    dates.set_clock(lambda: NOW + timedelta(hours=hours))
    page.refresh()
    label = next(found for found in page.findChildren(QLabel) if found.text() == words)
    assert label.property("tone") == tone


def test_opening_it_is_logged_and_the_status_bar_says_so(
    page: ConcernPage, vault: Vault, concern_id: UUID
) -> None:
    with vault.read() as db:
        found = db.execute(
            text("SELECT count(*) FROM safeguarding.audit_entry WHERE action = 'view'")
        ).scalar()
        sent = service.list_handovers(db)[0]
    assert found == 1
    vault.settle()
    with vault.read() as db:
        sent = service.list_handovers(db)[0]
    assert sent.state == "received"


def test_what_is_painful_is_shown_when_one_asks_and_stays_open(
    page: ConcernPage, concern_id: UUID, vault: Vault
) -> None:
    lead(vault, service.add_record, concern_id, service.Record("He hit her.", warning="violence"))
    page.refresh()
    assert "He hit her." not in texts(page)
    assert "This part is about: violence" in texts(page)
    next(b for b in page.findChildren(LinkLabel) if b.accessibleName() == "Show: violence").click()
    assert "He hit her." in texts(page)
    page.refresh()
    assert "He hit her." in texts(page)


# -- working on it --------------------------------------------------------------------------------------


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


def test_the_record_is_checked_and_a_changed_byte_is_named(
    page: ConcernPage, vault: Vault, concern_id: UUID
) -> None:
    page.work.verify()
    assert page.messages.text().startswith("The record is whole: 2 entries")


def test_reading_afresh_keeps_the_focus_on_the_same_link(page: ConcernPage, qtbot: Any) -> None:
    link = within(page, LinkLabel, "add-talk")
    link.setFocus()
    page.refresh()
    focus = QApplication.focusWidget()
    assert focus is not link
    assert focus is within(page, LinkLabel, "add-talk")


# -- the body map ---------------------------------------------------------------------------------------


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
    qtbot.keyClicks(made._fields[0], "Bruise, round, 2 cm")
    qtbot.keyClick(made._fields[0], Qt.Key.Key_Return)
    assert QApplication.focusWidget() is cursor
    made.save()
    entry = read(vault, concern_id).of_kind("mark")[0]
    assert (entry.text, entry.detail["view"], entry.detail["x"]) == ("Bruise, round, 2 cm", "front", 0.5)
    page.refresh()
    assert "Bruise, round, 2 cm" in texts(page)


# -- chronology -----------------------------------------------------------------------------------------


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


# -- Today, and what others see -------------------------------------------------------------------------


def test_today_tells_a_lead_what_is_due_without_names(
    window: Window, vault: Vault, open_page: Any, concern_id: UUID
) -> None:
    lead(
        vault,
        service.add_action,
        concern_id,
        service.NewAction("Ring Iolo", NOW + timedelta(hours=2), None, "Me"),
    )
    card = SafeguardingCard(window.desk)
    card.show()
    rows = [row.accessibleName() for row in card.findChildren(CardRow)]
    assert [row.split(",")[0] for row in rows] == ["Act on concern 1", "Decide on concern 1"]
    assert "Iolo" not in " ".join(rows)
    assert "Margaret" not in " ".join(rows)
    card.findChildren(CardRow)[0].click()
    assert window.links == [Link("safeguarding.safeguarding", concern_id, ("open",))]
    card.deleteLater()


def test_others_see_the_notice_and_nothing_else(
    window: Window, vault: Vault, open_page: Any, person_id: UUID, concern_id: UUID
) -> None:
    card: CareCard = open_page(CareCard(window.desk, person_id))
    card.tell()
    fill(text="Speak to Ruth before a visit")
    desk = sign_in(window.desk, "Nia Bevan", "therapist")
    other: CareCard = open_page(CareCard(desk, person_id))
    shown = texts(other)
    assert "Speak to Ruth before a visit" in shown
    assert not any("Derek" in text or "Concern" in text for text in shown)
    assert other.findChild(LinkLabel, "tell") is None


def test_a_note_on_safety_is_looked_at_again_kept_or_ended(
    window: Window, vault: Vault, open_page: Any, person_id: UUID
) -> None:
    card: CareCard = open_page(CareCard(window.desk, person_id))
    card.add_note()
    fill(kind="animals", text="A large dog", review="in 3 days")
    with vault.read() as db:
        note = service.list_risk_notes(db, [person_id])[0]
    dates.set_clock(lambda: NOW + timedelta(days=4))
    card.refresh()
    assert any("to be looked at again since" in text for text in texts(card))
    card._keep(note.id, False)
    with vault.read() as db:
        assert service.list_risk_notes(db, [person_id])[0].review_on > today()
    card._end(note.id, False)
    card.refresh()
    assert "Nothing to take care of." in texts(card)


def test_no_name_stands_in_a_window_title(page: ConcernPage) -> None:
    page.decide_button.click()
    assert "Margaret" not in dialog().windowTitle()
    dialog().reject()
    assert USER not in page.windowTitle()


def test_of_many_entries_the_newest_are_shown_until_all_are_asked_for(
    page: ConcernPage, vault: Vault, concern_id: UUID
) -> None:
    for number in range(25):
        lead(vault, service.add_record, concern_id, service.Record(f"Entry {number}."))
    page.refresh()
    shown = texts(page)
    assert ("Entry 4." in shown, "Entry 5." in shown, "Entry 24." in shown) == (False, True, True)
    within(page, LinkLabel, "show-all").click()
    assert "Entry 4." in texts(page)


def test_the_person_and_the_session_it_was_raised_from_are_one_step_away(
    window: Window, vault: Vault, open_page: Any, person_id: UUID
) -> None:
    session = new_id()
    concern = raise_about(vault, person_id, source=service.Source("appointment", session))
    record: ConcernPage = open_page(ConcernPage(window.desk, read(vault, concern)))
    within(record, LinkLabel, "open-source").click()
    within(record, LinkLabel, "open-person").click()
    assert window.links == [Link("diary.diary", session, ("open",)), Link("person", person_id)]


def test_what_is_painful_is_covered_from_the_form_on(
    page: ConcernPage, vault: Vault, concern_id: UUID
) -> None:
    page.work.add()
    fill(text="He hit her.", warning="violence")
    assert read(vault, concern_id).of_kind("note")[0].warning == "violence"
    assert "He hit her." not in texts(page)


@pytest.mark.parametrize("role", ["owner", "admin", "link_worker", "therapist", "auditor"])
def test_everybody_has_the_way_to_raise_on_today_and_no_lead_rows(
    role: str, window: Window, qtbot: Any, concern_id: UUID
) -> None:
    desk = sign_in(window.desk, "Nia Bevan", role)
    card = SafeguardingCard(desk)
    qtbot.addWidget(card)
    card.show()
    assert card.findChildren(CardRow) == []
    next(b for b in card.findChildren(LinkLabel) if b.text() == "Raise a concern").click()
    assert window.links == [Link("safeguarding.raise")]


def test_a_lead_without_the_key_is_told_who_can_give_it(window: Window, open_page: Any) -> None:
    desk = sign_in(window.desk, "Dele Adeyemi", "lead")
    listed: SafeguardingPage = open_page(SafeguardingPage(desk))
    assert "the key has not been given to you yet" in listed.messages.text()
    assert not listed.parts.isVisible()


def test_what_they_said_themselves_stays_first_when_others_tell_more(
    page: ConcernPage, vault: Vault, concern_id: UUID
) -> None:
    lead(vault, service.add_record, concern_id, service.Record("Rang.", "talk", wants="Iolo to help."))
    page.refresh()
    words = page.findChildren(OwnWords)[0]
    assert words.words.text() == "“I want my card back. I don’t want Derek in trouble.”"
    assert "Since then: Iolo to help." in words.accessibleName()
