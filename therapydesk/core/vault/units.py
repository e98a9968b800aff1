"""Units of work: read() and write(zone) on an unlocked vault, one zone per transaction (security §2)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from therapydesk.core import audit
from therapydesk.core.errors import ReadOnlyZone, StaleRecord, VaultError, ZoneClosed
from therapydesk.core.tables import NO_PERSONAL_DATA, Base, ClinicalBase, CoreBase, SafeguardingBase, Zone
from therapydesk.core.vault.session import Actor, Db
from therapydesk.core.vault.zones import DENY, Authorizer, in_words
from therapydesk.core.words import tr

READ_WAIT = 5.0
log = logging.getLogger("therapydesk")


class _Unit:
    """One row that each unit of work writes first, so that it holds its zone and only its zone."""

    audited = False
    id: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]


class CoreUnit(_Unit, CoreBase):
    """Units of work in core."""

    __tablename__ = "unit"
    privacy = NO_PERSONAL_DATA


class ClinicalUnit(_Unit, ClinicalBase):
    """Units of work in clinical."""

    __tablename__ = "unit"
    privacy = NO_PERSONAL_DATA


class SafeguardingUnit(_Unit, SafeguardingBase):
    """Units of work in safeguarding."""

    __tablename__ = "unit"
    privacy = NO_PERSONAL_DATA


UNITS: dict[Zone, type[Base]] = {"core": CoreUnit, "clinical": ClinicalUnit, "safeguarding": SafeguardingUnit}


def locked() -> VaultError:
    """The vault is locked, so nothing can be read or written."""
    return VaultError(tr("The vault is locked."), tr("Unlock it, then try again."))


@dataclass
class Units:
    """The units of work of one unlocked vault, counted so that locking can wait for them."""

    engine: Engine
    user: Actor
    held: frozenset[Zone]
    info: dict[str, Any]
    _open: list[tuple[int, Zone | None, Any]] = field(default_factory=list)
    _closing: bool = False
    _free: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        # The zones in which something is damaged; shared with the units that take over when files are exchanged.
        self.read_only: set[Zone] = self.info.setdefault("read_only", set())

    @contextmanager
    def read(self) -> Iterator[Db]:
        """A session that reads every zone held and writes none."""
        with self._unit(None, READ_WAIT) as db:
            yield db

    @contextmanager
    def write(self, zone: Zone, wait: float) -> Iterator[Db]:
        """A session that writes one zone; commits at the end, or undoes everything when anything raises."""
        if zone not in self.held:
            raise ZoneClosed()
        if zone in self.read_only:
            raise ReadOnlyZone(
                tr("This part of the vault is damaged, so nothing is written to it."),
                tr("It can be read. Bring it back from a backup, or salvage what can be read."),
            )
        if zone in self.writing():
            raise RuntimeError(f"this thread is already writing {zone}")
        with self._unit(zone, wait) as db:
            table = UNITS[zone].__table__
            bump = insert(table).values(id=1, count=1)  # type: ignore[arg-type]  # a mapped table
            db.connection().execute(
                bump.on_conflict_do_update(index_elements=["id"], set_={"count": table.c.count + 1})
            )
            yield db
            db.flush()
            audit.finish(db)
            db.commit()

    def writing(self) -> set[Zone]:
        """The zones that this thread is writing."""
        me = threading.get_ident()
        return {zone for thread, zone, _ in self._open if thread == me and zone is not None}

    def working(self) -> bool:
        """Whether this thread has a unit of work open."""
        me = threading.get_ident()
        return any(thread == me for thread, _, _ in self._open)

    def wait_idle(self, wait: float) -> None:
        """Wait until no unit of work is open, but not for ever."""
        with self._free:
            self._free.wait_for(lambda: not self._open, wait)

    @contextmanager
    def _unit(self, zone: Zone | None, wait: float) -> Iterator[Db]:
        if self._closing:
            raise locked()
        try:
            with self.engine.connect() as connection:
                raw = connection.connection.driver_connection
                mark = (threading.get_ident(), zone, raw)
                self._enter(mark, connection)
                try:
                    raw.execute(f"PRAGMA busy_timeout={int(wait * 1000):d}")  # type: ignore[union-attr]  # open
                    # Set anew: SQLite asks when a statement is prepared, and this makes it prepare all of
                    # them again.
                    raw.set_authorizer(Authorizer(zone))  # type: ignore[union-attr]  # open
                    with Db(connection, self.user, zone, self.held) as db:
                        db.info.update(self.info)
                        audit.listen(db)
                        yield db
                finally:
                    if self._closing:  # locked meanwhile: this one was not the pool's to close
                        connection.invalidate()
                    else:
                        connection.rollback()
                        raw.set_authorizer(Authorizer(None))  # type: ignore[union-attr]  # open
                    self._leave(mark)
        except StaleDataError:
            raise StaleRecord(
                tr("This was changed by somebody else meanwhile."), tr("Reload it and try again.")
            ) from None
        except (DBAPIError, sqlcipher.Error) as error:
            meant = locked() if self._closing else in_words(error)
            if meant is error:
                raise
            raise meant from None

    def _enter(self, mark: tuple[int, Zone | None, Any], connection: Connection) -> None:
        with self._free:
            if self._closing:
                connection.invalidate()  # else the pool, which has been emptied, would keep it open
                raise locked()
            self._open.append(mark)

    def _leave(self, mark: tuple[int, Zone | None, Any]) -> None:
        with self._free:
            self._open.remove(mark)
            self._free.notify_all()

    def close(self, wait: float = 5.0) -> None:
        """Take no new units, stop what other threads run, and close every file. A unit that will not end in
        time is
        cut off: it can prepare no further statement, and its file is closed when it gives up."""
        me = threading.get_ident()
        with self._free:
            if any(thread == me for thread, _, _ in self._open):
                raise RuntimeError("a unit of work of this thread is still open")
            self._closing = True
            for _, _, raw in self._open:
                raw.interrupt()
            if not self._free.wait_for(lambda: not self._open, wait):
                log.warning("%d units of work did not end before the lock", len(self._open))
                for _, _, raw in self._open:
                    raw.set_authorizer(lambda *_: DENY)
        self.engine.dispose()
