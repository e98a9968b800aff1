"""P7 and P8: 1,000 invoices of five lines issued, and printed."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bench.bare_pdf import bare_pdf
from bench.figures import Figure, median
from bench.plain import plain_file, time_inserts
from bench.practice import Practice
from therapydesk.api import Appointment, Db, Money, Person, today
from therapydesk.core.vault.vault import Vault
from therapydesk.demo.rows import stamped, write_rows
from therapydesk.plugins.invoicing import documents, service
from therapydesk.plugins.invoicing.models import DraftLine, Invoice, InvoiceLine
from therapydesk.plugins.invoicing.view import InvoiceView

INVOICES, LINES, RUNS, CHUNK = 1000, 5, 3, 100


def measure(practice: Practice) -> list[Figure]:
    """Issue them three times, each in a fresh copy; print the last lot."""
    issued, limits, bits = [], [], []
    views: list[InvoiceView] = []
    for _ in range(RUNS):
        with practice.copied() as copy, copy.opened() as vault:
            lines = _draft(vault)
            start = time.perf_counter()
            with vault.write("core") as db:
                ids = service.raise_invoices(db, lines, today())
            issued.append(time.perf_counter() - start)
            assert len(ids) == INVOICES
            with vault.read() as db:
                tables = _written(db, ids)
                if not views:
                    views = [service.invoice_view(db, i) for i in ids]
        limits.append(time_inserts(*tables))
        bits.append(_one_by_one(*tables))
    return [_issue(issued, limits, bits), _print(views)]


def _draft(vault: Vault) -> list[UUID]:
    """Five priced sessions for each of a thousand people who pay for themselves."""
    with vault.write("core") as db:
        people = db.scalars(select(Person.id).where(Person.merged_into.is_(None)).limit(INVOICES)).all()
        held, lines = [], []
        for person_id in people:
            for n in range(LINES):
                at = datetime.combine(today() - timedelta(days=n + 1), datetime.min.time())
                session = stamped(db, **_session(at), therapist_id=db.user.id)
                held.append(session)
                line = _line(person_id, session["id"], at)
                lines.append(stamped(db, **line))
        write_rows(db, Appointment, held)
        write_rows(db, DraftLine, lines)
    return [line["id"] for line in lines]


def _session(at: datetime) -> dict[str, Any]:
    when = {"starts_at": at, "time_zone": "Europe/London", "minutes": 45, "kind": "one_to_one"}
    what = {"title": "", "state": "completed", "cancel_reason": "", "place": ""}
    return {**when, **what, "series_id": None, "episode_id": None, "room_id": None}


def _line(person_id: UUID, session: UUID, at: datetime) -> dict[str, Any]:
    who = {"person_id": person_id, "payer_person_id": person_id, "payer_organisation_id": None}
    what = {"happened_on": at.date(), "kind": "one_to_one", "minutes": 45, "state": "came"}
    price = {"each": Money("54.00"), "charged": True, "by_hand": False, "reason": "", "invoice_id": None}
    return {"appointment_id": session, **who, **what, **price}


def _written(db: Db, ids: list[UUID]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """What was written, as plain values."""
    invoices: Any = Invoice.__table__
    lines: Any = InvoiceLine.__table__
    heads = db.execute(select(invoices).where(invoices.c.issued_on == today())).all()
    rows = db.execute(select(lines).where(lines.c.invoice_id.in_(ids))).all()
    return [tuple(map(str, r)) for r in heads], [tuple(map(str, r)) for r in rows]


def _one_by_one(heads: list[tuple[Any, ...]], rows: list[tuple[Any, ...]]) -> float:
    """The same with a commit for each invoice."""
    with plain_file() as file:
        for n, table in enumerate((heads, rows)):
            file.execute(f"CREATE TABLE t{n} ({', '.join(f'c{c}' for c in range(len(table[0])))})")
        start = time.perf_counter()
        for n, head in enumerate(heads):
            file.execute("BEGIN IMMEDIATE")
            file.execute(f"INSERT INTO t0 VALUES ({', '.join('?' * len(head))})", head)
            part = rows[n * LINES : (n + 1) * LINES]
            file.executemany(f"INSERT INTO t1 VALUES ({', '.join('?' * len(rows[0]))})", part)
            file.execute("COMMIT")
        return time.perf_counter() - start


def _issue(issued: list[float], limits: list[float], bits: list[float]) -> Figure:
    work = f"issue {INVOICES:,} invoices of {LINES} lines, numbered, audited"
    note = f"Median of {RUNS}. With a commit for each invoice the bare inserts take {median(bits):.2f} s."
    return Figure("P7", work, "≤ 1.5 s", 1.5, median(limits), median(issued), note=note)


def _print(views: list[InvoiceView]) -> Figure:
    """Both in turn, a hundred at a time, so that a busy spell of the machine meets both."""
    whole = bare = 0.0
    size = [0, 0]
    for first in range(0, len(views), CHUNK):
        part = views[first : first + CHUNK]
        start = time.perf_counter()
        size[0] += sum(len(documents.invoice_pdf(view)) for view in part)
        between = time.perf_counter()
        size[1] += sum(len(bare_pdf(view)) for view in part)
        whole, bare = whole + between - start, bare + time.perf_counter() - between
    count = len(views)
    note = (
        f"One core; {size[0] / count / 1024:.0f} KB each, by the bare canvas {size[1] / count / 1024:.0f} KB."
    )
    work = f"{count:,} invoice PDFs with embedded fonts"
    return Figure("P8", work, "≤ 7 s on one core", 7.0, bare, whole, note=note)
