"""Prices, draft lines, invoices and payments. All core: plain words only, nothing about anybody's health."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from therapydesk.api import (
    NO_PERSONAL_DATA,
    CoreBase,
    Erase,
    Money,
    MoneyType,
    Privacy,
    Stamped,
    appointments,
    mark,
    word_of,
)
from therapydesk.plugins.invoicing import rules

PERSON, ORGANISATION = "person.id", "organisation.id"


class Rate(Stamped, CoreBase):
    """A price from one day to another. Empty fields mean any; `per`: person, or session for a whole group."""

    __tablename__ = "invoicing_rate"
    log_name = mark("Price")
    code_words = {"kind": appointments.kind_word, "per": word_of(rules.per_titles)}
    privacy = Privacy("Prices agreed with you", "financial", Erase.KEEP, "tax records")

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey(PERSON), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey(ORGANISATION), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="")
    minutes: Mapped[int | None]
    per: Mapped[str] = mapped_column(String(10), default="person")
    amount: Mapped[Money] = mapped_column(MoneyType())
    from_on: Mapped[date]
    to_on: Mapped[date | None]


class OrderNumber(Stamped, CoreBase):
    """The order number an organisation wants to see on its invoices from a day on."""

    __tablename__ = "invoicing_order_number"
    log_name = mark("Order number")
    privacy = NO_PERSONAL_DATA

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey(ORGANISATION), index=True)
    number: Mapped[str] = mapped_column(String(60))
    from_on: Mapped[date]


class DraftLine(Stamped, CoreBase):
    """A session that may be charged. `invoice_id` is set once it was dealt with: charged there, or passed by.

    `person_id` is who came; empty when a group is paid for as a whole. `reason` says why it is not charged.
    """

    __tablename__ = "invoicing_draft_line"
    log_name = mark("Draft of an invoice line")
    code_words = {
        "kind": appointments.kind_word,
        "state": appointments.mark_word,
        "reason": rules.reason_words,
    }
    __table_args__ = (Index("ix_invoicing_draft_line_open", "invoice_id", "happened_on"),)
    privacy = Privacy("Sessions to be invoiced", "financial", Erase.KEEP, "tax records")

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey(PERSON), index=True)
    payer_person_id: Mapped[UUID | None] = mapped_column(ForeignKey(PERSON), index=True)
    payer_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey(ORGANISATION), index=True)
    happened_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))
    minutes: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    each: Mapped[Money] = mapped_column(MoneyType())
    charged: Mapped[bool]
    by_hand: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(20), default="")
    invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoicing_invoice.id"))


class Invoice(Stamped, CoreBase):
    """An issued invoice; nothing printed on it is ever changed. What is paid is the sum of its payments."""

    __tablename__ = "invoicing_invoice"
    log_name = mark("Invoice")
    __table_args__ = (UniqueConstraint("year", "sequence"),)
    privacy = Privacy("Invoices", "financial", Erase.KEEP, "tax records")

    number: Mapped[str] = mapped_column(String(20), unique=True)
    year: Mapped[int]
    sequence: Mapped[int]
    issued_on: Mapped[date]
    due_on: Mapped[date] = mapped_column(index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey(PERSON), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey(ORGANISATION), index=True)
    to_name: Mapped[str] = mapped_column(String(400))
    to_address: Mapped[str] = mapped_column(String(600), default="")
    reference: Mapped[str] = mapped_column(String(60), default="")
    vat_text: Mapped[str] = mapped_column(String(400), default="")
    total: Mapped[Money] = mapped_column(MoneyType())
    lines: Mapped[list[InvoiceLine]] = relationship(order_by="InvoiceLine.position")
    payments: Mapped[list[Payment]] = relationship(order_by="Payment.paid_on")


class InvoiceLine(Stamped, CoreBase):
    """A line of an issued invoice, in plain words: "Group session, 90 minutes"."""

    __tablename__ = "invoicing_invoice_line"
    log_name = mark("Invoice line")
    privacy = Privacy("Lines of invoices", "financial", Erase.KEEP, "tax records")

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoicing_invoice.id"), index=True)
    appointment_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointment.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey(PERSON), index=True)
    position: Mapped[int]
    happened_on: Mapped[date]
    what: Mapped[str] = mapped_column(String(100))
    quantity: Mapped[int] = mapped_column(default=1)
    each: Mapped[Money] = mapped_column(MoneyType())
    amount: Mapped[Money] = mapped_column(MoneyType())


class CreditNote(Stamped, CoreBase):
    """Takes back an issued invoice, or lines of it. Numbered in one series with the invoices, and never changed."""

    __tablename__ = "invoicing_credit_note"
    log_name = mark("Credit note")
    __table_args__ = (UniqueConstraint("year", "sequence"),)
    privacy = Privacy("Credit notes", "financial", Erase.KEEP, "tax records")

    number: Mapped[str] = mapped_column(String(20), unique=True)
    year: Mapped[int]
    sequence: Mapped[int]
    issued_on: Mapped[date]
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoicing_invoice.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey(PERSON), index=True)  # as on the invoice
    reason: Mapped[str] = mapped_column(String(400))
    total: Mapped[Money] = mapped_column(MoneyType())


class CreditLine(Stamped, CoreBase):
    """A line of an invoice that a credit note takes back; each at most once, and whole."""

    __tablename__ = "invoicing_credit_line"
    log_name = mark("Credit note line")
    privacy = Privacy("Lines of credit notes", "financial", Erase.KEEP, "tax records")

    credit_note_id: Mapped[UUID] = mapped_column(ForeignKey("invoicing_credit_note.id"), index=True)
    invoice_line_id: Mapped[UUID] = mapped_column(ForeignKey("invoicing_invoice_line.id"), unique=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey(PERSON), index=True)  # as on the line
    amount: Mapped[Money] = mapped_column(MoneyType())


class Payment(Stamped, CoreBase):
    """Money that came in for an invoice, the whole or a part."""

    __tablename__ = "invoicing_payment"
    log_name = mark("Payment")
    code_words = {"method": word_of(rules.method_titles)}
    privacy = Privacy("Payments", "financial", Erase.KEEP, "tax records")

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoicing_invoice.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey(PERSON), index=True)  # as on the invoice
    paid_on: Mapped[date]
    amount: Mapped[Money] = mapped_column(MoneyType())
    method: Mapped[str] = mapped_column(String(20), default="transfer")
