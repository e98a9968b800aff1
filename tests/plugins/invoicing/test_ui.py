"""The page, its dialogs, the person's tab and the card."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QPushButton

from therapydesk.api import Document, Link, Money
from therapydesk.plugins.invoicing import service
from therapydesk.plugins.invoicing.ui import invoices_page
from therapydesk.plugins.invoicing.ui.dialogs import PriceList
from therapydesk.plugins.invoicing.ui.draft_model import ROOT, DraftModel
from therapydesk.plugins.invoicing.ui.invoices_page import InvoicesPage
from therapydesk.plugins.invoicing.ui.late_card import LateInvoicesCard
from therapydesk.plugins.invoicing.ui.person_invoices_tab import PersonInvoicesTab
from therapydesk.ui.kit import looks, style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import FormDialog

from .conftest import APRIL, Practice


def _dialog(page: Any, kind: type[Any] = QDialog) -> Any:
    found = [d for d in page.findChildren(kind) if d.isVisible()]
    assert len(found) == 1
    return found[0]


def _press(dialog: Any, text: str) -> None:
    [found] = [b for b in dialog.findChildren(QPushButton) if b.text() == text]
    found.click()


def test_the_page_counts_and_ticks_what_can_go_out(month: Practice, desk: Desk, open_page: Any) -> None:
    page = open_page(InvoicesPage(desk))
    assert [b.text() for b in page.states.buttons()] == ["Drafts 3", "Due 0", "Late 0", "Paid"]
    assert page.issuing.button.text() == "Issue 2 invoices"
    assert page.drafts.total.text() == "£156.00"
    assert page.drafts.ticked.text() == "2 of 3 ticked · exempt from VAT"
    assert page.drafts.model.all_state() == Qt.CheckState.PartiallyChecked
    assert "3 drafts made from 4 sessions" in page.summary()


def test_rows_say_what_they_show(month: Practice, desk: Desk, open_page: Any) -> None:
    model = open_page(InvoicesPage(desk)).drafts.model
    ann, charity = model.index(0, 0, ROOT), model.index(2, 0, ROOT)
    assert [model.data(model.index(0, c, ROOT)) for c in range(3)] == ["Ann A", "2 sessions", "£104.00"]
    assert model.data(model.index(2, 1, ROOT)) == "Needs an order number"
    missed = model.index(2, 0, ann)
    role = int(Qt.ItemDataRole.AccessibleTextRole)
    assert model.data(missed, role) == "Wed 15 Apr, Did not come, not charged, £0.00"
    assert model.data(missed, int(Qt.ItemDataRole.CheckStateRole)) is None
    assert model.data(charity, int(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Unchecked


def test_space_ticks_sessions_and_payers(month: Practice, desk: Desk, open_page: Any, qtbot: Any) -> None:
    page = open_page(InvoicesPage(desk))
    tree, model = page.drafts.tree, page.drafts.model
    first = model.index(0, 0, model.index(0, 0, ROOT))
    tree.setCurrentIndex(first)
    qtbot.keyClick(tree, Qt.Key.Key_Space)
    assert page.drafts.total.text() == "£104.00"
    assert model.check_of(model.payers[0].ready) == Qt.CheckState.PartiallyChecked
    tree.setCurrentIndex(model.index(0, 0, ROOT))
    qtbot.keyClick(tree, Qt.Key.Key_Space)
    assert page.drafts.total.text() == "£156.00"
    tree.heads.tick_clicked.emit()
    assert (page.issuing.button.text(), page.issuing.button.isEnabled()) == ("Issue invoices", False)
    qtbot.keyClick(tree, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.issuing.button.text() == "Issue 2 invoices"


def test_the_mouse_ticks_and_folds(month: Practice, desk: Desk, open_page: Any, qtbot: Any) -> None:
    page = open_page(InvoicesPage(desk))
    tree, model = page.drafts.tree, page.drafts.model
    payer = tree.visualRect(model.index(1, 0, ROOT)).center()
    left = Qt.MouseButton.LeftButton
    payer.setX(25)
    qtbot.mouseClick(tree.viewport(), left, pos=payer)
    assert page.drafts.total.text() == "£104.00"
    payer.setX(64)
    qtbot.mouseClick(tree.viewport(), left, pos=payer)
    assert tree.isExpanded(model.index(1, 0, ROOT))
    line = tree.visualRect(model.index(0, 0, model.index(1, 0, ROOT))).center()
    line.setX(90)
    qtbot.mouseClick(tree.viewport(), left, pos=line)
    assert page.drafts.total.text() == "£156.00"


def test_a_blocked_payer_asks_for_its_order_number(
    month: Practice, desk: Desk, open_page: Any, qtbot: Any
) -> None:
    page = open_page(InvoicesPage(desk))
    page.drafts.tree.setCurrentIndex(page.drafts.model.index(2, 0, ROOT))
    qtbot.keyClick(page.drafts.tree, Qt.Key.Key_Space)
    assert "Needs an order number" in page.messages.text()
    page.messages.link_button().click()
    dialog = _dialog(page, FormDialog)
    dialog.form.set_values({"number": "PO 4711"})
    dialog.save()
    assert page.issuing.button.text() == "Issue 3 invoices"


def test_a_missed_session_is_charged_by_hand_and_taken_back(
    month: Practice, desk: Desk, open_page: Any, qtbot: Any
) -> None:
    page = open_page(InvoicesPage(desk))
    tree, model = page.drafts.tree, page.drafts.model
    tree.setCurrentIndex(model.index(2, 0, model.index(0, 0, ROOT)))
    qtbot.keyClick(tree, Qt.Key.Key_Space)
    assert page.drafts.total.text() == "£208.00"
    page.undo()
    assert page.drafts.total.text() == "£156.00"


def test_issuing_asks_first_numbers_and_keeps_the_pdf(
    month: Practice, desk: Desk, open_page: Any, qtbot: Any
) -> None:
    page = open_page(InvoicesPage(desk))
    page.issuing.button.click()
    dialog = _dialog(page)
    assert "£156.00" in " ".join(label.text() for label in dialog.findChildren(type(page._title)))
    with desk.vault.read() as db:
        assert service.list_invoices(db) == []
    _press(dialog, "Issue 2 invoices")
    assert page.messages.text() == "2 invoices issued: 2026-0001 to 2026-0002"
    assert desk.jobs.wait_idle()
    with desk.vault.read() as db:
        rows = service.list_invoices(db)
        kept = db.query(Document.title).all()
    assert sorted(title for (title,) in kept) == ["Invoice 2026-0001", "Invoice 2026-0002"]
    assert [b.text() for b in page.states.buttons()] == ["Drafts 1", "Due 2", "Late 0", "Paid"]
    assert [r.number for r in rows] == ["2026-0002", "2026-0001"]


def test_a_payment_is_recorded_and_undone(month: Practice, desk: Desk, open_page: Any) -> None:
    [first, _second] = month.issue([d for d in month.drafts() if not d.blocked])
    page = open_page(InvoicesPage(desk))
    page.open_ref(Link("invoicing.invoices", first, ("open",)))
    assert page.state() == "due"
    assert page.table.current_row().id == first
    page.pay_button.click()
    dialog = _dialog(page, FormDialog)
    assert dialog.form.values()["amount"] == Money(104)
    dialog.form.set_values({"amount": "200"})
    dialog.save()
    assert "more than is due" in dialog.messages.text()
    dialog.form.set_values({"amount": "50"})
    dialog.save()
    assert page.messages.text().startswith("£50.00 recorded for invoice 2026-0001")
    assert month.view(first).due == Money(54)
    page.undo()
    assert month.view(first).due == Money(104)


def test_many_drafts_are_read_while_the_page_can_be_used(
    month: Practice, desk: Desk, open_page: Any, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoices_page, "MANY", 0)
    page = open_page(InvoicesPage(desk))
    qtbot.waitUntil(lambda: len(page.drafts.model.payers) == len(month.drafts()))
    page.show_state("due")
    assert page.drafts.model.payers, "they stay for when the page goes back"


def test_the_preview_is_the_real_page(
    month: Practice, desk: Desk, open_page: Any, tmp_path: Path, qtbot: Any
) -> None:
    page = open_page(InvoicesPage(desk), width=1300)
    qtbot.waitUntil(lambda: page.preview.view.page_count() == 1)
    page.preview.save()
    page.findChild(QFileDialog).fileSelected.emit(str(tmp_path / "draft.pdf"))
    assert (tmp_path / "draft.pdf").read_bytes().startswith(b"%PDF")
    page.resize(700, 600)
    assert page.preview.isHidden()


def test_months_and_words_narrow_the_drafts(month: Practice, desk: Desk, open_page: Any) -> None:
    month.session(date(2026, 5, 4), "Cai C")
    page = open_page(InvoicesPage(desk))
    assert [page.month.itemText(n) for n in range(page.month.count())] == [
        "All months",
        "May 2026",
        "April 2026",
    ]
    page.month.setCurrentIndex(1)
    assert [p.name for p in page.drafts.model.payers] == ["Cai C"]
    page.month.setCurrentIndex(0)
    page.filter.search.setText("bob")
    page.filter.changed.emit()
    assert [p.name for p in page.drafts.model.payers] == ["Bob B"]


def test_without_drafts_the_page_says_so(practice: Practice, desk: Desk, open_page: Any) -> None:
    page = open_page(InvoicesPage(desk))
    assert "Nothing to invoice" in page.drafts.states.sentence.text()
    page.drafts.states.action.click()
    assert page.issuing.button.isEnabled() is False


def test_a_lock_while_the_filter_waits_reads_nothing(
    practice: Practice, desk: Desk, open_page: Any, qtbot: Any
) -> None:
    practice.session(APRIL, "Ann A")
    page = open_page(InvoicesPage(desk))
    page.filter.search.setText("Ann")
    page.hide()
    desk.vault.lock()
    qtbot.wait(
        300
    )  # longer than any wait of the filter and the preview: a read would raise in the event loop
    assert not page.messages.isVisible()


def test_prices_are_added_and_ended(practice: Practice, desk: Desk, open_page: Any) -> None:
    practice.session(APRIL, "Ann A")
    dialog = open_page(PriceList(open_page(InvoicesPage(desk)), desk))
    dialog.add()
    form = _dialog(dialog, FormDialog)
    form.form.set_values({"amount": "48", "from_on": "1 Jan 2026", "minutes": "long"})
    form.save()
    assert "whole number" in form.messages.text()
    form.form.set_values({"minutes": "45"})
    form.save()
    assert dialog.table.row_count() == 1
    assert practice.drafts()[0].amount == Money(48)
    dialog.end()
    assert "ends today" in dialog.messages.text()


def test_the_persons_tab_says_what_is_due(
    month: Practice, desk: Desk, open_page: Any, links: list[Link]
) -> None:
    [first] = month.issue([d for d in month.drafts() if d.name == "Ann A"])
    month.session(date(2026, 5, 4), "Ann A")
    tab = open_page(PersonInvoicesTab(desk, month.people["Ann A"]))
    assert tab.owed.text() == "£104.00 due · one session not invoiced yet, £52.00"
    tab.table.opened.emit(tab.table.current_row())
    assert links == [Link("invoicing.invoices", first, ("open",))]
    tab.set_price()
    form = _dialog(tab, FormDialog)
    form.form.set_values({"amount": "40", "from_on": "1 Jan 2026"})
    form.save()
    assert tab.owed.text().endswith("£40.00 · own price £40.00")


def test_the_card_shows_what_is_late(month: Practice, desk: Desk, open_page: Any) -> None:
    empty = open_page(LateInvoicesCard(desk))
    assert "No invoice is late" in empty.rows()[0].text()
    month.issue([d for d in month.drafts() if d.name == "Ann A"], date(2026, 4, 1))
    card = open_page(LateInvoicesCard(desk))
    assert card.title.text() == "Late invoices, £104.00"
    assert card.rows()[0].accessibleName() == "Ann A, 2026-0001 · 5 days late, £104.00"


def test_the_model_keeps_qts_rules(month: Practice, desk: Desk, qtmodeltester: Any) -> None:
    model = DraftModel()
    model.show_drafts(month.drafts())
    qtmodeltester.check(model)


@pytest.mark.parametrize("theme", list(style.Theme))
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_every_theme_and_size_paints(
    month: Practice, desk: Desk, open_page: Any, qapp: Any, theme: style.Theme, scale: float
) -> None:
    looks.apply_theme(qapp, theme, scale)
    page = open_page(InvoicesPage(desk))
    page.drafts.tree.setFocus()
    assert not page.grab().isNull()
    looks.apply_theme(qapp, style.Theme.LIGHT)
