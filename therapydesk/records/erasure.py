"""Carry out an erasure on a vault: rows, crash copies, large files, search indexes, old generations and the ledger; and
carry it out again on what came back from an older copy (security §10).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, select

from therapydesk.core import audit
from therapydesk.core.errors import DamagedVault, ZoneClosed
from therapydesk.core.permissions import may
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import files, ledger, scrub
from therapydesk.core.vault.drafts import SealedDraft
from therapydesk.core.vault.ledger import Erased
from therapydesk.core.vault.session import Db
from therapydesk.records.erasing import erase_rows
from therapydesk.records.erasing_looks import look, row_ids
from therapydesk.records.erasure_lists import clinical_erasure_tasks
from therapydesk.records.erasure_parts import (
    TASKS,
    PartDone,
    all_records,
    ask_again,
    decide_clinical_part,
    decide_safeguarding_part,
    erasure_obstacles,
    in_zone,
    log_line,
    start_erasure,
    zones_of,
)
from therapydesk.records.erasure_tables import Erasure, ErasurePart
from therapydesk.records.people_details import find_person

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

log = logging.getLogger("therapydesk")
WHY = "before erasing"  # a slip can be looked up in that backup; a restore of it erases again all the same
PERMISSIONS: dict[Zone, str] = {
    "core": "privacy.erase",
    "clinical": "privacy.erase_clinical",
    "safeguarding": "privacy.erase_safeguarding",
}


def erase_person(vault: Vault, person_id: UUID, basis: str, classes: Sequence[str] = ()) -> list[PartDone]:
    """Erase a person: core now, and each other part now that the signed-in user holds and may decide; the rest waits.

    Returns what was done. Raises UserError when something stands against it (nothing was erased then), DiskFull.
    """
    with vault.read() as db:
        refused = bool(erasure_obstacles(db, person_id))
        ids = set() if refused else erase_ids(vault, db, find_person(db, person_id).id, classes)
    if not refused:
        vault.prepare_for(WHY)
    with vault.write("core") as db:
        first = start_erasure(db, person_id, basis, classes)
        forget_drafts(db, ids)
    return carry_on(vault, first)


def erase_ids(vault: Vault, db: Db, person_id: UUID, classes: Sequence[str]) -> set[UUID]:
    """The ids of everything that goes in the parts that the signed-in user decides: to be asked before it goes."""
    people = all_records(db, person_id)
    ids = set(people)
    for zone in zones_of(classes):
        wanted = zone == "core" or (zone == "clinical" and _may(vault, zone))
        ids |= row_ids(db, zone, people, classes) if wanted else set()
    return ids


def carry_on(vault: Vault, first: PartDone) -> list[PartDone]:
    """After core's part: the ledger, the clinical part if the signed-in user decides it, and the files.

    What safeguarding holds is never erased along: a lead decides on it by itself.
    """
    done = [first]
    _keep(vault, done)
    vault.settle()
    if _may(vault, "clinical") and _waits(vault, first.erasure_id):
        done += decide_part(vault, "clinical", first.erasure_id, then_scrub=False)
    for zone in ZONES:
        if zone in {part.zone for part in done}:
            scrub.scrub(vault, zone)
    scrub.scrub_due(vault)  # where nothing was held, the log says so, and that is all
    return done


def _may(vault: Vault, zone: Zone) -> bool:
    return zone in vault.zones and may(vault.user, PERMISSIONS[zone])


def _waits(vault: Vault, erasure_id: UUID) -> bool:
    with vault.read() as db:
        return any(task.erasure_id == erasure_id for task in clinical_erasure_tasks(db))


def decide_part(
    vault: Vault, zone: Zone, erasure_id: UUID, keep: str = "", *, then_scrub: bool = True
) -> list[PartDone]:
    """Decide a part that waits: erase it, or keep it with a reason. Raises ZoneClosed, PermissionDenied, NotFound."""
    if zone not in vault.zones:
        raise ZoneClosed()
    if not keep:
        if then_scrub:  # else it goes along with what was backed up before
            vault.prepare_for(WHY)
        with vault.read() as db:
            people = _people_of(db, zone, erasure_id)
            ids = row_ids(db, zone, people, in_zone(zone, ()))
        with vault.write("core") as db:
            forget_drafts(db, ids)
    decide = decide_clinical_part if zone == "clinical" else decide_safeguarding_part
    with vault.write(zone) as db:
        made = decide(db, erasure_id, keep)
    done = [made] if made is not None else []
    _keep(vault, done)
    vault.settle()
    if done and then_scrub:
        scrub.scrub(vault, zone)
    return done


def _people_of(db: Db, zone: Zone, erasure_id: UUID) -> list[UUID]:
    table = TASKS[zone]
    said = db.scalar(select(table.people).where(table.erasure_id == erasure_id)) or ""
    return [UUID(p) for p in said.split()]


def forget_drafts(db: Db, ids: Iterable[UUID]) -> None:
    """Crash copies of what is typed are named after the record they belong to, whoever typed them."""
    wanted = {str(i) for i in ids} | {i.hex for i in ids}
    keys = set(db.scalars(select(SealedDraft.key)))
    waiting = db.info["vault"].unsaved_drafts
    names = keys | {key for _author, key in waiting}
    going = [name for name in names if any(part in name for part in wanted)] if wanted else []
    for name in going:
        db.execute(delete(SealedDraft.__table__).where(SealedDraft.__table__.c.key == name))  # type: ignore[arg-type]  # a mapped table
        for mark in [m for m in waiting if m[1] == name]:
            waiting.pop(mark, None)


def _keep(vault: Vault, done: Sequence[PartDone]) -> None:
    """The ledger says what was done, and large files go. What a power cut leaves out is made good by `reapply`."""
    for part in done:
        ledger.add(vault.folder, vault.unlocked.ring.zone("core"), part.line)
        for file_id in part.outcome.files:
            files.path_of(vault.folder, part.zone, file_id).unlink(missing_ok=True)
    if done:
        vault.tell_erased()


# --- After an older copy came back ---


def reapply(vault: Vault) -> list[Erased]:
    """Erase again whoever is in the ledger and came back: from an older copy, or in a message that was on its way.

    Asked after a restore and after each unlock, once what waited is settled. Also makes the ledger whole from the log.
    An erasure that was cut off is carried to its end. Returns the lines that had something to erase again; the files of
    these parts were written anew.
    """
    every, again = mend_ledger(vault), list[Erased]()
    _mend_list(vault, every)
    _mend_tasks(vault)
    for zone in (z for z in ZONES if z in vault.zones):
        lines = [line for line in every if zone in line.zones]
        for classes in sorted({line.classes for line in lines}):
            alike = [line for line in lines if line.classes == classes]
            with vault.read() as db:  # one look for all of them: as a rule nothing is there
                found = look(db, zone, [p for line in alike for p in line.people], classes)
            for line in alike if found.changed else ():
                again += [line] if _erase_again(vault, zone, line) else []
    if every:  # also where the power went after the rows were gone and before the files were written anew
        scrub.scrub_due(vault)
    return again


def _erase_again(vault: Vault, zone: Zone, line: Erased) -> bool:
    with vault.read() as db:
        found = look(db, zone, line.people, line.classes)
        ids = row_ids(db, zone, line.people, line.classes) if found.changed else set()
    if not found.changed:
        return False
    with vault.write("core") as db:
        forget_drafts(db, ids)
    with vault.write(zone) as db:
        db.info["authority"] = "erasure ledger"
        outcome = erase_rows(db, zone, line.people, line.classes)
        if outcome.changed:
            log_line(db, line, None)
    for file_id in outcome.files:
        files.path_of(vault.folder, zone, file_id).unlink(missing_ok=True)
    return bool(outcome.changed)


def _mend_list(vault: Vault, every: Sequence[Erased]) -> None:
    """The list of erasures, where core came back from before one: what the ledger knows of it, and the rest waits again."""
    begun = [line for line in every if "core" in line.zones]
    if not begun:
        return
    with vault.read() as db:
        rows = db.execute(select(Erasure.subject, Erasure.happened_on, Erasure.classes))
        known = {(row.subject, row.happened_on, row.classes) for row in rows}
    lost = [
        line
        for line in begun
        if not any((person, line.on, " ".join(line.classes)) in known for person in line.people)
    ]
    if not lost:
        return
    with vault.write("core") as db:
        db.info["authority"] = "erasure ledger"
        for line in lost:
            said = " ".join(line.classes)
            row = Erasure(subject=line.people[0], basis=line.basis, happened_on=line.on, classes=said)
            db.add(row)
            db.flush()
            for zone in zones_of(line.classes):
                done = any(zone in other.zones and set(other.people) == set(line.people) for other in every)
                part = ErasurePart(erasure_id=row.id, part=zone, state="done" if done else "waiting")
                part.decided_on = line.on if done else None
                db.add(part)


def _mend_tasks(vault: Vault) -> None:
    """Where core waits for a part, and the zone came back from before it was asked, it is asked again."""
    for zone, table in TASKS.items():
        if zone not in vault.zones:
            continue
        with vault.read() as db:
            waits = select(Erasure).join(ErasurePart, ErasurePart.erasure_id == Erasure.id)
            waits = waits.where(ErasurePart.part == zone, ErasurePart.state == "waiting")
            there = set(db.scalars(select(table.erasure_id)))
            lost = [
                (row.id, all_records(db, row.subject), row.basis, row.classes)
                for row in db.scalars(waits)
                if row.id not in there
            ]
        if lost:
            with vault.write(zone) as db:
                db.info["authority"] = "erasure ledger"
                for erasure_id, people, basis, classes in lost:
                    ask_again(db, erasure_id, people, basis, classes)


def mend_ledger(vault: Vault) -> list[Erased]:
    """Every line there should be: those of the ledger, and those that only the log of a part knows, which are added.

    A ledger that was cut or damaged is set aside as `erasure.json.damaged` and made from the log.
    """
    core = vault.unlocked.ring.zone("core")
    try:
        known = ledger.read(vault.folder, core)
    except DamagedVault as error:
        log.error("erasure ledger: %s", type(error).__name__)
        (vault.folder / ledger.FILE).replace(vault.folder / f"{ledger.FILE}.damaged")
        known = []
        with vault.write("core") as db:
            audit.record(db, "erasure ledger made from the log")
    with vault.read() as db:
        logged = [line for zone in ZONES if zone in vault.zones for line in _logged(db, zone)]
    new = ledger.merge(vault.folder, core, {line.id: line for line in logged}.values())
    return [*known, *new]


def _logged(db: Db, zone: Zone) -> list[Erased]:
    entry: Any = audit.ENTRIES[zone].__table__
    query = select(entry.c.ref, entry.c.actor, entry.c.detail).where(entry.c.action == scrub.ERASED)
    found = []
    for ref, actor, detail in db.connection().execute(query):
        data = json.loads(detail)
        people = tuple(UUID(p) for p in data["people"])
        when = date.fromisoformat(data["on"])
        found.append(Erased(ref, people, when, data["basis"], actor, (zone,), tuple(data["classes"])))
    return found
