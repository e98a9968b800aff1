"""`therapydesk invoices …`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from therapydesk.api import (
    CliContext,
    Db,
    Money,
    Outgoing,
    PeopleQuery,
    UserError,
    list_organisations,
    list_people,
    parse_day,
    parse_money,
    show_day,
    today,
    tr,
)
from therapydesk.plugins.invoicing import service
from therapydesk.plugins.invoicing.rules import WORDS
from therapydesk.plugins.invoicing.service import DraftPayer, InvoiceRow


@click.group("invoices")
def invoices() -> None:
    """Invoices: draft, issue, credit, pay, print, list, price list."""


@invoices.command("draft")
@click.option("--from", "start", default="", help="The first day; the first of this month if not given.")
@click.option("--to", "end", default="", help="The last day; today if not given.")
@click.pass_obj
def draft(context: CliContext, start: str, end: str) -> None:
    """Make draft lines from completed sessions, and show what is open."""
    first, last = _days(start, end)
    with context.vault.write("core") as db:
        drafts = service.draft_lines(db, first, last)
    _say_drafts(context, drafts)


def _days(start: str, end: str) -> tuple[date, date]:
    last = parse_day(end) if end else today()
    return (parse_day(start) if start else last.replace(day=1)), last


def _say_drafts(context: CliContext, drafts: list[DraftPayer]) -> None:
    total = sum((d.amount for d in drafts), Money())
    data = {
        "payers": [_draft_data(d) for d in drafts],
        "lines": [str(line.id) for d in drafts for line in d.lines if line.charged],
        "total": total.plain(),
    }
    text = [f"{d.name}  {d.amount}  {d.problem}".rstrip() for d in drafts]
    context.say(data, "\n".join(text) or tr("Nothing to invoice."))


def _draft_data(payer: DraftPayer) -> dict[str, Any]:
    return {
        "payer_id": str(payer.key),
        "payer": payer.name,
        "amount": payer.amount.plain(),
        "problem": payer.problem,
        "lines": [
            {
                "id": str(line.id),
                "session_id": str(line.appointment_id),
                "on": line.happened_on.isoformat(),
                "what": line.what,
                "each": line.each.plain(),
                "charged": line.charged,
                "why_not": line.why,
                "problem": line.problem,
            }
            for line in payer.lines
        ],
    }


@invoices.command("issue")
@click.argument("lines", type=click.UUID, nargs=-1)
@click.option("--from", "start", default="", help="The first day of the sessions.")
@click.option("--to", "end", default="", help="The last day of the sessions.")
@click.option("--on", "day", default="", help="The day of issue; today if not given.")
@click.pass_obj
def issue(context: CliContext, lines: tuple[UUID, ...], start: str, end: str, day: str) -> None:
    """Issue invoices for LINES, or for all that is open from one day to another. It cannot be undone."""
    issued_on = parse_day(day) if day else today()
    skipped: list[DraftPayer] = []
    with context.vault.write("core") as db:
        chosen = list(lines)
        if not chosen:
            first = parse_day(start) if start else date(2000, 1, 1)
            drafts = service.draft_lines(db, first, parse_day(end) if end else issued_on)
            skipped = [d for d in drafts if d.problem]
            chosen = [line.id for d in drafts if not (d.blocked or d.ask) for line in d.ready]
        ids = service.raise_invoices(db, chosen, issued_on)
        service.store_pdfs(db, ids)
    with context.vault.read() as db:
        rows = [r for r in service.list_invoices(db) if r.id in set(ids)]
    rows.sort(key=lambda r: r.number)
    data = {
        "invoices": [_invoice_data(r) for r in rows],
        "ids": [str(r.id) for r in rows],
        "numbers": [r.number for r in rows],
        "left": [{"payer": d.name, "problem": d.problem} for d in skipped],
    }
    text = [tr("Issued: {what}").format(what=_invoice_line(r)) for r in rows]
    text += [tr("Left: {payer}. {problem}").format(payer=d.name, problem=d.problem) for d in skipped]
    context.say(data, "\n".join(text))


@invoices.command("list")
@click.option("--state", type=click.Choice(["due", "late", "paid"]), default=None)
@click.option("--text", default="", help="Part of a name or number.")
@click.pass_obj
def list_(context: CliContext, state: str | None, text: str) -> None:
    """Issued invoices with what is due, newest first."""
    with context.vault.read() as db:
        rows = service.list_invoices(db, state or "", text)
    context.say([_invoice_data(r) for r in rows], "\n".join(map(_invoice_line, rows)) or tr("No invoices."))


def _invoice_line(row: InvoiceRow) -> str:
    due = tr("{due} due by {day}").format(due=row.due, day=show_day(row.due_on)) if row.due else tr("paid")
    if row.credited:
        due = tr("{amount} credited, {due}").format(amount=row.credited, due=due)
    return f"{row.number}  {row.payer}  {row.total}  {due}"


def _invoice_data(row: InvoiceRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "number": row.number,
        "payer": row.payer,
        "issued_on": row.issued_on.isoformat(),
        "due_on": row.due_on.isoformat(),
        "total": row.total.plain(),
        "paid": row.paid.plain(),
        "credited": row.credited.plain(),
        "due": row.due.plain(),
        "state": row.state,
        "late": row.late,
    }


@invoices.command("pdf")
@click.argument("invoice")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)
@click.pass_obj
def pdf(context: CliContext, invoice: str, out: Path) -> None:
    """Write the PDF of INVOICE (its id or number), or of the credit note of this number."""
    with context.vault.read() as db:
        invoice_id = service.find_invoice(db, invoice)
        papers = service.invoice_papers(db, invoice_id)
    paper = next((p for p in papers if p.number == invoice.strip()), papers[0])
    context.save(
        out, paper.content, told=Outgoing("invoice", ref=invoice_id), id=str(invoice_id), number=paper.number
    )


@invoices.command("pay")
@click.argument("invoice")
@click.argument("amount")
@click.option("--on", "day", default="", help="The day it came in; today if not given.")
@click.pass_obj
def pay(context: CliContext, invoice: str, amount: str, day: str) -> None:
    """Record AMOUNT as paid on INVOICE (its id or number), the whole or a part."""
    with context.vault.write("core") as db:
        invoice_id = service.find_invoice(db, invoice)
        payment = service.record_payment(
            db, invoice_id, parse_money(amount), parse_day(day) if day else today()
        )
        payment_id = payment.id
    with context.vault.read() as db:
        view = service.invoice_view(db, invoice_id)
    data = {
        "id": str(payment_id),
        "invoice_id": str(invoice_id),
        "number": view.number,
        "paid": view.paid.plain(),
        "due": view.due.plain(),
        "state": view.state,
    }
    context.say(data, tr("Recorded. {due} is due on {number}.").format(due=view.due, number=view.number))


@invoices.command("credit")
@click.argument("invoice")
@click.option("--reason", required=True, help="Why; it is printed. Nothing about health.")
@click.option(
    "--line", "lines", type=int, multiple=True, help="Only this line of the invoice, counted from 1."
)
@click.option("--again", is_flag=True, help="Put the sessions back among the drafts.")
@click.option("--on", "day", default="", help="The day of issue; today if not given.")
@click.pass_obj
def credit(
    context: CliContext, invoice: str, reason: str, lines: tuple[int, ...], again: bool, day: str
) -> None:
    """Issue a credit note for INVOICE (its id or number), the whole or some lines. It cannot be undone."""
    with context.vault.write("core") as db:
        invoice_id = service.find_invoice(db, invoice)
        printed = service.invoice_view(db, invoice_id).lines
        if any(not 1 <= n <= len(printed) for n in lines):
            raise UserError(tr("That invoice has the lines 1 to {n}.").format(n=len(printed)))
        chosen = [line.id for n, line in enumerate(printed, 1) if n in lines and line.id] if lines else None
        on = parse_day(day) if day else today()
        made = service.credit_invoice(db, invoice_id, reason, on, line_ids=chosen, charge_again=again)
    with context.vault.read() as db:
        view = service.invoice_view(db, invoice_id)
    note = next(each for each in view.credits if each.id == made)
    data = {
        "id": str(made),
        "number": note.number,
        "invoice_id": str(invoice_id),
        "invoice": view.number,
        "total": note.total.plain(),
        "due": view.due.plain(),
        "state": view.state,
    }
    said = tr("Credit note {number}: {amount}. {due} is due on {invoice}.")
    context.say(data, said.format(number=note.number, amount=note.total, due=view.due, invoice=view.number))


@invoices.group("rate")
def rate() -> None:
    """The price list."""


@rate.command("set")
@click.argument("amount")
@click.option("--person", default="", help="For one person (name or id).")
@click.option("--organisation", default="", help="For what this organisation pays (name or id).")
@click.option("--kind", type=click.Choice(list(WORDS)), default=None, help="For one kind of session.")
@click.option("--minutes", type=int, default=None, help="For sessions of this length.")
@click.option("--per", type=click.Choice(["person", "session"]), default="person", show_default=True)
@click.option("--from", "start", default="", help="The first day; today if not given.")
@click.option("--to", "end", default="", help="The last day.")
@click.pass_obj
def rate_set(context: CliContext, /, amount: str, **options: Any) -> None:
    """Put AMOUNT into the price list."""
    with context.vault.write("core") as db:
        made = service.save_rate(
            db,
            parse_money(amount),
            parse_day(options["start"]) if options["start"] else today(),
            person_id=_person(db, options["person"]),
            organisation_id=_organisation(db, options["organisation"]),
            kind=options["kind"] or "",
            minutes=options["minutes"],
            per=options["per"],
            to_on=parse_day(options["end"]) if options["end"] else None,
        )
        data = {"id": str(made.id), "amount": made.amount.plain(), "from": made.from_on.isoformat()}
    context.say(data, tr("In the price list: {amount}.").format(amount=parse_money(amount)))


@rate.command("list")
@click.pass_obj
def rate_list(context: CliContext) -> None:
    """The price list."""
    with context.vault.read() as db:
        rows = service.list_rates(db)
    data = [
        {
            "id": str(r.id),
            "person": r.person,
            "organisation": r.organisation,
            "kind": r.kind,
            "minutes": r.minutes,
            "per": r.per,
            "amount": r.amount.plain(),
            "from": r.from_on.isoformat(),
            "to": r.to_on.isoformat() if r.to_on else None,
        }
        for r in rows
    ]
    everybody, any_kind = tr("Everybody"), tr("any kind")
    lines = [f"{r.amount}  {r.person or r.organisation or everybody}  {r.kind or any_kind}" for r in rows]
    context.say(data, "\n".join(lines) or tr("The price list is empty."))


def _person(db: Db, name: str) -> UUID | None:
    if not name:
        return None
    return _as_id(name) or _only(list_people(db, PeopleQuery(text=name), limit=3), name).id


def _organisation(db: Db, name: str) -> UUID | None:
    if not name:
        return None
    return _as_id(name) or _only(list_organisations(db, name), name).id


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _only(found: list[Any], name: str) -> Any:
    if len(found) != 1:
        message = tr("“{name}” is not in the records.") if not found else tr("Several are called “{name}”.")
        raise UserError(message.format(name=name), tr("Write the whole name, or give the id."))
    return found[0]
