"""The cards of a person's Consent tab."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication

from tests.plugins.caseload.test_ui import labels
from therapydesk.api import ConsentView, list_consents, record_consent
from therapydesk.plugins.caseload.ui.consent_dialogs import AffectedDialog
from therapydesk.plugins.caseload.ui.consent_tab import ConsentTab
from therapydesk.plugins.caseload.ui.consent_words import consent_state
from therapydesk.plugins.caseload.ui.consents_card import ConsentsCard
from therapydesk.ui.kit.labels import StateMark


@pytest.fixture
def carys(practice: Any) -> UUID:
    made: UUID = practice.person("Carys Bowen")
    return made


def card(window: Any, open_page: Any, person: UUID) -> ConsentsCard:
    found: ConsentsCard = open_page(ConsentTab(window.desk, person)).consents
    return found


def states(shown: ConsentsCard) -> list[str]:
    QApplication.processEvents()  # what was just put into a layout shows now
    return [mark.accessibleName() for mark in shown.findChildren(StateMark) if mark.isVisibleTo(shown)]


def answer(shown: ConsentsCard, **values: Any) -> Any:
    dialog = shown.ask()
    dialog.form.set_values(values)
    dialog.save()
    return dialog


def answers(vault: Any, person: UUID) -> list[tuple[str, str]]:
    with vault.read() as db:
        return [(each.purpose, each.state) for each in list_consents(db, person)]


def test_answers_are_written_down_with_words_and_undone(vault, window, open_page, carys) -> None:
    shown = card(window, open_page, carys)
    assert states(shown) == ["Not asked yet"]
    answer(shown, purpose="share_gp", state="yes", asked_on=date(2026, 5, 5), detail="Only about the choir.")
    vault.settle()
    shown.refresh()
    assert states(shown) == ["Agreed", "Not asked yet"]
    assert "Only about the choir." in labels(shown)
    assert f"Asked Tue 5 May 2026, written down by {vault.user.name}" in labels(shown)
    answer(shown, purpose="share_gp", state="no")
    assert states(shown) == ["Said no", "Not asked yet"]
    shown._page.undo()
    shown._page.undo()
    assert answers(vault, carys) == []


def test_what_was_agreed_is_withdrawn_and_put_back(vault, window, open_page, carys) -> None:
    with vault.write("core") as db:
        record_consent(db, carys, "share_school", "yes")
    shown = card(window, open_page, carys)
    refused = answer(shown, purpose="hold", state="withdrawn")
    assert "nothing to withdraw" in refused.messages.text()
    refused.close()
    answer(shown, purpose="share_school", state="withdrawn")
    assert states(shown) == ["Does not agree any more", "Not asked yet"]
    shown._page.undo()
    assert answers(vault, carys) == [("share_school", "yes")]


def test_whoever_may_only_record_sees_no_answers(practice, vault, open_desk, open_page, carys) -> None:
    with vault.write("core") as db:
        record_consent(db, carys, "share_gp", "no")
    practice.sign_in("Lowri Bevan", "link_worker")
    shown = card(open_desk(), open_page, carys)
    assert states(shown) == []
    answer(shown, purpose="contact", state="yes")
    practice.sign_in("Nia Bevan", "admin")
    assert answers(vault, carys) == [("contact", "yes"), ("share_gp", "no")]


def test_a_consent_that_ran_out_says_so() -> None:
    over = ConsentView(UUID(int=1), "contact", "", "yes", None, date(2026, 1, 1), holds=False)
    assert consent_state(over).word == "Ran out"


def tab(window: Any, open_page: Any, person: UUID) -> ConsentTab:
    found: ConsentTab = open_page(ConsentTab(window.desk, person))
    return found


def test_what_rests_on_a_consent_is_listed_and_stops_when_it_is_withdrawn(
    vault, window, open_page, carys
) -> None:
    shown = tab(window, open_page, carys)
    assert any("Nothing yet" in words for words in labels(shown.uses))
    dialog = shown.uses.ask()
    dialog.form.set_values({"label": "Poster in the hall", "purpose": "publish"})
    dialog.save()
    assert states(shown.uses) == ["Must not be used"]
    answer(shown.consents, purpose="publish", state="yes", answered_by="parent", how="signed")
    shown.refresh()
    assert states(shown.uses) == ["May be used"]
    assert "A parent or guardian. Signed a form" in labels(shown.consents)
    answer(shown.consents, purpose="publish", state="withdrawn")
    (affected,) = shown.findChildren(AffectedDialog)
    assert affected.table.model.row(0).label == "Poster in the hall"
    affected.close_button.click()
    shown.refresh()
    assert states(shown.uses) == ["Must not be used"]
    assert any("They do not agree any more." in words for words in labels(shown.uses))
    history = shown.consents.show_history("publish")
    assert [history.table.model.row(n).state for n in range(2)] == ["withdrawn", "yes"]
    history.close()
    shown.undo()
    shown.refresh()
    assert states(shown.uses) == ["May be used"]
    shown.uses.end(shown.uses.uses[0])
    shown.refresh()
    assert states(shown.uses) == []


def test_that_they_were_told_is_written_down_and_the_sheet_is_printed(
    vault, window, open_page, carys
) -> None:
    shown = tab(window, open_page, carys)
    assert any("not told yet" in words for words in labels(shown.told))
    dialog = shown.told.ask()
    dialog.form.set_values({"told_on": date(2026, 5, 5), "how": "large"})
    dialog.save()
    shown.refresh()
    assert {"Told Tue 5 May 2026", "Gave them the sheet in large print"} <= set(labels(shown.told))
    assert f"Written down by {vault.user.name}" in labels(shown.told)
    printing = shown.told.print_sheet()
    normal = len(printing.data)
    printing.show_size("large")
    assert printing.data.startswith(b"%PDF")
    assert len(printing.data) != normal
    printing.close()
    shown.undo()
    shown.refresh()
    assert any("not told yet" in words for words in labels(shown.told))
