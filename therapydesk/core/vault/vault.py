"""The vault: the folder that holds a practice. Create, open, unlock, work, lock (security §2–§6)."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from uuid import UUID
from weakref import WeakSet

from therapydesk.core import audit
from therapydesk.core.audit_check import VerifyResult
from therapydesk.core.changes import Changed, Changes
from therapydesk.core.errors import Busy, DamagedVault, DiskFull, UserError, WrongPassphrase
from therapydesk.core.permissions import allows
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import creation, drafts, generations, outbox, pending
from therapydesk.core.vault.admin import UNLOCKS, UserDoor, mirror_user
from therapydesk.core.vault.backup_door import BackupDoor
from therapydesk.core.vault.backup_source import Source
from therapydesk.core.vault.check import Finding, check_vault, quick_check
from therapydesk.core.vault.creation import NewPractice
from therapydesk.core.vault.damage_door import DamageDoor
from therapydesk.core.vault.drafts import DraftDoor
from therapydesk.core.vault.instance import InstanceLock
from therapydesk.core.vault.keys import Kdf, OwnKeys
from therapydesk.core.vault.log_door import LogDoor, added_modules
from therapydesk.core.vault.mark_keeper import MarkKeeper
from therapydesk.core.vault.memory import forbid_core_dumps
from therapydesk.core.vault.opening import Unlocked, bring_up_to_date, open_ring, open_units, read_public
from therapydesk.core.vault.outside import Outside
from therapydesk.core.vault.passphrase import Attempts, Refused, check_passphrase
from therapydesk.core.vault.pin_door import PinDoor
from therapydesk.core.vault.place import check_place, read_format
from therapydesk.core.vault.recovery import RecoveryCode
from therapydesk.core.vault.session import Actor, Db, Host
from therapydesk.core.vault.units import locked
from therapydesk.core.vault.users import UserEntry, Users
from therapydesk.core.words import ntr, tr

__all__ = ["NewPractice", "RecoveryCode", "Vault"]
log = logging.getLogger("therapydesk")
SOON = 0.25  # how long settling right after a commit waits for a zone that is being written


class Vault(UserDoor, DamageDoor, LogDoor, DraftDoor, PinDoor, BackupDoor):
    """A vault, locked or unlocked. `open` holds the instance lock until `close`."""

    def __init__(self, folder: Path, host: Host, lock: InstanceLock, kdf: Kdf) -> None:
        self.folder, self.host, self.kdf = folder, host, kdf
        self.changes = Changes()
        self.waiting: list[outbox.Waiting] = []
        self.log_findings: list[VerifyResult] = []
        self.marks = MarkKeeper()
        self.opened_files: WeakSet[BufferedReader] = WeakSet()
        self.outside = Outside(folder)
        self.late_views: list[tuple[Zone, UUID, dict[str, str]]] = []
        self.unsaved_drafts: dict[tuple[UUID, str], tuple[datetime, bytes]] = {}
        self._lock = lock
        self._about = read_format(folder)
        self._attempts = Attempts()
        self._settling = threading.Lock()
        self._settler: int | None = None
        self._renewing = threading.Lock()
        self._swapping = threading.RLock()
        self._unlocked: Unlocked | None = None

    @classmethod
    def create(
        cls, folder: Path, who: NewPractice, *, host: Host, kdf: Kdf | None = None
    ) -> tuple[Vault, RecoveryCode]:
        """Make a new vault; it is returned unlocked, with the code of its recovery kit. Raises UserError.

        `kdf` is the full one unless a test says otherwise.
        """
        kdf = kdf or Kdf.full()
        ring, code = creation.make(folder, who, host, kdf)
        vault = cls.open(folder, host=host)
        vault.kdf = kdf
        try:
            entry = vault._users().named(who.user_name)
            vault._enter(entry, ring.own, "vault made")
        except BaseException:  # whatever it was goes on, and no file stays locked behind it
            vault.close()
            raise
        return vault, code

    @classmethod
    def open(cls, folder: Path, *, host: Host) -> Vault:
        """Open a vault, locked. Raises NewerFormat before any file is opened, VaultInUse, VaultError."""
        read_format(folder)
        check_place(folder)
        forbid_core_dumps()
        lock = InstanceLock.take(folder)
        try:
            return cls(folder, host, lock, Kdf.full())
        except BaseException:
            lock.release()
            raise

    def close(self) -> None:
        """Lock, and let go of the folder."""
        try:
            self.lock()
        finally:
            self._lock.release()
            self.marks.close()

    # -- unlock, lock --

    def user_names(self) -> list[str]:
        """Who can sign in."""
        return self._users().names()

    def _users(self) -> Users:
        return self._unlocked.users if self._unlocked is not None else Users.read(self.folder)

    def unlock(self, user: str, passphrase: str) -> Actor:
        """Open the zones of a user. Takes as long as the derivation of the key, by design.

        Raises WrongPassphrase (with `wait`, the seconds before the next try), NotFound, DamagedVault,
        NewerFormat.
        """
        self.lock()
        users = Users.read(self.folder)
        entry = users.named(user)
        return self._enter(entry, self.try_passphrase(entry, passphrase), UNLOCKS[0])

    def try_passphrase(self, entry: UserEntry, passphrase: str) -> OwnKeys:
        """A user's keys; wrong tries are counted and make the next one wait. Raises WrongPassphrase."""
        self._check_attempts(entry)
        try:
            own = entry.open(passphrase)
        except WrongPassphrase as error:
            raise self._wrong(self._users(), entry, error.message) from None
        self._attempts.right(str(entry.id))
        return own

    def unlock_with_recovery(self, code: str | RecoveryCode, new_passphrase: str) -> Actor:
        """Open with a recovery kit and set a new passphrase. The kit is used up: `needs_kit` is True
        afterwards.
        """
        code = RecoveryCode.parse(code) if isinstance(code, str) else code
        check_passphrase(new_passphrase)
        self.lock()
        users = Users.read(self.folder)
        for kit in users.kits.values():
            entry = users.get(kit.user)
            self._check_attempts(entry)
            try:
                own = kit.open(code)
            except WrongPassphrase:
                continue
            actor = self._enter(entry, own, UNLOCKS[1])
            renewed = entry.with_passphrase(own, new_passphrase, self.kdf)
            with self._changing_users() as changed:
                changed.entries[entry.id] = renewed
                del changed.kits[kit.id]
            return actor
        for entry in {k.user: users.get(k.user) for k in users.kits.values()}.values():
            raise self._wrong(users, entry, tr("That is not the code of this vault’s recovery kit."))
        raise WrongPassphrase(tr("This vault has no recovery kit."), tr("It was used up, or never finished."))

    def _check_attempts(self, entry: UserEntry) -> None:
        wrong = pending.counts(self.folder).get(entry.id, 0)
        self._attempts.carry_over(str(entry.id), wrong)
        self._attempts.check(str(entry.id))

    def _wrong(self, users: Users, entry: UserEntry, message: str) -> Refused:
        with contextlib.suppress(DamagedVault):  # of a damaged vault it is counted in memory only
            _, grants = read_public(self.folder, users)
            pending.put(self.folder, grants["core"].public_key, "wrong passphrase", entry.id)
        wait = self._attempts.wrong(str(entry.id))
        help = ntr("Try again in {n} second.", "Try again in {n} seconds.", round(wait)) if wait else ""
        return Refused(message, help, wait)

    def _enter(self, entry: UserEntry, own: OwnKeys, how: str) -> Actor:
        users = Users.read(self.folder)
        current, grants = read_public(self.folder, users)
        ring = open_ring(users, entry, own, grants)

        def before() -> None:
            if self.before is not None:
                source = Source(
                    self.folder,
                    self._about,
                    actor,
                    ring,
                    users,
                    current,
                    grants,
                    lambda: not self.is_unlocked,
                )
                self.before(source, "before a new version")

        try:
            actor = Actor(entry.id, entry.name, entry.roles)
            getattr(self.host, "let_in", lambda: None)()  # added modules: none is imported while it is locked
            after = bring_up_to_date(self.folder, dict(current), ring, self.host, before)
            units = open_units(self.folder, after, ring, actor, {"vault": self, "host": self.host})
        except BaseException:
            ring.wipe()
            raise
        self._unlocked = Unlocked(actor, ring, users, after, grants, units)
        try:
            self._say_hello(entry, how, [zone for zone in ZONES if after[zone] != current[zone]])
        except BaseException as error:
            named = self.name_damage(error)  # with the keys that are still there
            self._shut()
            if named is not None:
                raise named from None
            raise
        return actor

    def _say_hello(self, entry: UserEntry, how: str, migrated: list[Zone]) -> None:
        """The first entries of this sitting, and what waited while nobody could write."""
        with self.write("core") as db:
            audit.record(db, how, entry.id, added_modules(self.host))
            if how == "vault made":
                mirror_user(db, entry)
        for zone in migrated:
            with self.write(zone) as db:
                audit.record(db, "brought up to date", None, {"generation": self.unlocked.current[zone]})
        for zone in sorted(self.zones):
            removed = generations.tidy(self.folder, zone, self.unlocked.current[zone])
            if removed:
                with self.write(zone) as db:
                    audit.record(db, "old generations removed", None, {"generations": removed})
        pending.take_in(self)
        self.renew_pin()
        with contextlib.suppress(Busy, DiskFull):
            drafts.write_unsaved(self)
        self.finish_restore()
        self.check_new_log()

    def lock(self) -> None:
        """Sign the log, close every zone file, overwrite the keys. Does nothing when locked. Never fails for
        a full or busy disk: what could not be signed is signed next time. Waits for a change of key to end."""
        with self._renewing:
            if self._unlocked is not None:
                self._lock_up()

    def _lock_up(self) -> None:
        for zone in ZONES:
            if zone not in self.zones - self.read_only:
                continue
            try:
                with self.write(zone, wait=1.0) as db:
                    if zone == "core":
                        self.tell_searches(db)
                        audit.record(db, "lock", self.user.id)
                    audit.checkpoint(db)
            except UserError as error:
                log.warning("log of %s not signed at lock: %s", zone, type(error).__name__)
        self._shut()

    def _shut(self) -> None:
        state, self._unlocked = self.unlocked, None
        self.marks.end_sitting()
        for file in list(self.opened_files):
            file.close()
        self.outside.take_back()
        try:
            state.units.close()
        finally:
            state.wipe()

    @property
    def is_unlocked(self) -> bool:
        """Whether somebody is signed in."""
        return self._unlocked is not None

    @property
    def unlocked(self) -> Unlocked:
        """Keys and open zones; for the vault's own modules. Raises VaultError when locked."""
        if self._unlocked is None:
            raise locked()
        return self._unlocked

    @property
    def user(self) -> Actor:
        """Who is signed in. Raises VaultError when locked."""
        return self.unlocked.user

    @property
    def zones(self) -> frozenset[Zone]:
        """The zones that the signed-in user's keys open."""
        return frozenset(self.unlocked.ring.zones)

    def allows(self, permission: str) -> bool:
        """Whether the signed-in user may do this for anybody at all, and holds the key for it."""
        return allows(self.user, self.zones, permission)

    @property
    def demo(self) -> bool:
        """Whether everybody in it is made up."""
        return bool(self._about.get("demo", False))

    @property
    def practice(self) -> str:
        """The practice's name as given when the vault was made."""
        return str(self._about.get("practice", ""))

    # -- work --

    def read(self) -> AbstractContextManager[Db]:
        """A `db` that reads all zones held and writes none."""
        self._wait_for_swap()
        return self.unlocked.units.read()

    def _wait_for_swap(self) -> None:
        """For the moment in which a zone's file is put in another's place, work waits (scrub.py)."""
        if self._unlocked is not None and not self._unlocked.units.working():
            with self._swapping:
                return

    @contextmanager
    def write(self, zone: Zone, *, wait: float = 5.0) -> Iterator[Db]:
        """A `db` that writes one zone; one transaction, committed at the end, undone when anything raises.

        Waits up to `wait` seconds for another writer of the zone. Raises Busy, ZoneClosed, DiskFull,
        StaleRecord.
        """
        self._wait_for_swap()
        state = self.unlocked
        with state.units.write(zone, wait) as db:
            late = [view for view in self.late_views if view[0] == zone]
            audit.write_late_views(db, late)
            yield db
        for view in late:
            self.late_views.remove(view)
        if "signed" in db.info:
            self.marks.keep(zone, db.info["signed"])
        people = audit.touched(db)
        if people:
            self.changes.publish(Changed(frozenset(people), frozenset().union(*people.values())))
        if db.info.get("settle", set()) & self.zones and not state.units.writing():
            self._settle_soon()

    def _settle_soon(self) -> None:
        try:
            self._settle(SOON)
        except UserError as error:  # the commit stands; what follows from it waits for the next settle
            log.info("settling waits: %s", type(error).__name__)

    def settle(self) -> int:
        """Carry out what waits for the zones held, exactly once; returns how many messages moved.

        What could not be carried out stays and is listed in `waiting`.
        """
        return self._settle(5.0)

    def _settle(self, wait: float) -> int:
        if self._settler == threading.get_ident():
            return 0  # the settling that is running sees what was added
        with self._settling:
            self._settler = threading.get_ident()
            try:
                return outbox.settle(self, wait)
            finally:
                self._settler = None

    def check(self) -> list[Finding]:
        """Check files, records, links between zones and the log of the zones held; reads everything."""
        return check_vault(self)

    def quick_check(self, stop: Callable[[], bool] = lambda: False) -> list[Finding]:
        """The short check after each unlock: can the files of the zones held be read? Repairs nothing. `stop` is asked
        now and then and ends it early.
        """
        return quick_check(self, stop)
