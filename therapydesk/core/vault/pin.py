"""A PIN for one computer (security §3): a short second way in, to core and clinical and never to safeguarding.

KEK = HKDF(device secret ‖ Argon2id(PIN)). The device secret is in the keyring of the operating system, what it opens lies in
`pins/` of the vault: neither half is of use alone. What is wrapped is no key of the user: it is the private key of this PIN,
and to its public half are sealed the keys that a PIN may use. So they can be renewed, after a passphrase or a change of
key, without asking for the PIN; and the user secret, with which the safeguarding grant opens, is never among them.
"""

from __future__ import annotations

import base64
import hashlib
import secrets as random
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from therapydesk.core import secrets
from therapydesk.core.errors import DamagedVault, UserError, WrongPassphrase
from therapydesk.core.tables import Zone
from therapydesk.core.vault.durable import read_json, translate, write_json
from therapydesk.core.vault.keys import (
    SECRET_BYTES,
    Kdf,
    OwnKeys,
    hkdf,
    new_salt,
    open_sealed,
    seal,
    unwrap,
    wrap,
)
from therapydesk.core.vault.passphrase import is_easy
from therapydesk.core.vault.place import pin_file
from therapydesk.core.words import ntr, tr

if TYPE_CHECKING:
    from therapydesk.core.vault.users import UserEntry

LEAST = 6
TRIES = 5
NEVER: Zone = "safeguarding"


def check_pin(pin: str) -> None:
    """Raise UserError when a new PIN is too short or one of the first that somebody would try."""
    if len(pin) < LEAST:
        raise UserError(tr("A PIN has at least {n} characters.").format(n=LEAST), tr("Numbers or letters."))
    if is_easy(pin):
        raise UserError(
            tr("This PIN is one of the first that somebody would try."),
            tr("Take numbers that do not run up or down or repeat."),
        )


class PinGone(UserError):
    """The PIN cannot be used, now or any more: the passphrase is asked for instead."""


class LastTry(PinGone):
    """It was the wrong PIN once too often."""


