"""erasure.json: who was erased, so that they stay erased when an older backup comes back (security §10).

It holds ids, a day and a reason's code, and lies beside the zones, not in one: what is put back never takes it along. A
MAC by core's key proves it, so that a line cannot be cut out unseen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from therapydesk.core.errors import DamagedVault
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault.durable import canonical, read_json, restore_help, write_json
from therapydesk.core.vault.keys import ZoneKeys
from therapydesk.core.words import tr

FILE = "erasure.json"


@dataclass(frozen=True)
class Erased:
    """One erasure: `people` are the person's own id and those of records that were joined with it.

    `basis`: request, retention …; `zones`: the parts of the vault it is about; `classes`: the retention classes, empty
    when everything went; `by`: the user who confirmed it.
    """

    id: UUID
    people: tuple[UUID, ...]
    on: date
    basis: str
    by: UUID
    zones: tuple[Zone, ...] = ZONES
    classes: tuple[str, ...] = ()


def to_plain(entries: Iterable[Erased]) -> list[dict[str, Any]]:
    """The entries as JSON values, in the order of their ids; for a backup's manifest, too."""
    return [
        {
            "id": str(e.id),
            "people": sorted(str(p) for p in e.people),
            "on": e.on.isoformat(),
            "basis": e.basis,
            "by": str(e.by),
            "zones": [z for z in ZONES if z in e.zones],
            "classes": sorted(e.classes),
        }
        for e in sorted(entries, key=lambda e: e.id)
    ]


def from_plain(data: Any) -> list[Erased]:
    """What `to_plain` made. Raises DamagedVault when it is not that."""
    try:
        return [
            Erased(
                UUID(raw["id"]),
                tuple(UUID(p) for p in raw["people"]),
                date.fromisoformat(raw["on"]),
                str(raw["basis"]),
                UUID(raw["by"]),
                tuple(z for z in ZONES if z in raw["zones"]),
                tuple(str(c) for c in raw["classes"]),
            )
            for raw in data
        ]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _damaged() from None


def _damaged() -> DamagedVault:
    return DamagedVault(tr("A file of the vault is damaged: {file}").format(file=FILE), restore_help())


def read(folder: Path, core: ZoneKeys) -> list[Erased]:
    """Every erasure there was; none when the file was never made. Raises DamagedVault when it was changed by somebody
    without core's key.
    """
    if not (folder / FILE).exists():
        return []
    data = read_json(folder / FILE)
    if not isinstance(data, dict) or not isinstance(data.get("macs"), list):
        raise _damaged()
    entries = from_plain(data.get("erased"))
    if core.mac(canonical(to_plain(entries))) not in data["macs"]:
        raise DamagedVault(
            tr("The list of who was erased was changed outside TherapyDesk: {file}").format(file=FILE),
            restore_help(),
        )
    return entries


def write(folder: Path, entries: Iterable[Erased], *core: ZoneKeys) -> None:
    """Replace the file, with a MAC by core's key (by two, while one replaces the other)."""
    plain = to_plain(entries)
    write_json(folder / FILE, {"erased": plain, "macs": [keys.mac(canonical(plain)) for keys in core]})


def add(folder: Path, core: ZoneKeys, entry: Erased) -> None:
    """Add one erasure. Raises DamagedVault, DiskFull; the file is as before then."""
    merge(folder, core, [entry])


def merge(folder: Path, core: ZoneKeys, entries: Iterable[Erased]) -> list[Erased]:
    """Add what is not there yet (the ledger of a backup that is put back, say); returns what was new."""
    known = {entry.id: entry for entry in read(folder, core)}
    new = [entry for entry in entries if entry.id not in known]
    if new:
        write(folder, [*known.values(), *new], core)
    return new


def prove_under(folder: Path, *core: ZoneKeys) -> None:
    """Core's key changes: prove the file under the first key, which it has now, and the others."""
    if (folder / FILE).exists():
        write(folder, read(folder, core[0]), *core)
