"""manifest.json of a backup: what is in it, and the proof that somebody of this vault made it (security §7).

The manifest lies in the open, so it holds nothing of people: sizes, hashes, and the mark of each log. How many records
a zone has is sealed to the zone, since a number of concerns is itself something to know.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from therapydesk.core.audit import Head
from therapydesk.core.errors import NewerFormat, VaultError
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import marks
from therapydesk.core.vault.durable import canonical
from therapydesk.core.vault.keys import OwnKeys, ZoneKeys, hkdf, unwrap, verify, wrap
from therapydesk.core.vault.users import Users
from therapydesk.core.words import tr

FORMAT = 1
MANIFEST = "manifest.json"
_ZONE = "(core|clinical|safeguarding)"
PART_NAME = re.compile(
    rf"(VAULT|users|erasure)\.json|{_ZONE}/(zone\.db(-wal)?|grants\.json)|files/{_ZONE}/[A-Za-z0-9_-][A-Za-z0-9._-]{{0,99}}"
)
_HASH = re.compile(r"[0-9a-f]{64}")


class DamagedBackup(VaultError):
    """A backup is not what was written; the sentence names the part."""


def damaged(part: str) -> DamagedBackup:
    """The sentence for a part that is not as it was written."""
    return DamagedBackup(
        tr("This backup is damaged: {part}").format(part=part),
        tr("Nothing was changed. Take another backup, and check the disk this one lies on."),
    )


@dataclass(frozen=True)
class Part:
    """One file in a backup: its size in bytes and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True)
class ZoneEntry:
    """What a manifest says of one zone. `public_key` tells which key it has; `tables` are its row counts, sealed to that
    key. `held` is false when whoever made the backup could not open the zone: it is then a copy of the encrypted file.
    """

    held: bool
    public_key: bytes
    tables: bytes = b""


@dataclass
class Manifest:
    """The content of manifest.json. `why`: by hand, hourly, before a restore …; `by`: the user who made it."""

    id: UUID
    vault: UUID
    made: datetime
    app: str
    vault_format: int
    needs: str
    by: UUID
    why: str
    parts: dict[str, Part] = field(default_factory=dict)
    zones: dict[Zone, ZoneEntry] = field(default_factory=dict)
    heads: dict[Zone, Head] = field(default_factory=dict)
    macs: dict[Zone, str] = field(default_factory=dict)
    signature: bytes = b""

    def prove(self, keys: Mapping[Zone, ZoneKeys], own: OwnKeys) -> None:
        """Add a MAC by each zone key held, and the signature of the user."""
        body = canonical(self._body())
        self.macs = {zone: held.mac(body) for zone, held in keys.items()}
        self.signature = own.sign(body)

    def check_proof(self, zone: Zone, keys: ZoneKeys) -> None:
        """Raise DamagedBackup when the manifest was not written by a holder of this zone's key."""
        if self.macs.get(zone) != keys.mac(canonical(self._body())):
            raise damaged(MANIFEST)

    def check_signature(self, users: Users) -> None:
        """Raise DamagedBackup when the user it names did not sign it."""
        entry = users.entries.get(self.by)
        if entry is None or not verify(entry.sign_key, canonical(self._body()), self.signature):
            raise damaged(MANIFEST)

    def counts(self, zone: Zone, keys: ZoneKeys) -> dict[str, int]:
        """How many rows each table of a zone has. Raises DamagedBackup."""
        try:
            plain = json.loads(bytes(unwrap(_sealing_key(keys), self.zones[zone].tables)))
            return {str(table): int(count) for table, count in plain.items()}
        except (VaultError, ValueError, TypeError, AttributeError):
            raise damaged(MANIFEST) from None

    def to_bytes(self) -> bytes:
        """As it is written."""
        macs = {"macs": self.macs, "signature": _text(self.signature)}
        return json.dumps({**self._body(), **macs}, indent=1, sort_keys=True).encode()

    def _body(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "id": str(self.id),
            "vault": str(self.vault),
            "made": self.made.isoformat(),
            "app": self.app,
            "vault_format": self.vault_format,
            "needs": self.needs,
            "by": str(self.by),
            "why": self.why,
            "parts": {name: [part.size, part.sha256] for name, part in self.parts.items()},
            "zones": {
                zone: {"held": e.held, "public_key": _text(e.public_key), "tables": _text(e.tables)}
                for zone, e in self.zones.items()
            },
            "heads": marks.to_plain(self.heads),
        }

    @classmethod
    def from_bytes(cls, content: bytes) -> Manifest:
        """Read it back. Raises DamagedBackup, or NewerFormat for one that a later version wrote."""
        try:
            data = json.loads(content)
            if int(data["format"]) > FORMAT:
                raise newer(str(data.get("needs", "?")))
            found = cls(
                UUID(data["id"]),
                UUID(data["vault"]),
                datetime.fromisoformat(data["made"]),
                str(data["app"]),
                int(data["vault_format"]),
                str(data["needs"]),
                UUID(data["by"]),
                str(data["why"]),
                {str(name): _part(name, *value) for name, value in data["parts"].items()},
                {zone: _zone(data["zones"][zone]) for zone in ZONES},
                marks.from_plain(data["heads"]),
                {zone: str(data["macs"][zone]) for zone in ZONES if zone in data["macs"]},
                base64.b64decode(data["signature"], validate=True),
            )
            if found.made.tzinfo is None:
                raise ValueError("a moment without a zone")
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            raise damaged(MANIFEST) from None
        found._check_whole()
        return found

    def _check_whole(self) -> None:
        needed = {"VAULT.json", "users.json"}
        needed |= {f"{zone}/{name}" for zone in ZONES for name in ("zone.db", "grants.json")}
        missing = sorted(needed - set(self.parts))
        if missing:
            raise damaged(missing[0])


def newer(version: str) -> NewerFormat:
    """The sentence for a backup from the future."""
    return NewerFormat(
        tr("This backup was written by a newer TherapyDesk."),
        tr("Nothing was changed. Install version {version} or newer.").format(version=version),
    )


def seal_counts(keys: ZoneKeys, counts: Mapping[str, int]) -> bytes:
    """Row counts, readable with the zone's key only."""
    return wrap(_sealing_key(keys), canonical(dict(counts)))


def _sealing_key(keys: ZoneKeys) -> bytes:
    return hkdf(keys.secret, "manifest")


def _part(name: Any, size: Any, digest: Any) -> Part:
    if not PART_NAME.fullmatch(name) or type(size) is not int or size < 0 or not _HASH.fullmatch(digest):
        raise ValueError(name)
    return Part(size, digest)


def _zone(raw: Any) -> ZoneEntry:
    key, tables = (base64.b64decode(raw[name], validate=True) for name in ("public_key", "tables"))
    return ZoneEntry(bool(raw["held"]), key, tables)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
