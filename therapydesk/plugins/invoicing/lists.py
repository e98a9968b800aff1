"""What the pages and the command line show: drafts by payer, invoices with what is due, one invoice whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Select, and_, func, or_, select, type_coerce

from therapydesk.api import (
    Db,
    Money,
    NotFound,
    Organisation,
    Person,
    allowed,
    normal_name,
    today,
    tr,
    without_collecting,
)
from therapydesk.plugins.invoicing.models import CreditNote, DraftLine, Invoice, Payment, Rate
from therapydesk.plugins.invoicing.open_lines import open_lines, payer_of
from therapydesk.plugins.invoicing.payers import Payer, PayerFacts, follow_merges, payer_facts
from therapydesk.plugins.invoicing.rules import invoice_state, line_words, reason_words


class DraftRow(NamedTuple):
    """A session under its payer. `why` is empty for one that is charged; `problem` says what it lacks."""

    id: UUID
    appointment_id: UUID
    person_id: UUID | None
    person: str
    happened_on: date
    what: str
    each: Money
    charged: bool
    why: str
    problem: str
    can_charge: bool


@dataclass(frozen=True)
class DraftPayer:
    """A payer with the sessions that are not invoiced yet."""

    payer: Payer
    name: str
    lines: tuple[DraftRow, ...]
    blocked: str
    ask: str

    @property
    def key(self) -> UUID:
        """The payer's id."""
        return self.payer.key

    @property
    def ready(self) -> tuple[DraftRow, ...]:
        """The lines that can be put on an invoice."""
        return tuple(line for line in self.lines if line.charged and not line.problem)

    @property
    def amount(self) -> Money:
        """What is charged, all lines together."""
        return sum((line.each for line in self.lines if line.charged), Money())

    @property
    def problem(self) -> str:
        """What is in the way of an invoice, or to be thought of first."""
        return self.blocked or self.ask or next((line.problem for line in self.lines if line.problem), "")


@dataclass(frozen=True)
class InvoiceRow:
    """An invoice in a list. `state`: as `rules.invoice_state`; `late`: something is due and its day past."""

    id: UUID
    number: str
    payer: str
    person_id: UUID | None
    organisation_id: UUID | None
    issued_on: date
    due_on: date
    total: Money
    paid: Money
    state: str
    late: bool
    credited: Money = Money()

    @property
    def due(self) -> Money:
        """What is still to be paid, never less than nothing."""
        return max(self.total - self.paid - self.credited, Money())


@dataclass(frozen=True)
class Counts:
    """How many there are of each, how many lines the drafts have, and what is late in all."""

    drafts: int
    lines: int
    due: int
    late: int
    paid: int
    due_amount: Money
    late_amount: Money


@dataclass(frozen=True)
class RateRow:
    """A price in the price list, with the names of whom it is for."""

    id: UUID
    person: str
    organisation: str
    kind: str
    minutes: int | None
    per: str
    amount: Money
    from_on: date
    to_on: date | None


# -- drafts --


@allowed("invoicing.read")
@without_collecting()
def list_drafts(
    db: Db, start: date | None = None, end: date | None = None, text: str = "", person_id: UUID | None = None
) -> list[DraftPayer]:
    """Open lines by payer, in order of name. A payer of whom nothing at all is charged is left out."""
    query = _open_lines(start, end)
    if person_id is not None:
        query = query.where(or_(DraftLine.person_id == person_id, DraftLine.payer_person_id == person_id))
    kept, groups = follow_merges(db), dict[Payer, list[DraftRow]]()
    say = cache(line_words)
    for line in db.execute(query).all():
        groups.setdefault(payer_of(line, kept), []).append(_draft_row(line, say))
    facts = payer_facts(groups, today(), db)
    made = [_draft_payer(payer, tuple(lines), facts) for payer, lines in groups.items()]
    return narrow_drafts(sorted(made, key=lambda d: normal_name(d.name)), text=text)


