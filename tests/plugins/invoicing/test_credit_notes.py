"""Credit notes: one series with the invoices, what is due, sessions that are charged again, the print, the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QLabel
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from therapydesk.api import Link, Money, NotFound, PermissionDenied, UserError, appointments
from therapydesk.plugins.invoicing import plugin, service
from therapydesk.plugins.invoicing.ui.invoices_page import InvoicesPage
from therapydesk.ui.kit.forms import FormDialog

from .conftest import TODAY, Practice
from .test_commands import run
from .test_documents import _pages
from .test_ui import _dialog, _press

__all__ = ["run"]
WHY = "The session of 8 April was charged twice"
Credit = Callable[..., UUID]


@pytest.fixture
def issued(month: Practice) -> list[UUID]:
    """Ann: two sessions, £104; Bob: one, £52."""
    return month.issue([d for d in month.drafts() if not d.blocked])


@pytest.fixture
def credit(vault: Any) -> Credit:
    def credit(invoice: UUID, why: str = WHY, on: date = TODAY, **more: Any) -> UUID:
        with vault.write("core") as db:
            return service.credit_invoice(db, invoice, why, on, **more)

    return credit


def row(vault: Any, invoice: UUID) -> service.InvoiceRow:
    with vault.read() as db:
        return next(r for r in service.list_invoices(db) if r.id == invoice)


def test_credit_notes_and_invoices_have_one_series_without_gaps(
    month: Practice, issued: list[UUID], credit: Credit, vault: Any
) -> None:
    credit(issued[0])
    with pytest.raises(UserError, match="needs a reason"):
        credit(issued[1], why="  ")
    month.session(TODAY, "Eve E")
    [later] = month.issue(month.drafts(TODAY, TODAY))
    assert [each.number for each in month.view(issued[0]).credits] == ["2026-0003"]
    assert month.view(later).number == "2026-0004"
    credit(later)
    assert [each.number for each in month.view(later).credits] == ["2026-0005"]
    with pytest.raises(UserError, match="The last invoice was issued on"):
        credit(issued[1], on=date(2026, 5, 5))


@pytest.mark.parametrize(("table", "taken"), [("invoicing_credit_note", 1), ("invoicing_invoice", 3)])
def test_the_file_itself_gives_no_number_twice(
    issued: list[UUID], credit: Credit, vault: Any, table: str, taken: int
) -> None:
    credit(issued[0])
    with pytest.raises(IntegrityError, match="given already"), vault.write("core") as db:
        names = [column[1] for column in db.execute(text(f"PRAGMA table_info({table})"))]
        new = {"id": "randomblob(16)", "number": "'another'", "sequence": str(taken)}
        chosen = ", ".join(new.get(name, name) for name in names)
        db.execute(text(f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} LIMIT 1"))


@pytest.mark.parametrize(
    "change", ["invoicing_credit_note SET reason = 'another'", "invoicing_credit_line SET amount = 1"]
)
def test_a_credit_note_is_never_changed(issued: list[UUID], credit: Credit, vault: Any, change: str) -> None:
    credit(issued[0])
    with pytest.raises(IntegrityError, match="is not changed"), vault.write("core") as db:
        db.execute(text(f"UPDATE {change}"))


def test_what_is_due_falls_by_the_lines_that_are_credited(
    month: Practice, issued: list[UUID], credit: Credit, vault: Any
) -> None:
    first, second = month.view(issued[0]).lines
    credit(issued[0], line_ids=[second.id])
    view, found = month.view(issued[0]), row(vault, issued[0])
    assert (view.due, found.due, found.credited, found.state) == (Money(52), Money(52), Money(52), "issued")
    assert [line.credited for line in view.lines] == [False, True]
    with vault.read() as db:
        assert service.count_invoices(db).due_amount == Money(104)
    with vault.write("core") as db, pytest.raises(UserError, match="more than is due"):
        service.record_payment(db, issued[0], Money(53), TODAY)
    with pytest.raises(UserError, match="credited already"):
        credit(issued[0], line_ids=[second.id])
    with pytest.raises(NotFound):
        credit(issued[1], line_ids=[first.id])
    credit(issued[0])
    found = row(vault, issued[0])
    assert (found.due, found.state, found.late) == (Money(), "credited", False)
    with pytest.raises(UserError, match="credited already"):
        credit(issued[0])
    with vault.read() as db:
        assert [r.id for r in service.list_invoices(db, "due")] == [issued[1]]
        assert [r.id for r in service.list_invoices(db, "paid")] == [issued[0]]
        assert [r.id for r in service.list_invoices(db, text="2026-0004")] == [issued[0]]


def test_what_was_paid_for_a_credited_session_is_owed_back(
    issued: list[UUID], credit: Credit, vault: Any
) -> None:
    with vault.write("core") as db:
        service.record_payment(db, issued[1], Money(52), TODAY)
    credit(issued[1])
    found = row(vault, issued[1])
    assert (found.state, found.due) == ("overpaid", Money())


def test_credited_sessions_are_charged_again_only_when_that_is_wanted(
    month: Practice, issued: list[UUID], credit: Credit, vault: Any
) -> None:
    credit(issued[1])
    assert "Bob B" not in [d.name for d in month.drafts()]
    first, second = month.view(issued[0]).lines
    credit(issued[0], line_ids=[second.id], charge_again=True)
    [ann] = [d for d in month.drafts() if d.name == "Ann A"]
    assert [line.happened_on for line in ann.ready] == [second.happened_on]
    with vault.write("core") as db:  # and so it can be put right
        appointments.reopen(db, ann.ready[0].appointment_id)
    assert "Ann A" not in [d.name for d in month.drafts()]
    assert first.happened_on < second.happened_on


def test_the_history_of_the_person_tells_of_it(
    month: Practice, issued: list[UUID], credit: Credit, vault: Any
) -> None:
    credit(issued[0])
    since = datetime(2026, 1, 1, tzinfo=UTC)
    with vault.read() as db:
        ann = [m.text for m in plugin.timeline(db, month.person("Ann A"), since)]
        assert ann == ["Invoice 2026-0001, £104.00", "Credit note 2026-0003, £104.00"]
        assert len(plugin.timeline(db, month.person("Bob B"), since)) == 1


def test_whoever_may_not_issue_may_not_credit(issued: list[UUID], credit: Credit, vault: Any) -> None:
    vault.add_user("Tomos", ("therapist",), "seven brass bells ringing", ())
    vault.unlock("Tomos", "seven brass bells ringing")
    with pytest.raises(PermissionDenied):
        credit(issued[0])


def test_the_print_names_the_invoice_it_corrects(
    month: Practice, issued: list[UUID], credit: Credit, vault: Any
) -> None:
    credit(issued[0], line_ids=[month.view(issued[0]).lines[1].id])
    with vault.read() as db:
        invoice, note = service.invoice_papers(db, issued[0])
    assert (note.number, note.title) == ("2026-0003", "Credit note 2026-0003")
    [page] = _pages(note.content)
    for words in (
        "Credit note",
        "2026-0003",
        "Corrects invoice",
        "2026-0001",
        WHY,
        "£52.00",
        "Exempt from VAT",
    ):
        assert words in page
    for words in ("Pay by", "How to pay", "£104.00"):
        assert words not in page
    assert "Credited" in _pages(invoice.content)[0]


def test_the_command_line_credits_lines_and_writes_the_note(
    issued: list[UUID], run: Any, tmp_path: Any
) -> None:
    made = run("credit", "2026-0001", "--reason", WHY, "--line", "2", "--again")
    assert (made["number"], made["total"], made["due"]) == ("2026-0003", "52.00", "52.00")
    written = run("pdf", "2026-0003", "--out", str(tmp_path / "note.pdf"))
    assert written["number"] == "2026-0003"
    assert "Corrects invoice" in _pages((tmp_path / "note.pdf").read_bytes())[0]
    [first] = [i for i in run("list") if i["number"] == "2026-0001"]
    assert (first["credited"], first["due"]) == ("52.00", "52.00")


def test_the_page_asks_first_and_whoever_goes_back_finds_the_form_again(
    month: Practice, issued: list[UUID], desk: Any, open_page: Any, qtbot: Any
) -> None:
    page = open_page(InvoicesPage(desk))
    assert not page.credits.button.isVisible()
    page.open_ref(Link("invoicing.invoices", issued[0], ("open",)))
    page.credits.button.click()
    form = _dialog(page, FormDialog)
    form.save()
    assert form.isVisible()
    second = month.view(issued[0]).lines[1].id
    form.form.set_values({"lines": [second], "reason": WHY, "again": True})
    form.save()
    qtbot.waitUntil(lambda: not form.isVisible())
    question = _dialog(page)
    assert "£52.00 for one session is taken off invoice 2026-0001." in " ".join(
        label.text() for label in question.findChildren(QLabel)
    )
    _press(question, "Go back")
    again = _dialog(page, FormDialog)
    assert (again.form.values()["reason"], again.form.values()["lines"]) == (WHY, [second])
    assert month.view(issued[0]).credits == ()
    again.save()
    _press(_dialog(page), "Issue credit note")
    assert page.messages.text() == "Credit note 2026-0003 is issued."
    assert month.view(issued[0]).due == Money(52)
    assert "Ann A" in [d.name for d in month.drafts()]
