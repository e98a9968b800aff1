"""What must follow in another zone: events by outbox, text by sealed inbox, both carried out exactly once
(security §2).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import LargeBinary, String, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from therapydesk.core import dates
from therapydesk.core.errors import Busy, StaleRecord, UserError, VaultError
from therapydesk.core.events import Event, HandedOver, from_json, to_json
from therapydesk.core.ids import new_id
from therapydesk.core.tables import (
    NO_PERSONAL_DATA,
    ZONES,
    Base,
    ClinicalBase,
    CoreBase,
    Keyed,
    SafeguardingBase,
    Zone,
)
from therapydesk.core.vault.keys import seal
from therapydesk.core.vault.session import Db, Host
from therapydesk.core.words import mark, tr

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

Handler = Callable[[Any, Event], None]
log = logging.getLogger("therapydesk")


class _Outbox(Keyed):
    """An event for another zone: ids and codes only."""

    audited = False
    target: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(default=dates.now)
    payload: Mapped[str]


class _Done:
    """A message that a plugin has taken in, so that taking it in again does nothing."""

    audited = False
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    taker: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=dates.now)


class CoreOutbox(_Outbox, CoreBase):
    """Leaves core."""

    __tablename__ = "outbox"
    privacy = NO_PERSONAL_DATA


class ClinicalOutbox(_Outbox, ClinicalBase):
    """Leaves clinical."""

    __tablename__ = "outbox"
    privacy = NO_PERSONAL_DATA


class SafeguardingOutbox(_Outbox, SafeguardingBase):
    """Leaves safeguarding."""

    __tablename__ = "outbox"
    privacy = NO_PERSONAL_DATA


class CoreDone(_Done, CoreBase):
    """Arrived in core."""

    __tablename__ = "outbox_done"
    privacy = NO_PERSONAL_DATA


class ClinicalDone(_Done, ClinicalBase):
    """Arrived in clinical."""

    __tablename__ = "outbox_done"
    privacy = NO_PERSONAL_DATA


class SafeguardingDone(_Done, SafeguardingBase):
    """Arrived in safeguarding."""

    __tablename__ = "outbox_done"
    privacy = NO_PERSONAL_DATA


class Inbox(Keyed, CoreBase):
    """Text for a zone, sealed to its key; opened, moved in and deleted by the next one who holds the zone."""

    __tablename__ = "inbox"
    log_name = mark("Sealed message for another part")
    privacy = NO_PERSONAL_DATA  # nobody can read it here, and it does not stay

    target: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(default=dates.now)
    by: Mapped[UUID]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


OUTBOX: dict[Zone, type[CoreOutbox] | type[ClinicalOutbox] | type[SafeguardingOutbox]] = {
    "core": CoreOutbox,
    "clinical": ClinicalOutbox,
    "safeguarding": SafeguardingOutbox,
}
DONE: dict[Zone, type[Base]] = {"core": CoreDone, "clinical": ClinicalDone, "safeguarding": SafeguardingDone}
_records: dict[str, tuple[tuple[Zone, ...], Handler, tuple[type[Event], ...]]] = {}


def subscribe(
    name: str, zones: tuple[Zone, ...], handler: Handler, events: tuple[type[Event], ...] = (Event,)
) -> None:
    """Let the records follow events of these kinds in these zones; plugins use the hook `on_event`."""
    _records[name] = (zones, handler, events)


def takers(host: Host, zone: Zone, event: Event) -> list[tuple[str, Handler]]:
    """Who follows an event in a zone: records first, then the plugins at home there."""
    own = [
        (name, handler)
        for name, (zones, handler, events) in _records.items()
        if zone in zones and isinstance(event, events)
    ]
    return [*own, *host.listeners(zone)]


# --- Sending ---


def publish(db: Db, event: Event, *, here_only: bool = False) -> None:
    """Tell about an event. Handlers of the same zone run at once; for the others one outbox row is written, unless it
    is for this zone alone (`here_only`).

    Raises UserError naming the plugin when a handler fails; the whole action is then undone.
    """
    zone = _written(db)
    if isinstance(event, HandedOver):
        raise TypeError("text for another zone goes by hand_over")
    host: Host = db.info["host"]
    for taker, handler in takers(host, zone, event):
        _tell(db, taker, handler, event)
    for target in ZONES if not here_only else ():
        if target != zone and takers(host, target, event):
            db.add(OUTBOX[zone](id=new_id(), target=target, payload=to_json(event)))
            db.info.setdefault("settle", set()).add(target)


def hand_over(db: Db, zone: Zone, kind: str, ref: UUID, content: dict[str, str]) -> UUID:
    """Seal text for a zone that `db` cannot write, and put it into the inbox in core. Returns the message's
    id.

    `kind` begins with the id of the plugin it is for ("referrals.reason"); its `on_event` gets
    HandedOver with a `db`
    that writes `zone`. What and about whom is sealed too: a row in core must not tell that there is a
    concern.
    """
    if _written(db) != "core":
        raise RuntimeError("text is handed over from core")
    message = json.dumps({"kind": kind, "ref": str(ref), "content": content}).encode()
    row = Inbox(
        id=new_id(),
        target=zone,
        by=db.user.id,
        sealed=seal(db.info["vault"].unlocked.public_key(zone), message),
    )
    db.add(row)
    db.info.setdefault("settle", set()).add(zone)
    return row.id


def take_back(db: Db, message_id: UUID) -> bool:
    """Delete a message that was handed over; False when its zone has taken it in already."""
    row = db.get(Inbox, message_id)
    if row is not None:
        db.delete(row)
    return row is not None


def _written(db: Db) -> Zone:
    if db.zone is None:
        raise RuntimeError("a session that only reads cannot publish")
    return db.zone


def _tell(db: Db, taker: str, handler: Handler, event: Event) -> None:
    authority, db.info["authority"] = (
        db.info.get("authority"),
        db.info.get("authority") or f"event {event.name}",
    )
    try:
        handler(db, event)
        db.flush()
    except (SQLAlchemyError, VaultError, Busy, StaleRecord):
        raise
    except UserError as error:
        raise UserError(
            tr("{module}: {message}").format(module=taker, message=error.message), error.help
        ) from error
    except Exception as error:  # a plugin is foreign code: the action is undone and the user told by whom
        log.error("plugin %s failed on %s", taker, event.name, exc_info=error)
        raise UserError(
            tr("The module “{module}” could not follow, so nothing was saved.").format(module=taker),
            tr("Switch it off in Settings, Modules, and try again."),
        ) from error
    finally:
        db.info["authority"] = authority


# --- Taking in ---


@dataclass(frozen=True)
class Waiting:
    """A message that could not be taken in yet, and by whom; it stays and is tried again."""

    message_id: UUID
    zone: Zone
    taker: str
    error: str


def settle(vault: Vault, wait: float = 5.0) -> int:
    """Carry out what waits for the zones held; returns how many messages moved. Failures are kept in
    vault.waiting.
    """
    moved, waiting = 0, list[Waiting]()
    while True:
        waiting = []
        step = sum(_settle_outbox(vault, zone, waiting, wait) for zone in ZONES if zone in vault.zones)
        step += _settle_inbox(vault, waiting, wait)
        moved += step
        if not step:
            break
    vault.waiting = waiting
    return moved


def _settle_outbox(vault: Vault, source: Zone, waiting: list[Waiting], wait: float) -> int:
    table: Any = OUTBOX[source]
    with vault.read() as db:
        rows = [
            (row.id, row.target, row.payload)
            for row in db.scalars(select(table).where(table.target.in_(vault.zones)).order_by(table.id))
        ]
    moved = 0
    for message_id, target, payload in rows:
        zone: Zone = next(z for z in ZONES if z == target)
        try:
            event = from_json(payload)
        except (
            KeyError,
            TypeError,
            ValueError,
        ):  # written by a newer version, or by a plugin that is not loaded
            waiting.append(Waiting(message_id, zone, "", "unknown event"))
            continue
        if _deliver(vault, zone, takers(vault.host, zone, event), (message_id, event), waiting, wait):
            with vault.write(source, wait=wait) as db:
                db.execute(delete(table.__table__).where(table.__table__.c.id == message_id))
            moved += 1
    return moved


def _settle_inbox(vault: Vault, waiting: list[Waiting], wait: float) -> int:
    with vault.read() as db:
        query = select(Inbox).where(Inbox.target.in_(vault.zones)).order_by(Inbox.id)
        rows = [(row.id, row.target, row.sealed) for row in db.scalars(query)]
    moved = 0
    for message_id, target, sealed in rows:
        zone: Zone = next(z for z in ZONES if z == target)
        try:
            data = json.loads(bytes(vault.unlocked.open_message(zone, sealed)))
        except VaultError:
            waiting.append(Waiting(message_id, zone, "", "key"))
            continue
        event = HandedOver(message_id, data["kind"], UUID(data["ref"]), data["content"])
        wanted = event.kind.split(".")[0]
        found = dict(h for z in ZONES for h in takers(vault.host, z, event) if h[0] == wanted)
        if not found:
            waiting.append(Waiting(message_id, zone, wanted, "module missing"))
        elif _deliver(vault, zone, list(found.items()), (message_id, event), waiting, wait):
            with vault.write("core", wait=wait) as db:
                take_back(db, message_id)
            moved += 1
    return moved


def _deliver(
    vault: Vault,
    zone: Zone,
    to: Sequence[tuple[str, Handler]],
    message: tuple[UUID, Event],
    waiting: list[Waiting],
    wait: float,
) -> bool:
    """Tell every taker in a transaction of its own; True when all have taken it in."""
    message_id, event = message
    all_done = True
    for taker, handler in to:
        try:
            with vault.write(zone, wait=wait) as db:
                done = DONE[zone]
                if db.get(done, (message_id, taker)) is None:
                    db.info["authority"] = "settle"
                    _tell(db, taker, handler, event)
                    db.add(done(message_id=message_id, taker=taker))
        except (UserError, SQLAlchemyError) as error:
            log.warning("message %s waits for %s: %s", message_id, taker, type(error).__name__)
            waiting.append(Waiting(message_id, zone, taker, type(error).__name__))
            all_done = False
    return all_done
