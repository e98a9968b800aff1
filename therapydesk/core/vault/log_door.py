"""The part of the vault that looks after its logs: checks, marks, and what was found (security §6)."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from sqlalchemy import func, select

from therapydesk.core import audit, dates, log_breaks
from therapydesk.core.audit_check import VerifyResult, verify, verify_all
from therapydesk.core.errors import UserError
from therapydesk.core.log_breaks import LogBreak
from therapydesk.core.tables import ZONES, Zone

if TYPE_CHECKING:
    from therapydesk.core.vault.mark_keeper import MarkKeeper
    from therapydesk.core.vault.opening import Unlocked
    from therapydesk.core.vault.session import Db

CLOCK_WENT_BACK = "clock went back"
EVERY = timedelta(days=7)  # how often all of a log is walked through
LogProgress = Callable[[Zone, int, int], object]
log = logging.getLogger("therapydesk")


@runtime_checkable
class RunsModules(Protocol):
    """A plugin host that can tell which modules it runs (core/plugins.py)."""

    loaded: Mapping[str, Any]


def added_modules(host: object) -> dict[str, list[str]]:
    """The modules that were added to the program and run now, for the entry of an unlock: they read all that it opens."""
    if not isinstance(host, RunsModules):
        return {}
    added = [e for e in host.loaded.values() if e.found is not None and e.on and e.module is not None]
    told = sorted(f"{e.id} {e.found.version} {e.found.digest[:12]}" for e in added)
    return {"modules": told} if told else {}


class LogDoor:
    """Everything here needs the vault unlocked. `log_findings` is what the check at unlock found."""

    log_findings: list[VerifyResult]
    marks: MarkKeeper
    searches = 0

    if TYPE_CHECKING:

        @property
        def unlocked(self) -> Unlocked: ...
        @property
        def zones(self) -> frozenset[Zone]: ...
        @property
        def read_only(self) -> frozenset[Zone]: ...
        def read(self) -> AbstractContextManager[Db]: ...
        def write(self, zone: Zone, *, wait: float = 5.0) -> AbstractContextManager[Db]: ...

    def entry_ahead_of_clock(self) -> datetime | None:
        """When the newest entry of core was written, when the clock of this computer was behind it at this unlock by more
        than two minutes; None otherwise. Either the clock is wrong now, or it was then.
        """
        entry: Any = audit.ENTRIES["core"].__table__
        with self.read() as db:
            unlocked = select(func.max(entry.c.seq)).where(
                entry.c.action.like("unlock%"), entry.c.action != "unlock failed"
            )
            last = db.connection().scalar(unlocked) or 0
            query = select(entry.c.at, entry.c.detail).where(
                entry.c.seq == last - 1, entry.c.action == CLOCK_WENT_BACK
            )
            row = db.connection().execute(query).first()
        return None if row is None else row.at + timedelta(seconds=json.loads(row.detail)["seconds"])

    def check_new_log(self) -> None:
        """The check at unlock: each log held, from its last signature on."""
        with self.read() as db:
            results = [verify(db, z, since=audit.last_checkpoint(db, z)) for z in ZONES if z in self.zones]
        self.log_findings = [r for r in results if not r.sound]
        self.note_breaks(self.log_findings)

    def count_search(self) -> None:
        """Somebody searched. What for is not kept; how often is told at lock (security §6)."""
        self.searches += 1

    def tell_searches(self, db: Db) -> None:
        """Write down how often was searched in this sitting; `db` writes core."""
        if self.searches:
            audit.record(db, "search", None, {"count": self.searches})
        self.searches = 0

    def tell_module(self, action: str, module: str, version: str = "", digest: str = "") -> None:
        """Write down that a module was allowed, or switched on or off on this computer."""
        detail = {"module": module, "version": version, "digest": digest}
        with self.write("core") as db:
            audit.record(db, action, None, {name: text for name, text in detail.items() if text})

    def note_breaks(self, results: Iterable[VerifyResult]) -> None:
        """Keep what was found in core's log. A disk that takes nothing is no reason to stop."""
        results = list(results)
        if not results:
            return
        try:
            with self.write("core") as db:
                log_breaks.note(db, results)
        except UserError as error:
            log.warning("a break in the log was not noted: %s", type(error).__name__)

    def open_log_breaks(self) -> list[LogBreak]:
        """What was found wrong with a log and not explained yet."""
        with self.read() as db:
            return log_breaks.open_breaks(db)

    def verify_logs(
        self, zones: Iterable[Zone] | None = None, progress: LogProgress | None = None
    ) -> list[VerifyResult]:
        """Walk through all of the logs held (or those named), and write down that this was done and what was found.

        `progress(zone, entries so far, of)` may raise to stop; nothing is written then. One outcome for each sound log,
        one for each break.
        """
        found: list[VerifyResult] = []
        held = [z for z in ZONES if z in self.zones and (zones is None or z in zones)]
        for zone in held:
            with self.read() as db:
                total = audit.read_head(db, zone).seq
                step = None if progress is None else (lambda n, z=zone, t=total: progress(z, n, t))
                found += verify_all(db, zone, progress=step)
        for zone in (z for z in held if z not in self.read_only):
            mine = [r for r in found if r.zone == zone]
            with self.write(zone) as db:
                entries = max(r.entries for r in mine)
                broken = sum(not r.sound for r in mine)
                audit.record(db, log_breaks.CHECKED, None, {"entries": entries, "breaks": broken})
                if not broken:
                    audit.checkpoint(db)
        self.note_breaks(found)
        return found

    def logs_due(self) -> list[Zone]:
        """The logs held that were not walked through for a week."""
        due: list[Zone] = []
        with self.read() as db:
            for zone in ZONES:
                last = log_breaks.last_full_check(db, zone) if zone in self.zones else dates.now()
                due += [zone] if last is None or dates.now() - last >= EVERY else []
        return due

    def explain_break(self, found: LogBreak, reason: str) -> None:
        """Somebody says why an entry does not fit. From now on the marks start where the log stands."""
        with self.write("core") as db:
            log_breaks.explain(db, found, reason)
        if found.zone in self.zones:
            self.marks.accept(self, found.zone)  # type: ignore[arg-type]  # a Vault