def narrow_drafts(
    drafts: Sequence[DraftPayer], start: date | None = None, end: date | None = None, text: str = ""
) -> list[DraftPayer]:
    """Of drafts that were read: the lines of these days, of payers whose name has the text, if any is charged."""
    wanted, made = normal_name(text), []
    for draft in drafts:
        if wanted and wanted not in normal_name(draft.name):
            continue
        lines = tuple(
            line
            for line in draft.lines
            if (start is None or line.happened_on >= start) and (end is None or line.happened_on <= end)
        )
        if any(line.charged for line in lines):
            made.append(replace(draft, lines=lines))
    return made


def _open_lines(start: date | None, end: date | None) -> Select[*tuple[Any, ...]]:
    """With who came, as `preferred_name` and `full_name`."""
    query = open_lines(Person.preferred_name, Person.full_name)
    query = query.outerjoin(Person, Person.id == DraftLine.person_id)
    if start is not None:
        query = query.where(DraftLine.happened_on >= start)
    return query if end is None else query.where(DraftLine.happened_on <= end)


def _draft_row(line: Any, say: Callable[[str, int, str], str]) -> DraftRow:
    lacks = line.charged and line.reason == "no_price"
    return DraftRow(
        line.id,
        line.appointment_id,
        line.person_id,
        line.preferred_name or line.full_name or "",
        line.happened_on,
        say(line.kind, line.minutes, line.state if line.charged else "came"),
        line.each if line.charged else Money(),
        line.charged,
        "" if line.charged else reason_words(line.reason),
        reason_words(line.reason) if lacks else "",
        line.state != "we_cancelled",
    )


def _draft_payer(payer: Payer, lines: tuple[DraftRow, ...], facts: dict[UUID, PayerFacts]) -> DraftPayer:
    known = facts.get(
        payer.key, PayerFacts(payer, tr("Not in the records any more"), blocked=tr("Not in the records"))
    )
    return DraftPayer(payer, known.name, lines, known.blocked, known.ask)


# -- invoices --


@allowed("invoicing.read")
def list_invoices(
    db: Db,
    state: str = "",
    text: str = "",
    person_id: UUID | None = None,
    *,
    offset: int = 0,
    limit: int = 10_000,
) -> list[InvoiceRow]:
    """Issued invoices, newest first. `state`: "", due, late or paid; `text` filters by name or number."""
    query, settled = _invoices()
    query = _in_state(query, settled, state)
    if text:
        credits = select(CreditNote.invoice_id).where(CreditNote.number.contains(text, autoescape=True))
        name = func.lower(Invoice.to_name).contains(text.casefold(), autoescape=True)
        number = Invoice.number.contains(text, autoescape=True)
        query = query.where(or_(number, name, Invoice.id.in_(credits)))
    if person_id is not None:
        joined = select(Person.id).where(or_(Person.id == person_id, Person.merged_into == person_id))
        query = query.where(Invoice.person_id.in_(joined))
    query = query.order_by(Invoice.year.desc(), Invoice.sequence.desc()).offset(offset).limit(limit)
    return [
        invoice_row(invoice, Money.from_pence(paid), Money.from_pence(credited))
        for invoice, paid, credited in db.execute(query)
    ]


def _invoices() -> tuple[Any, Any]:
    """Invoices with what was paid and what was credited; and the two together, for conditions."""
    payments, credits = (
        _sums(Payment.invoice_id, Payment.amount),
        _sums(CreditNote.invoice_id, CreditNote.total),
    )
    paid, credited = func.coalesce(payments.c.pence, 0), func.coalesce(credits.c.pence, 0)
    query = select(Invoice, paid, credited).outerjoin(payments, payments.c.invoice_id == Invoice.id)
    return query.outerjoin(credits, credits.c.invoice_id == Invoice.id), paid + credited


