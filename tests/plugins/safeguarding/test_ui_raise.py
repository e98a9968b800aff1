"""The page that raises a concern: about whom, what is kept, what is sent, and that nothing of it remains."""

from __future__ import annotations

import json
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from tests.conftest import PASSPHRASE, USER
from tests.plugins.conftest import Window
from tests.plugins.safeguarding.conftest import SEEN, WANTS
from therapydesk.api import Link, put_setting
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.raising import LeadView
from therapydesk.plugins.safeguarding.ui.raise_cards import who_card
from therapydesk.plugins.safeguarding.ui.raise_page import DRAFT, RaisePage
from therapydesk.testing import add_person, sign_in
from therapydesk.ui.kit.messages import quiet

SESSION = uuid4()
SIX = ("owner", "admin", "link_worker", "therapist", "lead", "auditor")


def texts(widget: Any) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


@pytest.fixture
def page(window: Window, open_page: Any, person_id: UUID) -> RaisePage:
    """About a person, from one of their sessions."""
    made: RaisePage = open_page(RaisePage(window.desk))
    made.open_ref(Link("safeguarding.raise", person_id, ("appointment", str(SESSION))))
    return made


def write(page: RaisePage) -> None:
    page.form.text("wants").setPlainText(WANTS)
    page.form.text("seen").setPlainText(SEEN)


def sent_texts(page: RaisePage) -> list[str]:
    said: list[str] = []
    page.left.connect(said.append)
    page.send()
    return said


def test_it_is_about_the_person_one_came_from_and_asks_with_their_name(page: RaisePage, qtbot: Any) -> None:
    shown = texts(page)
    assert "Margaret-Anne Tregaskis" in shown
    assert "1  What does Margaret-Anne want to happen?" in shown
    assert "4  Is Margaret-Anne, or anyone else, in danger now?" in shown
    assert not page.who.isVisible()
    page.focus_first()
    qtbot.waitUntil(page.form.text("wants").hasFocus)


def test_the_note_on_999_comes_before_every_question_and_cannot_be_closed(page: RaisePage) -> None:
    shown = texts(page)
    assert shown.index("If someone is in danger now, ring 999 first.") < shown.index(
        "1  What does Margaret-Anne want to happen?"
    )


def test_who_can_read_it_is_told_that_of_themselves_too(qtbot: Any) -> None:
    me, lead = uuid4(), LeadView(uuid4(), "Dele Abara", "Deputy lead", True)
    others = who_card([lead], me)
    mine = who_card([lead, LeadView(me, "Ruth Mallory", "", True)], me)
    no_key = who_card([lead, LeadView(me, "Ruth Mallory", "", False)], me)
    for card, closed in ((others, True), (mine, False), (no_key, True)):
        qtbot.addWidget(card)
        assert any("not the text" in text for text in texts(card)) is closed


