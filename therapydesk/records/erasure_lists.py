"""What was erased, and what still waits for the decision of who holds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.core import audit, dates
from therapydesk.core.contributions import DueItem, Link
from therapydesk.core.permissions import allowed
from therapydesk.core.tables import Zone
from therapydesk.core.vault.backup_marks import RESTORED
from therapydesk.core.vault.restore_finish import KNOWN_TO
from therapydesk.core.vault.session import Db
from therapydesk.core.words import ntr
from therapydesk.records.erasing_looks import Outcome, look
from therapydesk.records.erasure_parts import TASKS, in_zone
from therapydesk.records.erasure_tables import Erasure, ErasurePart


@dataclass(frozen=True)
class PartView:
    """How far an erasure is in one part of the vault: waiting, done or kept, and why."""

    zone: str
    state: str
    reason: str
    decided_on: date | None


@dataclass(frozen=True)
class ErasureView:
    """An erasure as listed: no name, for nobody is there any more."""

    id: UUID
    happened_on: date
    basis: str
    classes: tuple[str, ...]
    parts: tuple[PartView, ...]


@dataclass(frozen=True)
class TaskView:
    """A part that waits for the decision of who is signed in. `who`: the name, until it is decided."""

    erasure_id: UUID
    zone: Zone
    who: str
    basis: str
    begun_on: date
    outcome: Outcome = field(repr=False)


@allowed("privacy.see_erasures")
def list_erasures(db: Db, limit: int = 200) -> list[ErasureView]:
    """Erasures, the newest first."""
    rows = list(
        db.scalars(select(Erasure).order_by(Erasure.happened_on.desc(), Erasure.id.desc()).limit(limit))
    )
    parts: dict[UUID, list[PartView]] = {}
    wanted = select(ErasurePart).where(ErasurePart.erasure_id.in_([r.id for r in rows]))
    for p in db.scalars(wanted.order_by(ErasurePart.created_at, ErasurePart.id)):
        parts.setdefault(p.erasure_id, []).append(PartView(p.part, p.state, p.reason, p.decided_on))
    return [
        ErasureView(r.id, r.happened_on, r.basis, tuple(r.classes.split()), tuple(parts.get(r.id, ())))
        for r in rows
    ]


@dataclass(frozen=True)
class Gap:
    """The practice was brought back on another computer: who was erased between these two moments is not known."""

    known_to: datetime
    brought_back: datetime


@allowed("privacy.see_erasures")
def gaps_in_erasures(db: Db) -> list[Gap]:
    """Where erasures may be missing, the oldest first; none on the computer that they were made on."""
    entry: Any = audit.ENTRIES["core"].__table__
    known_to = func.json_extract(entry.c.detail, f"$.{KNOWN_TO}")
    query = select(known_to, entry.c.at).where(entry.c.action == RESTORED, known_to.is_not(None))
    return [
        Gap(datetime.fromisoformat(to), at) for to, at in db.connection().execute(query.order_by(entry.c.seq))
    ]


@allowed("privacy.erase_clinical")
def clinical_erasure_tasks(db: Db) -> list[TaskView]:
    """Erasures whose clinical part waits for a therapist."""
    return _tasks(db, "clinical")


@allowed("privacy.erase_safeguarding")
def safeguarding_erasure_tasks(db: Db) -> list[TaskView]:
    """Erasures whose safeguarding part waits for a lead."""
    return _tasks(db, "safeguarding")


@allowed("privacy.erase_clinical")
def due_clinical_erasures(db: Db, on: date) -> list[DueItem]:  # noqa: ARG001  (asked of all for a day)
    """What stands on a therapist's Today: erasures that wait for them."""
    return _due(db, "clinical")


@allowed("privacy.erase_safeguarding")
def due_safeguarding_erasures(db: Db, on: date) -> list[DueItem]:  # noqa: ARG001  (asked of all for a day)
    """What stands on a lead's Today: erasures that wait for them."""
    return _due(db, "safeguarding")


def _due(db: Db, zone: Zone) -> list[DueItem]:
    """One line for all that wait, from the day the first was asked for: no name of anybody who wants to be erased."""
    if not db.holds(zone):
        return []
    table = TASKS[zone]
    waiting = list(db.scalars(select(table.created_at).where(table.state == "waiting")))
    if not waiting:
        return []
    text = ntr(
        "{n} erasure waits for your decision", "{n} erasures wait for your decision", len(waiting)
    ).format(n=len(waiting))
    day = dates.to_local(min(waiting)).date()
    return [DueItem(text, day, link=Link("privacy", args=("erasure",)), kind=f"erasure {zone}")]


def _tasks(db: Db, zone: Zone) -> list[TaskView]:
    if not db.holds(zone):
        return []
    table = TASKS[zone]
    rows = db.scalars(select(table).where(table.state == "waiting").order_by(table.created_at))
    return [
        TaskView(
            row.erasure_id,
            zone,
            row.who,
            row.basis,
            dates.to_local(row.created_at).date(),
            look(db, zone, [UUID(p) for p in row.people.split()], in_zone(zone, row.classes.split())),
        )
        for row in rows
    ]
