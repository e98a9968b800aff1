"""A pytest plugin for S5: whenever a test calls a service function, the call is first made on a copy of the vault with its
first database call failing, then with its second, and so on, until it passes; then the test goes on.

So every service function that a test calls has its scenario, with real data around it, and one that no test calls is
found. Run as `pytest -p tests.reliability.statement_faults …`; the report goes into the file that
THERAPYDESK_S5_REPORT names. With THERAPYDESK_S5_CONTROL the copy commits after each statement: that must be found.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import event, func, select
from sqlalchemy.exc import SQLAlchemyError

from therapydesk.core import audit, permissions
from therapydesk.core.audit_check import verify
from therapydesk.core.errors import UserError
from therapydesk.core.permissions import SERVICES
from therapydesk.core.tables import Base, Zone, zone_of
from therapydesk.core.vault import generations
from therapydesk.core.vault.keys import Kdf, OwnKeys
from therapydesk.core.vault.vault import Vault

REPORT, CONTROL = "THERAPYDESK_S5_REPORT", "THERAPYDESK_S5_CONTROL"
MOST = 3000  # database calls of one service function
TRIES = 8  # of a function that passed where there was nothing for it to change
CODES = ((10, "disk I/O error"), (13, "database or disk is full"), (5, "database is locked"))

# What a user would only be told as "it did not work": a fault of the program.
WORDLESS = (
    SQLAlchemyError,
    sqlcipher.Error,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass
class Report:
    """`faulted`: how many calls failed in turn, by function; `idle`: of these, those that passed and changed nothing (a test
    may call two in one unit of work: the copy does not have what the first did); `only_read`: called where nothing can be
    written.
    """

    faulted: dict[str, int] = field(default_factory=dict)
    idle: list[str] = field(default_factory=list)
    only_read: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Fault:
    """Lets the database call number `at` fail, once; counts from 1."""

    at: int = 0
    seen: int = 0
    fired: bool = False
    where: str = ""

    def listen(self, engine: Any) -> None:
        for name in ("do_execute", "do_executemany"):
            event.listen(engine, name, lambda *_: self.count())
        event.listen(engine, "do_execute_no_params", lambda *_: self.count())
        event.listen(engine, "commit", lambda _connection: self.end())

    def arm(self, at: int) -> None:
        self.at, self.seen, self.fired = at, 0, False

    @contextmanager
    def off_at_the_end(self) -> Iterator[None]:
        """Nothing fails after the unit of work."""
        try:
            yield
        finally:
            self.at = 0

    def end(self) -> None:
        """The commit is the last call that can fail; what settles after it is not this action any more."""
        self.count()
        self.at = 0

    def count(self) -> None:
        self.seen += 1
        if self.at and self.seen == self.at:
            self.at, self.fired = 0, True
            frames = [f for f in traceback.extract_stack() if "therapydesk" in f.filename]
            self.where = " < ".join(f"{Path(f.filename).stem}.{f.name}" for f in frames[:-6:-1])
            code, text = CODES[self.seen % len(CODES)]
            error = sqlcipher.OperationalError(text)
            error.sqlite_errorcode = code
            raise error


@dataclass
class Call:
    """One call of a service function, as the test makes it."""

    name: str
    function: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    zone: Zone

    def make(self, db: Any) -> None:
        permission = SERVICES[self.name].permission
        db.info["authority"], db.info["scope"] = permission, permissions.scope_of(db.user.roles, permission)
        try:
            self.function(db, *copy.deepcopy(self.args), **copy.deepcopy(self.kwargs))
        finally:
            db.info["authority"] = db.info["scope"] = None


class Trial:
    """A call made again and again on a copy of the vault, failing one database call further on each time."""

    def __init__(self, vault: Vault, call: Call, fault: Fault) -> None:
        self.vault, self.call, self.fault = vault, call, fault
        state = vault.unlocked
        path = generations.zone_file(vault.folder, call.zone, state.current[call.zone])
        self.watcher = generations.connect_alone(path, state.ring.zones[call.zone])
        self.published: list[Any] = []
        self.changed = False
        vault.changes.listen(self.published.append)

    def close(self) -> None:
        self.watcher.close()

    def version(self) -> int:
        """Changes with each commit of anybody else."""
        return int(self.watcher.execute("PRAGMA data_version").fetchone()[0])

    def run(self) -> tuple[int, list[str]] | None:
        """How many database calls failed in turn, and what was wrong; None when the call does not pass by itself."""
        wrong: list[str] = []
        for number in range(1, MOST):
            before, self.published[:] = self.version(), []
            try:
                self.once(number)
            except UserError as error:
                if not self.fault.fired:
                    return None
                wrong += self.judge(number, before, type(error).__name__)
                continue
            except WORDLESS as error:
                if not self.fault.fired:
                    return None
                wrong += [
                    f"call {number}: {type(error).__name__} has no words",
                    *self.judge(number, before, ""),
                ]
                continue
            if not self.fault.fired:
                return number - 1, wrong + self.agree()
            wrong.append(f"call {number} failed, and the action went on, in {self.fault.where}")
            return number, wrong
        return MOST, [*wrong, "never passed"]

    def once(self, number: int) -> None:
        with self.fault.off_at_the_end(), self.vault.write(self.call.zone) as db:
            self.start = db.scalar(select(func.max(audit.ENTRIES[self.call.zone].seq))) or 0
            self.rows = counts(db, self.call.zone)
            before = db.connection().connection.driver_connection.total_changes  # type: ignore[union-attr]  # open
            self.fault.arm(number)
            self.call.make(db)
            db.flush()
            after = db.connection().connection.driver_connection.total_changes  # type: ignore[union-attr]  # open
            self.changed = after != before
            if CONTROL in os.environ:
                db.connection().connection.driver_connection.execute("COMMIT")  # type: ignore[union-attr]  # open
                db.connection().connection.driver_connection.execute("BEGIN")  # type: ignore[union-attr]  # open

    def judge(self, number: int, before: int, error: str) -> list[str]:
        self.fault.arm(0)
        wrong = []
        if self.version() != before:
            wrong.append(f"call {number} failed ({error}), and something was written")
        if self.published:
            wrong.append(f"call {number} failed, and pages were told of a change")
        return wrong

    def agree(self) -> list[str]:
        """After it passed: the log holds together and tells of each table that has another number of rows."""
        zone, entry = self.call.zone, audit.ENTRIES[self.call.zone]
        with self.vault.read() as db:
            result = verify(db, zone, since=self.start)
            told = {
                json.loads(d).get("table")
                for d in db.scalars(select(entry.detail).where(entry.seq > self.start))
            }
            now = counts(db, zone)
        changed = {name for name in now if now[name] != self.rows[name]}
        wrong = [] if result.sound else [f"the log broke: {result.why}"]
        return wrong + [f"{name} changed and the log does not tell" for name in sorted(changed - told)]


def counts(db: Any, zone: Zone) -> dict[str, int]:
    """How many rows each table has that the log tells of."""
    mapped: list[Any] = [m.local_table for m in Base.registry.mappers if getattr(m.class_, "audited", True)]
    there = [t.name for t in mapped if zone_of(t) == zone and t.name != "audit_entry"]
    schema = "main" if zone == "core" else zone
    raw = db.connection().connection.driver_connection
    real = {row[0] for row in raw.execute(f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table'")}
    names = [name for name in there if name in real]
    return {n: raw.execute(f'SELECT count(*) FROM {schema}."{n}"').fetchone()[0] for n in names}


@contextmanager
def copied(vault: Vault) -> Iterator[tuple[Vault, Fault]]:
    """The vault as it was before the running unit of work, opened by the same user."""
    place = Path(tempfile.mkdtemp(prefix="s5-"))
    state = vault.unlocked
    try:
        shutil.copytree(vault.folder, place / "vault", ignore=shutil.ignore_patterns("*-shm", "LOCK"))
        other = Vault.open(place / "vault", host=vault.host)
        other.kdf = Kdf.minimum()
        try:
            other._enter(state.users.get(vault.user.id), OwnKeys(bytearray(state.ring.own.secret)), "unlock")
            fault = Fault()
            fault.listen(other.unlocked.units.engine)
            yield other, fault
        finally:
            other.close()
    finally:
        shutil.rmtree(place)


class Spy:
    """Sees each outermost call of a service function."""

    def __init__(self) -> None:
        self.report, self.busy, self.asked = Report(), False, permissions.require
        self.left = Counter[str]()  # tries of a function that changed nothing yet

    def require(self, db: Any, permission: str) -> Any:
        scope = self.asked(db, permission)
        inner = sys._getframe(1)
        if not self.busy and inner.f_code.co_name == "checked":
            self.busy = True
            try:
                self.see(
                    db, inner.f_locals["function"], inner.f_locals["args"], dict(inner.f_locals["kwargs"])
                )
            finally:
                self.busy = False
        return scope

    def see(self, db: Any, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        name = f"{function.__module__}.{function.__qualname__}"
        if name not in SERVICES or not self.wants(name) or "vault" not in db.info:
            return
        if getattr(db, "zone", None) is None:
            self.report.only_read = sorted({*self.report.only_read, name})
            return
        kwargs.pop("db", None)
        call = Call(name, function, args[1:] if args else (), kwargs, db.zone)
        with copied(db.info["vault"]) as (vault, fault), closing(Trial(vault, call, fault)) as trial:
            answer = trial.run()
        if answer is None:
            return
        self.left[name] += 1
        if trial.changed or name not in self.report.faulted:
            self.report.faulted[name] = answer[0]
        self.report.idle = sorted({*self.report.idle, name} - ({name} if trial.changed else set()))
        self.report.wrong += [f"{name}: {each}" for each in answer[1]]

    def wants(self, name: str) -> bool:
        """Whether a function is to be tried: until it changed something, and a few times at most."""
        report = self.report
        if name not in report.faulted:
            return True
        return name in report.idle and may_write(name) and self.left[name] < TRIES


def may_write(name: str) -> bool:
    """Whether the function's permission says more than reading."""
    return not SERVICES[name].permission.partition(".")[2].startswith(("read", "see"))


SPY = Spy()


def pytest_configure(config: pytest.Config) -> None:  # noqa: ARG001 (the hook's form)
    permissions.require = SPY.require


def pytest_sessionfinish(session: pytest.Session) -> None:  # noqa: ARG001 (the hook's form)
    report = SPY.report
    ours = {name for name in SERVICES if name.startswith("therapydesk.")}
    report.missing = sorted(ours - set(report.faulted) - set(report.only_read))
    report.only_read = sorted(set(report.only_read) - set(report.faulted))
    Path(os.environ[REPORT]).write_text(json.dumps(asdict(report), indent=1), "utf-8")
