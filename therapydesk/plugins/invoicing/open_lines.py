"""Lines that stand on no invoice yet, as they are read for lists and to be issued."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from therapydesk.plugins.invoicing.models import DraftLine
from therapydesk.plugins.invoicing.payers import Payer


def open_lines(*more: Any) -> Select[*tuple[Any, ...]]:
    """By day: rows of what is worked with, for there may be thousands; and `more`."""
    line = DraftLine
    who = (line.id, line.appointment_id, line.person_id, line.payer_person_id, line.payer_organisation_id)
    what = (line.happened_on, line.kind, line.minutes, line.state, line.each, line.charged, line.reason)
    return select(*who, *what, *more).where(line.invoice_id.is_(None)).order_by(line.happened_on, line.id)


def payer_of(line: Any, kept: dict[UUID, UUID]) -> Payer:
    """The payer of a line; of joined records the one that is kept."""
    person_id = line.payer_person_id
    return Payer(kept.get(person_id, person_id), line.payer_organisation_id)
