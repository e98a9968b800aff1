"""From a passphrase to keys (security §3): Argon2id → user secret → private keys; zone secret →
database key.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import nacl.exceptions
import nacl.pwhash.argon2id as argon2id
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.signing import SigningKey, VerifyKey

from therapydesk.core.errors import DamagedVault, WrongPassphrase, ZoneClosed
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.tables import Zone

SECRET_BYTES = 32
RAW_KEY = re.compile(r"x'[0-9a-f]{64}'")
_MOST = (64, 2 * 1024**3)


@dataclass(frozen=True)
class Kdf:
    """How hard a passphrase is to guess: Argon2id with `passes` over `memory` bytes. Stored
    with each user.
    """

    passes: int
    memory: int

    @classmethod
    def full(cls) -> Kdf:
        """What the program uses: 256 MiB, 3 passes."""
        return cls(3, 256 * 1024 * 1024)

    @classmethod
    def minimum(cls) -> Kdf:
        """The least the library allows. For tests only; a test holds that."""
        return cls(argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN)

    def derive(self, passphrase: str, salt: bytes) -> bytes:
        """The key that wraps the user secret. Takes about 0.4 s with the full parameters."""
        if not (0 < self.passes <= _MOST[0] and 0 < self.memory <= _MOST[1]):
            raise DamagedVault(tr("The vault’s list of users is damaged."))
        text = unicodedata.normalize("NFC", passphrase).encode()
        return argon2id.kdf(SECRET_BYTES, text, salt, opslimit=self.passes, memlimit=self.memory)


def new_salt() -> bytes:
    """A fresh salt for `Kdf.derive`."""
    return secrets.token_bytes(argon2id.SALTBYTES)


def hkdf(secret: bytes | bytearray, purpose: str, length: int = SECRET_BYTES) -> bytes:
    """HKDF with SHA-256 (RFC 5869), no salt; `purpose` keeps the derived keys apart."""
    key = hmac.digest(b"\0" * 32, secret, hashlib.sha256)
    blocks, block = b"", b""
    while len(blocks) < length:
        block = hmac.digest(
            key, block + f"TherapyDesk {purpose}".encode() + bytes([len(blocks) // 32 + 1]), hashlib.sha256
        )
        blocks += block
    return blocks[:length]


def wrap(key: bytes, content: bytes | bytearray) -> bytes:
    """Encrypt a secret with a key derived from a passphrase or a recovery code."""
    return bytes(SecretBox(key).encrypt(bytes(content)))


def unwrap(key: bytes, wrapped: bytes) -> bytearray:
    """Undo `wrap`. Raises WrongPassphrase."""
    try:
        return bytearray(SecretBox(key).decrypt(wrapped))
    except (nacl.exceptions.CryptoError, ValueError):
        raise WrongPassphrase(tr("That is not the right passphrase.")) from None


def wipe(buffer: bytearray) -> None:
    """Overwrite a key in memory. Python cannot promise that no copy is left; this takes away ours."""
    buffer[:] = bytes(len(buffer))


def seal(public_key: bytes, content: bytes) -> bytes:
    """Encrypt so that only the holder of the private key can read it."""
    return bytes(SealedBox(PublicKey(public_key)).encrypt(content))


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature of the message was made with the key's other half."""
    try:
        VerifyKey(public_key).verify(message, signature)
    except (nacl.exceptions.BadSignatureError, ValueError):
        return False
    return True


@dataclass(repr=False)
class OwnKeys:
    """A user's (or a recovery kit's) own keys: one secret, from which both pairs are derived."""

    secret: bytearray

    @classmethod
    def new(cls) -> OwnKeys:
        """A fresh random secret."""
        return cls(bytearray(secrets.token_bytes(SECRET_BYTES)))

    def _box(self) -> PrivateKey:
        return PrivateKey(hkdf(self.secret, "user x25519"))

    def _sign(self) -> SigningKey:
        return SigningKey(self.signing_seed())

    def signing_seed(self) -> bytes:
        """What the key to sign with is made of."""
        return hkdf(self.secret, "user ed25519")

    def paper_seed(self) -> bytes:
        """What the key of drafts is made of: apart from the other, since a PIN may open drafts, but not every grant."""
        return hkdf(self.secret, "user papers")

    def opens(self, _zone: Zone) -> bool:
        """Whether these keys may open a grant of this zone; those behind a PIN do not open every one."""
        return True

    @property
    def box_key(self) -> bytes:
        """The public key others seal to."""
        return bytes(self._box().public_key)

    @property
    def paper_key(self) -> bytes:
        """The public key that the user's own drafts are sealed to."""
        return bytes(PrivateKey(self.paper_seed()).public_key)

    @property
    def sign_key(self) -> bytes:
        """The public key signatures are checked with."""
        return bytes(self._sign().verify_key)

    def open(self, sealed: bytes) -> bytearray:
        """Open what was sealed to `box_key` or `paper_key`. Raises DamagedVault."""
        try:
            return open_sealed(PrivateKey(self.paper_seed()), sealed)
        except DamagedVault:
            return open_sealed(self._box(), sealed)

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature."""
        return bytes(self._sign().sign(message).signature)


@dataclass(repr=False)
class ZoneKeys:
    """All that follows from a zone's secret."""

    secret: bytearray

    @classmethod
    def new(cls) -> ZoneKeys:
        """A fresh random secret."""
        return cls(bytearray(secrets.token_bytes(SECRET_BYTES)))

    def raw_key(self) -> str:
        """The SQLCipher raw key, as the text it wants; length and form are checked before use."""
        text = f"x'{hkdf(self.secret, 'db').hex()}'"
        if not RAW_KEY.fullmatch(text):
            raise DamagedVault(tr("The key of this vault has the wrong form."))
        return text

    @property
    def inbox_key(self) -> bytes:
        """The public key that messages for this zone are sealed to."""
        return bytes(self._inbox().public_key)

    def _inbox(self) -> PrivateKey:
        return PrivateKey(hkdf(self.secret, "inbox"))

    def open(self, sealed: bytes) -> bytearray:
        """Open a message for this zone. Raises DamagedVault."""
        return open_sealed(self._inbox(), sealed)

    def mac(self, message: bytes) -> str:
        """Proof that a holder of the zone wrote the message."""
        return hmac.digest(hkdf(self.secret, "mac"), message, hashlib.sha256).hex()


def open_sealed(key: PrivateKey, sealed: bytes) -> bytearray:
    """Open a sealed message. Raises DamagedVault when it is not for this key, or was changed."""
    try:
        return bytearray(SealedBox(key).decrypt(sealed))
    except (nacl.exceptions.CryptoError, ValueError):
        raise DamagedVault(
            tr("A sealed message does not fit its key."), tr("It was left as it is.")
        ) from None


@dataclass(repr=False)
class KeyRing:
    """Every key of an unlocked vault, in one place, overwritten at lock."""

    own: OwnKeys
    zones: dict[Zone, ZoneKeys] = field(default_factory=dict)

    def zone(self, zone: Zone) -> ZoneKeys:
        """The keys of a zone. Raises ZoneClosed when the user does not hold it."""
        try:
            return self.zones[zone]
        except KeyError:
            raise ZoneClosed() from None

    def wipe(self) -> None:
        """Overwrite all keys."""
        wipe(self.own.secret)
        for keys in self.zones.values():
            wipe(keys.secret)
        self.zones.clear()
