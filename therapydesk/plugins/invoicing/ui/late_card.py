"""Today's card for whoever sends the invoices: those that are late."""

from __future__ import annotations

from therapydesk.api import Link, Money, ntr, today, tr
from therapydesk.plugins.invoicing import service
from therapydesk.plugins.invoicing.service import InvoiceRow
from therapydesk.ui.kit.cards import MOST_ROWS, Card, CardRow
from therapydesk.ui.kit.desk import Desk

PAGE = "invoicing.invoices"


class LateInvoicesCard(Card):
    """Late invoices, the latest first; Enter opens one."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("Late invoices"))
        self._desk = desk
        self.refresh()

    def refresh(self) -> None:
        """Read afresh."""
        with self._desk.vault.read() as db:
            late = sorted(service.list_invoices(db, "late"), key=lambda row: row.due_on)
        rows = [self._row(row) for row in late[:MOST_ROWS]]
        every = Link(PAGE, args=("late",))
        total = sum((row.due for row in late), Money())
        self.title.setText(tr("Late invoices, {total}").format(total=total) if late else tr("Late invoices"))
        self.show_rows(rows, len(late), lambda: self._desk.open_link(every), tr("No invoice is late."))

    def _row(self, row: InvoiceRow) -> CardRow:
        days = ntr("{n} day late", "{n} days late", (today() - row.due_on).days)
        link = Link(PAGE, row.id, ("open",))
        second = f"{row.number} · {days}"
        return CardRow(row.payer, second, row.due.show(), on_open=lambda: self._desk.open_link(link))
