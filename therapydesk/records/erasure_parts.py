"""Erase a person, part by part: core by who starts it, the clinical part by a therapist, safeguarding by a lead.

What happens to which table is said by `privacy` on the table (erasing.py); what was done is kept in the log of each part
as ids, a day and codes, and in the erasure ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.core import audit, dates
from therapydesk.core.errors import NotFound, UserError
from therapydesk.core.events import Event, HandedOver
from therapydesk.core.ids import new_id
from therapydesk.core.permissions import allowed
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault.ledger import Erased
from therapydesk.core.vault.outbox import hand_over, publish, subscribe
from therapydesk.core.vault.scrub import ERASED
from therapydesk.core.vault.session import Db
from therapydesk.core.words import ntr, tr
from therapydesk.records.appointment_tables import Appointment, Attendance
from therapydesk.records.coded_lists import coded_list, in_words
from therapydesk.records.episodes import Episode
from therapydesk.records.erasing import erase_rows
from therapydesk.records.erasing_looks import Outcome, look
from therapydesk.records.erasure_tables import (
    ClinicalErasureTask,
    Erasure,
    ErasurePart,
    LegalHold,
    SafeguardingErasureTask,
)
from therapydesk.records.events import ErasurePartDecided, PersonErased
from therapydesk.records.people import Person
from therapydesk.records.people_details import find_person
from therapydesk.records.subject_tables import SubjectRequest

TASK = "erasure.task"
TASKS: dict[Zone, Any] = {
    "clinical": ClinicalErasureTask,
    "safeguarding": SafeguardingErasureTask,
}
CLASS_ZONES: dict[str, tuple[Zone, ...]] = {
    "clinical": ("core", "clinical"),
    "safeguarding": ("core", "safeguarding"),
    "financial": ("core",),
    "contact": ("core",),
}


@dataclass(frozen=True)
class PartDone:
    """One part of an erasure that was carried out. `line` is what the ledger must say of it."""

    erasure_id: UUID
    zone: Zone
    line: Erased
    outcome: Outcome = field(repr=False)


def all_records(db: Db, person_id: UUID) -> list[UUID]:
    """The ids of a person's record and of every record that was joined into it."""
    found, ahead = [person_id], [person_id]
    while ahead:
        query = select(Person.id).where(Person.merged_into.in_(ahead), Person.id.not_in(found))
        ahead = list(db.scalars(query))
        found += ahead
    return found


def zones_of(classes: Sequence[str]) -> tuple[Zone, ...]:
    """The parts of the vault in which tables of these retention classes lie; all without any."""
    if not classes:
        return ZONES
    wanted = {zone for name in classes for zone in CLASS_ZONES[name]}
    return tuple(zone for zone in ZONES if zone in wanted)


def in_zone(zone: Zone, classes: Sequence[str]) -> tuple[str, ...]:
    """The classes that go in a part. What safeguarding holds is kept by its tables until a lead decides: then it goes."""
    return tuple(classes) or (("safeguarding",) if zone == "safeguarding" else ())


@allowed("privacy.erase")
def look_at_erasure(db: Db, person_id: UUID, classes: Sequence[str] = ()) -> dict[Zone, Outcome]:
    """What erasing a person would do in the parts of the vault that are open; changes nothing. Raises NotFound."""
    people = all_records(db, find_person(db, person_id).id)
    return {zone: look(db, zone, people, classes) for zone in zones_of(classes) if db.holds(zone)}


@allowed("privacy.erase")
def erasure_obstacles(db: Db, person_id: UUID) -> list[str]:
    """Why a person cannot be erased now, in sentences; empty when nothing stands against it. Raises NotFound."""
    person = find_person(db, person_id)
    found = []
    for hold in db.scalars(
        select(LegalHold).where(LegalHold.person_id == person.id, LegalHold.lifted_on.is_(None))
    ):
        reason = in_words("hold_reasons", hold.reason)
        found.append(tr("A legal hold stands on this record: {reason}.").format(reason=reason))
    # Not to keep it from who asked for it (Data Protection Act 2018, section 173; not checked with a lawyer).
    mine = SubjectRequest.person_id == person.id
    for number in db.scalars(select(SubjectRequest.number).where(mine, SubjectRequest.state == "open")):
        text = tr("They have asked for their data: answer request {number} first.")
        found.append(text.format(number=number))
    coming = (
        select(func.count())
        .select_from(Attendance)
        .join(Appointment, Appointment.id == Attendance.appointment_id)
        .where(Attendance.person_id == person.id, Appointment.state == "booked")
    )
    if count := db.scalar(coming):
        text = ntr(
            "{n} session is still booked: cancel or complete it.",
            "{n} sessions are still booked: cancel or complete them.",
            count,
        )
        found.append(text.format(n=count))
    if db.scalar(
        select(Episode.id).where(Episode.person_id == person.id, Episode.stage != "closed").limit(1)
    ):
        found.append(tr("Their support is still open: close it first."))
    return found


