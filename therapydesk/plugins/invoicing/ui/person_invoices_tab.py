"""A person's Invoices tab: what they were sent, what is due, their own price."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout

from therapydesk.api import Link, Money, get_person, may, ntr, tr
from therapydesk.plugins.invoicing import service
from therapydesk.plugins.invoicing.ui.dialogs import ask_price
from therapydesk.plugins.invoicing.ui.invoice_columns import invoice_columns
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.person_tab import PersonTabPage
from therapydesk.ui.kit.tables import ListTable


class PersonInvoicesTab(PersonTabPage):
    """Enter opens an invoice on the Invoices page."""

    watches = (
        "invoicing_invoice",
        "invoicing_credit_note",
        "invoicing_payment",
        "invoicing_draft_line",
        "invoicing_rate",
    )

    def __init__(self, desk: Desk, person_id: UUID) -> None:
        super().__init__(desk, person_id, tr("Invoices"))
        self.owed = text_label("", "", "text_muted", wrap=True)
        self.table = ListTable(invoice_columns(with_payer=False), tr("Invoices"))
        self.table.opened.connect(lambda row: desk.open_link(Link("invoicing.invoices", row.id, ("open",))))
        self.table.set_states(empty=tr("No invoices yet."))
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.owed, 1)
        if may(desk.user, "invoicing.edit_rates"):
            head.addWidget(button(tr("Set price"), self.set_price))
        self.body.setSpacing(12)
        self.body.addLayout(head)
        self.body.addWidget(self.table, 1)

    def refresh(self) -> None:
        """Read invoices, open sessions and the person's price afresh."""
        with self.desk.vault.read() as db:
            rows = service.list_invoices(db, person_id=self.subject_id)
            drafts = service.list_drafts(db, person_id=self.subject_id)
            rates = service.list_rates(db, self.subject_id)
        due = sum((row.due for row in rows), Money())
        lines = [line for d in drafts for line in d.lines if line.charged]
        parts = [tr("{due} due").format(due=due) if due else tr("Nothing due")]
        if lines:
            words = ntr("one session not invoiced yet", "{n} sessions not invoiced yet", len(lines))
            parts.append(f"{words}, {sum((line.each for line in lines), Money())}")
        if rates:
            parts.append(tr("own price {amount}").format(amount=rates[-1].amount))
        self.owed.setText(" · ".join(parts))
        self.table.show_rows(rows)

    def set_price(self) -> None:
        """Ask for a price of the person's own."""
        with self.desk.vault.read() as db:
            name = get_person(db, self.subject_id).name
        ask_price(self, self.desk, self.refresh, self.subject_id, name)
