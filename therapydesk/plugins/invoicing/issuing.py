"""Issue: the one place where invoices, and credit notes, get their numbers.

Parts: they take `db` last and ask no permission.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, insert, or_, select, update

from therapydesk.api import (
    Db,
    Money,
    NotFound,
    UserError,
    audit,
    clock_is_behind,
    new_id,
    now,
    show_day,
    today,
    tr,
)
from therapydesk.plugins.invoicing.models import CreditNote, DraftLine, Invoice, InvoiceLine
from therapydesk.plugins.invoicing.open_lines import open_lines, payer_of
from therapydesk.plugins.invoicing.payers import Payer, PayerFacts, follow_merges, payer_facts
from therapydesk.plugins.invoicing.rules import due_day, invoice_number, line_words
from therapydesk.plugins.invoicing.terms import Terms

FEW = 500  # lines that are asked for one by one; of more than that all are read
Lines = dict[Payer, list[Row[Any]]]


@dataclass(frozen=True)
class Plan:
    """What is to be issued: the chosen lines by payer, and their lines that are not charged."""

    chosen: Lines
    passed_by: Lines
    facts: dict[UUID, PayerFacts]


def plan_issue(line_ids: Sequence[UUID], issued_on: date, db: Db, *, check: bool = True) -> Plan:
    """Read and check what is to be issued. Raises UserError for what cannot be, NotFound for what is gone."""
    wanted, kept = set(line_ids), follow_merges(db)
    chosen: Lines = {}
    passed_by: Lines = {}
    query = open_lines()
    if len(wanted) <= FEW:
        query = query.where(or_(DraftLine.id.in_(wanted), DraftLine.charged.is_(False)))
    for line in db.execute(query):
        if line.id in wanted:
            chosen.setdefault(payer_of(line, kept), []).append(line)
        elif not line.charged:
            passed_by.setdefault(payer_of(line, kept), []).append(line)
    if not wanted:
        raise UserError(tr("No sessions are chosen."), tr("Tick what is to be invoiced."))
    if sum(map(len, chosen.values())) < len(wanted):
        raise NotFound(
            tr("Some of these sessions are invoiced already, or changed meanwhile."), tr("Look again.")
        )
    facts = payer_facts(chosen, issued_on, db)
    for payer, lines in chosen.items() if check else ():
        _check(lines, facts.get(payer.key))
    return Plan(chosen, passed_by, facts)


def _check(lines: list[Row[Any]], facts: PayerFacts | None) -> None:
    if facts is None:
        raise NotFound(tr("Somebody who is to pay is not in the records any more."))
    if facts.blocked:
        raise UserError(
            tr("{name}: {problem}.").format(name=facts.name, problem=facts.blocked),
            tr("Put it in, then issue again. Nothing was issued."),
        )
    for line in lines:
        if not line.charged:
            raise UserError(tr("A session that is not charged cannot stand on an invoice."))
        if line.reason == "no_price":
            raise UserError(
                tr("{name}: a session on {day} has no price.").format(
                    name=facts.name, day=show_day(line.happened_on, short=True)
                ),
                tr("Put the price into the price list. Nothing was issued."),
            )


def write_invoices(plan: Plan, issued_on: date, terms: Terms, db: Db) -> list[UUID]:
    """Number and write one invoice for each payer, in order of name; a few statements whatever their number.

    The unit of work holds the zone, so numbers follow each other; undone with the rest, they leave no gap.
    """
    check_day(issued_on, db)
    first = next_sequence(issued_on.year, db)
    payers = sorted(plan.chosen, key=lambda p: plan.facts[p.key].name.casefold())
    invoices, lines, done, ids = (
        list[dict[str, Any]](),
        list[dict[str, Any]](),
        list[dict[str, Any]](),
        list[UUID](),
    )
    stamp = {"created_by": db.user.id, "changed_by": db.user.id, "created_at": now(), "changed_at": now()}
    for sequence, payer in enumerate(payers, start=first):
        invoice_id, chosen = new_id(), plan.chosen[payer]
        facts = plan.facts[payer.key]
        total = sum((line.each for line in chosen), Money())
        invoices.append(
            {
                **stamp,
                "id": invoice_id,
                "number": invoice_number(issued_on.year, sequence),
                "year": issued_on.year,
                "sequence": sequence,
                "issued_on": issued_on,
                "due_on": due_day(issued_on, terms.due_days),
                "person_id": payer.person_id,
                "organisation_id": payer.organisation_id,
                "to_name": facts.name,
                "to_address": facts.address,
                "reference": facts.reference,
                "vat_text": terms.vat.text,
                "total": total,
            }
        )
        ids.append(invoice_id)
        lines += [_line(line, invoice_id, n, stamp) for n, line in enumerate(chosen)]
        last = chosen[-1].happened_on
        passed = [line for line in plan.passed_by.get(payer, []) if line.happened_on <= last]
        done += [{"line_id": line.id, "on_invoice": invoice_id} for line in (*chosen, *passed)]
    _write(invoices, lines, done, db)
    return ids


def _line(line: Row[Any], invoice_id: UUID, position: int, stamp: dict[str, Any]) -> dict[str, Any]:
    return {
        **stamp,
        "id": new_id(),
        "invoice_id": invoice_id,
        "appointment_id": line.appointment_id,
        "person_id": line.person_id,
        "position": position,
        "happened_on": line.happened_on,
        "what": line_words(line.kind, line.minutes, line.state),
        "quantity": 1,
        "each": line.each,
        "amount": line.each,
    }


def _write(
    invoices: list[dict[str, Any]], lines: list[dict[str, Any]], done: list[dict[str, Any]], db: Db
) -> None:
    connection = db.connection()
    invoice_table: Any = Invoice.__table__
    line_table: Any = InvoiceLine.__table__
    draft: Any = DraftLine.__table__
    connection.execute(insert(invoice_table), invoices)
    connection.execute(insert(line_table), lines)
    deal = update(draft).where(draft.c.id == bindparam("line_id"))
    connection.execute(
        deal.values(invoice_id=bindparam("on_invoice"), row_version=draft.c.row_version + 1), done
    )
    audit.bulk(db, Invoice, "issue", [row["id"] for row in invoices])
    audit.bulk(db, InvoiceLine, "create", [row["id"] for row in lines])
    audit.bulk(db, DraftLine, "invoiced", [row["line_id"] for row in done])
    db.expire_all()


def next_sequence(year: int, db: Db) -> int:
    """The next number of a year; invoices and credit notes share one series."""
    last = [
        db.scalar(select(func.max(each.sequence)).where(each.year == year)) for each in (Invoice, CreditNote)
    ]
    return max(number or 0 for number in last) + 1


def check_day(issued_on: date, db: Db) -> None:
    """Raise UserError for a day to come, or one before the last number was given."""
    if issued_on > today():
        raise UserError(
            tr("An invoice cannot be issued on a day to come."), tr("Choose today or a day before.")
        )
    if clock_is_behind(db):
        raise UserError(
            tr("The clock of this computer is behind the log, so no invoice can be issued."),
            tr("Put the clock right, then issue again. Nothing was issued."),
        )
    days = [db.scalar(select(func.max(each.issued_on))) for each in (Invoice, CreditNote)]
    last = max((day for day in days if day is not None), default=None)
    if last is not None and issued_on < last:
        raise UserError(
            tr("The last invoice was issued on {day}.").format(day=show_day(last)),
            tr("Numbers follow the days: choose that day or a later one."),
        )
