"""The short forms: record a payment, order number, add a price; and the price list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import (
    Money,
    UserError,
    appointments,
    list_organisations,
    parse_money,
    show_day,
    today,
    tr,
)
from therapydesk.plugins.invoicing import service
from therapydesk.plugins.invoicing.rules import WORDS, method_titles
from therapydesk.plugins.invoicing.service import DraftPayer, InvoiceRow, RateRow
from therapydesk.plugins.invoicing.ui.invoice_columns import rate_columns, what_for, whose
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.icons import app_icon
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.messages import MessageBar
from therapydesk.ui.kit.tables import ListTable


def ask_payment(
    parent: QWidget, desk: Desk, row: InvoiceRow, on_done: Callable[[UUID, Money], object]
) -> FormDialog:
    """Ask what came in for an invoice; the amount due stands in the field already."""

    def save(values: dict[str, Any]) -> None:
        with desk.vault.write("core") as db:
            made = service.record_payment(db, row.id, values["amount"], values["paid_on"], values["method"])
            payment_id = made.id
        on_done(payment_id, values["amount"])

    title = tr("Payment for invoice {number}").format(number=row.number)
    dialog = FormDialog(parent, title, tr("Record payment"), save, row.id)
    dialog.form.add_widget(
        text_label(tr("{payer} · {due} due").format(payer=row.payer, due=row.due), "", "text_muted")
    )
    hint = tr("A part of it is fine: the rest stays due.")
    dialog.form.add_text("amount", tr("Amount"), hint, required=True, check=parse_money)
    dialog.form.add_date("paid_on", tr("Came in on"), required=True, future=False)
    dialog.form.add_choice("method", tr("How"), list(method_titles().items()))
    dialog.form.set_values(
        {"amount": row.due.show(symbol=False), "paid_on": show_day(today()), "method": "transfer"}
    )
    dialog.open()
    return dialog


def ask_order_number(
    parent: QWidget, desk: Desk, payer: DraftPayer, on_done: Callable[[], object]
) -> FormDialog:
    """Ask for the order number of an organisation."""
    organisation_id = payer.payer.organisation_id

    def save(values: dict[str, Any]) -> None:
        if organisation_id is None:
            raise UserError(tr("Only organisations have order numbers."))
        with desk.vault.write("core") as db:
            service.save_order_number(db, organisation_id, values["number"])
        on_done()

    dialog = FormDialog(parent, tr("Order number"), tr("Save"), save, organisation_id)
    hint = tr("It stands on the invoices to {name} from today on.").format(name=payer.name)
    dialog.form.add_text("number", tr("Order number"), hint, required=True)
    dialog.open()
    return dialog


def ask_price(
    parent: QWidget,
    desk: Desk,
    on_done: Callable[[], object],
    person_id: UUID | None = None,
    person: str = "",
) -> FormDialog:
    """Ask for a new price: for one person, for what an organisation pays, or for everybody."""

    def save(values: dict[str, Any]) -> None:
        minutes = str(values["minutes"]).strip()
        if minutes and not minutes.isdigit():
            raise UserError(
                tr("Minutes are a whole number."), tr("Leave it empty for sessions of any length.")
            )
        with desk.vault.write("core") as db:
            service.save_rate(
                db,
                values["amount"],
                values["from_on"],
                person_id=person_id,
                organisation_id=values.get("organisation"),
                kind=values["kind"] or "",
                minutes=int(minutes) if minutes else None,
                per="session" if values.get("whole") else "person",
            )
        on_done()

    title = tr("New price for {name}").format(name=person) if person_id is not None else tr("New price")
    dialog = FormDialog(parent, title, tr("Save price"), save, person_id or "everybody")
    form = dialog.form
    if person_id is None:
        with desk.vault.read() as db:
            known: list[tuple[Any, str]] = [(o.id, o.name) for o in list_organisations(db)]
        form.add_choice("organisation", tr("For"), [(None, tr("Everybody")), *known], tr("Whoever pays."))
    kinds: list[tuple[Any, str]] = [(kind, appointments.kind_word(kind)) for kind in WORDS]
    form.add_choice("kind", tr("Kind of session"), [("", tr("Every kind")), *kinds])
    form.add_text("minutes", tr("Minutes"), tr("Leave it empty for sessions of any length."))
    form.add_text("amount", tr("Price"), required=True, check=parse_money)
    form.add_date("from_on", tr("From"), tr("A price before it ends the day before."), required=True)
    if person_id is None:
        form.add_check(
            "whole", tr("For a group as a whole"), tr("For a group in a room of the organisation that pays.")
        )
    form.set_values({"from_on": show_day(today())})
    dialog.open()
    return dialog


class PriceList(QDialog):
    """The prices in force and to come; a new one ends the one before."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Price list"))
        self.setWindowIcon(app_icon())
        self.setModal(True)
        self.messages = MessageBar()
        self.table = ListTable(rate_columns(), tr("Price list"))
        self.table.set_states(empty=(tr("There are no prices yet."), tr("Add price"), self.add))
        self.end_button = button(tr("End price today"), self.end)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(button(tr("Add price"), self.add, "add", "primary"))
        row.addWidget(self.end_button)
        row.addStretch(1)
        row.addWidget(button(tr("Close"), self.accept))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(text_label(tr("Price list"), "section"))
        note = tr(
            "A price for one person goes before one for a payer, and that before a price for everybody."
        )
        column.addWidget(text_label(note, "", "text_muted", wrap=True))
        column.addWidget(self.messages)
        column.addWidget(self.table, 1)
        column.addLayout(row)
        self.resize(min(style.chars(110), 1000), style.row_height() * 14)
        self.refresh()

    def refresh(self) -> None:
        """Read the prices afresh."""
        with self._desk.vault.read() as db:
            rows = service.list_rates(db)
        self.table.show_rows(rows)
        self.end_button.setEnabled(bool(rows))

    def add(self) -> None:
        """Ask for a new price."""
        ask_price(self, self._desk, self.refresh)

    def end(self) -> None:
        """Let the current price end today."""
        row = self.table.current_row()
        if not isinstance(row, RateRow):
            return
        try:
            with self._desk.vault.write("core") as db:
                service.end_rate(db, row.id, today())
        except UserError as error:
            self.messages.show_message("danger", str(error))
            return
        self.refresh()
        said = tr("{whose}, {what}: ends today.").format(whose=whose(row), what=what_for(row))
        self.messages.show_message("ok", said)
