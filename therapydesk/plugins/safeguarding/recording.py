"""What is written into a concern's record: entries, corrections, what was weighed up, body map, files, links.

Every function writes the safeguarding zone, puts one entry at the end of the record and gives its id.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    LARGE,
    Db,
    UserError,
    allowed,
    now,
    publish,
    tr,
)
from therapydesk.plugins.safeguarding.chain import (
    NewEntry,
    When,
    append,
    find_concern,
    find_entry,
    need_open,
    need_text,
)
from therapydesk.plugins.safeguarding.linking import unlink
from therapydesk.plugins.safeguarding.models import Entry
from therapydesk.plugins.safeguarding.packs import PATHWAYS, check_code, pack
from therapydesk.plugins.safeguarding.raising import ConcernMoved

BASES = ("said", "seen", "told", "view")
VIEWS = ("front", "back")
KEPT_KINDS = frozenset(
    "raised read decision closed reopened handed_over correction withdrawn "
    "action action_done action_dropped action_moved".split()
)
LARGEST = LARGE  # bytes that a file in the zone may have; a larger one goes by attaching.attach_large_file


@dataclass(frozen=True)
class Record:
    """An entry to add. `kind`: note, talk (with the person) or wants (asked again what they want).

    `basis`: said (somebody's own words), seen, told (heard from others) or view (the writer's opinion). `says` is who says
    so; `wants` what the person wants, for talk and wants; `done` what was done about it; `warning` names what is painful.
    """

    text: str
    kind: str = "note"
    when: When | None = None
    basis: str = ""
    says: str = ""
    impact: str = ""
    wants: str = ""
    done: str = ""
    warning: str = ""


@dataclass(frozen=True)
class Weighed:
    """What was weighed up: pathway (adult, child), the ticked parts of its test, categories, all codes of the pack."""

    pathway: str
    ticked: Collection[str] = ()
    categories: Collection[str] = ()
    reason: str = ""


@dataclass(frozen=True)
class Wishes:
    """Consent and capacity, codes of packs.coded_choices(). `reason` is needed for consent "overridden" and for capacity
    "lacks"; `decision` is what the capacity was looked at for.
    """

    asked: str
    consent: str
    capacity: str
    advocate: str = "none"
    decision: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Mark:
    """A mark on the body map. `view`: front or back; `x` and `y` from 0 to 1, from the left and from the top of the picture.

    `what` says what is seen, in plain words; size and colour as seen.
    """

    view: str
    x: float
    y: float
    what: str
    size: str = ""
    colour: str = ""


@allowed("safeguarding.write")
def mark_read(db: Db, concern_id: UUID) -> bool:
    """A lead has opened a concern. The first time it is written down, the sender is told, and the reader holds it.

    True when this was the first time.
    """
    concern = find_concern(db, concern_id)
    if concern.read_at is not None:
        return False
    concern.read_at, concern.state = now(), "read"
    concern.lead_id = concern.lead_id or db.user.id
    append(db, concern, NewEntry("read", tr("Read by the safeguarding lead."), says=db.user.name))
    publish(db, ConcernMoved(concern.handover_id, "received"))
    return True


@allowed("safeguarding.write")
def add_record(db: Db, concern_id: UUID, record: Record) -> UUID:
    """Add to the record. Raises UserError for an empty text, a day to come, or a closed concern."""
    concern = find_concern(db, concern_id)
    need_open(concern)
    if record.kind not in ("note", "talk", "wants") or record.basis not in ("", *BASES):
        raise UserError(tr("This kind of entry cannot be added here."))
    new = NewEntry(
        record.kind,
        need_text(record.text, tr("Write what happened.")),
        record.when,
        record.says,
        record.wants or record.impact,
        record.done,
        record.warning,
        {"basis": record.basis} if record.basis else {},
    )
    row = append(db, concern, new)
    if record.kind == "talk" and concern.talked_at is None:
        concern.talked_at = row.at
    return row.id


@allowed("safeguarding.write")
def correct_entry(db: Db, entry_id: UUID, text: str, reason: str) -> UUID:
    """Put a correction beside an entry, which stays as it was. Also for a closed concern."""
    return _beside(
        db,
        entry_id,
        "correction",
        need_text(text, tr("Write what is right.")),
        need_text(reason, tr("Say why it was wrong.")),
    )


@allowed("safeguarding.write")
def add_to_entry(db: Db, entry_id: UUID, text: str) -> UUID:
    """Put an addition beside an entry. Also for a closed concern."""
    return _beside(db, entry_id, "addition", need_text(text, tr("Write what is to be added.")), "")


@allowed("safeguarding.write")
def withdraw_entry(db: Db, entry_id: UUID, reason: str) -> UUID:
    """Say that an entry does not hold (a mark in the wrong place, the wrong file, somebody who has nothing to do with it).

    It stays, and is shown struck through; a link that it made is taken away, from both concerns. Raises UserError for what
    was handed over and for steps (KEPT_KINDS): those are corrected beside, or followed by another step.
    """
    entry = find_entry(db, entry_id)
    if entry.kind in KEPT_KINDS:
        raise UserError(
            tr("This stays as it is."), tr("Put a correction beside it, or record the next step.")
        )
    why = need_text(reason, tr("Say why it does not hold."))
    if find_withdrawn(db, entry_id):
        raise UserError(tr("That does not hold already."))
    if entry.kind in ("person", "concern"):
        for twin in unlink(db, entry):
            _beside(db, twin, "withdrawn", why, "")
    return _beside(db, entry_id, "withdrawn", why, "")


def find_withdrawn(db: Db, entry_id: UUID) -> bool:
    """Whether somebody said that an entry does not hold."""
    query = select(Entry.id).where(Entry.about_id == entry_id, Entry.kind == "withdrawn")
    return db.scalar(query) is not None


def _beside(db: Db, entry_id: UUID, kind: str, text: str, reason: str) -> UUID:
    entry = find_entry(db, entry_id)
    detail = {"reason": reason} if reason else {}
    return append(
        db,
        find_concern(db, entry.concern_id),
        NewEntry(kind, text, says=db.user.name, detail=detail, about_id=entry_id),
    ).id


@allowed("safeguarding.write")
def weigh_up(db: Db, concern_id: UUID, weighed: Weighed) -> UUID:
    """Record pathway, test and categories. Raises UserError for codes that the nation's pack does not have."""
    concern = find_concern(db, concern_id)
    need_open(concern)
    if weighed.pathway not in PATHWAYS:
        raise UserError(tr("Choose adult or child first."))
    way = pack(concern.nation).pathway(weighed.pathway)
    known = {q.id: q.text for q in way.test.questions}
    named = {c.id: c.title for c in way.categories}
    if not set(weighed.ticked) <= set(known) or not set(weighed.categories) <= set(named):
        raise UserError(tr("This belongs to another pathway."), tr("Choose the pathway anew."))
    ticked, categories = sorted(set(weighed.ticked)), sorted(set(weighed.categories))
    concern.pathway = weighed.pathway
    concern.weighed = json.dumps({"ticked": ticked, "categories": categories})
    parts = [way.title, *(known[t] for t in ticked), *(named[c] for c in categories)]
    text = "; ".join(parts) + (f"\n{weighed.reason.strip()}" if weighed.reason.strip() else "")
    detail = {"pathway": weighed.pathway, "ticked": ticked, "categories": categories}
    return append(db, concern, NewEntry("weighed", text, says=db.user.name, detail=detail)).id