def _sums(invoice_id: Any, amount: Any) -> Any:
    """The sum for each invoice that has any, in pence."""
    return select(invoice_id, _pence(func.sum(amount)).label("pence")).group_by(invoice_id).subquery()


def _pence(column: Any) -> Any:
    """A sum of money as the whole pence it is stored as."""
    return type_coerce(column, Integer)


def _in_state(query: Any, settled: Any, state: str) -> Any:
    total = _pence(Invoice.total)
    if state == "paid":
        return query.where(settled >= total)
    if state == "late":
        return query.where(and_(settled < total, Invoice.due_on < today()))
    return query.where(settled < total) if state == "due" else query


def invoice_row(invoice: Invoice, paid: Money, credited: Money) -> InvoiceRow:
    """An invoice as the list shows it."""
    state = invoice_state(invoice.total, paid, credited)
    return InvoiceRow(
        invoice.id,
        invoice.number,
        invoice.to_name,
        invoice.person_id,
        invoice.organisation_id,
        invoice.issued_on,
        invoice.due_on,
        invoice.total,
        paid,
        state,
        state in ("issued", "part_paid") and invoice.due_on < today(),
        credited,
    )


@allowed("invoicing.read")
def count_invoices(db: Db) -> Counts:
    """How many drafts, due, late and paid ones there are."""
    query, settled = _invoices()
    total = _pence(Invoice.total)
    open_, late = settled < total, and_(settled < total, Invoice.due_on < today())
    found = db.execute(
        query.with_only_columns(
            func.count().filter(open_),
            func.count().filter(late),
            func.count().filter(settled >= total),
            func.coalesce(func.sum(total - settled).filter(open_), 0),
            func.coalesce(func.sum(total - settled).filter(late), 0),
            maintain_column_froms=True,
        )
    ).one()
    due_amount, late_amount = Money.from_pence(found[3]), Money.from_pence(found[4])
    lines = db.scalar(select(func.count()).where(DraftLine.invoice_id.is_(None))) or 0
    return Counts(_count_drafts(db), lines, found[0], found[1], found[2], due_amount, late_amount)


def _count_drafts(db: Db) -> int:
    """How many payers have a line that is charged."""
    query = select(DraftLine.payer_person_id, DraftLine.payer_organisation_id).distinct()
    query = query.where(DraftLine.invoice_id.is_(None), DraftLine.charged)
    kept = follow_merges(db)
    return len({payer_of(line, kept) for line in db.execute(query)})


@allowed("invoicing.read")
def find_invoice(db: Db, number_or_id: str) -> UUID:
    """The id of an invoice by its number or id, or by the number of its credit note. Raises NotFound."""
    credits = select(CreditNote.invoice_id).where(CreditNote.number == number_or_id.strip())
    condition: Any = or_(Invoice.number == number_or_id.strip(), Invoice.id.in_(credits))
    try:
        condition = Invoice.id == UUID(number_or_id)
    except ValueError:
        pass
    found = db.scalar(select(Invoice.id).where(condition))
    if found is None:
        raise NotFound(tr("There is no invoice {number}.").format(number=number_or_id.strip()[:40]))
    return found


@allowed("invoicing.read")
def list_rates(db: Db, person_id: UUID | None = None) -> Sequence[RateRow]:
    """The price list: the general prices first, then by name."""
    query = (
        select(Rate, Person, Organisation)
        .outerjoin(Person, Person.id == Rate.person_id)
        .outerjoin(Organisation, Organisation.id == Rate.organisation_id)
    )
    if person_id is not None:
        query = query.where(Rate.person_id == person_id)
    rows = [
        RateRow(
            rate.id,
            person.full_name if person is not None else "",
            organisation.name if organisation is not None else "",
            rate.kind,
            rate.minutes,
            rate.per,
            rate.amount,
            rate.from_on,
            rate.to_on,
        )
        for rate, person, organisation in db.execute(query)
    ]
    return sorted(rows, key=lambda r: (bool(r.person), r.organisation, r.person, r.kind, r.from_on))