@dataclass(repr=False)
class PinKeys(OwnKeys):
    """What a PIN opens: `secret` is the key to sign with, the key of drafts, and for each zone the hash of its grant and
    the secret in it. Nothing in it opens the grant of safeguarding.
    """

    @classmethod
    def of(cls, own: OwnKeys, grants: dict[Zone, tuple[bytes, bytes]]) -> PinKeys:
        """From a user's own keys (or those of a PIN), and sealed grant and secret by zone."""
        parts = [own.signing_seed(), own.paper_seed()]
        for zone, (sealed, secret) in grants.items():
            if zone != NEVER:
                parts += [hashlib.sha256(sealed).digest(), secret]
        return cls(bytearray(b"".join(parts)))

    def _part(self, number: int) -> bytes:
        return bytes(self.secret[number * SECRET_BYTES : (number + 1) * SECRET_BYTES])

    def signing_seed(self) -> bytes:
        return self._part(0)

    def paper_seed(self) -> bytes:
        return self._part(1)

    def _box(self) -> PrivateKey:
        raise needs_passphrase()

    def opens(self, zone: Zone) -> bool:
        return zone != NEVER

    def open(self, sealed: bytes) -> bytearray:
        """A grant of a zone, or one of the user's own drafts. Raises DamagedVault for anything else."""
        place = self._place(sealed)
        if place:
            return bytearray(self._part(place + 1))
        return open_sealed(PrivateKey(self.paper_seed()), sealed)

    def knows(self, sealed: bytes) -> bool:
        """Whether what is in this grant is among the keys."""
        return self._place(sealed) > 0

    def _place(self, sealed: bytes) -> int:
        wanted = hashlib.sha256(sealed).digest()
        places = range(2, len(self.secret) // SECRET_BYTES, 2)
        return next((place for place in places if self._part(place) == wanted), 0)


@dataclass(frozen=True, repr=False)
class Slot:
    """A user's PIN on this computer, as it lies in `pins/`. `wrong` counts tries since the last right one."""

    user: UUID
    kdf: Kdf
    salt: bytes
    secret_name: str  # of the entry in the keyring
    keyring: str  # which keyring kept it
    public_key: bytes
    wrapped: bytes
    bundle: bytes = b""
    wrong: int = 0

    @classmethod
    def make(cls, vault: UUID, user: UUID, pin: str, kdf: Kdf) -> Slot:
        """A new one; its other half is in the keyring afterwards. Raises SecretNotKeptError, UserError."""
        check_pin(pin)
        device, private, salt = random.token_bytes(SECRET_BYTES), PrivateKey.generate(), new_salt()
        name = f"pin/{vault.hex}/{user.hex}/{random.token_hex(6)}"
        kept = secrets.write_secret(name, device.hex())
        wrapped = wrap(_kek(device, kdf.derive(pin, salt)), bytes(private))
        return cls(user, kdf, salt, name, kept.keyring, bytes(private.public_key), wrapped)

    @classmethod
    def read(cls, folder: Path, user: UUID) -> Slot | None:
        """The PIN of a user, None without one. Raises PinGone for a file that makes no sense."""
        path = pin_file(folder, user)
        if not path.exists():
            return None
        try:
            raw = read_json(path)
            kdf = Kdf(int(raw["kdf"]["passes"]), int(raw["kdf"]["memory"]))
            data = {name: base64.b64decode(raw[name], validate=True) for name in _BYTES}
            return cls(UUID(raw["user"]), kdf, secret_name=str(raw["secret_name"]), keyring=str(raw["keyring"]),
                       wrong=int(raw["wrong"]), **data)  # fmt: skip
        except (DamagedVault, KeyError, TypeError, ValueError):
            raise PinGone(
                tr("What belongs to your PIN is damaged."), tr("Sign in with your passphrase.")
            ) from None

    def write(self, folder: Path) -> None:
        """Put it into `pins/`. Raises DiskFull, VaultError."""
        path = pin_file(folder, self.user)
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise translate(error) from None
        raw: dict[str, Any] = {**asdict(self), "user": str(self.user)}
        write_json(path, {**raw, **{name: base64.b64encode(raw[name]).decode() for name in _BYTES}})

    def open(self, folder: Path, pin: str) -> PinKeys:
        """The keys behind the PIN. Each try is counted before it is made; the fifth wrong one takes the PIN away.

        Raises WrongPassphrase, PinGone.
        """
        found = secrets.read_secret(self.secret_name, expect=self.keyring)
        if found.state is not secrets.KeyringState.OK or found.value is None:
            raise PinGone(_why(found.state), secrets.safe_without())
        counted = replace(self, wrong=self.wrong + 1)
        counted.write(folder)
        try:
            key = _kek(bytes.fromhex(found.value), self.kdf.derive(pin, self.salt))
            private = PrivateKey(bytes(unwrap(key, self.wrapped)))
        except (WrongPassphrase, ValueError):
            raise counted.after_wrong(folder) from None
        replace(self, wrong=0).write(folder)
        return PinKeys(open_sealed(private, self.bundle))

    def after_wrong(self, folder: Path) -> UserError:
        """What to say after a wrong try; the fifth deletes both halves."""
        left = TRIES - self.wrong
        if left <= 0:
            self.delete(folder)
            return LastTry(
                tr("That was the fifth wrong PIN, so it does not work any more."),
                tr("Sign in with your passphrase."),
            )
        more = ntr("{n} try is left, then only your passphrase opens.",
                   "{n} tries are left, then only your passphrase opens.", left)  # fmt: skip
        return WrongPassphrase(tr("That is not the right PIN."), more.format(n=left))

    def delete(self, folder: Path) -> None:
        """Take it away: first what lies in the vault, which is enough, then the half in the keyring if that lets us."""
        pin_file(folder, self.user).unlink(missing_ok=True)
        secrets.forget_secret(self.secret_name)

    def renewed(self, keys: PinKeys) -> Slot:
        """The same with other keys behind it."""
        return replace(self, bundle=seal(self.public_key, bytes(keys.secret)))


_BYTES = ("salt", "public_key", "wrapped", "bundle")


def _kek(device: bytes, derived: bytes) -> bytes:
    return hkdf(device + derived, "pin")


def _why(state: secrets.KeyringState) -> str:
    if state is secrets.KeyringState.ABSENT:
        return tr("The keyring of this computer does not hold its half of your PIN any more.")
    return secrets.explain(state)


def needs_passphrase() -> UserError:
    """What only the passphrase gives."""
    return UserError(
        tr("You came in with your PIN, which is not enough for this."),
        tr("Lock, and sign in with your passphrase."),
    )


def changed_since() -> PinGone:
    """The keys behind a PIN are not those of today."""
    return PinGone(
        tr("A key was changed since you last signed in with your passphrase."),
        tr("Sign in with your passphrase once; after that the PIN works again."),
    )


def belongs_to(keys: PinKeys, entry: UserEntry) -> bool:
    """Whether what was behind the PIN was put there by its user."""
    return bytes(SigningKey(keys.signing_seed()).verify_key) == entry.sign_key


def forget_pin(folder: Path, user: UUID) -> None:
    """Take away a user's PIN on this computer, readable or not."""
    with suppress(PinGone):
        slot = Slot.read(folder, user)
        if slot is not None:
            slot.delete(folder)
    with suppress(OSError):
        pin_file(folder, user).unlink(missing_ok=True)
