"""The log: one chain of entries per zone, written in the same transaction as the change (security §6,
architecture §9).

No values are stored: `detail` holds table, person id and the names of changed columns, so erasing never
edits the log.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import String, Table, event, insert, select, text
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, UOWTransaction, mapped_column
from sqlalchemy.orm.state import InstanceState

from therapydesk.core import dates
from therapydesk.core.errors import Busy, VaultError
from therapydesk.core.log_rows import LogIdentity, LogInstant
from therapydesk.core.tables import (
    NO_PERSONAL_DATA,
    Base,
    ClinicalBase,
    CoreBase,
    SafeguardingBase,
    Stamped,
    Zone,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from therapydesk.core.vault.session import Db
    from therapydesk.core.vault.vault import Vault

START = "0" * 64
CHECKPOINT, CHECKPOINT_ROWS = "checkpoint", 500
CLOCK_BACK = timedelta(minutes=2)
_UNTOLD_COLUMNS = {"id", "created_at", "created_by", "changed_at", "changed_by", "row_version"}


class _Entry:
    """One line of the log. `hash` is SHA-256 over the entry before and this one."""

    audited = False
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(LogInstant())
    actor: Mapped[UUID | None] = mapped_column(LogIdentity())
    role: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(40), index=True)
    ref: Mapped[UUID | None] = mapped_column(LogIdentity(), index=True)
    detail: Mapped[str]
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditEntry(_Entry, CoreBase):
    """The log of core."""

    __tablename__ = "audit_entry"
    privacy = NO_PERSONAL_DATA


class ClinicalAuditEntry(_Entry, ClinicalBase):
    """The log of the clinical zone."""

    __tablename__ = "audit_entry"
    privacy = NO_PERSONAL_DATA


class SafeguardingAuditEntry(_Entry, SafeguardingBase):
    """The log of the safeguarding zone."""

    __tablename__ = "audit_entry"
    privacy = NO_PERSONAL_DATA


ENTRIES: dict[Zone, type[AuditEntry] | type[ClinicalAuditEntry] | type[SafeguardingAuditEntry]] = {
    "core": AuditEntry,
    "clinical": ClinicalAuditEntry,
    "safeguarding": SafeguardingAuditEntry,
}


@dataclass(frozen=True)
class Head:
    """Where the chain of a zone stands."""

    seq: int
    hash: str
    at: datetime | None


def add_triggers(connection: Connection, zone: Zone) -> None:
    """Refuse changing and deleting log rows, whoever asks. Called after each migration of the zone."""
    schema = "main" if zone == "core" else zone
    for verb in ("UPDATE", "DELETE"):
        trigger = f"{schema}.audit_entry_no_{verb.lower()}"
        refuse = "BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END"
        connection.execute(
            text(f"CREATE TRIGGER IF NOT EXISTS {trigger} BEFORE {verb} ON audit_entry {refuse}")
        )


# --- Writing ---


def record(db: Db, action: str, ref: UUID | None = None, detail: Mapping[str, Any] | None = None) -> None:
    """Add one entry to the log of the zone that `db` writes. `detail`: names, codes, counts, a reason; no
    content.
    """
    _append(db, [(action, ref, dict(detail or {}))])


def bulk(db: Db, table: type[Base] | Table, action: str, ids: Iterable[UUID]) -> None:
    """Tell the log about rows written by a Core statement: one entry with the count and the ids.

    Every Core INSERT, UPDATE or DELETE on an audited table needs this in the same unit, before or after it.
    """
    real: Any = table if isinstance(table, Table) else table.__table__
    told = [str(i) for i in ids]
    db.info.setdefault("told", set()).add(real.fullname)
    touched(db).setdefault(real.name, set())
    record(db, action, None, {"table": real.name, "count": len(told), "ids": told})


def viewed(vault: Vault, zone: Zone, ref: UUID, what: str, person: UUID | None = None) -> None:
    """Log that the signed-in user looked at a record: its own short write. A full or damaged disk does not stop reading;
    the entry is then written with the next one. `what`: "note", "person" …, see records.activity_words."""
    detail = {"what": what} if person is None else {"what": what, "person": str(person)}
    try:
        with vault.write(zone, wait=0.05) as db:
            record(db, "view", ref, detail)
    except (Busy, VaultError):
        vault.late_views.append((zone, ref, detail))


def checkpoint(db: Db) -> None:
    """Sign the head of the chain with the user's key, when there is something new since the
    last signature.
    """
    if _head(db).seq in (0, last_checkpoint(db, _zone(db))):
        return
    _tell_clock(db)  # now: between the entry that is signed and its signature nothing may stand
    head = _head(db)
    message = checkpoint_message(db.info["vault"].unlocked.users.vault, _zone(db), head.seq, head.hash)
    signature = db.info["vault"].unlocked.sign(message).hex()
    record(db, CHECKPOINT, None, {"seq": head.seq, "head": head.hash, "signature": signature})
    db.info["signed"] = _head(db)


def checkpoint_message(vault: UUID, zone: Zone, seq: int, head: str) -> bytes:
    """What a checkpoint signs."""
    return f"TherapyDesk log {vault} {zone} {seq} {head}".encode()


def _tell_clock(db: Db) -> None:
    """Log, once in a unit of work, that the clock went back since the entry before."""
    head, at = _head(db), dates.now()
    if head.at is not None and at < head.at - CLOCK_BACK and not db.info.get("clock_told"):
        db.info["clock_told"] = True
        back = {"seconds": round((head.at - at).total_seconds())}
        _append(db, [("clock went back", None, back)])


def _append(db: Db, news: Sequence[tuple[str, UUID | None, dict[str, Any]]]) -> None:
    _tell_clock(db)
    head, at, rows = _head(db), dates.now(), []
    role = ",".join(sorted(db.user.roles))
    for action, ref, detail in news:
        values: dict[str, Any] = {
            "seq": head.seq + 1,
            "at": at,
            "actor": db.user.id,
            "role": role,
            "action": action,
            "ref": ref,
            "detail": _json(detail),
            "prev": head.hash,
        }
        values["hash"] = digest(values)
        head = Head(head.seq + 1, values["hash"], at)
        rows.append(values)
    db.connection().execute(insert(ENTRIES[_zone(db)].__table__), rows)  # type: ignore[arg-type]  # a mapped table
    db.info["head"] = head


def digest(entry: Mapping[str, Any]) -> str:
    """The hash of an entry: SHA-256(prev ‖ canonical JSON)."""
    at, actor, ref = entry["at"].isoformat(), _hex(entry["actor"]), _hex(entry["ref"])
    told = (entry["seq"], at, actor, entry["role"], entry["action"], ref, entry["detail"])
    return plain_digest(entry["prev"], told)


_HASHED = ("seq", "at", "actor", "role", "action", "ref", "detail")


def plain_digest(prev: str, told: Sequence[Any]) -> str:
    """`digest` of an entry whose columns (seq, at, actor, role, action, ref, detail) are in the form that is hashed."""
    body = dict(zip(_HASHED, told, strict=True))
    return hashlib.sha256(prev.encode() + _json(body).encode()).hexdigest()


def _hex(value: UUID | None) -> str | None:
    return None if value is None else value.hex


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
_json = _CANONICAL.encode  # made once: a million entries are checked with it


def _zone(db: Db) -> Zone:
    if db.zone is None:
        raise RuntimeError("a session that only reads cannot write the log")
    return db.zone


def _head(db: Db) -> Head:
    """The head of the chain; kept in the session, which holds the zone from its first statement on."""
    if "head" not in db.info:
        db.info["head"] = db.info["head_before"] = read_head(db, _zone(db))
    found: Head = db.info["head"]
    return found


def read_head(db: Db, zone: Zone) -> Head:
    """Where the chain of a zone stands in the file; number 0 when nothing was logged yet."""
    entry: Any = ENTRIES[zone].__table__
    query = select(entry.c.seq, entry.c.hash, entry.c.at).order_by(entry.c.seq.desc()).limit(1)
    row = db.connection().execute(query).first()
    return Head(0, START, None) if row is None else Head(row.seq, str(row.hash), row.at)


def last_checkpoint(db: Db, zone: Zone) -> int:
    """The number of the last signed entry; 0 when there is none."""
    entry: Any = ENTRIES[zone].__table__
    query = select(entry.c.seq).where(entry.c.action == CHECKPOINT).order_by(entry.c.seq.desc()).limit(1)
    return db.connection().scalar(query) or 0


# --- Listeners ---


def listen(db: Db) -> None:
    """Put the listeners on a session: stamps, the log, and the refusal of statements that pass the log by."""
    event.listen(db, "before_flush", _stamp)
    event.listen(db, "after_flush", _write_changes)
    event.listen(db, "do_orm_execute", _refuse_bulk)


def touched(db: Db) -> dict[str, set[UUID]]:
    """Tables written in this unit, each with the people concerned."""
    found: dict[str, set[UUID]] = db.info.setdefault("touched", {})
    return found


def _stamp(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    user, at = session.info["user"], dates.now()
    for row in session.new:
        if isinstance(row, Stamped):
            row.created_by = row.created_by or user.id
            row.changed_by = row.changed_by or user.id
    for row in session.dirty:
        if isinstance(row, Stamped) and session.is_modified(row):
            row.changed_by, row.changed_at = user.id, at


def _write_changes(session: Session, context: UOWTransaction) -> None:
    db: Any = session
    news: list[tuple[str, UUID | None, dict[str, Any]]] = []
    for state, (is_delete, list_only) in context.states.items():
        if list_only or (state.key is None and is_delete):
            continue
        table: Any = state.mapper.local_table
        columns = [] if is_delete or state.key is None else _changed_columns(state)
        if state.key is not None and not is_delete and not columns:
            continue
        if not getattr(state.class_, "audited", True):
            continue  # the vault's own tables: nothing of anybody, and no page shows them
        person = _person_id(state, table)
        people = touched(db).setdefault(table.name, set())
        people.update({person} if person is not None else set())
        action = "delete" if is_delete else "create" if state.key is None else "change"
        detail: dict[str, Any] = {"table": table.name}
        detail.update({"person": person} if person is not None else {})
        told = [c for c in columns if c not in _UNTOLD_COLUMNS]
        detail.update({"columns": told} if told else {})
        news.append((action, _ref(state), detail))
    if news:
        _append(db, news)


def _changed_columns(state: InstanceState[Any]) -> list[str]:
    return sorted(a.key for a in state.mapper.column_attrs if state.attrs[a.key].history.has_changes())


def _ref(state: InstanceState[Any]) -> UUID | None:
    values = [state.dict.get(state.mapper.get_property_by_column(c).key) for c in state.mapper.primary_key]
    return next((v for v in values if isinstance(v, UUID)), None)


def _person_id(state: InstanceState[Any], table: Any) -> UUID | None:
    value = state.dict.get("id" if table.name == "person" else "person_id")
    return value if isinstance(value, UUID) else None


def _refuse_bulk(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    statement: Any = state.statement
    if state.is_orm_statement:
        raise RuntimeError("a bulk ORM statement passes the log by: use the table and audit.bulk")
    state.session.info.setdefault("by_core", set()).add(statement.table.fullname)


def finish(db: Db) -> None:
    """Before the commit: raise RuntimeError when a Core statement wrote an audited table and `bulk` was not
    told;
    sign the head when another 500 entries are full."""
    untold = db.info.get("by_core", set()) - db.info.get("told", set())
    quiet = {m.local_table.fullname for m in Base.registry.mappers if not getattr(m.class_, "audited", True)}  # type: ignore[attr-defined]  # a table
    if untold - quiet:
        raise RuntimeError(f"written without telling the log: {', '.join(sorted(untold - quiet))}")
    first, head = db.info.get("head_before"), db.info.get("head")
    if first is not None and head is not None and first.seq // CHECKPOINT_ROWS != head.seq // CHECKPOINT_ROWS:
        checkpoint(db)


def write_late_views(db: Db, late: Sequence[tuple[Zone, UUID, dict[str, str]]]) -> None:
    """Write the views that could not be written when they happened."""
    for _zone_name, ref, detail in late:
        record(db, "view", ref, detail)


def refs(ids: Sequence[UUID]) -> Any:
    """A query for those of these ids that core's log already has as a reference."""
    return select(AuditEntry.ref).where(AuditEntry.ref.in_(ids))
