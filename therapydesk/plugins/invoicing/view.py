"""One invoice whole, issued or as a draft. Parts: they take `db` last and ask no permission."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, Document, Money, NotFound, pdf, practice_card, show_month, tr
from therapydesk.plugins.invoicing.issuing import Plan
from therapydesk.plugins.invoicing.models import CreditLine, CreditNote, Invoice, InvoiceLine
from therapydesk.plugins.invoicing.rules import due_day, invoice_state, line_words
from therapydesk.plugins.invoicing.terms import Terms

KIND, CREDIT_KIND = "invoice", "credit_note"


@dataclass(frozen=True)
class LineView:
    """A line as it is printed."""

    happened_on: date
    what: str
    quantity: int
    each: Money
    amount: Money
    id: UUID | None = None
    credited: bool = False


@dataclass(frozen=True)
class CreditView:
    """A credit note of an invoice."""

    id: UUID
    invoice_id: UUID
    number: str
    issued_on: date
    total: Money
    reason: str


@dataclass(frozen=True)
class PaymentView:
    """A payment that came in."""

    id: UUID
    paid_on: date
    amount: Money
    method: str


@dataclass(frozen=True)
class InvoiceView:
    """An invoice with everything that is printed on it; a draft has no number yet.

    With `corrects` it is a credit note: that is the number of the invoice it corrects, and `reason` says why.
    """

    sender: pdf.Letterhead
    number: str
    issued_on: date
    due_on: date
    to_name: str
    to_address: str
    reference: str
    lines: tuple[LineView, ...]
    total: Money
    vat_text: str
    account_name: str
    sort_code: str
    account_number: str
    questions: str
    demo: bool = False
    id: UUID | None = None
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    payments: tuple[PaymentView, ...] = field(default=())
    document_id: UUID | None = None
    credits: tuple[CreditView, ...] = ()
    corrects: str = ""
    reason: str = ""

    @property
    def paid(self) -> Money:
        """What came in so far."""
        return sum((payment.amount for payment in self.payments), Money())

    @property
    def credited(self) -> Money:
        """What was taken back by credit notes."""
        return sum((credit.total for credit in self.credits), Money())

    @property
    def due(self) -> Money:
        """What is still to be paid, never less than nothing."""
        return max(self.total - self.paid - self.credited, Money())

    @property
    def owed_back(self) -> Money:
        """What was paid beyond what is left of it, when it was credited afterwards."""
        return max(self.paid + self.credited - self.total, Money())

    @property
    def state(self) -> str:
        """As `rules.invoice_state`."""
        return invoice_state(self.total, self.paid, self.credited)

    @property
    def period(self) -> str:
        """The months it is for: "April 2026"."""
        first, last = show_month(self.lines[0].happened_on), show_month(self.lines[-1].happened_on)
        return first if first == last else tr("{first} to {last}").format(first=first, last=last)

    @property
    def title(self) -> str:
        """The document's title and file name; no names of people."""
        if self.corrects:
            return tr("Credit note {number}").format(number=self.number)
        return tr("Invoice {number}").format(number=self.number) if self.number else tr("Invoice, draft")


def view_invoice(invoice_id: UUID, terms: Terms, db: Db) -> InvoiceView:
    """An issued invoice. Raises NotFound."""
    row = db.get(Invoice, invoice_id)
    if row is None:
        raise NotFound(tr("That invoice is not here."))
    notes = select(CreditNote).where(CreditNote.invoice_id == invoice_id).order_by(CreditNote.year)
    credits = db.scalars(notes.order_by(CreditNote.sequence)).all()
    lines = select(CreditLine.invoice_line_id).where(CreditLine.credit_note_id.in_([c.id for c in credits]))
    gone = set(db.scalars(lines)) if credits else set[UUID]()
    return InvoiceView(
        **_common(terms, db),
        number=row.number,
        issued_on=row.issued_on,
        due_on=row.due_on,
        to_name=row.to_name,
        to_address=row.to_address,
        reference=row.reference,
        lines=tuple(_line(i, i.id in gone) for i in row.lines),
        total=row.total,
        vat_text=row.vat_text,
        id=row.id,
        person_id=row.person_id,
        organisation_id=row.organisation_id,
        payments=tuple(PaymentView(p.id, p.paid_on, p.amount, p.method) for p in row.payments),
        document_id=_stored(KIND, invoice_id, db),
        credits=tuple(
            CreditView(c.id, c.invoice_id, c.number, c.issued_on, c.total, c.reason) for c in credits
        ),
    )


def view_credit(credit_id: UUID, terms: Terms, db: Db) -> InvoiceView:
    """A credit note: whom it is to and what it takes back are those of its invoice. Raises NotFound."""
    note = db.get(CreditNote, credit_id)
    if note is None:
        raise NotFound(tr("That credit note is not here."))
    lines = select(CreditLine.invoice_line_id).where(CreditLine.credit_note_id == credit_id)
    taken = set(db.scalars(lines))
    invoice = view_invoice(note.invoice_id, terms, db)
    return replace(
        invoice,
        number=note.number,
        issued_on=note.issued_on,
        lines=tuple(line for line in invoice.lines if line.id in taken),
        total=note.total,
        id=note.id,
        payments=(),
        credits=(),
        document_id=_stored(CREDIT_KIND, credit_id, db),
        corrects=invoice.number,
        reason=note.reason,
    )


def _line(line: InvoiceLine, credited: bool) -> LineView:
    return LineView(line.happened_on, line.what, line.quantity, line.each, line.amount, line.id, credited)


def _stored(kind: str, ref: UUID, db: Db) -> UUID | None:
    """The document that was kept of it, if any was."""
    kept = select(Document.id).where(Document.kind == kind, Document.ref == ref).order_by(Document.id)
    return db.scalars(kept.limit(1)).first()


def view_draft(plan: Plan, issued_on: date, terms: Terms, db: Db) -> InvoiceView:
    """What the invoice of a plan with one payer would be if it were issued."""
    payer, lines = next(iter(plan.chosen.items()))
    facts = plan.facts[payer.key]
    return InvoiceView(
        **_common(terms, db),
        number="",
        issued_on=issued_on,
        due_on=due_day(issued_on, terms.due_days),
        to_name=facts.name,
        to_address=facts.address,
        reference=facts.reference,
        lines=tuple(
            LineView(i.happened_on, line_words(i.kind, i.minutes, i.state), 1, i.each, i.each) for i in lines
        ),
        total=sum((line.each for line in lines), Money()),
        vat_text=terms.vat.text,
        person_id=payer.person_id,
        organisation_id=payer.organisation_id,
    )


def _common(terms: Terms, db: Db) -> dict[str, Any]:
    card = practice_card(db)
    return {
        "sender": card.letterhead,
        "account_name": terms.account_name or card.name,
        "sort_code": terms.sort_code,
        "account_number": terms.account_number,
        "questions": terms.questions,
        "demo": bool(db.info["vault"].demo),
    }
