"""The lead's list and record: what is read first, the clock, what is shown when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from sqlalchemy import text

from tests.plugins.conftest import Window
from tests.plugins.safeguarding.conftest import NOW, lead, raise_about
from tests.plugins.safeguarding.screens import read, texts, within
from therapydesk.api import Link, new_id
from therapydesk.core import dates
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.safeguarding import service
from therapydesk.plugins.safeguarding.models import Concern
from therapydesk.plugins.safeguarding.ui.concern_page import ConcernPage
from therapydesk.plugins.safeguarding.ui.safeguarding_page import SafeguardingPage
from therapydesk.ui.kit.cards import OwnWords
from therapydesk.ui.kit.links import LinkLabel


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


def test_opening_it_is_logged_and_the_sender_hears_that_it_was_read(
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


def test_reading_afresh_keeps_the_focus_on_the_same_link(page: ConcernPage, qtbot: Any) -> None:
    link = within(page, LinkLabel, "add-talk")
    link.setFocus()
    page.refresh()
    focus = QApplication.focusWidget()
    assert focus is not link
    assert focus is within(page, LinkLabel, "add-talk")


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
    window: Window, vault: Vault, open_page: Any, person_id: UUID, qtbot: Any
) -> None:
    session = new_id()
    concern = raise_about(vault, person_id, source=service.Source("appointment", session))
    record: ConcernPage = open_page(ConcernPage(window.desk, read(vault, concern)))
    qtbot.waitUntil(lambda: not record._making.busy)
    within(record, LinkLabel, "open-source").click()
    within(record, LinkLabel, "open-person").click()
    assert window.links == [Link("diary.diary", session, ("open",)), Link("person", person_id)]


def test_cards_that_are_not_seen_first_come_while_the_window_answers_and_keys_go_down_one_column_then_the_other(
    window: Window, vault: Vault, open_page: Any, concern_id: UUID, qtbot: Any
) -> None:
    page: ConcernPage = open_page(ConcernPage(window.desk, read(vault, concern_id)))
    qtbot.waitUntil(lambda: not page._making.busy)
    whole = [side.count() for side in page._sides]
    page.refresh()
    assert not page._making.busy, "read afresh it is whole at once, for the place is kept"
    assert [side.count() for side in page._sides] == whole
    page._show(in_turn=True)
    assert page._making.busy
    assert sum(side.count() for side in page._sides) < sum(whole)
    qtbot.waitUntil(lambda: not page._making.busy)
    assert [side.count() for side in page._sides] == whole
    columns = [
        {w for n in range(side.count() - 1) for w in side.itemAt(n).widget().findChildren(QWidget)}
        for side in page._sides
    ]
    seen, widget = [], page.nextInFocusChain()
    while widget is not None and widget is not page:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            seen += [n for n, inside in enumerate(columns) if widget in inside]
        widget = widget.nextInFocusChain()
    assert 0 in seen
    assert 1 in seen
    first = seen.index(1)
    assert seen[:first] + seen[first:] == sorted(seen)


def test_what_they_said_themselves_stays_first_when_others_tell_more(
    page: ConcernPage, vault: Vault, concern_id: UUID
) -> None:
    lead(vault, service.add_record, concern_id, service.Record("Rang.", "talk", wants="Iolo to help."))
    page.refresh()
    words = page.findChildren(OwnWords)[0]
    assert words.words.text() == "“I want my card back. I don’t want Derek in trouble.”"
    assert "Since then: Iolo to help." in words.accessibleName()
