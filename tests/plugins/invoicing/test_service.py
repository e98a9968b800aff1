"""Draft lines, issue, numbers and payments, in a real vault."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from therapydesk.api import Money, NotFound, Person, UserError, appointments, audit
from therapydesk.core import dates
from therapydesk.plugins.invoicing import service
from therapydesk.plugins.invoicing.models import DraftLine, Invoice, InvoiceLine

from .conftest import Practice

APRIL = date(2026, 4, 1)
TODAY = date(2026, 5, 6)


# -- draft lines --


def test_completing_a_session_makes_its_line_and_reopening_takes_it_away(
    practice: Practice, vault: Any
) -> None:
    practice.price("52")
    session = practice.session(APRIL, "Carys Rees")
    [draft] = practice.drafts()
    [line] = draft.lines
    assert (draft.name, draft.amount, line.what) == ("Carys Rees", Money(52), "Session, 45 minutes")
    with vault.write("core") as db:
        appointments.reopen(db, session)
    assert practice.drafts() == []


def test_each_attendance_is_charged_by_what_became_of_it(practice: Practice) -> None:
    practice.price("20")
    names = ("Ann A", "Bob B", "Cai C", "Dee D", "Eve E", "Fay F")
    states = ("came", "came_late", "left_early", "sent_apologies", "no_word", "we_cancelled")
    practice.session(
        APRIL, *names, kind="group", **dict(zip([n.split()[0] for n in names], states, strict=True))
    )
    assert [d.name for d in practice.drafts()] == ["Ann A", "Bob B", "Cai C"]
    practice.session(date(2026, 4, 2), "Dee D")
    [dee] = [d for d in practice.drafts() if d.name == "Dee D"]
    assert [(line.charged, line.why) for line in dee.lines] == [
        (False, "Chose not to come, not charged"),
        (True, ""),
    ]
    assert (dee.amount, len(dee.ready)) == (Money(20), 1)


def test_the_practice_may_charge_missed_sessions(practice: Practice) -> None:
    practice.price("20")
    practice.set(invoicing__charge_no_word=True)
    practice.session(APRIL, "Eve E", all="no_word")
    [draft] = practice.drafts()
    assert [line.what for line in draft.lines] == ["Missed session, 45 minutes"]


def test_a_line_is_charged_or_left_out_by_hand_but_never_when_we_cancelled(
    practice: Practice, vault: Any
) -> None:
    practice.price("20")
    practice.session(APRIL, "Eve E", "Fay F", kind="together", Eve="no_word", Fay="we_cancelled")
    with vault.write("core") as db:
        lines = {line.state: line.id for line in db.scalars(select(DraftLine))}
        service.charge_line(db, lines["no_word"], True)
        with pytest.raises(UserError, match="never charged"):
            service.charge_line(db, lines["we_cancelled"], True)
    practice.price("25", kind="together")  # prices looked up again leave what was decided by hand
    [draft] = practice.drafts()
    assert (draft.name, draft.amount) == ("Eve E", Money(20))


def test_the_payer_is_the_one_in_the_relation(practice: Practice) -> None:
    court = practice.organisation("Cliff Court", address="12 Sand Parade, Cardiff", postcode="CF88 7TN")
    practice.price("52")
    practice.price("30", organisation_id=court)
    practice.pays("Ann A", organisation=court)
    practice.pays("Bob B", other="Mrs B")
    practice.session(APRIL, "Ann A", "Bob B", "Cai C", kind="together")
    assert {d.name: d.amount for d in practice.drafts()} == {
        "Cai C": Money(52),
        "Cliff Court": Money(30),
        "Mrs B": Money(52),
    }


def test_a_group_in_a_payers_room_is_one_line_for_the_payer(practice: Practice, vault: Any) -> None:
    court = practice.organisation("Cliff Court")
    practice.price("95", organisation_id=court, kind="group", per="session")
    practice.price("20")
    with vault.write("core") as db:
        room = appointments.save_room(db, "Lounge", organisation_id=court)
    for day, state in ((1, "came"), (8, "we_cancelled")):
        made = practice.book(date(2026, 4, day), "Ann A", "Bob B", kind="group", minutes=90, room_id=room)
        practice.complete(made, all=state)
    [draft] = practice.drafts()
    assert [(line.what, line.each, line.why) for line in draft.lines] == [
        ("Group session, 90 minutes", Money(95), ""),
        ("Group session, 90 minutes", Money(0), "We cancelled, not charged"),
    ]


def test_a_session_without_a_price_waits_until_there_is_one(practice: Practice, vault: Any) -> None:
    practice.session(APRIL, "Ann A")
    [draft] = practice.drafts()
    assert (draft.problem, draft.ready) == ("No price yet", ())
    with vault.write("core") as db, pytest.raises(UserError, match="no price"):
        service.raise_invoices(db, [draft.lines[0].id], TODAY)
    practice.price("52")
    [draft] = practice.drafts()
    assert (draft.problem, draft.amount) == ("", Money(52))


def test_drafting_makes_missing_lines_once(practice: Practice, vault: Any) -> None:
    practice.price("52")
    practice.session(APRIL, "Ann A")
    with vault.write("core") as db:
        for line in db.scalars(select(DraftLine)):
            db.delete(line)
    for _ in range(2):
        with vault.write("core") as db:
            drafts = service.draft_lines(db, APRIL, date(2026, 4, 30))
        assert [len(d.lines) for d in drafts] == [1]
    with vault.write("core") as db:
        assert service.draft_lines(db, date(2026, 4, 2), date(2026, 4, 30)) == []


def test_own_time_is_never_charged(practice: Practice) -> None:
    practice.price("52")
    practice.session(APRIL, kind="own_time")
    assert practice.drafts() == []


def test_lines_of_joined_records_go_to_the_one_that_is_kept(practice: Practice, vault: Any) -> None:
    practice.price("52")
    practice.session(APRIL, "Ann A")
    practice.session(date(2026, 4, 2), "Anne A")
    with vault.write("core") as db:
        db.get_one(Person, practice.people["Anne A"]).merged_into = practice.people["Ann A"]
    [draft] = practice.drafts()
    assert (draft.name, draft.amount) == ("Ann A", Money(104))


# -- issue --


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


# -- payments --


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


# -- prices --


def test_a_new_price_ends_the_one_before(practice: Practice, vault: Any) -> None:
    practice.price("50")
    practice.price("55", from_on=date(2026, 4, 6))
    practice.price("56", from_on=date(2026, 4, 6))
    with vault.read() as db:
        rows = [(r.amount, r.from_on, r.to_on) for r in service.list_rates(db)]
    assert rows == [
        (Money(50), date(2025, 1, 1), date(2026, 4, 5)),
        (Money(56), date(2026, 4, 6), None),
    ]


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "-1"}, {"kind": "opera"}, {"to_on": date(2024, 1, 1)}, {"per": "week"}, {"minutes": 0}],
)
def test_prices_that_make_no_sense_are_refused(practice: Practice, wrong: dict[str, Any]) -> None:
    with pytest.raises(UserError):
        practice.price(wrong.pop("amount", "50"), **wrong)
