"""Users, grants, passphrases and recovery kits of an unlocked vault (security §3). Permissions are asked by
the caller.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from therapydesk.core import audit
from therapydesk.core.errors import UserError, WrongPassphrase
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations, ledger
from therapydesk.core.vault.grants import Grants
from therapydesk.core.vault.keys import Kdf, ZoneKeys, wipe
from therapydesk.core.vault.opening import Unlocked, open_units
from therapydesk.core.vault.passphrase import check_passphrase
from therapydesk.core.vault.recovery import RecoveryCode
from therapydesk.core.vault.session import Actor, Db, Host
from therapydesk.core.vault.users import KitEntry, UserEntry, Users
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.changes import Changes

UNLOCKS = ("unlock", "unlock with recovery kit", "unlock with PIN")
Mirror = Callable[[Db, Actor, bool], None]
_mirrors: list[Mirror] = []


def set_user_mirror(mirror: Mirror) -> None:
    """Records keep a row for each user: `mirror(db, actor, left)` writes it in core whenever a
    user changes.
    """
    _mirrors[:] = [mirror]


@dataclass(frozen=True)
class KitUse:
    """Somebody opened the vault with a recovery kit."""

    at: datetime
    name: str


@dataclass(frozen=True, repr=False)
class NewKit:
    """A recovery kit that was made and not put to use yet; `code` is what the sheet says."""

    entry: KitEntry
    code: RecoveryCode


class UserDoor:
    """The part of the vault that looks after users; everything here needs it unlocked."""

    folder: Path
    host: Host
    changes: Changes
    kdf: Kdf
    _renewing: threading.Lock

    if TYPE_CHECKING:

        @property
        def unlocked(self) -> Unlocked: ...
        def read(self) -> AbstractContextManager[Db]: ...
        def write(self, zone: Zone, *, wait: float = 5.0) -> AbstractContextManager[Db]: ...
        def settle(self) -> int: ...
        def prepare_for(self, why: str) -> None: ...
        def need_passphrase(self) -> None: ...
        def renew_pin(self) -> None: ...

    def add_user(self, name: str, roles: Iterable[str], passphrase: str, zones: Iterable[Zone]) -> Actor:
        """Add somebody who may sign in, with core and the zones given, each of which must be held."""
        state, name = self.unlocked, name.strip()
        check_passphrase(passphrase)
        if not name or any(e.name.casefold() == name.casefold() for e in state.users.entries.values()):
            raise UserError(
                tr("There is a user of that name already."), tr("Add an initial to tell them apart.")
            )
        wanted: set[Zone] = {"core", *zones}
        for zone in wanted:
            state.ring.zone(zone)
        entry, _own = UserEntry.make(name, frozenset(roles), passphrase, self.kdf)
        for zone in wanted:  # grants first: the user exists only once users.json says so
            self._give(zone, entry)
        with self._changing_users() as users:
            users.entries[entry.id] = entry
        with self.write("core") as db:
            audit.record(db, "user added", entry.id, {"roles": sorted(entry.roles), "zones": sorted(wanted)})
            mirror_user(db, entry)
        return Actor(entry.id, entry.name, entry.roles)

    def set_roles(self, user_id: UUID, roles: Iterable[str]) -> None:
        """Give a user other roles. Takes effect at that user's next unlock."""
        entry = replace(self.unlocked.users.get(user_id), roles=frozenset(roles))
        with self._changing_users() as users:
            users.entries[user_id] = entry
        with self.write("core") as db:
            audit.record(db, "roles changed", user_id, {"roles": sorted(entry.roles)})
            mirror_user(db, entry)

    def fingerprint(self, user_id: UUID) -> str:
        """Six words that stand for a user's keys; the user reads them out before a zone is granted."""
        return self.unlocked.users.get(user_id).fingerprint()

    def holders(self, zone: Zone) -> frozenset[UUID]:
        """Who holds the key of a zone, of those who can sign in."""
        state = self.unlocked
        here = {entry.id for entry in state.users.entries.values() if not entry.left}
        return frozenset(here & set(state.grants[zone].grants))

    def left_holders(self, zone: Zone) -> frozenset[UUID]:
        """Who has left and still knows the key of a zone, since it was not changed yet."""
        state = self.unlocked
        gone = {entry.id for entry in state.users.entries.values() if entry.left}
        return frozenset(gone & set(state.grants[zone].grants))

    def grant(self, zone: Zone, user_id: UUID) -> None:
        """Give a user the key of a zone. Raises ZoneClosed when the signed-in user does not hold it."""
        self.unlocked.ring.zone(zone)
        self._give(zone, self.unlocked.users.get(user_id))
        with self.write(zone) as db:
            audit.record(db, "zone granted", user_id, {"zone": zone})

    def revoke(self, zone: Zone, user_id: UUID) -> None:
        """Take a zone from a user (or give it up) and change its key, so that a kept key opens
        nothing new.
        """
        state = self.unlocked
        if user_id not in state.grants[zone].grants:
            return
        if user_id == state.user.id and zone == "core":
            raise UserError(tr("Nobody can shut themselves out."), tr("Ask another owner."))
        if set(state.grants[zone].grants) <= {user_id}:
            raise UserError(
                tr("Nobody else holds the key of this part of the vault."), tr("Grant it to somebody first.")
            )
        self.rotate(zone, without=user_id)

    def remove_user(self, user_id: UUID) -> frozenset[Zone]:
        """Somebody leaves: no signing in any more, no kit, and the keys of what they held are changed.

        Returns the zones whose key only another holder can change; see `zones_to_change`.
        """
        state = self.unlocked
        if user_id == state.user.id:
            raise UserError(tr("Nobody can remove themselves."), tr("Ask another owner."))
        entry = replace(state.users.get(user_id), left=True)
        with self._changing_users() as users:
            users.entries[user_id] = entry
            users.kits = {k: kit for k, kit in users.kits.items() if kit.user != user_id}
        with self.write("core") as db:
            audit.record(db, "user removed", user_id)
            mirror_user(db, entry)
        for zone in self.zones_to_change() & set(state.ring.zones):
            self.revoke(zone, user_id)
        return self.zones_to_change()

    def zones_to_change(self) -> frozenset[Zone]:
        """Zones still granted to somebody who has left."""
        return frozenset(zone for zone in ZONES if self.left_holders(zone))

    def rotate(self, zone: Zone, *, without: UUID | None = None, agreed: UUID | None = None) -> None:
        """Change the key of a zone: a new generation under a new secret, granted anew to all
        but `without`. The log names who `agreed`.
        """
        self.prepare_for("before a new key")
        with self._renewing:  # a lock waits: it would overwrite the keys that files are being written with
            self._rotate(zone, without, agreed)

    def _rotate(self, zone: Zone, without: UUID | None, agreed: UUID | None) -> None:
        state = self.unlocked
        old, new = state.ring.zone(zone), ZoneKeys.new()
        self.settle()
        with self.write(zone) as db:
            done = "zone revoked" if without else "key changed with an owner" if agreed else "key changed"
            audit.record(db, done, without or agreed, {"zone": zone, "without": without})
            audit.checkpoint(db)
        grants = self._succeeding(zone, old, new, without)
        state.units.close()
        try:
            how = generations.Renewal(zone, old, new, write_grants=lambda folder: grants.write(folder, new))
            name = generations.renew(self.folder, state.current[zone], how)
            after: dict[Zone, str] = {**state.current, zone: name}
            if zone == "core":  # users and ledger are proved under both keys until the switch has happened
                state.users.write(self.folder, old, new)
                ledger.prove_under(self.folder, old, new)
            generations.switch(self.folder, after)
            state.current, state.grants[zone], state.ring.zones[zone] = after, grants, new
            if without == state.user.id:
                wipe(state.ring.zones.pop(zone).secret)
        finally:
            state.units = open_units(self.folder, state.current, state.ring, state.user, state.units.info)
        self.renew_pin()

    def _succeeding(self, zone: Zone, old: ZoneKeys, new: ZoneKeys, without: UUID | None) -> Grants:
        state = self.unlocked
        grants = state.grants[zone].succeed(old, new)
        for user_id in state.grants[zone].grants:
            entry = state.users.entries.get(user_id)  # None: adding that user was never finished
            if entry is not None and user_id != without:
                grants.give(entry, new, state.user.id, state.ring.own)
        return grants

    def change_passphrase(self, old: str, new: str) -> None:
        """Change the signed-in user's passphrase. Raises WrongPassphrase, or UserError for a weak one."""
        state = self.unlocked
        self.need_passphrase()
        entry = state.users.get(state.user.id)
        if entry.open(old).secret != state.ring.own.secret:
            raise WrongPassphrase(tr("That is not the right passphrase."))
        check_passphrase(new)
        renewed = entry.with_passphrase(state.ring.own, new, self.kdf)
        with self._changing_users() as users:
            users.entries[entry.id] = renewed
        with self.write("core") as db:
            audit.record(db, "passphrase changed", entry.id)

    def make_kit(self) -> NewKit:
        """A new recovery kit for the signed-in user. It counts once `keep_kit` was called: after it was typed back."""
        state = self.unlocked
        self.need_passphrase()
        return NewKit(*KitEntry.make(state.users.get(state.user.id), state.ring.own))

    def keep_kit(self, kit: NewKit) -> None:
        """From now on this kit opens the vault for its user; the ones before stop working."""
        user_id = kit.entry.user
        with self._changing_users() as users:
            others = {k: other for k, other in users.kits.items() if other.user != user_id}
            users.kits = {**others, kit.entry.id: kit.entry}
        with self.write("core") as db:
            audit.record(db, "recovery kit made", user_id)

    def kit_uses(self) -> list[KitUse]:
        """Uses of a recovery kit since the signed-in user was here before, to be shown after unlocking."""
        entry = audit.AuditEntry
        with self.read() as db:
            mine = select(entry.seq).where(entry.action.in_(UNLOCKS), entry.actor == self.unlocked.user.id)
            visits = list(db.scalars(mine.order_by(entry.seq.desc()).limit(2)))
            since = visits[1] if len(visits) == 2 else 0
            used = select(entry.at, entry.actor).where(entry.seq > since, entry.action == UNLOCKS[1])
            rows = [(at, actor) for at, actor in db.execute(used.order_by(entry.seq)) if actor is not None]
        return [KitUse(at, self.unlocked.users.get(actor).name) for at, actor in rows]

    @property
    def needs_kit(self) -> bool:
        """Whether the signed-in user has no recovery kit (any more)."""
        state = self.unlocked
        return all(kit.user != state.user.id for kit in state.users.kits.values())

    def _give(self, zone: Zone, to: UserEntry) -> None:
        state = self.unlocked
        keys = state.ring.zone(zone)
        state.grants[zone].give(to, keys, state.user.id, state.ring.own)
        state.grants[zone].write(generations.folder_of(self.folder, zone, state.current[zone]), keys)

    @contextmanager
    def _changing_users(self) -> Iterator[Users]:
        """A copy of the list of users to change; written, and put in use, when the block ends well."""
        state = self.unlocked
        changed = state.users.copy()
        yield changed
        changed.write(self.folder, state.ring.zone("core"))
        state.users = changed


def mirror_user(db: Db, entry: UserEntry) -> None:
    """Let the records write their row of a user."""
    for mirror in _mirrors:
        mirror(db, Actor(entry.id, entry.name, entry.roles), entry.left)
