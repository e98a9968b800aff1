"""The Invoices page: drafts by payer, and what was issued, with the page itself beside the list."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from therapydesk.api import (
    Link,
    Money,
    UserError,
    add_months,
    may,
    month_end,
    ntr,
    show_month,
    today,
    tr,
)
from therapydesk.plugins.invoicing import service
from therapydesk.plugins.invoicing.service import DraftPayer, DraftRow, InvoiceRow
from therapydesk.plugins.invoicing.ui.credit_notes import CreditNotes
from therapydesk.plugins.invoicing.ui.dialogs import PriceList, ask_order_number, ask_payment
from therapydesk.plugins.invoicing.ui.draft_list import DraftList
from therapydesk.plugins.invoicing.ui.invoice_columns import invoice_columns
from therapydesk.plugins.invoicing.ui.issuing import Issuing
from therapydesk.plugins.invoicing.ui.month_box import MonthBox
from therapydesk.plugins.invoicing.ui.preview_pane import PreviewPane
from therapydesk.plugins.invoicing.ui.saving import PdfSaving
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import FlowLayout, SegmentedButtons
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.later import Later
from therapydesk.ui.kit.newest import Newest
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import FilterBar, ListTable

STATES = ("drafts", "due", "late", "paid")
PREVIEW_CHARS = 130
MANY = 1000  # lines of drafts: more are read while the page can be used


class InvoicesPage(BasePage):
    """Links: ("drafts"|"due"|"late"|"paid",), ("open",) with an invoice, ("rates",)."""

    watches = (
        "invoicing_invoice",
        "invoicing_credit_note",
        "invoicing_draft_line",
        "invoicing_payment",
        "invoicing_rate",
        "organisation",
    )
    help_name = "invoices"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, tr("Invoices"))
        self._open_next: UUID | None = None
        self._every: list[DraftPayer] = []
        self._add_actions()
        self._add_filters()
        self.drafts = DraftList(tr("exempt from VAT"))
        self.drafts.current_changed.connect(lambda _payer: self._preview_soon())
        self.drafts.model.ticks_changed.connect(self._on_ticks)
        self.drafts.model.refused.connect(self._on_refused)
        self.drafts.tree.hand_asked.connect(lambda line: self._charge(line, charged=True))
        self.drafts.tree.opened.connect(self._on_opened)
        self.table = ListTable(invoice_columns(with_payer=True), tr("Invoices"))
        self.table.current_changed.connect(lambda _row: self._preview_soon())
        self.table.opened.connect(lambda _row: self.record_payment())
        self.preview = PreviewPane(self)
        self.lists = QStackedWidget()
        self.lists.addWidget(self.drafts)
        self.lists.addWidget(self.table)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.lists, 17)
        row.addWidget(self.preview, 9)
        self.body.addLayout(row, 1)
        self._later = Later(self, 0, self.show_preview)
        self._reading = Newest(self, desk.jobs, self._show_read, self.job_failed)
        style.signals.theme_changed.connect(self._fit)

    def _add_actions(self) -> None:
        user = self.desk.user
        self.issuing = Issuing(self, lambda: self.drafts.model, lambda made: self.saving.offer(made))
        self.pay_button = self.add_action_button(tr("Record payments"), self.record_payment)
        self.pay_button.setVisible(may(user, "invoicing.record_payment"))
        self.saving = PdfSaving(self, lambda: self.table.current_row())
        self.credits = CreditNotes(self, lambda: self.table.current_row())

    def _add_filters(self) -> None:
        self.states = SegmentedButtons([(state, state) for state in STATES], tr("Which invoices"))
        self.states.chosen.connect(lambda _state: self._on_state())
        self.month = MonthBox()
        self.month.currentIndexChanged.connect(lambda _index: self.mark_stale())
        self.filter = FilterBar()
        self.filter.changed.connect(self._narrow)
        self.filter.down_pressed.connect(self.focus_first)
        self.late = text_label("", "", "text_muted")
        left = QWidget()
        flow = FlowLayout(left, spacing=8)
        for widget in (self.states, self.month, self.filter):
            flow.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(left, 1)
        row.addWidget(self.late)
        self.body.addLayout(row)

    # -- reading --

    def state(self) -> str:
        """Which invoices are shown: drafts, due, late or paid."""
        return str(self.states.value())

    def refresh(self) -> None:
        """Read the counts and the list afresh; many drafts in a job."""
        self._reading.forget()
        with self.desk.vault.read() as db:
            counts = service.count_invoices(db)
            rows = (
                []
                if self.state() == "drafts"
                else service.list_invoices(db, self.state(), self.filter.text())
            )
        self._show_counts(counts)
        if self.state() != "drafts":
            self._show_invoices(rows)
            self._preview_soon()
        elif counts.lines > MANY:
            self._reading.start(self._read_drafts)
        else:
            self._show_read(self._read_drafts())

    def _read_drafts(self) -> list[DraftPayer]:
        with self.desk.vault.read() as db:
            return service.list_drafts(db)

    def _show_read(self, every: list[DraftPayer]) -> None:
        self._every = every
        self._show_drafts(every)
        self._preview_soon()

    def _narrow(self) -> None:
        """Other words are typed: drafts are all here, invoices are looked up."""
        if self.state() == "drafts":
            self._show_drafts(self._every)
            self._preview_soon()
        else:
            self.mark_stale()

    def _show_counts(self, counts: service.Counts) -> None:
        words = {
            "drafts": tr("Drafts {n}").format(n=counts.drafts),
            "due": tr("Due {n}").format(n=counts.due),
            "late": tr("Late {n}").format(n=counts.late),
            "paid": tr("Paid"),
        }
        self.states.set_texts([words[state] for state in STATES])
        late = tr("{n} late, {amount}").format(n=counts.late, amount=counts.late_amount)
        self.late.setText(late if counts.late else "")

    def _show_drafts(self, every: list[DraftPayer]) -> None:
        self.month.show_months(every)
        month = self.month.month()
        text = self.filter.text()
        every = service.narrow_drafts(every, month, month_end(month) if month else None, text)
        sessions = sum(line.charged for payer in every for line in payer.lines)
        when = show_month(month) if month is not None else tr("All months")
        drafts = ntr("one draft", "{n} drafts", len(every))
        made = ntr("made from one session", "made from {n} sessions", sessions)
        self.set_summary(f"{when} · {drafts} {made}")
        empty = (
            tr("Nothing matches what you typed")
            if text
            else tr("Nothing to invoice. Drafts come from sessions.")
        )
        action, slot = (
            (tr("Clear filters"), self.filter.clear_filters) if text else (tr("Look for sessions"), self.look)
        )
        self.drafts.show_drafts(every, empty, action, slot)

    def _show_invoices(self, rows: list[InvoiceRow]) -> None:
        due = sum((row.due for row in rows), Money())
        count = ntr("One invoice", "{n} invoices", len(rows))
        self.set_summary(f"{count} · {tr('{due} due').format(due=due)}" if due else count)
        empty = {
            "due": tr("Nothing is due."),
            "late": tr("No invoice is late."),
            "paid": tr("No invoice is paid yet."),
        }
        self.table.set_states(
            empty=empty[self.state()],
            filtered=(tr("No invoice matches."), tr("Clear filters"), self.filter.clear_filters),
        )
        self.table.show_rows(rows, filtered=bool(self.filter.text()))
        if self._open_next is not None:
            self.table.select_key(self._open_next)
            self._open_next = None

    def _on_state(self) -> None:
        drafts = self.state() == "drafts"
        self.lists.setCurrentWidget(self.drafts if drafts else self.table)
        self.month.setVisible(drafts)
        self.issuing.show_beside(drafts=drafts)
        self.pay_button.setText(tr("Record payments") if drafts else tr("Record payment"))
        self.saving.show_beside(drafts=drafts)
        self.credits.show_beside(drafts=drafts)
        self.refresh()

    def look(self) -> None:
        """Make the drafts of sessions of the last three months that have none."""
        with self.guard():
            with self.desk.vault.write("core") as db:
                first = add_months(today().replace(day=1), -3)
                service.draft_lines(db, first, today())
            self.refresh()

    # -- preview --

    def _preview_soon(self) -> None:
        self._later.start()

    def show_preview(self) -> None:
        """Draw the current draft as it would be, or the current invoice as it was printed, its credit notes behind."""
        row = self.table.current_row()
        ids = self.drafts.to_preview() if self.state() == "drafts" else []
        if self.preview.isHidden():
            return
        if ids:
            self.preview.draw_draft(ids)
        elif self.state() != "drafts" and isinstance(row, InvoiceRow):
            self.preview.draw_invoice(row.id)
        else:
            self.preview.clear()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The preview goes when the list would get too narrow beside it."""
        fits = self.width() >= style.chars(PREVIEW_CHARS)
        if fits == self.preview.isHidden():
            self.preview.setVisible(fits)
            self._preview_soon()

    # -- what a draft needs --

    def _on_ticks(self) -> None:
        self.issuing.show_ticks()
        self._preview_soon()

    def _on_refused(self, item: DraftPayer | DraftRow) -> None:
        if isinstance(item, DraftPayer) and item.blocked and item.payer.organisation_id is not None:
            text = tr("{name}: {problem}.").format(name=item.name, problem=item.blocked)
            self.messages.show_message("warn", text, tr("Enter it"), lambda: self.enter_order_number(item))
            return
        text = tr("There is no price for this session yet.")
        self.messages.show_message("warn", text, tr("Price list"), self.open_rates)

    def _on_opened(self, item: DraftPayer | DraftRow | None) -> None:
        if isinstance(item, DraftPayer) and item.blocked:
            self.enter_order_number(item)
        elif isinstance(item, DraftPayer):
            index = self.drafts.tree.currentIndex().siblingAtColumn(0)
            self.drafts.tree.setExpanded(index, not self.drafts.tree.isExpanded(index))
        elif item is not None:
            self.desk.open_link(Link("diary.diary", item.appointment_id, ("session",)))

    def enter_order_number(self, payer: DraftPayer) -> None:
        """Ask for the order number that stops an invoice."""
        ask_order_number(self, self.desk, payer, self.refresh)

    def _charge(self, line: DraftRow, *, charged: bool) -> None:
        with self.guard():
            self._set_charged(line.id, charged=charged)
            self.done(tr("Charged after all."), lambda: self._set_charged(line.id, charged=not charged))

    def _set_charged(self, line_id: UUID, *, charged: bool) -> None:
        with self.desk.vault.write("core") as db:
            service.charge_line(db, line_id, charged)

    # -- payments, prices, links --

    def record_payment(self) -> None:
        """Ask for a payment of the current invoice; from the drafts it first shows what is due."""
        if self.state() == "drafts":
            self.show_state("due")
            return
        row = self.table.current_row()
        with self.guard():
            if not isinstance(row, InvoiceRow):
                raise UserError(tr("Choose the invoice that was paid."))
            if not row.due:
                raise UserError(tr("Invoice {number} is paid.").format(number=row.number))
            ask_payment(self, self.desk, row, lambda payment_id, amount: self._paid(row, payment_id, amount))

    def _paid(self, row: InvoiceRow, payment_id: UUID, amount: Money) -> None:
        said = tr("{amount} recorded for invoice {number}.").format(amount=amount, number=row.number)
        self.done(said, lambda: self._take_back(payment_id))

    def _take_back(self, payment_id: UUID) -> None:
        with self.desk.vault.write("core") as db:
            service.take_back_payment(db, payment_id)

    def open_rates(self) -> None:
        """Show the price list."""
        PriceList(self, self.desk).open()

    def show_state(self, state: str) -> None:
        """Show drafts, due, late or paid."""
        self.states.choose(state)
        self._on_state()

    def open_ref(self, link: Link) -> None:
        """Follow a link."""
        if "rates" in link.args:
            self.open_rates()
        elif "open" in link.args and link.ref is not None:
            self._open(link.ref)
        else:
            self.show_state(next((state for state in STATES if state in link.args), self.state()))

    def _open(self, invoice_id: UUID) -> None:
        with self.guard():
            with self.desk.vault.read() as db:
                view = service.invoice_view(db, invoice_id)
            self.filter.clear_filters()
            self._open_next = invoice_id
            self.show_state("due" if view.due else "paid")

    def filter_list(self) -> None:
        """Ctrl+F."""
        self.filter.focus_search()

    def focus_first(self) -> None:
        (self.drafts if self.state() == "drafts" else self.table).setFocus()
