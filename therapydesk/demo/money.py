"""Rates and past invoices of the demo practice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from therapydesk.api import Db, Money, today
from therapydesk.core.vault.vault import Vault
from therapydesk.plugins.invoicing import service


def add_rates(db: Db, organisations: Sequence[UUID]) -> None:
    """One price for everybody, one for groups, another for two organisations."""
    start = date(today().year - 2, 4, 1)
    service.save_rate(db, Money("54.00"), start)
    service.save_rate(db, Money("18.00"), start, kind="group")
    for organisation in organisations[2:4]:
        service.save_rate(db, Money("62.00"), start, organisation_id=organisation)


def issue_past(vault: Vault, payers: int) -> None:
    """Invoices of the last two months: most paid, some in part, some due, some late; the rest stays as drafts."""
    first = today().replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    earlier = (before - timedelta(days=1)).replace(day=1)
    _issue(vault, earlier, before, payers // 2)
    _issue(vault, before, first, payers)


def _issue(vault: Vault, start: date, end: date, payers: int) -> None:
    """Issue on `end` what was held from `start` until then, for some payers; take some payments."""
    with vault.write("core") as db:
        drafts = service.draft_lines(db, start, end - timedelta(days=1))
        chosen = [line.id for d in drafts[:payers] if not (d.blocked or d.ask) for line in d.ready]
        ids = service.raise_invoices(db, chosen, end) if chosen else []
    with vault.write("core") as db:
        for n, invoice_id in enumerate(ids):
            view = service.invoice_view(db, invoice_id)
            paid_on = end + timedelta(days=min(6 + n, (today() - end).days))
            if n % 4 in (0, 1):
                service.record_payment(db, invoice_id, view.total, paid_on)
            elif n % 4 == 2 and view.total > Money("20.00"):
                service.record_payment(db, invoice_id, Money("20.00"), paid_on)
