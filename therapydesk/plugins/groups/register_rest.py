"""Marking all who are not marked yet at once, and what a register comes to in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from therapydesk.api import Db, allowed, ntr, tr
from therapydesk.plugins.groups import counting, register
from therapydesk.plugins.groups.models import GroupSession, PlannedAbsence


@allowed("groups.register", filters=True)
def mark_rest(db: Db, appointment_id: UUID, state: str = "came") -> list[UUID]:
    """Mark everybody who is not marked yet; who is marked already stays so. Returns whom, for `unmark`."""
    found = register.open_register(db, appointment_id)
    rest = [row.attendance_id for row in found.rows if row.person_id is not None and not row.marked]
    for attendance_id in rest:
        register.mark(db, appointment_id, attendance_id, state)
    return rest


@allowed("groups.register", filters=True)
def unmark(db: Db, appointment_id: UUID, attendance_ids: Sequence[UUID]) -> None:
    """Take marks back; who is not on the list any more is left out."""
    there = {row.attendance_id for row in register.open_register(db, appointment_id).rows}
    for attendance_id in attendance_ids:
        if attendance_id in there:
            register.mark(db, appointment_id, attendance_id, "expected")


@allowed("groups.register", filters=True)
def apologise(db: Db, appointment_id: UUID, attendance_id: UUID, absence_id: UUID) -> bool:
    """An absence was planned from the register: who is still expected at it has sent apologies, if it is one of those days.
    Whether that was so.
    """
    absence = db.get(PlannedAbsence, absence_id)
    found = register.open_register(db, appointment_id)
    row = next((row for row in found.rows if row.attendance_id == attendance_id), None)
    if absence is None or row is None or row.marked:
        return False
    if not absence.from_on <= found.starts_at.date() <= absence.until_on:
        return False
    register.mark(db, appointment_id, attendance_id, "sent_apologies")
    return True


@allowed("groups.read")
def summary(db: Db, appointment_id: UUID) -> str:
    """What the register of a session comes to, in words; "" for a session of no group."""
    link = db.get(GroupSession, appointment_id)
    if link is None:
        return ""
    count = counting.count_sessions(db, [appointment_id])
    parts = [ntr("one person", "{n} people", count.people)]
    if count.carers:
        parts.append(ntr("one who came along", "{n} who came along", count.carers))
    if count.pairs:
        parts.append(ntr("one pair", "{n} pairs", count.pairs))
    if count.anonymous:
        parts.append(ntr("one without a name", "{n} without a name", count.anonymous))
    words = tr("Register: {parts}") if link.finished_at is not None else tr("Register, not finished: {parts}")
    return words.format(parts=", ".join(parts))
