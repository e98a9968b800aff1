"""Invoicing: prices, draft lines, issue, payments. The door for other modules, pages and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    Appointment,
    Db,
    Event,
    Money,
    NotFound,
    Organisation,
    Person,
    UserError,
    add_document,
    allowed,
    events,
    read_document,
    today,
    tr,
    without_collecting,
)
from therapydesk.plugins.invoicing import documents, drafting, issuing, view
from therapydesk.plugins.invoicing.crediting import Paper, credit_invoice, invoice_papers, list_credit_notes
from therapydesk.plugins.invoicing.lists import (
    Counts,
    DraftPayer,
    DraftRow,
    InvoiceRow,
    RateRow,
    count_invoices,
    find_invoice,
    list_drafts,
    list_invoices,
    list_rates,
    narrow_drafts,
)
from therapydesk.plugins.invoicing.models import DraftLine, Invoice, OrderNumber, Payment, Rate
from therapydesk.plugins.invoicing.rules import WORDS, find_price
from therapydesk.plugins.invoicing.terms import read_terms
from therapydesk.plugins.invoicing.view import InvoiceView

__all__ = [
    "Counts",
    "DraftPayer",
    "DraftRow",
    "InvoiceRow",
    "InvoiceView",
    "Paper",
    "RateRow",
    "charge_line",
    "count_invoices",
    "credit_invoice",
    "draft_lines",
    "end_rate",
    "find_invoice",
    "invoice_bytes",
    "invoice_papers",
    "invoice_view",
    "list_credit_notes",
    "list_drafts",
    "list_invoices",
    "list_rates",
    "narrow_drafts",
    "preview",
    "raise_invoice",
    "raise_invoices",
    "record_payment",
    "save_order_number",
    "save_rate",
    "store_pdf",
    "store_pdfs",
    "take_back_payment",
]

# -- prices --


@allowed("invoicing.edit_rates")
def save_rate(
    db: Db,
    amount: Money,
    from_on: date,
    *,
    person_id: UUID | None = None,
    organisation_id: UUID | None = None,
    kind: str = "",
    minutes: int | None = None,
    per: str = "person",
    to_on: date | None = None,
) -> Rate:
    """Put a price into the list and look the open lines up again.

    A price for exactly the same that is in force ends the day before; one from the same day is replaced.
    Raises UserError for an amount or days that make no sense, NotFound for a payer who is not in the records.
    """
    _check_rate(db, amount, from_on, to_on, (kind, per, minutes), person_id or organisation_id)
    same = select(Rate).where(
        Rate.person_id.is_(person_id) if person_id is None else Rate.person_id == person_id,
        Rate.organisation_id.is_(organisation_id)
        if organisation_id is None
        else Rate.organisation_id == organisation_id,
        Rate.kind == kind,
        Rate.minutes.is_(None) if minutes is None else Rate.minutes == minutes,
        Rate.per == per,
    )
    for before in db.scalars(same).all():
        if before.from_on == from_on:
            db.delete(before)
        elif before.from_on < from_on and (before.to_on is None or before.to_on >= from_on):
            before.to_on = from_on - timedelta(days=1)
    db.flush()
    rate = Rate(
        person_id=person_id,
        organisation_id=organisation_id,
        kind=kind,
        minutes=minutes,
        per=per,
        amount=amount,
        from_on=from_on,
        to_on=to_on,
    )
    db.add(rate)
    db.flush()
    drafting.price_again(read_terms(db).policy, db)
    return rate


def _check_rate(
    db: Db,
    amount: Money,
    from_on: date,
    to_on: date | None,
    what: tuple[str, str, int | None],
    whose: UUID | None,
) -> None:
    kind, per, minutes = what
    if amount < Money():
        raise UserError(tr("A price cannot be less than nothing."), tr("Write it like 52 or 52.50."))
    if to_on is not None and to_on < from_on:
        raise UserError(tr("The price would end before it begins."), tr("Choose a later last day."))
    if kind and kind not in WORDS:
        raise UserError(tr("There is no kind of session called “{kind}”.").format(kind=kind))
    if per not in ("person", "session") or (minutes is not None and minutes < 1):
        raise UserError(tr("A price is for a person or for a session as a whole, of one minute or more."))
    if whose is not None and db.get(Person, whose) is None and db.get(Organisation, whose) is None:
        raise NotFound(tr("Whoever the price is for is not in the records any more."))


@allowed("invoicing.edit_rates")
def end_rate(db: Db, rate_id: UUID, last_on: date) -> None:
    """Let a price end after a day; one that had not begun by then goes away."""
    rate = db.get(Rate, rate_id)
    if rate is None:
        raise NotFound(tr("That price is not in the list any more."))
    if last_on < rate.from_on:
        db.delete(rate)
    else:
        rate.to_on = last_on
    db.flush()
    drafting.price_again(read_terms(db).policy, db)


@allowed("invoicing.draft")
def save_order_number(db: Db, organisation_id: UUID, number: str) -> None:
    """The order number for an organisation's invoices from today on. Raises UserError when it is empty."""
    if db.get(Organisation, organisation_id) is None:
        raise NotFound(tr("That organisation is not in the records any more."))
    number = number.strip()
    if not number or len(number) > 60:
        raise UserError(tr("An order number has 1 to 60 letters and figures."))
    db.add(OrderNumber(organisation_id=organisation_id, number=number, from_on=today()))
    db.flush()


