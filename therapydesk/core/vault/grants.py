"""grants.json of a zone generation: the zone's secret, sealed to each one who may open it (security §3)."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from therapydesk.core import dates
from therapydesk.core.errors import DamagedVault
from therapydesk.core.tables import Zone
from therapydesk.core.vault.durable import canonical, read_json, restore_help, write_json
from therapydesk.core.vault.keys import OwnKeys, ZoneKeys, hkdf, seal, unwrap, verify, wrap
from therapydesk.core.vault.users import UserEntry, Users
from therapydesk.core.words import tr

FILE = "grants.json"


@dataclass(frozen=True)
class Grant:
    """The zone's secret sealed to a user, by whom, and that one's signature."""

    to: UUID
    sealed: bytes
    by: UUID
    at: str
    signature: bytes


@dataclass
class Grants:
    """The content of grants.json. `former` holds older secrets of the zone, for messages still sealed to
    them.
    """

    vault: UUID
    zone: Zone
    public_key: bytes
    grants: dict[UUID, Grant] = field(default_factory=dict)
    former: list[bytes] = field(default_factory=list)
    mac: str = ""

    @classmethod
    def read(cls, folder: Path, vault: UUID, zone: Zone) -> Grants:
        """Read the file of a generation. Raises DamagedVault."""
        data = read_json(folder / FILE, f"{zone}/{FILE}")
        try:
            if data["vault"] != str(vault) or data["zone"] != zone:
                raise DamagedVault(
                    tr("A file in the vault belongs to another vault: {file}").format(file=f"{zone}/{FILE}"),
                    restore_help(),
                )
            found = cls(
                vault, zone, _bytes(data["public_key"]), {}, [_bytes(f) for f in data["former"]], data["mac"]
            )
            for raw in data["grants"]:
                grant = Grant(
                    UUID(raw["to"]),
                    _bytes(raw["sealed"]),
                    UUID(raw["by"]),
                    raw["at"],
                    _bytes(raw["signature"]),
                )
                found.grants[grant.to] = grant
        except (KeyError, TypeError, ValueError):
            raise _damaged(zone) from None
        return found

    def write(self, folder: Path, keys: ZoneKeys) -> None:
        """Write the file with a MAC by the zone's key."""
        self.mac = keys.mac(canonical(self._body()))
        write_json(folder / FILE, {**self._body(), "mac": self.mac})

    def _body(self) -> dict[str, Any]:
        grants = [
            {
                "to": str(g.to),
                "sealed": _text(g.sealed),
                "by": str(g.by),
                "at": g.at,
                "signature": _text(g.signature),
            }
            for g in sorted(self.grants.values(), key=lambda g: g.to)
        ]
        return {
            "vault": str(self.vault),
            "zone": self.zone,
            "public_key": _text(self.public_key),
            "grants": grants,
            "former": [_text(f) for f in self.former],
        }

    def give(self, to: UserEntry, keys: ZoneKeys, by: UUID, own: OwnKeys) -> None:
        """Add or renew a grant, signed by the giver."""
        grant = Grant(to.id, seal(to.box_key, bytes(keys.secret)), by, dates.now().isoformat(), b"")
        self.grants[to.id] = replace(grant, signature=own.sign(self._statement(grant, to.box_key)))

    def open(self, to: UUID, own: OwnKeys) -> ZoneKeys | None:
        """The zone's keys for a holder, or None without a grant. Raises DamagedVault for a changed file."""
        grant = self.grants.get(to)
        if grant is None or not own.opens(self.zone):
            return None
        try:
            keys = ZoneKeys(own.open(grant.sealed))
        except DamagedVault:
            raise _damaged(self.zone) from None
        if self.mac != keys.mac(canonical(self._body())) or keys.inbox_key != self.public_key:
            raise _damaged(self.zone)
        return keys

    def check(self, to: UUID, users: Users) -> None:
        """Raise DamagedVault when a grant is not signed by a user of this vault for exactly this key."""
        grant = self.grants[to]
        giver = users.entries.get(grant.by)
        statement = self._statement(grant, users.get(to).box_key)
        if giver is None or not verify(giver.sign_key, statement, grant.signature):
            raise _damaged(self.zone)

    def _statement(self, grant: Grant, box_key: bytes) -> bytes:
        return canonical(
            [
                str(self.vault),
                self.zone,
                _text(self.public_key),
                str(grant.to),
                _text(box_key),
                _text(grant.sealed),
            ]
            + [str(grant.by), grant.at]
        )

    def former_keys(self, keys: ZoneKeys) -> list[ZoneKeys]:
        """Keys the zone had before its key was changed."""
        return [ZoneKeys(unwrap(hkdf(keys.secret, "former"), wrapped)) for wrapped in self.former]

    def succeed(self, old: ZoneKeys, new: ZoneKeys) -> Grants:
        """Empty grants for the zone's next key; the old secrets stay openable with the new one."""
        secrets = [k.secret for k in self.former_keys(old)] + [old.secret]
        former = [wrap(hkdf(new.secret, "former"), s) for s in secrets]
        return Grants(self.vault, self.zone, new.inbox_key, {}, former)


def _damaged(zone: Zone) -> DamagedVault:
    return DamagedVault(
        tr("A file of the vault is damaged: {file}").format(file=f"{zone}/{FILE}"), restore_help()
    )


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
