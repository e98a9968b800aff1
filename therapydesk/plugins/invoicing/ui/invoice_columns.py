"""The columns of lists of invoices and of the price list."""

from __future__ import annotations

from therapydesk.api import appointments, tr
from therapydesk.plugins.invoicing.service import InvoiceRow, RateRow
from therapydesk.ui.kit.tables import Column, State


def invoice_state(row: InvoiceRow) -> State:
    """The state of an invoice as word and shape."""
    if row.late:
        return State(tr("Late"), "square", "danger")
    words = {
        "paid": State(tr("Paid"), "full", "ok"),
        "credited": State(tr("Credited"), "dash", "text_muted"),
        "overpaid": State(tr("Owed back"), "diamond", "warn"),
    }
    if row.state in words:
        return words[row.state]
    return (
        State(tr("Part paid"), "half", "warn")
        if row.state == "part_paid"
        else State(tr("Due"), "ring", "text_muted")
    )


def invoice_columns(*, with_payer: bool) -> list[Column]:
    """Number, to, pay by, amount, due, state; on a person's own tab the name is left out."""
    payer = [Column(tr("To"), "payer", strong=True)] if with_payer else []
    return [
        Column(tr("Number"), "number", width=11),
        *payer,
        Column(tr("Issued"), "issued_on", kind="date", width=12, priority=2),
        Column(tr("Pay by"), "due_on", kind="date", width=12, priority=1),
        Column(tr("State"), invoice_state, kind="state", width=12),
        Column(tr("Amount"), "total", kind="money", width=10, priority=3),
        Column(tr("Due"), "due", kind="money", width=10),
    ]


def whose(row: RateRow) -> str:
    """Whom a price is for."""
    return row.person or row.organisation or tr("Everybody")


def what_for(row: RateRow) -> str:
    """What a price is for: "Group, 90 minutes, whole session"."""
    parts = [appointments.kind_word(row.kind) if row.kind else tr("Every kind")]
    if row.minutes is not None:
        parts.append(tr("{n} minutes").format(n=row.minutes))
    if row.per == "session":
        parts.append(tr("the whole session"))
    return ", ".join(parts)


def rate_columns() -> list[Column]:
    """The price list."""
    return [
        Column(tr("For"), whose, strong=True),
        Column(tr("What"), what_for),
        Column(tr("From"), "from_on", kind="date", width=15),
        Column(tr("To"), "to_on", kind="date", width=15, empty=tr("until changed")),
        Column(tr("Price"), "amount", kind="money", width=9),
    ]