@allowed("privacy.erase")
def start_erasure(db: Db, person_id: UUID, basis: str, classes: Sequence[str] = ()) -> PartDone:
    """Erase a person from core, and hand the other parts to those who hold them. `basis`: a code of erasure_bases.csv.

    `classes`: only these retention classes, and of those everything. Raises UserError when something stands against it.
    """
    if basis not in dict(coded_list("erasure_bases")) or not set(classes) <= set(CLASS_ZONES):
        raise UserError(tr("There is no such reason."), tr("Choose one from the list."))
    person = find_person(db, person_id)
    if against := erasure_obstacles(db, person.id):
        raise UserError(tr("This person cannot be erased now."), " ".join(against))
    people, who = all_records(db, person.id), person.full_name
    said = " ".join(sorted(classes))
    row = Erasure(subject=person.id, basis=basis, happened_on=dates.today(), classes=said)
    db.add(row)
    db.flush()
    for zone in zones_of(classes):
        if zone == "core":
            state = {"state": "done", "decided_on": dates.today(), "decided_by": db.user.id}
            db.add(ErasurePart(erasure_id=row.id, part=zone, **state))
            continue
        db.add(ErasurePart(erasure_id=row.id, part=zone))
        content = {"person": str(person.id), "people": " ".join(str(p) for p in people), "who": who}
        hand_over(db, zone, TASK, row.id, {**content, "basis": basis, "classes": said})
    db.flush()
    return _carry_out(db, row.id, people, basis, tuple(classes))


def _carry_out(
    db: Db, erasure_id: UUID, people: Sequence[UUID], basis: str, classes: tuple[str, ...]
) -> PartDone:
    """Erase in the part that `db` writes, and log it: the log says as much as the ledger, so that each can be made from
    the other.
    """
    zone = db.zone
    if zone is None:
        raise RuntimeError("a session that only reads cannot erase")
    line = Erased(new_id(), tuple(people), dates.today(), basis, db.user.id, (zone,), classes)
    outcome = erase_rows(db, zone, people, classes)
    for person_id in people:
        publish(db, PersonErased(person_id, " ".join(classes)), here_only=True)
    log_line(db, line, erasure_id)
    return PartDone(erasure_id, zone, line, outcome)


def log_line(db: Db, line: Erased, erasure_id: UUID | None) -> None:
    """One entry that says what the ledger says."""
    detail = {"people": list(line.people), "on": line.on, "basis": line.basis, "classes": list(line.classes)}
    audit.record(db, ERASED, line.id, {**detail, "erasure": erasure_id})


# --- The other parts ---


@allowed("privacy.erase_clinical")
def decide_clinical_part(db: Db, erasure_id: UUID, keep: str = "") -> PartDone | None:
    """Erase the clinical part, or keep it (`keep`: a code of keep_reasons.csv; None is returned then). Raises NotFound,
    UserError.
    """
    return _decide(db, "clinical", erasure_id, keep)


@allowed("privacy.erase_safeguarding")
def decide_safeguarding_part(db: Db, erasure_id: UUID, keep: str = "") -> PartDone | None:
    """Erase what safeguarding holds, or keep it with a reason. Raises NotFound, UserError."""
    return _decide(db, "safeguarding", erasure_id, keep)


def _decide(db: Db, zone: Zone, erasure_id: UUID, keep: str) -> PartDone | None:
    if keep and keep not in dict(coded_list("keep_reasons")):
        raise UserError(tr("There is no such reason."), tr("Choose one from the list."))
    table = TASKS[zone]
    task = db.scalars(select(table).where(table.erasure_id == erasure_id)).first()
    if task is None or task.state != "waiting":
        raise NotFound(tr("This was decided already."))
    task.state, task.who = ("kept" if keep else "done"), ""
    people, basis, classes = task.people.split(), task.basis, in_zone(zone, task.classes.split())
    db.flush()
    publish(db, ErasurePartDecided(erasure_id, zone, task.state, keep))
    if keep:
        return None
    return _carry_out(db, erasure_id, [UUID(p) for p in people], basis, classes)


def take_in_task(db: Db, event: Event) -> None:
    """A part's holder is told. Where nothing is held there is nothing to decide."""
    if not isinstance(event, HandedOver) or event.kind != TASK or db.zone not in TASKS:
        return
    content, zone = event.content, db.zone
    if db.scalar(select(TASKS[zone].id).where(TASKS[zone].erasure_id == event.ref)) is not None:
        return  # made good meanwhile (`ask_again`)
    people, classes = [UUID(p) for p in content["people"].split()], in_zone(zone, content["classes"].split())
    nothing = not look(db, zone, people, classes).changed
    db.add(
        TASKS[zone](
            person_id=UUID(content["person"]),
            erasure_id=event.ref,
            people=content["people"],
            basis=content["basis"],
            classes=content["classes"],
            who="" if nothing else content["who"],
            state="done" if nothing else "waiting",
        )
    )
    if nothing:
        publish(db, ErasurePartDecided(event.ref, zone, "done", ""))
        line = Erased(new_id(), tuple(people), dates.today(), content["basis"], db.user.id, (zone,), classes)
        log_line(db, line, event.ref)


def ask_again(db: Db, erasure_id: UUID, people: Sequence[UUID], basis: str, classes: str) -> None:
    """A part that core waits for, and whose task an older copy of the zone does not have: it is asked for again, without
    the name, which nobody has any more. A part, not a service function: asked by `reapply`.
    """
    zone = db.zone
    if zone in TASKS:
        known = {"people": " ".join(str(p) for p in people), "basis": basis, "classes": classes}
        db.add(TASKS[zone](person_id=people[0], erasure_id=erasure_id, who=tr("Not known any more"), **known))
        db.flush()


def follow_decision(db: Db, event: Event) -> None:
    """Core's list says how far an erasure is."""
    if not isinstance(event, ErasurePartDecided):
        return
    rows = select(ErasurePart).where(
        ErasurePart.erasure_id == event.erasure_id, ErasurePart.part == event.part
    )
    for row in db.scalars(rows):
        row.state, row.reason = event.state, event.reason
        row.decided_on, row.decided_by = dates.today(), db.user.id


subscribe("erasure", ("clinical", "safeguarding"), take_in_task, (HandedOver,))
subscribe("records.erasure", ("core",), follow_decision, (ErasurePartDecided,))