# -- draft lines --


@allowed("invoicing.draft")
@without_collecting()
def draft_lines(db: Db, start: date, end: date) -> list[DraftPayer]:
    """Make the lines of completed sessions of these days that have none, and give what is open there.

    Sessions completed while this module was on have theirs already; prices are looked up again.
    """
    if end < start:
        raise UserError(tr("The last day is before the first."))
    policy = read_terms(db).policy
    after = datetime.combine(end + timedelta(days=1), time())
    which = select(Appointment.id).where(
        Appointment.starts_at >= datetime.combine(start, time()), Appointment.starts_at < after
    )
    drafting.add_lines(which, policy, db)
    drafting.price_again(policy, db)
    return list_drafts(db, start, end)


@allowed("invoicing.draft")
def charge_line(db: Db, line_id: UUID, charged: bool) -> None:
    """Charge a session that would not be, or leave one out, by hand. What we cancelled is never charged."""
    line = _line(db, line_id)
    if charged and line.state == "we_cancelled":
        raise UserError(tr("We cancelled this session. It is never charged."))
    price = find_price(drafting.read_prices(db), drafting.charged_of(line))
    line.charged, line.each = charged, price or Money()
    line.reason = ("" if price else "no_price") if charged else "by_hand"
    line.by_hand = not (charged and price is None)
    db.flush()


def _line(db: Db, line_id: UUID) -> DraftLine:
    line = db.get(DraftLine, line_id)
    if line is None or line.invoice_id is not None:
        raise NotFound(tr("That session is invoiced already, or changed meanwhile."))
    return line


def take_event(event: Event, db: Db) -> None:
    """A completed session gets its draft lines, a reopened one loses them."""
    if isinstance(event, events.AppointmentCompleted):
        which = select(Appointment.id).where(Appointment.id == event.appointment_id)
        drafting.add_lines(which, read_terms(db).policy, db)
    elif isinstance(event, events.AppointmentReopened):
        drafting.drop_lines(event.appointment_id, db)


# -- issue --


@allowed("invoicing.issue")
def raise_invoice(db: Db, line_ids: Sequence[UUID], issued_on: date) -> Invoice:
    """Issue one invoice for lines of one payer, and number it.

    Raises UserError when the lines have several payers, one has no price, or something is in the payer's way.
    """
    plan = issuing.plan_issue(line_ids, issued_on, db)
    if len(plan.chosen) > 1:
        raise UserError(
            tr("These sessions are paid for by several payers."), tr("Issue an invoice for each.")
        )
    return db.get_one(Invoice, issuing.write_invoices(plan, issued_on, read_terms(db), db)[0])


