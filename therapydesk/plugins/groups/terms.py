"""Terms of a group: stretches of sessions that are looked back on together."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import Db, UserError, allowed, tidy, tr
from therapydesk.plugins.groups.models import Term
from therapydesk.plugins.groups.service import GroupView


def year_to(day: date) -> tuple[date, date]:
    """The twelve months up to a day."""
    return day - timedelta(days=365), day


def term_of(view: GroupView, day: date) -> tuple[date, date]:
    """The term that a day lies in, else the twelve months up to it."""
    for term in view.terms:
        if term.starts_on <= day <= term.ends_on:
            return term.starts_on, term.ends_on
    return year_to(day)


@allowed("groups.edit")
def save_term(
    db: Db, group_id: UUID, title: str, starts_on: date, ends_on: date, term_id: UUID | None = None
) -> UUID:
    """Add or change a term. Raises UserError when it ends before it starts or overlaps another."""
    if ends_on < starts_on:
        raise UserError(tr("A term ends after it starts."))
    others = select(Term).where(
        Term.group_id == group_id, Term.starts_on <= ends_on, Term.ends_on >= starts_on
    )
    if any(term.id != term_id for term in db.scalars(others)):
        raise UserError(tr("These days belong to another term already."))
    row = db.get(Term, term_id) if term_id is not None else None
    if row is None:
        row = Term(group_id=group_id)
        db.add(row)
    row.title, row.starts_on, row.ends_on = tidy(title) or tr("Term"), starts_on, ends_on
    db.flush()
    return row.id
