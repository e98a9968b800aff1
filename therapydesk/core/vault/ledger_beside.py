"""The erasure ledger beside the backups: a new computer learns from it who was erased after a backup (security §10).

A backup carries the ledger of its own day and is never changed. So each folder for backups has a copy of the ledger as
well, written anew at every backup and every erasure. It holds ids, days and reasons' codes, as the one in the vault does,
and is proved by core's key of today and by each one before it: an older backup opens with an older key.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from therapydesk.core import dates
from therapydesk.core.errors import DamagedVault, VaultError
from therapydesk.core.vault import backup_targets, ledger
from therapydesk.core.vault.backup_source import Source
from therapydesk.core.vault.durable import canonical, json_bytes, read_json, replace_bytes, restore_help
from therapydesk.core.vault.keys import ZoneKeys
from therapydesk.core.vault.ledger import Erased
from therapydesk.core.words import tr

log = logging.getLogger("therapydesk")
MOST = 64 * 1024 * 1024  # bytes; about 200,000 erasures


@dataclass(frozen=True)
class KnownErasures:
    """Everybody who was erased up to `as_of`. `trouble` says why a ledger that lay there was not used."""

    erased: tuple[Erased, ...] = ()
    as_of: datetime | None = None
    trouble: str = ""


def path_in(target: Path, vault: UUID) -> Path:
    """Where the ledger of a vault lies in a folder for backups."""
    return target / f"{backup_targets.prefix(vault)}erasures.json"


def core_keys(source: Source) -> list[ZoneKeys]:
    """Core's key and every one it had before."""
    core = source.ring.zone("core")
    return [core, *source.grants["core"].former_keys(core)]


def write(source: Source, target: Path) -> None:
    """Write the ledger of a vault into a folder for backups. What another copy of the vault wrote there stays, and comes
    into this vault's own ledger, which is carried out at the next unlock.

    Raises OSError from the folder, VaultError when the vault was locked meanwhile. One that cannot be believed is set aside.
    """
    vault, keys, as_of = source.users.vault, core_keys(source), dates.now()
    try:
        mine = ledger.read(source.folder, keys[0])
    except (
        DamagedVault
    ) as error:  # it is mended from the log at the next unlock; until then the older copy stays
        log.warning("ledger not written beside backups: %s", type(error).__name__)
        return
    found = learn(target, vault, keys)
    if found.trouble:
        path = path_in(target, vault)
        path.replace(path.with_name(f"{path.name}.damaged"))
    every = {entry.id: entry for entry in (*found.erased, *mine)}
    body = _body(vault, as_of, list(every.values()))
    macs = [key.mac(canonical(body)) for key in keys]
    source.check_open()  # a lock overwrites the keys: what they prove then is nothing
    replace_bytes(path_in(target, vault), json_bytes({**body, "macs": macs}), backup_targets.sync_target)
    if len(every) > len(mine):
        ledger.merge(source.folder, keys[0], found.erased)


def learn(target: Path, vault: UUID, keys: Sequence[ZoneKeys]) -> KnownErasures:
    """What the ledger in a folder says, proved by one of core's keys; nothing where there is none."""
    path = path_in(target, vault)
    try:
        if not path.exists():
            return KnownErasures()
        if path.stat().st_size > MOST:
            raise _not_believed()
        return _read(path, vault, keys)
    except (OSError, VaultError) as error:
        log.warning("ledger beside backups not used: %s", type(error).__name__)
        return KnownErasures(trouble=_not_believed().message)


def _read(path: Path, vault: UUID, keys: Sequence[ZoneKeys]) -> KnownErasures:
    data = read_json(path)
    try:
        as_of = datetime.fromisoformat(data["as_of"])
        entries = ledger.from_plain(data["erased"])
        macs = set(data["macs"])
    except (KeyError, TypeError, ValueError):
        raise _not_believed() from None
    body = canonical(_body(vault, as_of, entries))
    if as_of.tzinfo is None or not any(key.mac(body) in macs for key in keys):
        raise _not_believed()
    return KnownErasures(tuple(entries), as_of)


def _body(vault: UUID, as_of: datetime, entries: list[Erased]) -> dict[str, Any]:
    return {"vault": str(vault), "as_of": as_of.isoformat(), "erased": ledger.to_plain(entries)}


def _not_believed() -> DamagedVault:
    return DamagedVault(
        tr(
            "The list of who was erased that lies beside this backup is damaged or of another practice, and was not used."
        ),
        restore_help(),
    )


# --- What is told of it after a practice was made out of a backup ---


def not_known_words(known_to: datetime) -> str:
    """What nobody here can know: who was erased after the newest list that was found."""
    text = tr(
        "Who was erased after {moment} is not known here: look through your papers for requests since then, and erase "
        "these people again."
    )
    return text.format(moment=dates.show_instant(known_to))
