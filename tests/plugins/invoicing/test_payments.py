"""Payments, and which invoices are listed as what, in a real vault."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from therapydesk.api import Money, UserError
from therapydesk.plugins.invoicing import service

from .conftest import APRIL, TODAY, Practice


def test_a_part_payment_leaves_the_rest_due(practice: Practice, vault: Any) -> None:
    practice.price("52")
    practice.session(APRIL, "Ann A")
    [invoice] = practice.issue(practice.drafts())
    with vault.write("core") as db:
        service.record_payment(db, invoice, Money("20.10"), TODAY)
    view = practice.view(invoice)
    assert (view.paid, view.due, view.state) == (Money("20.10"), Money("31.90"), "part_paid")
    with vault.read() as db:
        [row] = service.list_invoices(db, "due")
        assert (row.due, row.state, row.late) == (Money("31.90"), "part_paid", False)
    with vault.write("core") as db, pytest.raises(UserError, match="more than is due"):
        service.record_payment(db, invoice, Money("31.91"), TODAY)
    with vault.write("core") as db:
        last = service.record_payment(db, invoice, Money("31.90"), TODAY).id
    assert practice.view(invoice).state == "paid"
    with vault.write("core") as db:
        service.take_back_payment(db, last)
    assert practice.view(invoice).due == Money("31.90")


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_a_payment_is_more_than_nothing(practice: Practice, vault: Any, amount: str) -> None:
    practice.price("52")
    practice.session(APRIL, "Ann A")
    [invoice] = practice.issue(practice.drafts())
    with vault.write("core") as db, pytest.raises(UserError, match="more than nothing"):
        service.record_payment(db, invoice, Money(amount), TODAY)
    with vault.write("core") as db, pytest.raises(UserError, match="day to come"):
        service.record_payment(db, invoice, Money(1), date(2026, 5, 7))


def test_invoices_are_listed_by_state_and_counted(practice: Practice, vault: Any) -> None:
    practice.price("52")
    for n, name in enumerate(("Ann A", "Bob B", "Cai C", "Dee D"), start=1):
        practice.session(date(2026, 3, n), name)
    ann, bob, cai, _dee = practice.drafts()
    [late] = practice.issue([ann], date(2026, 4, 1))
    [due] = practice.issue([bob])
    [paid] = practice.issue([cai])
    with vault.write("core") as db:
        service.record_payment(db, paid, Money(52), TODAY)
        service.record_payment(db, late, Money(2), TODAY)
    with vault.read() as db:
        listed = {
            state: [r.id for r in service.list_invoices(db, state)] for state in ("", "due", "late", "paid")
        }
        counts = service.count_invoices(db)
        assert [r.payer for r in service.list_invoices(db, text="bob")] == ["Bob B"]
        assert [r.payer for r in service.list_invoices(db, text="2026-0003")] == ["Cai C"]
        mine = service.list_invoices(db, person_id=practice.people["Ann A"])
    assert listed == {"": [paid, due, late], "due": [due, late], "late": [late], "paid": [paid]}
    assert (counts.drafts, counts.due, counts.late, counts.paid) == (1, 2, 1, 1)
    assert (counts.due_amount, counts.late_amount) == (Money(102), Money(50))
    assert [r.id for r in mine] == [late]


def test_drafts_that_were_read_are_narrowed_as_they_would_be_read(practice: Practice, vault: Any) -> None:
    practice.price("52")
    for name, day in (("Ann A", date(2026, 2, 3)), ("Ann A", date(2026, 3, 3)), ("Bob B", date(2026, 3, 4))):
        practice.session(day, name)
    with vault.read() as db:
        every = service.list_drafts(db)
        march = (date(2026, 3, 1), date(2026, 3, 31))
        for wanted in ((None, None, ""), (*march, ""), (None, None, "bob"), (*march, "ann"), (*march, "x")):
            assert service.narrow_drafts(every, *wanted) == service.list_drafts(db, *wanted)
        assert service.count_invoices(db).drafts == len(every)
