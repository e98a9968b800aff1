"""users.json: who can sign in, and each one's wrapped secret; public in itself, proved by a MAC (security
§3).
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from therapydesk.core.errors import DamagedVault, NotFound
from therapydesk.core.ids import new_id
from therapydesk.core.vault.durable import canonical, read_json, restore_help, write_json
from therapydesk.core.vault.keys import Kdf, OwnKeys, ZoneKeys, new_salt, unwrap, wrap
from therapydesk.core.vault.place import USERS_FILE
from therapydesk.core.vault.recovery import RecoveryCode
from therapydesk.core.words import tr


def _as_compared(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


@dataclass(frozen=True)
class UserEntry:
    """A user: how the passphrase becomes the user secret, and the public keys. `left` users
    cannot sign in.
    """

    id: UUID
    name: str
    roles: frozenset[str]
    kdf: Kdf
    salt: bytes
    wrapped: bytes
    box_key: bytes
    sign_key: bytes
    left: bool = False

    @classmethod
    def make(cls, name: str, roles: frozenset[str], passphrase: str, kdf: Kdf) -> tuple[UserEntry, OwnKeys]:
        """A new user with fresh keys."""
        own, salt = OwnKeys.new(), new_salt()
        wrapped = wrap(kdf.derive(passphrase, salt), own.secret)
        return cls(new_id(), name, roles, kdf, salt, wrapped, own.box_key, own.sign_key), own

    def fingerprint(self) -> str:
        """Six short words that stand for the user's public keys, to be read out and compared."""
        digest = hashlib.sha256(self.box_key + self.sign_key).digest()
        return " ".join(_word(int.from_bytes(digest[n : n + 2], "big")) for n in range(0, 12, 2))

    def open(self, passphrase: str) -> OwnKeys:
        """The user's keys. Raises WrongPassphrase."""
        return OwnKeys(unwrap(self.kdf.derive(passphrase, self.salt), self.wrapped))

    def with_passphrase(self, own: OwnKeys, passphrase: str, kdf: Kdf) -> UserEntry:
        """The same user and keys behind another passphrase."""
        salt = new_salt()
        return replace(self, kdf=kdf, salt=salt, wrapped=wrap(kdf.derive(passphrase, salt), own.secret))


@dataclass(frozen=True)
class KitEntry:
    """A recovery kit: a second way to a user's secret, so it opens exactly what that user holds."""

    id: UUID
    user: UUID
    wrapped: bytes

    @classmethod
    def make(cls, user: UserEntry, own: OwnKeys) -> tuple[KitEntry, RecoveryCode]:
        """A new kit for a user."""
        code = RecoveryCode.new()
        return cls(new_id(), user.id, wrap(code.key(), own.secret)), code

    def open(self, code: RecoveryCode) -> OwnKeys:
        """The user's keys. Raises WrongPassphrase."""
        return OwnKeys(unwrap(code.key(), self.wrapped))


@dataclass
class Users:
    """The content of users.json."""

    vault: UUID
    entries: dict[UUID, UserEntry] = field(default_factory=dict)
    kits: dict[UUID, KitEntry] = field(default_factory=dict)
    macs: list[str] = field(default_factory=list)  # one for each key that core has just now

    @classmethod
    def read(cls, folder: Path) -> Users:
        """Read users.json. Raises DamagedVault."""
        data = read_json(folder / USERS_FILE)
        try:
            users = cls(UUID(data["vault"]), macs=list(data["macs"]))
            for raw in data["users"]:
                entry = _user(raw)
                users.entries[entry.id] = entry
            for raw in data["kits"]:
                kit = KitEntry(UUID(raw["id"]), UUID(raw["user"]), _bytes(raw["wrapped"]))
                users.kits[kit.id] = kit
        except (KeyError, TypeError, ValueError):
            raise DamagedVault(
                tr("A file of the vault is damaged: {file}").format(file=USERS_FILE), restore_help()
            ) from None
        return users

    def write(self, folder: Path, *core: ZoneKeys) -> None:
        """Write users.json with a MAC by core's key (by two, while one replaces the other)."""
        body = self._body()
        self.macs = [keys.mac(canonical(body)) for keys in core]
        write_json(folder / USERS_FILE, {**body, "macs": self.macs})

    def check(self, core: ZoneKeys) -> None:
        """Raise DamagedVault when somebody without the core key changed the file."""
        if core.mac(canonical(self._body())) not in self.macs:
            raise DamagedVault(
                tr("The list of users was changed outside TherapyDesk: {file}").format(file=USERS_FILE),
                restore_help(),
            )

    def _body(self) -> dict[str, Any]:
        users = [_plain(asdict(e)) for e in sorted(self.entries.values(), key=lambda e: e.id)]
        kits = [_plain(asdict(k)) for k in sorted(self.kits.values(), key=lambda k: k.id)]
        return {"vault": str(self.vault), "users": users, "kits": kits}

    def copy(self) -> Users:
        """A copy to change and write; the one in use stays as it is when writing fails."""
        return Users(self.vault, dict(self.entries), dict(self.kits), list(self.macs))

    def names(self) -> list[str]:
        """Names of those who can sign in, in the order they were added."""
        return [e.name for e in sorted(self.entries.values(), key=lambda e: e.id) if not e.left]

    def named(self, name: str) -> UserEntry:
        """The user of that name; capitals, spare spaces and how accents are typed do not matter. Raises NotFound."""
        wanted = _as_compared(name)
        for entry in self.entries.values():
            if _as_compared(entry.name) == wanted and not entry.left:
                return entry
        raise NotFound(tr("There is no user of that name in this vault."))

    def get(self, user_id: UUID) -> UserEntry:
        """The user with that id. Raises NotFound."""
        if user_id not in self.entries:
            raise NotFound(tr("There is no such user in this vault."))
        return self.entries[user_id]


def _word(number: int) -> str:
    """Sixteen bits as a word that can be said (a proquint: consonants 4 bits, vowels 2)."""
    consonants, vowels = "bdfghjklmnprstvz", "aiou"
    c = [consonants[(number >> shift) & 15] for shift in (12, 6, 0)]
    v = [vowels[(number >> shift) & 3] for shift in (10, 4)]
    return c[0] + v[0] + c[1] + v[1] + c[2]


def _user(raw: Mapping[str, Any]) -> UserEntry:
    return UserEntry(
        id=UUID(raw["id"]),
        name=str(raw["name"]),
        roles=frozenset(raw["roles"]),
        kdf=Kdf(int(raw["kdf"]["passes"]), int(raw["kdf"]["memory"])),
        salt=_bytes(raw["salt"]),
        wrapped=_bytes(raw["wrapped"]),
        box_key=_bytes(raw["box_key"]),
        sign_key=_bytes(raw["sign_key"]),
        left=bool(raw["left"]),
    )


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value) if isinstance(value, UUID) else value
