"""The part of the vault that lets somebody in with a PIN, and looks after PINs (security §3)."""

from __future__ import annotations

import logging
import threading
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from therapydesk.core import audit, secrets
from therapydesk.core.errors import UserError, WrongPassphrase
from therapydesk.core.tables import Zone
from therapydesk.core.vault import pending, pin
from therapydesk.core.vault.keys import Kdf, OwnKeys
from therapydesk.core.vault.opening import Unlocked, read_public
from therapydesk.core.vault.place import pin_file
from therapydesk.core.vault.session import Actor, Db
from therapydesk.core.vault.users import UserEntry, Users
from therapydesk.core.words import tr

BY_PIN = "unlock with PIN"
log = logging.getLogger("therapydesk")


class PinDoor:
    """Everything about PINs. A locked keyring may ask the user, so call these from a job."""

    folder: Path
    kdf: Kdf
    _renewing: threading.Lock

    if TYPE_CHECKING:

        @property
        def unlocked(self) -> Unlocked: ...
        def lock(self) -> None: ...
        def write(self, zone: Zone, *, wait: float = 5.0) -> AbstractContextManager[Db]: ...
        def _check_attempts(self, entry: UserEntry) -> None: ...
        def _enter(self, entry: UserEntry, own: OwnKeys, how: str) -> Actor: ...

    def unlock_with_pin(self, user: str, typed: str) -> Actor:
        """Open core and clinical, never safeguarding. Raises WrongPassphrase, PinGone, NotFound, DamagedVault."""
        self.lock()
        users = Users.read(self.folder)
        entry = users.named(user)
        slot = pin.Slot.read(self.folder, entry.id)
        if slot is None:
            raise pin.PinGone(tr("You have no PIN on this computer."), tr("Sign in with your passphrase."))
        _, grants = read_public(self.folder, users)
        try:
            keys = slot.open(self.folder, typed)
        except (WrongPassphrase, pin.LastTry):
            pending.put(self.folder, grants["core"].public_key, "wrong PIN", entry.id)
            raise
        mine = [
            g.grants[entry.id].sealed for z, g in grants.items() if keys.opens(z) and entry.id in g.grants
        ]
        if not pin.belongs_to(keys, entry) or not all(keys.knows(sealed) for sealed in mine):
            raise pin.changed_since()
        return self._enter(entry, keys, BY_PIN)

    def has_pin(self, user_id: UUID) -> bool:
        """Whether a user has a PIN on this computer."""
        return pin_file(self.folder, user_id).exists()

    @property
    def by_pin(self) -> bool:
        """Whether the signed-in user came in with a PIN."""
        return isinstance(self.unlocked.ring.own, pin.PinKeys)

    def set_pin(self, typed: str) -> None:
        """Give the signed-in user a PIN on this computer, in place of one before. Raises UserError, SecretNotKeptError."""
        state = self.unlocked
        self.need_passphrase()
        pin.check_pin(typed)
        before = None
        with suppress(pin.PinGone):  # one that is damaged gives way
            before = self._slot()
        slot = pin.Slot.make(state.users.vault, state.user.id, typed, self.kdf)
        try:
            slot.renewed(self._keys()).write(self.folder)
        except (UserError, OSError):
            secrets.forget_secret(slot.secret_name)
            raise
        if before is not None:
            secrets.forget_secret(before.secret_name)
        self._record("PIN set")

    def remove_pin(self) -> None:
        """Take away the signed-in user's PIN on this computer."""
        pin.forget_pin(self.folder, self.unlocked.user.id)
        self._record("PIN removed")

    def renew_pin(self) -> None:
        """After the keys changed, or a passphrase: put today's keys behind the PIN. Never fails: without it the PIN says
        that a key was changed.
        """
        try:
            slot = self._slot()
            if slot is not None:
                slot.renewed(self._keys()).write(self.folder)
        except (UserError, OSError) as error:
            log.warning("keys behind the PIN not renewed: %s", type(error).__name__)

    def need_passphrase(self) -> None:
        """Raise UserError when the signed-in user came in with a PIN."""
        if self.by_pin:
            raise pin.needs_passphrase()

    def _slot(self) -> pin.Slot | None:
        return pin.Slot.read(self.folder, self.unlocked.user.id)

    def _keys(self) -> pin.PinKeys:
        state = self.unlocked
        held = {
            zone: (state.grants[zone].grants[state.user.id].sealed, bytes(keys.secret))
            for zone, keys in state.ring.zones.items()
        }
        return pin.PinKeys.of(state.ring.own, held)

    def _record(self, action: str) -> None:
        with self.write("core") as db:
            audit.record(db, action, self.unlocked.user.id)