@allowed("invoicing.issue")
@without_collecting()
def raise_invoices(db: Db, line_ids: Sequence[UUID], issued_on: date) -> list[UUID]:
    """Issue one invoice for each payer of the lines, and number them in order of name. All or none."""
    plan = issuing.plan_issue(line_ids, issued_on, db)
    return issuing.write_invoices(plan, issued_on, read_terms(db), db)


@allowed("invoicing.read")
def preview(db: Db, line_ids: Sequence[UUID], issued_on: date) -> InvoiceView:
    """The invoice of one payer's lines as it would be, without a number; nothing stands in its way."""
    plan = issuing.plan_issue(line_ids, issued_on, db, check=False)
    return view.view_draft(plan, issued_on, read_terms(db), db)


@allowed("invoicing.read")
def invoice_view(db: Db, invoice_id: UUID) -> InvoiceView:
    """An issued invoice with its lines, payments and everything that is printed. Raises NotFound."""
    return view.view_invoice(invoice_id, read_terms(db), db)


# -- payments --


@allowed("invoicing.record_payment")
def record_payment(
    db: Db, invoice_id: UUID, amount: Money, paid_on: date, method: str = "transfer"
) -> Payment:
    """Record money that came in, the whole or a part. Raises UserError for more than is due."""
    invoice = db.get(Invoice, invoice_id)
    if invoice is None:
        raise NotFound(tr("That invoice is not here."))
    due = view.view_invoice(invoice_id, read_terms(db), db).due
    if amount <= Money():
        raise UserError(tr("A payment is more than nothing."), tr("Write what came in, like 52 or 52.50."))
    if amount > due:
        raise UserError(
            tr("{amount} is more than is due.").format(amount=amount),
            tr("{due} is due on invoice {number}.").format(due=due, number=invoice.number),
        )
    if not invoice.issued_on <= paid_on <= today():
        raise UserError(tr("A payment comes in after the invoice was issued, and not on a day to come."))
    payment = Payment(invoice_id=invoice_id, person_id=invoice.person_id, amount=amount)
    payment.paid_on, payment.method = paid_on, method
    invoice.payments.append(payment)
    db.flush()
    return payment


@allowed("invoicing.record_payment")
def take_back_payment(db: Db, payment_id: UUID) -> None:
    """Take back a payment that was recorded by mistake (Undo)."""
    payment = db.get(Payment, payment_id)
    if payment is None:
        raise NotFound(tr("That payment is not recorded any more."))
    db.delete(payment)
    db.flush()


# -- documents --


@allowed("invoicing.issue")
def store_pdf(db: Db, invoice_id: UUID) -> UUID:
    """Print an issued invoice and keep it as a document; one that is kept already stays as it is."""
    return store_pdfs(db, [invoice_id])[0]


@allowed("invoicing.issue")
def store_pdfs(db: Db, invoice_ids: Sequence[UUID]) -> list[UUID]:
    """Print issued invoices and keep them as documents; those that are kept already stay as they are."""
    terms = read_terms(db)
    views = [view.view_invoice(invoice_id, terms, db) for invoice_id in invoice_ids]
    return [found.document_id or _keep(db, found) for found in views]


def _keep(db: Db, found: InvoiceView) -> UUID:
    return add_document(
        db,
        view.KIND,
        found.title,
        content=documents.invoice_pdf(found),
        media_type="application/pdf",
        ref=found.id,
        person_id=found.person_id,
    )


@allowed("invoicing.read")
def invoice_bytes(db: Db, invoice_id: UUID) -> bytes:
    """The PDF of an issued invoice: as it was kept, else printed now."""
    found = invoice_view(db, invoice_id)
    if found.document_id is not None:
        return read_document(db, found.document_id).content
    return documents.invoice_pdf(found)