def test_by_keyboard_three_keys_besides_the_text(page: RaisePage, vault: Vault, qtbot: Any) -> None:
    said: list[str] = []
    page.left.connect(said.append)
    page.focus_first()
    qtbot.keyClicks(page.form.text("wants"), "I want my card back.")
    qtbot.keyClick(page.form.text("wants"), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is page.form.text("seen")
    qtbot.keyClicks(page.form.text("seen"), "Derek has the card.")
    qtbot.keyClick(page.form.text("seen"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: said == ["Concern 1 is in your safeguarding records."])


def test_what_is_sent_arrives_whole_with_where_it_came_from(
    page: RaisePage, vault: Vault, person_id: UUID, window: Window
) -> None:
    write(page)
    page.form.text("done").setPlainText("Thanked her.")
    page.form.when.set_texts("yesterday", "about 15:50", "St Aidan’s hall")
    page.form._danger.button(0).setChecked(True)
    assert sent_texts(page) == ["Concern 1 is in your safeguarding records."]
    window.wait()
    with vault.read() as db:
        row = service.list_concerns(db)[0]
        view = service.read_concern(db, row.id)
        mine = service.list_handovers(db)
    first = view.entries[0]
    assert (first.text, first.impact, first.done) == (SEEN, WANTS, "Thanked her.")
    assert (str(first.happened_on), first.happened_time, first.exact) == ("2026-05-05", "15:50", False)
    assert (first.detail["where"], view.danger, view.person_id) == ("St Aidan’s hall", "no", person_id)
    assert view.source == service.Source("appointment", SESSION)
    assert (mine[0].number, mine[0].source) == (1, view.source)


def test_after_sending_nothing_of_the_text_is_on_screen_or_kept(
    page: RaisePage, vault: Vault, qtbot: Any
) -> None:
    write(page)
    page.save_now()
    assert [d.key for d in vault.drafts()] == [DRAFT]
    sent_texts(page)
    assert vault.drafts() == []
    for name in ("wants", "seen", "done"):
        field = page.form.text(name)
        field.undo()
        assert field.text() == ""
    page.save_now()
    assert vault.drafts() == []


def test_what_is_typed_comes_back_after_a_lock_with_whom_it_is_about(
    page: RaisePage, vault: Vault, window: Window, open_page: Any, person_id: UUID
) -> None:
    write(page)
    page.save_now()
    page.hide()
    vault.lock()
    vault.unlock(USER, PASSPHRASE)
    again: RaisePage = open_page(RaisePage(window.desk))
    again.open_ref(Link("safeguarding.raise"))
    assert again.form.text("seen").text() == SEEN
    assert "Margaret-Anne Tregaskis" in texts(again)
    assert again.messages.text() == "What you wrote before, and did not send, is back."
    sent_texts(again)
    with vault.read() as db:
        assert service.list_handovers(db)[0].source == service.Source("appointment", SESSION)


def test_what_came_back_can_be_thrown_away(
    page: RaisePage, vault: Vault, window: Window, open_page: Any
) -> None:
    write(page)
    page.save_now()
    other = add_person(vault, "Kit Lane")
    again: RaisePage = open_page(RaisePage(window.desk))
    again.open_ref(Link("safeguarding.raise", other))
    assert "Margaret-Anne Tregaskis" in texts(
        again
    )  # the draft first: it is not lost by coming from elsewhere
    again.messages.link_button().click()
    assert again.form.is_empty()
    assert "Kit Lane" in texts(again)
    assert vault.drafts() == []


def test_the_draft_is_sealed_and_said_to_be_kept(page: RaisePage, vault: Vault) -> None:
    told: list[str] = []
    quiet.said.connect(told.append)
    write(page)
    page.save_now()
    quiet.said.disconnect(told.append)
    assert told == ["Draft kept on this computer, sealed, 15:59"]
    assert json.loads(vault.load_draft(DRAFT) or "")["values"]["seen"] == SEEN
    files = b"".join(p.read_bytes() for p in vault.folder.rglob("*") if p.is_file())
    assert b"Derek" not in files


def test_cancel_asks_before_text_goes_and_leaves_at_once_without(page: RaisePage, vault: Vault) -> None:
    said: list[str] = []
    page.left.connect(said.append)
    write(page)
    page.cancel()
    assert said == []
    page.messages.link_button().click()
    assert said == [""]
    assert vault.drafts() == []
    page.cancel()
    assert said == ["", ""]


def test_without_what_was_seen_it_is_not_sent_and_says_which_question(page: RaisePage) -> None:
    page.form.text("wants").setPlainText(WANTS)
    assert sent_texts(page) == []
    assert page.messages.text() == "Write what you have seen, heard or been told (question 2)."
    assert page.form.text("wants").text() == WANTS


@pytest.mark.parametrize("day", ["31 Feb", "tomorrow"])
def test_a_day_that_cannot_be_is_said_and_nothing_typed_is_lost(page: RaisePage, day: str) -> None:
    write(page)
    page.form.when.set_texts(day, "", "")
    assert sent_texts(page) == []
    assert page.messages.rank == "danger"
    assert page.form.text("seen").text() == SEEN


def test_danger_now_says_ring_first(page: RaisePage) -> None:
    assert "Ring 999 now. Then send this." not in texts(page)
    page.form._danger.button(1).setChecked(True)
    assert "Ring 999 now. Then send this." in texts(page)


# -- whom it is about -----------------------------------------------------------------------------------


@pytest.fixture
def nobody(window: Window, open_page: Any, person_id: UUID) -> RaisePage:
    """From a page that is about nobody."""
    made: RaisePage = open_page(RaisePage(window.desk))
    made.open_ref(Link("safeguarding.raise"))
    return made


def test_from_elsewhere_it_first_asks_who(nobody: RaisePage, person_id: UUID, qtbot: Any) -> None:
    nobody.focus_first()
    qtbot.waitUntil(nobody.who.field.hasFocus)
    write(nobody)
    assert sent_texts(nobody) == []
    assert "Say who this is about" in nobody.messages.text()
    qtbot.keyClicks(nobody.who.field, "treg")
    qtbot.keyClick(nobody.who.field, Qt.Key.Key_Return)
    assert nobody._person == person_id
    assert nobody.form.text("wants").hasFocus()


def test_leaving_the_field_takes_the_only_one_found_but_never_one_of_two(
    nobody: RaisePage, vault: Vault, person_id: UUID, qtbot: Any
) -> None:
    add_person(vault, "Margaret Tregaron")
    nobody.who.field.setFocus()
    qtbot.keyClicks(nobody.who.field, "treg")
    qtbot.keyClick(nobody.who.field, Qt.Key.Key_Tab)
    assert (nobody._person, nobody._name) == (None, "")
    nobody.who.field.setFocus()
    qtbot.keyClicks(nobody.who.field, "askis")
    nobody.who.field.setText("tregaskis")
    qtbot.keyClick(nobody.who.field, Qt.Key.Key_Tab)
    assert nobody._person == person_id


def test_somebody_the_practice_does_not_know(nobody: RaisePage, vault: Vault, window: Window) -> None:
    nobody.who.field.setText("Derek Marsh")
    nobody.who.field.entered.emit()
    nobody.details.setText("Neighbour, number 7")
    write(nobody)
    sent_texts(nobody)
    window.wait()
    with vault.read() as db:
        view = service.read_concern(db, service.list_concerns(db)[0].id)
    assert (view.name, view.person_id, view.details) == ("Derek Marsh", None, "Neighbour, number 7")


def test_someone_else_asks_again_and_forgets_the_session(page: RaisePage) -> None:
    page.choose_other()
    assert page.who.isVisible()
    assert page._source is None
    assert "1  What do they want to happen?" in texts(page)


# -- who may --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", SIX)
def test_all_six_roles_can_raise_one_and_a_lead_reads_it(
    role: str, window: Window, vault: Vault, open_page: Any
) -> None:
    desk = sign_in(window.desk, f"Somebody {role}", role)
    page: RaisePage = open_page(RaisePage(desk))
    page.open_ref(Link("safeguarding.raise"))
    page.choose(None, "Derek Marsh")
    write(page)
    said = sent_texts(page)
    assert len(said) == 1
    assert "Concern 1" in said[0]
    window.wait()
    vault.unlock(USER, PASSPHRASE)
    vault.settle()
    with vault.read() as db:
        assert service.list_concerns(db)[0].raiser == f"Somebody {role}"


def test_the_button_names_the_lead_and_the_card_who_can_read(
    window: Window, vault: Vault, open_page: Any
) -> None:
    vault.add_user("Bethan Pugh", ("lead",), PASSPHRASE, ("safeguarding",))
    with vault.write("core") as db:
        put_setting(db, "safeguarding.lead_phone", "029 2018 0177")
    page: RaisePage = open_page(RaisePage(window.desk))
    assert "Send to Bethan and seal" in [b.text() for b in page.findChildren(QPushButton)]
    shown = texts(page)
    assert "Only Bethan Pugh and you, Ruth Mallory." in shown
    assert "029 2018 0177" in shown
    assert shown.index("Bethan") < shown.index("Police, not urgent")


def test_when_it_cannot_be_written_it_says_so_and_keeps_every_word(page: RaisePage, vault: Vault) -> None:
    write(page)
    writes, over = Event(), Event()

    def somebody_else() -> None:
        with vault.write("core"):
            writes.set()
            over.wait(20)

    other = Thread(target=somebody_else)
    other.start()
    assert writes.wait(10)
    assert sent_texts(page) == []
    over.set()
    other.join(10)
    assert page.messages.rank == "warn"
    assert page.form.text("seen").text() == SEEN
    assert sent_texts(page) == ["Concern 1 is in your safeguarding records."]


def test_a_text_that_is_too_long_is_refused_and_stays(page: RaisePage) -> None:
    page.form.text("seen").setPlainText("x" * 50_001)
    assert sent_texts(page) == []
    assert "too long" in page.messages.text()
    assert len(page.form.text("seen").text()) == 50_001
