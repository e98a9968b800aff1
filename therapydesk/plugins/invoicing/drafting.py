"""Draft lines from completed sessions. Parts: they take `db` last and ask no permission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, exists, select

from therapydesk.api import Appointment, Attendance, Db, Organisation, Room, UserError, tr
from therapydesk.plugins.invoicing.models import DraftLine, Rate
from therapydesk.plugins.invoicing.payers import Payer, find_payers
from therapydesk.plugins.invoicing.rules import (
    NEVER_CHARGED,
    Charged,
    Decision,
    Policy,
    Price,
    decide,
    find_price,
    group_state,
)

Which = Select[UUID]
CHUNK = 5_000


@dataclass
class _Session:
    row: Any
    attendees: list[tuple[UUID | None, str]] = field(default_factory=list)


def add_lines(which: Which, policy: Policy, db: Db) -> list[DraftLine]:
    """Make the draft lines of the completed sessions that `which` selects and that have none yet."""
    without = which.where(
        Appointment.state == "completed",
        Appointment.kind.not_in(NEVER_CHARGED),
        ~exists().where(DraftLine.appointment_id == Appointment.id),
    )
    sessions = _read_sessions(without, db)
    prices = read_prices(db)
    came = select(Attendance.person_id).where(Attendance.appointment_id.in_(without))
    payers = find_payers(came.where(Attendance.person_id.is_not(None)), db)
    made = [line for session in sessions for line in _lines_of(session, payers, prices, policy)]
    db.add_all(made)
    db.flush()
    return made


def drop_lines(appointment_id: UUID, db: Db) -> None:
    """Take the lines of a reopened session away. Raises UserError when one stands on an invoice."""
    rows = db.scalars(select(DraftLine).where(DraftLine.appointment_id == appointment_id)).all()
    if any(row.invoice_id is not None and row.charged for row in rows):
        raise UserError(
            tr("This session stands on an invoice that was issued."),
            tr("Speak to whoever sends the invoices first."),
        )
    for row in rows:
        db.delete(row)
    db.flush()


def price_again(policy: Policy, db: Db) -> int:
    """Look open lines up again in the price list; those decided by hand stay. Returns how many changed."""
    prices = read_prices(db)
    table: Any = DraftLine.__table__
    changed: dict[UUID, Decision] = {}
    open_lines = select(table).where(table.c.invoice_id.is_(None), table.c.by_hand.is_(False))
    for line in db.execute(open_lines).all():
        decision = decide(prices, charged_of(line), line.state, policy)
        if (line.charged, line.each, line.reason) != (decision.charged, decision.each, decision.reason):
            changed[line.id] = decision
    ids = list(changed)
    for start in range(0, len(ids), CHUNK):
        for kept in db.scalars(select(DraftLine).where(DraftLine.id.in_(ids[start : start + CHUNK]))):
            decision = changed[kept.id]
            kept.charged, kept.each, kept.reason = decision.charged, decision.each, decision.reason
    db.flush()
    return len(changed)


def charged_of(line: DraftLine | Row[Any]) -> Charged:
    """What the price of a line is looked up for."""
    per = "session" if line.person_id is None else "person"
    return Charged(line.happened_on, line.kind, line.minutes, line.person_id, line.payer_organisation_id, per)


def read_prices(db: Db) -> list[Price]:
    """The price list."""
    columns = (
        Rate.amount,
        Rate.from_on,
        Rate.to_on,
        Rate.person_id,
        Rate.organisation_id,
        Rate.kind,
        Rate.minutes,
    )
    return [Price(*row) for row in db.execute(select(*columns, Rate.per))]


def _read_sessions(which: Which, db: Db) -> list[_Session]:
    columns = (Appointment.id, Appointment.starts_at, Appointment.minutes, Appointment.kind)
    query = (
        select(*columns, Organisation.id.label("payer"), Attendance.person_id, Attendance.state)
        .outerjoin(Room, Room.id == Appointment.room_id)
        .outerjoin(Organisation, (Organisation.id == Room.organisation_id) & Organisation.is_payer)
        .outerjoin(Attendance, (Attendance.appointment_id == Appointment.id) & (Attendance.role == "person"))
        .where(Appointment.id.in_(which))
        .order_by(Appointment.starts_at, Appointment.id, Attendance.position)
    )
    found: dict[UUID, _Session] = {}
    for row in db.execute(query):
        session = found.setdefault(row.id, _Session(row))
        if row.state is not None:
            session.attendees.append((row.person_id, row.state))
    return list(found.values())


def _lines_of(
    session: _Session, payers: dict[UUID, Payer], prices: Sequence[Price], policy: Policy
) -> list[DraftLine]:
    """One line for a group that its host pays for as a whole, else one for each person who was expected."""
    row = session.row
    whole = Charged(row.starts_at.date(), row.kind, row.minutes, None, row.payer, "session")
    if row.kind == "group" and row.payer is not None and find_price(prices, whole) is not None:
        state = group_state(state for _person, state in session.attendees)
        return [
            _line(
                session, whole, state, Payer(organisation_id=row.payer), decide(prices, whole, state, policy)
            )
        ]
    made = []
    for person_id, state in session.attendees:
        if person_id is None:
            continue
        payer = payers.get(person_id, Payer(person_id=person_id))
        single = Charged(row.starts_at.date(), row.kind, row.minutes, person_id, payer.organisation_id)
        made.append(_line(session, single, state, payer, decide(prices, single, state, policy)))
    return made


def _line(session: _Session, what: Charged, state: str, payer: Payer, decision: Decision) -> DraftLine:
    return DraftLine(
        appointment_id=session.row.id,
        person_id=what.person_id,
        payer_person_id=payer.person_id,
        payer_organisation_id=payer.organisation_id,
        happened_on=what.on,
        kind=what.kind,
        minutes=what.minutes,
        state=state,
        each=decision.each,
        charged=decision.charged,
        reason=decision.reason,
    )
