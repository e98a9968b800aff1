"""The referrals page and the import window, by keys, on a real vault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog
from shiboken6 import delete
from sqlalchemy import select

import tests.plugins.conftest
from tests.plugins.conftest import OpenDesk
from tests.plugins.referrals.conftest import LIST, Office
from therapydesk.api import UserError, audit
from therapydesk.plugins.referrals import service
from therapydesk.plugins.referrals.models import Batch, Referral
from therapydesk.plugins.referrals.ui.imports_dialog import ImportsDialog
from therapydesk.plugins.referrals.ui.referrals_page import ReferralsPage
from therapydesk.plugins.referrals.ui.to_answer_card import ToAnswerCard
from therapydesk.testing import sign_in
from therapydesk.ui.kit import messages
from therapydesk.ui.kit.cards import CardRow
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.shell.import_wizard import COLUMNS, DONE, PLAN, START, ImportWizard


@dataclass
class Window(tests.plugins.conftest.Window):
    """A desk whose links are remembered, and short ways to import."""

    office: Office


@pytest.fixture
def window(open_desk: OpenDesk, office: Office) -> Iterator[Window]:
    made = open_desk()
    yield Window(made.desk, made.links, office)
    made.wait()


@pytest.fixture
def page(open_page: Any, window: Window) -> ReferralsPage:
    window.office.carry_out(window.office.plan(LIST))
    made: ReferralsPage = open_page(ReferralsPage(window.desk))
    return made


@pytest.fixture
def wizard(open_page: Any, window: Window) -> ImportWizard:
    made: ImportWizard = open_page(ImportWizard(window.desk))
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "april.csv"
    path.write_text(LIST)
    return path


def dialog_of(page: ReferralsPage) -> FormDialog:
    return next(d for d in page.findChildren(QDialog) if isinstance(d, FormDialog) and d.isVisible())


def states(window: Window) -> dict[int, str]:
    return {r.source_row: r.state for r in window.office.all(Referral)}


def test_the_list_is_whole_until_one_is_opened(page: ReferralsPage) -> None:
    assert page.table.isVisible()
    assert not page.folded.isVisible()
    assert page.table.row_count() == 3
    page.table.opened.emit(page.table.current_row())
    assert page.folded.isVisible()
    assert not page.table.isVisible()
    assert page.kept.values()["would_like"] == "To sing again"
    assert "Low mood" in page.original.text.toPlainText()


def test_who_looks_at_a_reason_is_in_the_log_and_what_was_passed_by_is_not(
    page: ReferralsPage, qtbot: Any, window: Window
) -> None:
    first, second = page.table.model.row(0).id, page.table.model.row(1).id
    page.open_referral(first)
    page.open_referral(second)  # at once: the first was not there to be read
    qtbot.waitUntil(lambda: looked_at(window) == [second])
    page.close_referral()
    page.open_referral(second)
    qtbot.waitUntil(lambda: looked_at(window) == [second, second])


def looked_at(window: Window) -> list[Any]:
    entry = audit.ClinicalAuditEntry
    with window.desk.vault.read() as db:
        return list(db.scalars(select(entry.ref).where(entry.action == "view").order_by(entry.seq)))


def test_escape_and_letters_work_only_outside_text(page: ReferralsPage, qtbot: Any, window: Window) -> None:
    page.open_referral(page.table.current_row().id)
    field = page.kept.form.field("would_like")
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_A)
    assert states(window)[2] == "new"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    qtbot.keyClick(page, Qt.Key.Key_A)
    assert states(window)[2] == "accepted"
    assert page.messages.text().startswith("Gwen Tudor is on the waiting list")
    page.undo()
    assert states(window)[2] == "new"


def test_what_was_typed_is_kept_on_the_way_out(page: ReferralsPage, window: Window) -> None:
    key = page.table.current_row().id
    page.open_referral(key)
    page.kept.form.set_values({**page.kept.values(), "enjoys": "Knows every hymn", "priority": 1})
    page.close_referral()
    window.office.vault.settle()
    with window.office.vault.read() as db:
        view = service.read_referral(db, key)
    assert (view.texts["enjoys"], view.row.priority) == ("Knows every hymn", 1)


def test_a_draft_comes_back(page: ReferralsPage, window: Window) -> None:
    key = page.table.current_row().id
    page.open_referral(key)
    page.kept.form.field("hard").setText("New rooms")  # type: ignore[attr-defined]  # a text field
    page.keep_draft()
    assert window.office.vault.load_draft(f"referrals.{key}")
    page.view = None
    page.open_referral(key)
    assert page.kept.values()["hard"] == "New rooms"


def test_not_for_us_asks_why_and_goes_on_to_the_next(page: ReferralsPage, qtbot: Any, window: Window) -> None:
    page.open_referral(page.table.current_row().id, focus=False)
    page.focus_list()
    qtbot.keyClick(page, Qt.Key.Key_N)
    dialog_of(page).save()
    assert states(window)[2] == "declined"
    assert page.view is not None
    assert page.view.row.name == "Femi"


def test_a_person_who_has_not_agreed_cannot_be_accepted(page: ReferralsPage, window: Window) -> None:
    harjit = next(r for r in window.office.all(Referral) if r.agreed == "no")
    page.open_referral(harjit.id, focus=False)
    page.answer(service.Decision.ACCEPT)
    assert "has not agreed" in page.messages.text()
    assert states(window)[4] == "talk_first"


def test_the_words_behind_a_field_are_marked(page: ReferralsPage) -> None:
    page.open_referral(page.table.current_row().id)
    page.kept.field_entered.emit("would_like")
    (mark,) = page.original.text.extraSelections()
    assert mark.cursor.selectedText() == "To sing again"


def test_in_a_narrow_window_one_side_is_shown_at_a_time(page: ReferralsPage) -> None:
    page.open_referral(page.table.current_row().id)
    page.resize(800, 700)
    assert page.original.isVisible() != page.kept.isVisible()
    page.open_referral(page.table.current_row().id)
    assert page.original.text.hasFocus()  # and not a field that cannot be seen
    page.sides.choose("kept")
    page._fold()
    assert page.kept.isVisible()


def test_today_names_who_waits(qtbot: Any, page: ReferralsPage, window: Window) -> None:
    card = ToAnswerCard(window.desk)
    qtbot.addWidget(card)
    rows = card.findChildren(CardRow)
    assert [row.accessibleName().split(",")[0] for row in rows] == ["Gwen Tudor", "Femi", "Harjit Sandhu"]
    rows[0].click()
    assert window.links[-1].page == "referrals.referrals"


def test_imports_can_be_taken_back_from_their_list(qtbot: Any, page: ReferralsPage, window: Window) -> None:
    dialog = ImportsDialog(window.desk, page)
    qtbot.addWidget(dialog)
    dialog.take_back()
    window.wait()
    assert [b.state for b in window.office.all(Batch)] == ["undone"]
    assert not dialog.undo.isEnabled()


# --- Import ---


def test_a_list_goes_through_the_four_steps(wizard: ImportWizard, window: Window, file: Path) -> None:
    wizard.open_files([file])
    window.wait()
    assert wizard.step == START
    wizard.go_on()
    assert wizard.step == COLUMNS
    assert wizard.columns.match().tables[0].fields[1] == "name"
    wizard.go_on()
    window.wait()
    assert wizard.step == PLAN
    assert wizard.primary.text() == "Import 3 rows"
    assert not window.office.all(Referral)
    wizard.go_on()
    window.wait()
    assert wizard.step == DONE
    assert len(window.office.all(Referral)) == 3
    unread = file.with_name("unread.csv")
    wizard.save_unread()
    dialog = wizard.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(unread))
    assert "31/02/1951" in unread.read_text("utf-8-sig")
    wizard.undo_import()
    window.wait()
    assert not window.office.all(Referral)


def test_an_import_is_undone_from_the_menu_when_its_page_is_gone(window: Window, file: Path) -> None:
    wizard = ImportWizard(window.desk)
    wizard.open_files([file])
    window.wait()
    for _step in range(3):
        wizard.go_on()
        window.wait()
    assert len(window.office.all(Referral)) == 3
    delete(wizard)
    assert messages.undo_list.undo() == ""  # a job, which says itself when it has ended
    window.wait()
    assert not window.office.all(Referral)


def test_a_known_sender_goes_straight_to_the_plan(wizard: ImportWizard, window: Window, file: Path) -> None:
    window.office.carry_out(window.office.plan(LIST.replace("Femi", "Bo")))
    wizard.open_files([file])
    window.wait()
    assert wizard.step == PLAN
    wizard.go_back()
    assert wizard.step == COLUMNS
    assert wizard.match.tables
    assert wizard.columns.match().tables == wizard.match.tables  # though this step was passed by
    assert wizard.columns.first_field() is not None


def test_rows_that_may_be_somebody_wait_for_a_choice(
    wizard: ImportWizard, window: Window, file: Path
) -> None:
    window.office.person("Harjit S Sandhu", born_on=__import__("datetime").date(1958, 2, 14))
    wizard.open_files([file])
    window.wait()
    wizard.go_on()
    wizard.go_on()
    window.wait()
    assert wizard.primary.text() == "Import 2 rows"
    row = wizard.plan_step.table.current_row()
    assert (row.number, row.outcome) == (4, "perhaps_same")
    assert wizard.plan_step.panel.title.text() == "Is row 4 the Harjit you know?"
    wizard.plan_step.panel.chosen.emit("same")
    assert wizard.primary.text() == "Import 3 rows"
    wizard.go_on()
    window.wait()
    assert wizard.result is not None
    assert wizard.result.people_joined == 1


def test_the_counts_filter_the_rows(wizard: ImportWizard, window: Window, file: Path) -> None:
    wizard.open_files([file])
    window.wait()
    wizard.go_on()
    wizard.go_on()
    window.wait()
    wizard.plan_step.counts.choose("refused")
    wizard.plan_step.counts.chosen.emit("refused")
    assert wizard.plan_step.table.row_count() == 3
    assert "cannot be read" in wizard.plan_step.panel.title.text()


def test_a_file_that_is_no_list_is_refused_in_the_window(
    wizard: ImportWizard, window: Window, tmp_path: Path
) -> None:
    bad = tmp_path / "letter.pdf"
    bad.write_bytes(b"%PDF-1.7 nothing")
    wizard.open_files([bad])
    window.wait()
    assert "letter.pdf" in wizard.messages.text()
    assert wizard.step == START


def test_a_dropped_page_takes_no_answer(qtbot: Any, window: Window, file: Path) -> None:
    made = ImportWizard(window.desk)
    made.open_files([file])
    made.deleteLater()
    QApplication.sendPostedEvents(made, 52)  # DeferredDelete
    window.wait()


def test_who_may_not_import_is_told(qtbot: Any, window: Window) -> None:
    made = ImportWizard(sign_in(window.desk, "Aud", "auditor"))
    qtbot.addWidget(made)
    assert "may not import" in made.messages.text()
    assert not made.primary.isEnabled()
    with pytest.raises(UserError):
        made._chosen()