@allowed("safeguarding.write")
def record_wishes(db: Db, concern_id: UUID, wishes: Wishes) -> UUID:
    """Record consent and capacity. Raises UserError for an unknown code, or where a reason is missing."""
    concern = find_concern(db, concern_id)
    need_open(concern)
    for name in ("asked", "consent", "capacity", "advocate"):
        check_code(name, getattr(wishes, name))
    if (wishes.consent == "overridden" or wishes.capacity == "lacks") and not wishes.reason.strip():
        raise UserError(
            tr("Say why."),
            tr("Telling others without agreement, and a lack of capacity, are recorded with the reason."),
        )
    text = wishes.reason.strip() or tr("Consent and capacity were looked at.")
    return append(db, concern, NewEntry("consent", text, says=db.user.name, detail=asdict(wishes))).id


@allowed("safeguarding.write")
def add_mark(
    db: Db, concern_id: UUID, mark: Mark, *, when: When | None = None, says: str = "", warning: str = ""
) -> UUID:
    """Place a mark on the body map. To take it back: `withdraw_entry`."""
    concern = find_concern(db, concern_id)
    need_open(concern)
    if mark.view not in VIEWS or not (0 <= mark.x <= 1 and 0 <= mark.y <= 1):
        raise UserError(tr("This mark lies beside the picture."))
    text = need_text(mark.what, tr("Describe what is seen there."))
    return append(db, concern, NewEntry("mark", text, when, says, warning=warning, detail=asdict(mark))).id


@allowed("safeguarding.write")
def record_told(db: Db, concern_id: UUID, who: str, what: str, when: When | None = None) -> UUID:
    """Write down that somebody knows, and what they were told."""
    concern = find_concern(db, concern_id)
    need_open(concern)
    name = need_text(who, tr("Say who knows of it."))
    return append(
        db, concern, NewEntry("told", need_text(what, tr("Say what they were told.")), when, name)
    ).id
