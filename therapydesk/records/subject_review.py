"""Read what was copied for a request: how far its review is, the copies, the names of others in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from therapydesk.core.errors import NotFound
from therapydesk.core.permissions import allowed
from therapydesk.core.tables import Zone
from therapydesk.core.vault.session import Db
from therapydesk.core.words import tr
from therapydesk.records import subject_marks as marking
from therapydesk.records.subject_collect import require_part
from therapydesk.records.subject_files import KeptFile, kept_file
from therapydesk.records.subject_marks import CopiedField, Mark
from therapydesk.records.subject_tables import DECISIONS, ITEMS

DECIDES: dict[Zone, str] = {"clinical": "serious_harm", "safeguarding": "release"}
AT_ONCE = 200
GIVE, WITHHOLD = "give", "withhold"
REDACT, KEEP = "redact", "keep"
FIRST_WORDS = 120


@dataclass(frozen=True)
class ItemRow:
    """A copy as a list shows it; `words` are the first of its text."""

    id: UUID
    position: int
    title: str
    happened_on: date | None
    words: str
    to_decide: int
    decision: str
    is_file: bool


@dataclass(frozen=True)
class ItemView:
    """A copy with its text and its marks."""

    id: UUID
    title: str
    happened_on: date | None
    fields: tuple[CopiedField, ...]
    marks: tuple[Mark, ...]
    decision: str
    reason: str
    file_name: str
    row_version: int


@dataclass(frozen=True)
class FoundName:
    """A name (or number) of somebody else, with how often it stands there and how often nobody has decided yet."""

    name: str
    text: str
    times: int
    undecided: int


@dataclass(frozen=True)
class Decision:
    """A decision about a whole part."""

    outcome: str
    reason: str
    decided_by: str
    decided_as: str
    decided_at: datetime


@dataclass(frozen=True)
class PartState:
    """How far the review of a part is. `decision` is None for core, which needs none, and before it is made."""

    items: int
    to_decide: int
    withheld: int
    files: int
    decision: Decision | None


@allowed("subject_access.review")
def review_state(db: Db, request_id: UUID, zone: Zone) -> PartState:
    """How far the review of a part is."""
    require_part(db, zone)
    item = ITEMS[zone]
    mine = item.request_id == request_id
    found = db.execute(
        select(
            func.count(),
            func.count().filter(item.to_decide > 0),
            func.count().filter(item.decision == WITHHOLD),
            func.count().filter(item.file_name != ""),
        ).where(mine)
    ).one()
    return PartState(found[0], found[1], found[2], found[3], _decision(db, request_id, zone))


def _decision(db: Db, request_id: UUID, zone: Zone) -> Decision | None:
    table: Any = DECISIONS.get(zone)
    if table is None:
        return None
    query = (
        select(table).where(table.request_id == request_id).order_by(table.created_at.desc(), table.id.desc())
    )
    row = db.scalars(query.limit(1)).first()
    if row is None:
        return None
    return Decision(row.outcome, row.reason, row.decided_by, row.decided_as, row.created_at)


@allowed("subject_access.review")
def list_items(
    db: Db, request_id: UUID, zone: Zone, *, undecided: bool = False, offset: int = 0, limit: int = 50
) -> list[ItemRow]:
    """A window of the copies, in the order of the days; with `undecided` those that wait for a decision."""
    require_part(db, zone)
    item = ITEMS[zone]
    window = select(item.id).where(item.request_id == request_id)
    if undecided:
        window = window.where(item.to_decide > 0)
    window = window.order_by(item.position).offset(offset).limit(limit)  # ids alone: the texts are long
    rows = db.scalars(select(item).where(item.id.in_(list(db.scalars(window)))))
    return sorted((_row(row) for row in rows), key=lambda row: row.position)


def _row(row: Any) -> ItemRow:
    fields = marking.read_fields(row.fields)
    said = (f.text for f in fields if not f.staff and not f.column.endswith(("_at", "_on")))
    longest = max(said, key=len, default="")
    words = row.file_name or " ".join(longest.split())[:FIRST_WORDS]
    return ItemRow(
        row.id,
        row.position,
        tr(row.title),
        row.happened_on,
        words,
        row.to_decide,
        row.decision,
        bool(row.file_name),
    )


@allowed("subject_access.review")
def read_item(db: Db, zone: Zone, item_id: UUID) -> ItemView:
    """One copy. Raises NotFound."""
    require_part(db, zone)
    return item_view(item_row(db, zone, item_id))


def item_view(row: Any) -> ItemView:
    """A copy with its text and its marks."""
    return ItemView(
        row.id,
        tr(row.title),
        row.happened_on,
        tuple(replace(each, label=tr(each.label)) for each in marking.read_fields(row.fields)),
        tuple(marking.read_marks(row.marks)),
        row.decision,
        row.reason,
        row.file_name,
        row.row_version,
    )


def item_row(db: Db, zone: Zone, item_id: UUID) -> Any:
    """The row of a copy. Raises NotFound."""
    row = db.get(ITEMS[zone], item_id)
    if row is None:
        raise NotFound(tr("That copy is not here any more: the part was collected anew."))
    return row


@allowed("subject_access.review")
def file_of(db: Db, zone: Zone, item_id: UUID) -> KeptFile:
    """A file, to be looked at before it is given. Raises NotFound, UserError."""
    require_part(db, zone)
    return kept_file(db, zone, item_row(db, zone, item_id))


@allowed("subject_access.review")
def found_names(db: Db, request_id: UUID, zone: Zone) -> list[FoundName]:
    """Names of others in a part, those that nobody has decided on first, then the most frequent."""
    require_part(db, zone)
    times: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    texts: dict[str, str] = {}
    item = ITEMS[zone]
    query = select(item.marks).where(item.request_id == request_id, item.marks != "[]")
    for text in db.scalars(query.execution_options(yield_per=AT_ONCE)):
        for mark in marking.read_marks(text):
            times[mark.name] += 1
            waiting[mark.name] += not mark.decision
            texts.setdefault(mark.name, mark.text)
    found = [FoundName(name, texts[name], count, waiting[name]) for name, count in times.items()]
    return sorted(found, key=lambda n: (not n.undecided, -n.times, n.name))


def given_items(db: Db, request_id: UUID, zone: Zone) -> Iterator[tuple[Any, list[CopiedField], list[Mark]]]:
    """Every copy of a part that is given, a window at a time, with its fields and marks."""
    item: Any = ITEMS[zone]
    after = -1
    while True:
        query = select(item).where(
            item.request_id == request_id, item.decision == GIVE, item.position > after
        )
        rows = list(db.scalars(query.order_by(item.position).limit(AT_ONCE)))
        for row in rows:
            yield row, marking.read_fields(row.fields), marking.read_marks(row.marks)
            last = row.position
            db.expunge(row)
        if len(rows) < AT_ONCE:
            return
        after = last
