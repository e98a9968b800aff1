"""Users, grants, passphrases and recovery kits of an unlocked vault (security §3). Permissions are asked by the caller."""

from __future__ import annotations


from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from therapydesk.core import audit
from therapydesk.core.errors import UserError, WrongPassphrase
from therapydesk.core.tables import Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.grants import Grants
from therapydesk.core.vault.keys import Kdf, ZoneKeys
from therapydesk.core.vault.opening import Unlocked, open_units
from therapydesk.core.vault.passphrase import check_passphrase
from therapydesk.core.vault.recovery import RecoveryCode
from therapydesk.core.vault.session import Actor, Db, Host
from therapydesk.core.vault.users import KitEntry, UserEntry
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.changes import Changes

Mirror = Callable[[Db, Actor, bool], None]
_mirrors: list[Mirror] = []


def set_user_mirror(mirror: Mirror) -> None:
    """Records keep a row for each user: `mirror(db, actor, left)` writes it in core whenever a user changes."""
    _mirrors[:] = [mirror]


class UserDoor:
    """The part of the vault that looks after users; everything here needs it unlocked."""

    folder: Path
    host: Host
    changes: Changes
    kdf: Kdf

    if TYPE_CHECKING:

        @property
        def unlocked(self) -> Unlocked: ...
        def write(self, zone: Zone, *, wait: float = 5.0) -> AbstractContextManager[Db]: ...
        def settle(self) -> int: ...

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
        entry, own = UserEntry.make(name, frozenset(roles), passphrase, self.kdf)
        state.users.entries[entry.id] = entry
        self._write_users()
        for zone in wanted:
            self._give(zone, entry)
        with self.write("core") as db:
            audit.record(db, "user added", entry.id, {"roles": sorted(entry.roles), "zones": sorted(wanted)})
            _mirror(db, entry)
        return Actor(entry.id, entry.name, entry.roles)

    def set_roles(self, user_id: UUID, roles: Iterable[str]) -> None:
        """Give a user other roles. Takes effect at that user's next unlock."""
        users = self.unlocked.users
        users.entries[user_id] = replace(users.get(user_id), roles=frozenset(roles))
        self._write_users()
        with self.write("core") as db:
            audit.record(db, "roles changed", user_id, {"roles": sorted(users.entries[user_id].roles)})
            _mirror(db, users.entries[user_id])

    def grant(self, zone: Zone, user_id: UUID) -> None:
        """Give a user the key of a zone. Raises ZoneClosed when the signed-in user does not hold it."""
        self.unlocked.ring.zone(zone)
        self._give(zone, self.unlocked.users.get(user_id))
        with self.write(zone) as db:
            audit.record(db, "zone granted", user_id, {"zone": zone})

    def revoke(self, zone: Zone, user_id: UUID) -> None:
        """Take a zone from a user and change its key, so that what the user may have kept opens nothing new."""
        state = self.unlocked
        if user_id == state.user.id and zone == "core":
            raise UserError(tr("Nobody can shut themselves out."), tr("Ask another owner."))
        if set(state.grants[zone].grants) <= {user_id}:
            raise UserError(
                tr("Nobody else holds the key of this part of the vault."), tr("Grant it to somebody first.")
            )
        self.rotate(zone, without=user_id)

    def remove_user(self, user_id: UUID) -> None:
        """Somebody leaves: no signing in any more, no kit, and the keys of all zones they held are changed."""
        state = self.unlocked
        if user_id == state.user.id:
            raise UserError(tr("Nobody can remove themselves."), tr("Ask another owner."))
        held: list[Zone] = [zone for zone, granted in state.grants.items() if user_id in granted.grants]
        for zone in held:
            state.ring.zone(zone)
        state.users.entries[user_id] = replace(state.users.get(user_id), left=True)
        state.users.kits = {k: kit for k, kit in state.users.kits.items() if kit.user != user_id}
        self._write_users()
        with self.write("core") as db:
            audit.record(db, "user removed", user_id, {"zones": held})
            _mirror(db, state.users.entries[user_id])
        for zone in held:
            self.revoke(zone, user_id)

    def rotate(self, zone: Zone, *, without: UUID | None = None) -> None:
        """Change the key of a zone: a new generation under a new secret, granted anew to all but `without`."""
        state = self.unlocked
        old, new = state.ring.zone(zone), ZoneKeys.new()
        self.settle()
        with self.write(zone) as db:
            detail = {"zone": zone, "without": without}
            audit.record(db, "key changed" if without is None else "zone revoked", without, detail)
            audit.checkpoint(db)
        grants = self._succeeding(zone, old, new, without)
        state.units.close()
        try:
            how = generations.Renewal(zone, old, new, write_grants=lambda folder: grants.write(folder, new))
            name = generations.renew(self.folder, state.current[zone], how)
            after: dict[Zone, str] = {**state.current, zone: name}
            if zone == "core":  # the list of users is proved under both keys until the switch has happened
                state.users.write(self.folder, {state.current[zone]: old, name: new})
            generations.switch(self.folder, after)
            state.current, state.grants[zone], state.ring.zones[zone] = after, grants, new
        finally:
            state.units = open_units(self.folder, state.current, state.ring, state.user, state.units.info)

    def _succeeding(self, zone: Zone, old: ZoneKeys, new: ZoneKeys, without: UUID | None) -> Grants:
        state = self.unlocked
        grants = state.grants[zone].succeed(old, new)
        for user_id in state.grants[zone].grants:
            if user_id != without:
                grants.give(state.users.get(user_id), new, state.user.id, state.ring.own)
        return grants

    def change_passphrase(self, old: str, new: str) -> None:
        """Change the signed-in user's passphrase. Raises WrongPassphrase, or UserError for a weak one."""
        state = self.unlocked
        entry = state.users.get(state.user.id)
        if entry.open(old).secret != state.ring.own.secret:
            raise WrongPassphrase(tr("That is not the right passphrase."))
        check_passphrase(new)
        state.users.entries[entry.id] = entry.with_passphrase(state.ring.own, new, self.kdf)
        self._write_users()
        with self.write("core") as db:
            audit.record(db, "passphrase changed", entry.id)

    def make_kit(self) -> RecoveryCode:
        """A new recovery kit for the signed-in user; the ones before stop working."""
        state = self.unlocked
        kit, code = KitEntry.make(state.users.get(state.user.id), state.ring.own)
        others = {k: other for k, other in state.users.kits.items() if other.user != state.user.id}
        state.users.kits = {**others, kit.id: kit}
        self._write_users()
        with self.write("core") as db:
            audit.record(db, "recovery kit made", state.user.id)
        return code

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

    def _write_users(self) -> None:
        state = self.unlocked
        state.users.write(self.folder, {state.current["core"]: state.ring.zone("core")})


def _mirror(db: Db, entry: UserEntry) -> None:
    for mirror in _mirrors:
        mirror(db, Actor(entry.id, entry.name, entry.roles), entry.left)


def mirror_user(db: Db, entry: UserEntry) -> None:
    """Write the record of a user (at creation)."""
    _mirror(db, entry)
