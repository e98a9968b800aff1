"""Credit notes on the Invoices page: what is credited and why, a question before it is issued, the PDF after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from therapydesk.api import Money, Outgoing, UserError, may, ntr, show_day, today, tr
from therapydesk.plugins.invoicing import service
from therapydesk.plugins.invoicing.service import InvoiceRow, InvoiceView, Paper
from therapydesk.ui.kit.files import save_file
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.messages import confirm
from therapydesk.ui.kit.page import BasePage


class CreditNotes:
    """The button that takes back the current invoice or lines of it; `page` says what came of it."""

    def __init__(self, page: BasePage, current: Callable[[], InvoiceRow | None]) -> None:
        self._page, self._current = page, current
        self._may = may(page.desk.user, "invoicing.issue")
        self.button = page.add_action_button(tr("Credit note"), self.ask)
        self.show_beside(drafts=True)

    def show_beside(self, *, drafts: bool) -> None:
        """Whether the page shows drafts or invoices; only what was issued can be credited."""
        self.button.setVisible(self._may and not drafts)

    def ask(self) -> None:
        """Ask which lines of the current invoice, and why."""
        with self._page.guard():
            row = self._current()
            if row is None:
                raise UserError(tr("Choose the invoice to be corrected."))
            with self._page.desk.vault.read() as db:
                view = service.invoice_view(db, row.id)
            open_lines = [line.id for line in view.lines if line.id and not line.credited]
            if not open_lines:
                raise UserError(tr("Invoice {number} is credited already.").format(number=view.number))
            self._ask_what(row.id, view, {"lines": open_lines, "reason": "", "again": False})

    def _ask_what(self, invoice_id: UUID, view: InvoiceView, values: dict[str, Any]) -> None:
        chosen: dict[str, Any] = {}
        title = tr("Credit note for invoice {number}").format(number=view.number)
        dialog = FormDialog(self._page, title, tr("Go on"), chosen.update, invoice_id)
        form = dialog.form
        facts = tr("{payer} · {total}, {due} due").format(payer=view.to_name, total=view.total, due=view.due)
        form.add_widget(text_label(facts, "", "text_muted", wrap=True))
        lines = [
            (
                line.id,
                tr("{day}, {amount}").format(day=show_day(line.happened_on, short=True), amount=line.amount),
            )
            for line in view.lines
            if not line.credited
        ]
        form.add_choices(
            "lines", tr("What is credited"), lines, tr("All of it, unless you take some out."), required=True
        )
        hint = tr("It is printed on the credit note. Write nothing about anybody’s health.")
        form.add_text("reason", tr("Why"), hint, multiline=True, required=True)
        again = tr("They go back to the drafts, to be invoiced anew or left out.")
        form.add_check("again", tr("Charge these sessions again"), again)
        form.set_values(values)
        dialog.accepted.connect(lambda: self._confirm(invoice_id, view, chosen))
        dialog.open()
        form.field("reason").setFocus()

    def _confirm(self, invoice_id: UUID, view: InvoiceView, chosen: dict[str, Any]) -> None:
        """It cannot be undone; whoever goes back finds the form as it was."""
        ids = set(chosen["lines"])
        amount = sum((line.amount for line in view.lines if line.id in ids), Money())
        count = ntr("one session", "{n} sessions", len(ids))
        text = tr(
            "{amount} for {count} is taken off invoice {number}. The credit note gets its number now, in one series "
            "with the invoices; it cannot be changed or taken back. Nothing is sent: it is kept here to save or print."
        ).format(amount=amount, count=count, number=view.number)
        back = view.paid - (view.total - view.credited - amount)
        if back > Money():
            text += " " + tr("{amount} of what was paid is then owed back.").format(amount=back)
        asked = confirm(
            self._page,
            tr("Issue a credit note?"),
            text,
            tr("Issue credit note"),
            lambda: self._issue(invoice_id, chosen),
        )
        asked.rejected.connect(lambda: self._ask_what(invoice_id, view, chosen))

    def _issue(self, invoice_id: UUID, chosen: dict[str, Any]) -> None:
        vault = self._page.desk.vault
        with self._page.guard():
            with vault.write("core") as db:
                made = service.credit_invoice(
                    db,
                    invoice_id,
                    chosen["reason"],
                    today(),
                    line_ids=chosen["lines"],
                    charge_again=chosen["again"],
                )
            with vault.read() as db:
                number = next(c.number for c in service.invoice_view(db, invoice_id).credits if c.id == made)
                paper = next(p for p in service.invoice_papers(db, invoice_id) if p.number == number)
            said = tr("Credit note {number} is issued.").format(number=number)
            self._page.messages.show_message("ok", said, tr("Save as PDF"), lambda: self._save(paper))

    def _save(self, paper: Paper) -> None:
        save_file(
            self._page, tr("Save as PDF"), f"{paper.title}.pdf", paper.content, told=Outgoing("credit note")
        )
