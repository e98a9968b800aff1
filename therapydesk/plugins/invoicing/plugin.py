"""Invoicing: prices, invoices and payments. A table of contents."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from therapydesk.api import (
    Base,
    Card,
    Command,
    Db,
    DueItem,
    Event,
    Hit,
    Link,
    Moment,
    Page,
    PersonTab,
    PluginInfo,
    Setting,
    hookimpl,
    mark,
    to_utc,
    tr,
)
from therapydesk.plugins.invoicing import sample, service, terms
from therapydesk.plugins.invoicing.models import (
    CreditLine,
    CreditNote,
    DraftLine,
    Invoice,
    InvoiceLine,
    OrderNumber,
    Payment,
    Rate,
)

if TYPE_CHECKING:
    import click

    from therapydesk.ui.kit.desk import Desk

INFO = PluginInfo(
    "invoicing",
    mark("Invoices"),
    mark("Prices, drafts from sessions, payments"),
    zone="core",
    icon="invoices",
)
PAGE = "invoicing.invoices"


@hookimpl
def models() -> list[type[Base]]:
    return [Rate, OrderNumber, DraftLine, Invoice, InvoiceLine, CreditNote, CreditLine, Payment]


@hookimpl
def settings() -> list[Setting]:
    return terms.practice_settings()


def _open_page(desk: Desk) -> Any:
    from therapydesk.plugins.invoicing.ui.invoices_page import InvoicesPage

    return InvoicesPage(desk)


def _open_tab(desk: Desk, person_id: UUID) -> Any:
    from therapydesk.plugins.invoicing.ui.person_invoices_tab import PersonInvoicesTab

    return PersonInvoicesTab(desk, person_id)


def _open_card(desk: Desk) -> Any:
    from therapydesk.plugins.invoicing.ui.late_card import LateInvoicesCard

    return LateInvoicesCard(desk)


@hookimpl
def pages() -> list[Page]:
    return [Page(PAGE, tr("Invoices"), "practice", "invoicing.read", _open_page, icon="invoices", order=20)]


@hookimpl
def person_tabs() -> list[PersonTab]:
    return [PersonTab("invoicing.person", tr("Invoices"), "invoicing.read", _open_tab, order=80)]


@hookimpl
def dashboard_cards() -> list[Card]:
    return [Card("invoicing.late", tr("Late invoices"), "invoicing.read", _open_card, order=60, column=1)]


def _go(*args: str) -> Any:
    return lambda desk: desk.open_link(Link(PAGE, args=args))


def _cli() -> click.Command:
    from therapydesk.plugins.invoicing.commands import invoices

    return invoices


@hookimpl
def commands() -> list[Command]:
    return [
        Command(
            "invoicing.issue",
            tr("Issue invoices"),
            "invoicing.issue",
            _go("drafts"),
            icon="invoices",
            cli=_cli,
        ),
        Command("invoicing.pay", tr("Record payment"), "invoicing.record_payment", _go("due")),
        Command("invoicing.rates", tr("Price list"), "invoicing.edit_rates", _go("rates"), menu="tools"),
    ]


@hookimpl
def due_items(db: Db, today: date) -> list[DueItem]:
    rows = service.list_invoices(db, "late")
    text = tr("Invoice {number}, {payer}: {due} due")
    return [
        DueItem(
            text.format(number=r.number, payer=r.payer, due=r.due),
            r.due_on,
            r.person_id,
            Link(PAGE, r.id, ("open",)),
            kind="invoice",
        )
        for r in rows
        if r.due_on < today
    ]


@hookimpl
def timeline(db: Db, person_id: UUID, since: datetime) -> list[Moment]:
    rows = service.list_invoices(db, person_id=person_id)
    made = [
        Moment(
            to_utc(datetime.combine(r.issued_on, time(12))),
            "invoice",
            tr("Invoice {number}, {total}").format(number=r.number, total=r.total),
            Link(PAGE, r.id, ("open",)),
        )
        for r in rows
    ]
    made += [
        Moment(
            to_utc(datetime.combine(c.issued_on, time(12))),
            "credit_note",
            tr("Credit note {number}, {total}").format(number=c.number, total=c.total),
            Link(PAGE, c.invoice_id, ("open",)),
        )
        for c in service.list_credit_notes(db, person_id)
    ]
    return [m for m in made if m.at >= since]


@hookimpl
def search(db: Db, text: str, limit: int) -> list[Hit]:
    if not any(letter.isdigit() for letter in text):
        return []
    rows = service.list_invoices(db, text=text, limit=limit)
    return [
        Hit(
            tr("Invoice {number}").format(number=r.number),
            r.payer,
            Link(PAGE, r.id, ("open",)),
            icon="invoices",
        )
        for r in rows
    ]


@hookimpl
def on_event(db: Db, event: Event) -> None:
    service.take_event(event, db)


@hookimpl
def sample_data(db: Db, person_id: UUID, seed: int) -> None:
    sample.add_sample(db, person_id, seed)
