"""Invoices get their numbers, and stay as they were issued, in a real vault."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from therapydesk.api import Money, NotFound, UserError, appointments, audit
from therapydesk.core import dates
from therapydesk.plugins.invoicing import service
from therapydesk.plugins.invoicing.models import Invoice, InvoiceLine

from .conftest import APRIL, TODAY, Practice


def test_an_invoice_gets_its_number_when_it_is_issued(practice: Practice) -> None:
    practice.price("52.50")
    for day in (1, 8):
        practice.session(date(2026, 4, day), "Ann A")
    practice.session(APRIL, "Bob B")
    views = [practice.view(i) for i in practice.issue(practice.drafts())]
    assert [(v.number, v.to_name, v.total, v.due_on) for v in views] == [
        ("2026-0001", "Ann A", Money(105), date(2026, 6, 5)),
        ("2026-0002", "Bob B", Money("52.50"), date(2026, 6, 5)),
    ]
    assert "VATA 1994" in views[0].vat_text
    assert views[0].state == "issued"
    assert views[0].period == "April 2026"
    assert practice.drafts() == []


def test_numbers_have_no_gap_after_something_went_wrong(practice: Practice, vault: Any) -> None:
    practice.price("52")
    for n, name in enumerate(("Ann A", "Bob B", "Cai C"), start=1):
        practice.session(date(2026, 4, n), name)
    ann, bob, cai = practice.drafts()
    practice.issue([ann])
    with pytest.raises(NotFound), vault.write("core") as db:
        assert service.raise_invoice(db, [bob.lines[0].id], TODAY).number == "2026-0002"
        service.raise_invoices(db, [bob.lines[0].id], TODAY)
    assert [d.name for d in practice.drafts()] == ["Bob B", "Cai C"]
    practice.issue([cai])
    practice.issue([bob])
    with vault.read() as db:
        rows = {r.payer: r.number for r in service.list_invoices(db)}
    assert rows == {"Ann A": "2026-0001", "Cai C": "2026-0002", "Bob B": "2026-0003"}


def test_each_year_has_its_own_series(practice: Practice, vault: Any) -> None:
    practice.price("52")
    practice.session(date(2025, 12, 3), "Ann A")
    practice.session(APRIL, "Bob B")
    ann, bob = practice.drafts()
    practice.issue([ann], date(2025, 12, 31))
    practice.issue([bob], TODAY)
    with vault.read() as db:
        assert [r.number for r in service.list_invoices(db)] == ["2026-0001", "2025-0001"]
        assert db.scalar(select(Invoice.year).where(Invoice.number == "2025-0001")) == 2025


def test_numbers_follow_the_days(practice: Practice) -> None:
    practice.price("52")
    practice.session(APRIL, "Ann A")
    practice.session(APRIL, "Bob B")
    ann, bob = practice.drafts()
    practice.issue([ann], date(2026, 5, 5))
    with pytest.raises(UserError, match="last invoice was issued on Tue 5 May 2026"):
        practice.issue([bob], date(2026, 5, 4))
    with pytest.raises(UserError, match="day to come"):
        practice.issue([bob], date(2026, 5, 7))


def test_an_order_number_that_is_wanted_stops_the_invoice(practice: Practice, vault: Any) -> None:
    charity = practice.organisation("Llandough Hospital Charity", needs_order_number=True)
    practice.price("52")
    practice.pays("Ann A", organisation=charity)
    practice.session(APRIL, "Ann A")
    practice.session(APRIL, "Bob B")
    drafts = practice.drafts()
    assert [d.blocked for d in drafts] == ["", "Needs an order number"]
    with pytest.raises(UserError, match="Needs an order number"):
        practice.issue(drafts)
    with vault.write("core") as db:
        service.save_order_number(db, charity, "PO 4711")
    views = [practice.view(i) for i in practice.issue(practice.drafts())]
    assert [v.reference for v in views] == ["", "PO 4711"]
    assert [v.number for v in views] == ["2026-0001", "2026-0002"]


def test_somebody_who_died_is_asked_about(practice: Practice) -> None:
    practice.price("52")
    practice.person("Ann A", died_on=date(2026, 4, 20))
    practice.session(APRIL, "Ann A")
    [draft] = practice.drafts()
    assert "Died on" in draft.problem
    assert not draft.blocked


def test_lines_of_several_payers_or_issued_ones_are_refused(practice: Practice, vault: Any) -> None:
    practice.price("52")
    practice.session(APRIL, "Ann A", "Bob B", kind="together")
    ids = [line.id for d in practice.drafts() for line in d.lines]
    with vault.write("core") as db, pytest.raises(UserError, match="several payers"):
        service.raise_invoice(db, ids, TODAY)
    with vault.write("core") as db:
        assert service.raise_invoice(db, ids[:1], TODAY).number == "2026-0001"
    with vault.write("core") as db, pytest.raises(NotFound, match="invoiced already"):
        service.raise_invoices(db, ids, TODAY)
    with vault.write("core") as db, pytest.raises(UserError, match="No sessions"):
        service.raise_invoices(db, [], TODAY)


def test_a_session_on_an_invoice_cannot_be_reopened(practice: Practice, vault: Any) -> None:
    practice.price("52")
    session = practice.session(APRIL, "Ann A")
    practice.issue(practice.drafts())
    with pytest.raises(UserError, match="stands on an invoice"), vault.write("core") as db:
        appointments.reopen(db, session)
    assert practice.sessions_on(APRIL)[0].state == "completed"


def test_what_is_not_charged_goes_with_the_invoice(practice: Practice) -> None:
    practice.price("52")
    practice.session(APRIL, "Ann A", all="no_word")
    practice.session(date(2026, 4, 8), "Ann A")
    practice.session(date(2026, 4, 15), "Ann A", all="no_word")
    practice.session(date(2026, 4, 22), "Ann A")
    [draft] = practice.drafts()
    first = [line for line in draft.ready if line.happened_on.day == 8]
    with practice.vault.write("core") as db:
        invoice = service.raise_invoice(db, [line.id for line in first], TODAY)
        assert len(invoice.lines) == 1
    [draft] = practice.drafts()
    assert [line.happened_on.day for line in draft.lines] == [15, 22]


@pytest.mark.parametrize("table", ["invoicing_invoice", "invoicing_invoice_line"])
def test_an_issued_invoice_is_never_changed(practice: Practice, vault: Any, table: str) -> None:
    practice.price("52")
    practice.session(APRIL, "Ann A")
    practice.issue(practice.drafts())
    column = "total" if table == "invoicing_invoice" else "amount"
    with pytest.raises(Exception, match="not changed"), vault.write("core") as db:
        db.connection().execute(text(f"UPDATE {table} SET {column} = 1"))
    assert vault.check() == []


def test_nothing_clinical_stands_on_a_line(practice: Practice, vault: Any) -> None:
    practice.price("52")
    session = practice.book(APRIL, "Ann A", title="Grief after the fall")
    practice.complete(session)
    practice.issue(practice.drafts())
    with vault.read() as db:
        assert list(db.scalars(select(InvoiceLine.what))) == ["Session, 45 minutes"]


def test_the_log_tells_of_the_issue(practice: Practice, vault: Any) -> None:
    practice.price("52")
    practice.session(APRIL, "Ann A")
    [invoice] = practice.issue(practice.drafts())
    with vault.read() as db:
        told = db.execute(text("SELECT action, detail FROM audit_entry WHERE action = 'issue'")).all()
    assert len(told) == 1
    assert str(invoice) in told[0].detail


def test_nothing_is_issued_while_the_clock_stands_before_what_the_log_has_written_down(
    practice: Practice, vault: Any
) -> None:
    practice.price("52")
    practice.session(APRIL, "Ann A")
    lines, at = practice.drafts(), dates.now()
    dates.set_clock(lambda: at - timedelta(hours=3))
    with vault.write("core") as db:
        audit.record(db, "probe")  # written after the clock went back: it hides nothing
    with pytest.raises(UserError, match="clock of this computer is behind"):
        practice.issue(lines)
    dates.set_clock(lambda: at)
    assert len(practice.issue(lines)) == 1
