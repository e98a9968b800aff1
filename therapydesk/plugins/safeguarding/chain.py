"""The record of a concern: entries are put at its end, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from therapydesk.api import (
    Db,
    NotFound,
    SafeguardingDocument,
    UserError,
    audit,
    local_now,
    new_id,
    now,
    parse_time,
    role_title,
    show_time,
    tr,
)
from therapydesk.plugins.safeguarding.models import Concern, Entry
from therapydesk.plugins.safeguarding.rules import CHAINED, START, Break, entry_hash, find_break, record_check

LOGGED = "added to a concern"
LONGEST = 50_000  # letters in one text
FIELDS = (*CHAINED, "prev", "hash")


@dataclass(frozen=True)
class When:
    """When something happened, wall clock: `time` is "15:50" or empty; not `exact` reads "About"."""

    on: date
    time: str = ""
    exact: bool = True


@dataclass(frozen=True)
class NewEntry:
    """What is put into a record. `says` is who says so; `impact` what it meant to the person, or what they want."""

    kind: str
    text: str
    when: When | None = None
    says: str = ""
    impact: str = ""
    done: str = ""
    warning: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    about_id: UUID | None = None


@dataclass(frozen=True)
class Author:
    """Who wrote an entry and when (UTC), where that is not the signed-in user now."""

    id: UUID
    name: str
    at: datetime


@dataclass(frozen=True)
class RecordCheck:
    """Whether a record is as it was written. `check` stands for it in print; `broken` names what is not.

    `broken.why` is changed, missing or moved; `entry_id` is the entry, when it is there.
    """

    concern_id: UUID
    entries: int
    check: str
    broken: Break | None = None
    entry_id: UUID | None = None

    @property
    def whole(self) -> bool:
        """Nothing was changed, taken out or put in between."""
        return self.broken is None


def find_concern(db: Db, concern_id: UUID) -> Concern:
    """The concern. Raises NotFound."""
    concern = db.get(Concern, concern_id)
    if concern is None:
        raise NotFound(tr("That concern is not here."))
    return concern


def find_entry(db: Db, entry_id: UUID) -> Entry:
    """The entry. Raises NotFound."""
    entry = db.get(Entry, entry_id)
    if entry is None:
        raise NotFound(tr("That entry is not here."))
    return entry


def need_open(concern: Concern) -> None:
    """Raise UserError for a concern that is closed."""
    if concern.state == "closed":
        raise UserError(tr("This concern is closed."), tr("Reopen it first."))


def need_text(text: str, sentence: str) -> str:
    """The text without space around it. Raises UserError with the sentence when nothing is left, or it is too long."""
    bare = text.strip()
    if not bare:
        raise UserError(sentence)
    if len(bare) > LONGEST:
        raise UserError(
            tr("This text is too long ({n} letters).").format(n=len(bare)),
            tr("Attach it as a file, and write here what matters."),
        )
    return bare


def check_when(when: When | None) -> When:
    """When something happened, now if it is not said. Raises UserError for a day to come or a time that is none."""
    here = local_now()
    if when is None:
        return When(here.date(), show_time(here.time()))
    if when.on > here.date():
        raise UserError(tr("That day is still to come."), tr("Write down what has happened."))
    return When(when.on, show_time(parse_time(when.time)) if when.time.strip() else "", when.exact)


def append(db: Db, concern: Concern, new: NewEntry, author: Author | None = None) -> Entry:
    """Put an entry at the end of a record, and its hash into the log of the zone."""
    who = author or Author(db.user.id, db.user.name, now())
    when = check_when(new.when)
    roles = "" if author is not None else ", ".join(role_title(r) for r in sorted(db.user.roles))
    row = Entry(
        id=new_id(),
        concern_id=concern.id,
        person_id=concern.person_id,
        seq=concern.entries + 1,
        kind=new.kind,
        happened_on=when.on,
        happened_time=when.time,
        exact=when.exact,
        at=who.at,
        by=who.id,
        author=who.name[:200],
        role=roles[:100],
        says=new.says.strip()[:200],
        text=new.text.strip(),
        impact=new.impact.strip(),
        done=new.done.strip(),
        warning=new.warning.strip()[:200],
        detail=json.dumps(new.detail, sort_keys=True, ensure_ascii=False),
        about_id=new.about_id,
        prev=concern.head or START,
    )
    row.hash = entry_hash(row.prev, {name: getattr(row, name) for name in CHAINED})
    db.add(row)
    concern.entries, concern.head = row.seq, row.hash
    db.flush()
    audit.record(db, LOGGED, row.id, {"concern": str(concern.id), "seq": row.seq, "hash": row.hash})
    return row


def check_records(db: Db, concern_ids: Iterable[UUID]) -> list[RecordCheck]:
    """Check whole records: each entry, their order, what the log of the zone says of them, and attached files."""
    return [_check(db, find_concern(db, concern_id)) for concern_id in concern_ids]


def _check(db: Db, concern: Concern) -> RecordCheck:
    table: Any = Entry.__table__
    columns = [table.c[name] for name in FIELDS]
    query = select(*columns).where(table.c.concern_id == concern.id).order_by(table.c.seq)
    rows = [dict(row) for row in db.connection().execute(query).mappings()]
    broken = (
        find_break(rows, concern.entries, concern.head)
        or _unlogged(db, concern.id, rows)
        or _file_break(db, rows)
    )
    at = next((row["id"] for row in rows if broken is not None and row["seq"] == broken.seq), None)
    return RecordCheck(concern.id, len(rows), record_check([concern.head]), broken, at)


def _unlogged(db: Db, concern_id: UUID, rows: list[dict[str, Any]]) -> Break | None:
    """The first entry whose hash is not what the log says: somebody with the key wrote the whole record anew."""
    log = audit.ENTRIES["safeguarding"]
    mine = select(Entry.id).where(Entry.concern_id == concern_id)
    query = select(log.ref, log.detail).where(log.action == LOGGED, log.ref.in_(mine))
    told = {ref: json.loads(detail)["hash"] for ref, detail in db.execute(query)}
    return next((Break(r["seq"], "changed") for r in rows if told.get(r["id"]) != r["hash"]), None)


def _file_break(db: Db, rows: list[dict[str, Any]]) -> Break | None:
    """The first entry whose attached file is gone or is another one."""
    for row in rows:
        if row["kind"] == "attachment":
            detail = json.loads(row["detail"])
            kept = db.scalar(
                select(SafeguardingDocument.sha256).where(SafeguardingDocument.id == UUID(detail["document"]))
            )
            if kept != detail["sha256"]:
                return Break(row["seq"], "missing" if kept is None else "changed")
    return None
