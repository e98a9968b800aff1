"""Credit notes: an issued invoice is never changed; this takes it back, or lines of it, under a number of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from therapydesk.api import (
    Db,
    Money,
    NotFound,
    Person,
    UserError,
    add_document,
    allowed,
    read_document,
    tidy,
    tr,
)
from therapydesk.plugins.invoicing import documents, issuing, view
from therapydesk.plugins.invoicing.models import CreditLine, CreditNote, DraftLine, Invoice, InvoiceLine
from therapydesk.plugins.invoicing.rules import invoice_number
from therapydesk.plugins.invoicing.terms import read_terms

LONGEST = 400


@dataclass(frozen=True)
class Paper:
    """An invoice or a credit note as a PDF; `title` is the name of its file."""

    number: str
    title: str
    content: bytes


@allowed("invoicing.issue")
def credit_invoice(
    db: Db,
    invoice_id: UUID,
    reason: str,
    issued_on: date,
    *,
    line_ids: Sequence[UUID] | None = None,
    charge_again: bool = False,
) -> UUID:
    """Issue a credit note for lines of an invoice, or for all that is left of it; it cannot be undone.

    It gets the next number of the series that invoices have, and its PDF is kept. With `charge_again` the sessions
    of these lines are open draft lines once more. Raises UserError without a reason, for lines that are credited
    already or for a day that cannot be; NotFound for what is not on this invoice.
    """
    invoice = db.get(Invoice, invoice_id)
    if invoice is None:
        raise NotFound(tr("That invoice is not here."))
    why = _check_reason(reason)
    issuing.check_day(issued_on, db)
    lines = _chosen(invoice, line_ids, db)
    sequence = issuing.next_sequence(issued_on.year, db)
    note = CreditNote(
        number=invoice_number(issued_on.year, sequence),
        year=issued_on.year,
        sequence=sequence,
        issued_on=issued_on,
        invoice_id=invoice_id,
        person_id=invoice.person_id,
        reason=why,
        total=sum((line.amount for line in lines), Money()),
    )
    db.add(note)
    db.flush()
    for line in lines:
        db.add(
            CreditLine(
                credit_note_id=note.id,
                invoice_line_id=line.id,
                person_id=line.person_id,
                amount=line.amount,
            )
        )
    if charge_again:
        _open_again(invoice_id, lines, db)
    db.flush()
    printed = view.view_credit(note.id, read_terms(db), db)
    add_document(
        db,
        view.CREDIT_KIND,
        printed.title,
        documents.invoice_pdf(printed),
        ref=note.id,
        person_id=invoice.person_id,
    )
    return note.id


def _check_reason(reason: str) -> str:
    why = tidy(reason)
    if not why:
        raise UserError(
            tr("A credit note needs a reason."), tr("It is printed on it: write nothing about health.")
        )
    if len(why) > LONGEST:
        raise UserError(tr("That reason is longer than {n} letters.").format(n=LONGEST))
    return why


def _chosen(invoice: Invoice, line_ids: Sequence[UUID] | None, db: Db) -> list[InvoiceLine]:
    credited = set(
        db.scalars(
            select(CreditLine.invoice_line_id).where(
                CreditLine.invoice_line_id.in_([line.id for line in invoice.lines])
            )
        )
    )
    left = [line for line in invoice.lines if line.id not in credited]
    if line_ids is None:
        if not left:
            raise UserError(tr("Invoice {number} is credited already.").format(number=invoice.number))
        return left
    wanted = set(line_ids)
    if not wanted:
        raise UserError(tr("No sessions are chosen."), tr("Choose what is to be credited."))
    if wanted & credited:
        raise UserError(tr("Some of these sessions are credited already."), tr("Look again."))
    chosen = [line for line in left if line.id in wanted]
    if len(chosen) < len(wanted):
        raise NotFound(
            tr("Some of these sessions are not on invoice {number}.").format(number=invoice.number)
        )
    return chosen


def _open_again(invoice_id: UUID, lines: Sequence[InvoiceLine], db: Db) -> None:
    """The sessions of these lines wait to be invoiced once more."""
    sessions = {(line.appointment_id, line.person_id) for line in lines}
    dealt_with = select(DraftLine).where(DraftLine.invoice_id == invoice_id, DraftLine.charged)
    for draft in db.scalars(dealt_with):
        if (draft.appointment_id, draft.person_id) in sessions:
            draft.invoice_id = None


@allowed("invoicing.read")
def list_credit_notes(db: Db, person_id: UUID) -> list[view.CreditView]:
    """The credit notes of a person's invoices, the newest first."""
    joined = select(Person.id).where(or_(Person.id == person_id, Person.merged_into == person_id))
    query = select(CreditNote).join(Invoice, Invoice.id == CreditNote.invoice_id)
    query = query.where(Invoice.person_id.in_(joined))
    rows = db.scalars(query.order_by(CreditNote.year.desc(), CreditNote.sequence.desc()))
    return [view.CreditView(r.id, r.invoice_id, r.number, r.issued_on, r.total, r.reason) for r in rows]


@allowed("invoicing.read")
def invoice_papers(db: Db, invoice_id: UUID) -> list[Paper]:
    """An invoice and each of its credit notes, in the order of their numbers. Raises NotFound."""
    terms = read_terms(db)
    invoice = view.view_invoice(invoice_id, terms, db)
    found = [invoice, *(view.view_credit(credit.id, terms, db) for credit in invoice.credits)]
    return [Paper(each.number, each.title, _bytes(each, db)) for each in found]


def _bytes(paper: view.InvoiceView, db: Db) -> bytes:
    """As it was kept, else printed now."""
    if paper.document_id is not None:
        return read_document(db, paper.document_id).content
    return documents.invoice_pdf(paper)
