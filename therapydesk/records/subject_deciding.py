"""Decide on what was copied for a request: what of others is made unreadable, what is left out, and by whom.

Decisions belong to the request; the records stay as they are. A clinical part needs a health professional's decision on
serious harm (Data Protection Act 2018, Schedule 3, Part 2: by the professional most recently responsible for care; not
checked with a lawyer), a safeguarding part a lead's decision on what is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from therapydesk.core import audit
from therapydesk.core.dates import now
from therapydesk.core.errors import NotFound, StaleRecord, UserError
from therapydesk.core.permissions import allowed, role_title
from therapydesk.core.tables import Zone
from therapydesk.core.vault.outbox import publish
from therapydesk.core.vault.session import Db
from therapydesk.core.words import ntr, tr
from therapydesk.records import subject_marks as marking
from therapydesk.records.events import SubjectPartMoved
from therapydesk.records.subject_collect import count_items, require_part
from therapydesk.records.subject_marks import Mark
from therapydesk.records.subject_requests import open_request, part
from therapydesk.records.subject_review import (
    DECIDES,
    GIVE,
    KEEP,
    REDACT,
    WITHHOLD,
    ItemView,
    item_row,
    item_view,
    review_state,
)
from therapydesk.records.subject_tables import DECISIONS, ITEMS
from therapydesk.records.subject_words import keep_words, withhold_words
from therapydesk.records.users import User

if TYPE_CHECKING:
    from therapydesk.core.jobs import Job
    from therapydesk.core.vault.vault import Vault

MANY = 300  # copies in one unit of work
OUTCOMES: dict[str, tuple[str, ...]] = {"serious_harm": ("none", "some"), "release": ("none", "some", "all")}


def _writable(db: Db, request_id: UUID) -> Zone:
    zone = db.zone
    if zone is None:
        raise RuntimeError("deciding writes")
    require_part(db, zone)
    open_request(db, request_id)
    return zone


def _set(row: Any, marks: list[Mark]) -> None:
    row.marks = marking.write_marks(marks)
    row.to_decide = 0 if row.decision == WITHHOLD else marking.undecided(marks) + (not row.decision)


@allowed("subject_access.review")
def decide_marks(
    db: Db, item_id: UUID, numbers: list[int], decision: str, reason: str, seen: int
) -> ItemView:
    """Make places of a copy unreadable (`redact`, reason of withhold_words) or leave them (`keep`, keep_words).

    `seen` is the row version of the copy that the numbers were taken from. Raises StaleRecord.
    """
    row = item_row(db, _zone(db), item_id)
    _writable(db, row.request_id)
    _same(row, seen)
    _check(decision, reason)
    marks = marking.read_marks(row.marks)
    if any(not 0 <= number < len(marks) for number in numbers):
        raise NotFound(tr("That copy is not here any more: the part was collected anew."))
    _set(row, marking.decide(marks, numbers, decision, reason, db.user.name))
    _reopen(db, row.request_id)
    db.flush()
    return item_view(row)


def _same(row: Any, seen: int) -> None:
    if row.row_version != seen:
        raise StaleRecord(tr("This was changed by somebody else meanwhile."), tr("Reload it and try again."))


def _zone(db: Db) -> Zone:
    if db.zone is None:
        raise RuntimeError("deciding writes")
    return db.zone


def _check(decision: str, reason: str) -> None:
    codes = {REDACT: withhold_words(), KEEP: keep_words()}.get(decision)
    if codes is None or reason not in codes:
        raise UserError(tr("“{code}” is none of the choices.").format(code=reason or decision))


@allowed("subject_access.review")
def add_mark(
    db: Db, item_id: UUID, field: int, start: int, end: int, reason: str = "third_party"
) -> ItemView:
    """Make a place unreadable that was not found, from `start` to before `end` of a field. Raises UserError."""
    row = item_row(db, _zone(db), item_id)
    _writable(db, row.request_id)
    _check(REDACT, reason)
    fields = marking.read_fields(row.fields)
    if not (0 <= field < len(fields) and 0 <= start < end <= len(fields[field].text)):
        raise UserError(tr("Choose the words first."))
    text = fields[field].text[start:end]
    new = Mark(field, start, end, text, REDACT, reason, db.user.name)
    _set(row, marking.add(marking.read_marks(row.marks), new))
    _reopen(db, row.request_id)
    db.flush()
    return item_view(row)


@allowed("subject_access.review")
def decide_item(db: Db, item_id: UUID, decision: str, reason: str = "") -> ItemView:
    """Give a copy (its marks still count), or withhold it as a whole with a reason of withhold_words."""
    row = item_row(db, _zone(db), item_id)
    _writable(db, row.request_id)
    if decision not in (GIVE, WITHHOLD) or (decision == WITHHOLD and reason not in withhold_words()):
        raise UserError(tr("“{code}” is none of the choices.").format(code=reason or decision))
    row.decision, row.reason = decision, reason if decision == WITHHOLD else ""
    _set(row, marking.read_marks(row.marks))
    _reopen(db, row.request_id)
    db.flush()
    return item_view(row)


@allowed("subject_access.review")
def decide_name(
    db: Db, request_id: UUID, name: str, decision: str, reason: str, *, after: int = -1, most: int = MANY
) -> tuple[int, int | None]:
    """Decide on every place of a name in the part that `db` writes, where nobody has yet, in the next `most` copies after
    the one at position `after`. Returns how many places, and where it stopped: None at the end.
    """
    zone = _writable(db, request_id)
    _check(decision, reason)
    item: Any = ITEMS[zone].__table__
    wanted = (item.c.request_id == request_id) & (item.c.to_decide > 0) & (item.c.position > after)
    columns = (item.c.id, item.c.position, item.c.marks, item.c.decision, item.c.row_version)
    rows = db.execute(select(*columns).where(wanted).order_by(item.c.position).limit(most)).all()
    places, changes = 0, []
    for row in rows:
        marks = marking.read_marks(row.marks)
        which = [n for n, mark in enumerate(marks) if mark.name == name and not mark.decision]
        if which:
            places += len(which)
            marks = marking.decide(marks, which, decision, reason, db.user.name)
            waiting = marking.undecided(marks) + (not row.decision)
            changed = {"marks": marking.write_marks(marks), "to_decide": waiting}
            changes.append({**changed, "b_id": row.id, "row_version": row.row_version + 1})
    if changes:
        stamped = {"changed_at": now(), "changed_by": db.user.id}
        db.execute(update(item).where(item.c.id == bindparam("b_id")), [{**c, **stamped} for c in changes])
        audit.bulk(db, item, "decided for a request for data", [c["b_id"] for c in changes])
        _reopen(db, request_id)
    return places, rows[-1].position if len(rows) == most else None


def decide_name_everywhere(
    vault: Vault, job: Job, request_id: UUID, zone: Zone, name: str, decision: str, reason: str
) -> int:
    """Decide on a name in a whole part, in short units of work: nobody waits for the zone. Returns how many places.

    Stopped between, what was decided stays decided, and the rest waits.
    """
    places, at = 0, -1
    while True:
        job.progress(places, 0, "")
        with vault.write(zone) as db:
            more, stopped = decide_name(db, request_id, name, decision, reason, after=at)
        places += more
        if stopped is None:
            return places
        at = stopped


@allowed("subject_access.review")
def record_decision(db: Db, request_id: UUID, outcome: str, reason: str) -> None:
    """The decision about the whole part that `db` writes: on serious harm (clinical), on what is given (safeguarding).

    `none` withholds nothing on that ground, `some` what is marked so, `all` the whole part. The earlier one stays, too.
    Raises UserError without a reason.
    """
    zone = _writable(db, request_id)
    kind = DECIDES.get(zone)
    if kind is None:
        raise UserError(tr("This part needs no such decision."))
    if outcome not in OUTCOMES[kind]:
        raise UserError(tr("“{code}” is none of the choices.").format(code=outcome))
    if not reason.strip():
        raise UserError(tr("Say why: it is kept with your name and the day."))
    request = open_request(db, request_id)
    who = db.get(User, db.user.id)
    title = who.registration if who is not None and who.registration else ""
    role = role_title("therapist" if zone == "clinical" else "lead")
    table = DECISIONS[zone]
    db.add(
        table(
            request_id=request_id,
            person_id=request.person_id,
            kind=kind,
            outcome=outcome,
            reason=reason.strip(),
            decided_by=db.user.name,
            decided_as=f"{role}, {title}" if title else role,
        )
    )
    _reopen(db, request_id)
    db.flush()


def _reopen(db: Db, request_id: UUID) -> None:
    """What is decided anew is to be called ready, and packed, anew. Told once in a unit of work."""
    zone, told = _zone(db), db.info.setdefault("subject_reopened", set())
    if request_id not in told and part(db, request_id, zone).state == "ready":
        told.add(request_id)
        publish(db, SubjectPartMoved(request_id, zone, "collected"))


@allowed("subject_access.review")
def finish_part(db: Db, request_id: UUID) -> None:
    """Say that the part that `db` writes is ready to be given. Raises UserError while something is not decided."""
    zone = _writable(db, request_id)
    state = review_state(db, request_id, zone)
    collected = _was_collected(db, request_id, zone)
    if not collected:
        raise UserError(tr("Nothing has been collected yet."), tr("Choose Collect first."))
    if zone in DECIDES and state.decision is None:
        raise UserError(
            tr("A music therapist has to decide on serious harm first.")
            if zone == "clinical"
            else tr("A safeguarding lead has to decide first what is given.")
        )
    withheld_all = state.decision is not None and state.decision.outcome == "all"
    if state.to_decide and not withheld_all:
        raise UserError(
            ntr(
                "{n} copy still waits for a decision.",
                "{n} copies still wait for a decision.",
                state.to_decide,
            ).format(n=state.to_decide)
        )
    audit.record(db, "request for data ready", request_id, {"count": state.items, "withheld": state.withheld})
    publish(db, SubjectPartMoved(request_id, zone, "ready"))


def _was_collected(db: Db, request_id: UUID, zone: Zone) -> bool:
    entry = audit.ENTRIES[zone]
    query = select(entry.seq).where(entry.ref == request_id, entry.action == "request for data collected")
    return count_items(db, zone, request_id) > 0 or db.scalar(query.limit(1)) is not None
