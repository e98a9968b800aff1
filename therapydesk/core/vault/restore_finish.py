"""What still has to be done once restored zones are in use: whoever was erased since is erased again, users' records are
made good, and the logs say what happened (security §7).

`restored.json` lies beside the zones until that is done, so that a power cut in between leaves nothing out: it goes on at
the next unlock, zone by zone, by whoever holds them, before anything is shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from therapydesk.core import audit
from therapydesk.core.audit import Head
from therapydesk.core.errors import DamagedVault
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations, ledger, marks
from therapydesk.core.vault.admin import mirror_user
from therapydesk.core.vault.backup_file import BackupFile
from therapydesk.core.vault.backup_manifest import Manifest
from therapydesk.core.vault.backup_marks import RESTORED
from therapydesk.core.vault.durable import read_json, restore_help, sync_folder, translate, write_json
from therapydesk.core.vault.ledger import Erased
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault

FILE = "restored.json"
KNOWN_TO = "erasures_known_to"  # in core's log: nobody here knows who was erased after this moment
Reapply = Callable[["Vault"], object]
_reapply: list[Reapply] = []


def set_reapply(reapply: Reapply) -> None:
    """Records erase again, after a restore, whoever the ledger says was erased: `reapply(vault)`, as often as it takes."""
    _reapply[:] = [reapply]


def erase_again(vault: Vault) -> None:
    """Carry the erasure ledger out once more, in the zones held."""
    for reapply in _reapply:
        reapply(vault)


def mark(generation: Path, manifest: Manifest) -> None:
    """Mark a generation as the one that was built from this backup."""
    write_json(generation / FILE, {"backup": str(manifest.id)})


def forget(folder: Path) -> None:
    """The restore did not come to its switch."""
    if (folder / FILE).exists():
        _remove(folder / FILE)


def note(
    folder: Path,
    manifest: Manifest,
    flipped: Mapping[Zone, str],
    before: Mapping[Zone, Head],
    erased: list[Any],
    known_to: datetime | None = None,
) -> None:
    """Write down, before the switch, what will have to be done after it. `known_to`: nobody here knows who was erased since
    then; None where the vault's own ledger does.
    """
    data = {
        "backup": str(manifest.id),
        "made": manifest.made.isoformat(),
        "zones": dict(flipped),
        "before": marks.to_plain(before),
        "erased": erased,
        "known_to": None if known_to is None else known_to.isoformat(),
        "sure": False,
    }
    write_json(folder / FILE, data)


def erased_in(backup: BackupFile, more: Iterable[Erased] = ()) -> list[Any]:
    """The lines of the erasure ledger in a backup that was verified, which the manifest proves; and `more`, that a copy of
    the ledger beside it knew.
    """
    found = []
    if ledger.FILE in backup.manifest.parts:
        found = ledger.from_plain(json.loads(backup.read(ledger.FILE))["erased"])
    return ledger.to_plain({entry.id: entry for entry in (*found, *more)}.values())


def finish(vault: Vault) -> None:
    """Do it for the zones held. Does nothing when there is nothing to do; can be begun any number of times.

    Raises DiskFull and the like: then the vault must not be shown, since somebody who was erased may be in it again.
    """
    path = vault.folder / FILE
    if not path.exists():
        return
    data = _read(path)
    waiting = {z: str(data["zones"][z]) for z in ZONES if z in data["zones"]}
    if not data["sure"] and not _switched(vault.folder, waiting, data["backup"]):
        _remove(path)
        return
    mine = [zone for zone in waiting if zone in vault.zones]
    if "core" in waiting:
        ledger.merge(vault.folder, vault.unlocked.ring.zone("core"), ledger.from_plain(data["erased"]))
        _make_good_users(vault)
    erase_again(vault)
    before = marks.from_plain(data["before"])
    for zone in mine:
        _tell(vault, zone, data, before.get(zone))
        vault.marks.accept(vault, zone)
    left = {zone: name for zone, name in waiting.items() if zone not in mine}
    if left:
        write_json(path, {**data, "zones": left, "sure": True})
    else:
        _remove(path)


def _read(path: Path) -> dict[str, Any]:
    data = read_json(path)
    try:
        UUID(data["backup"])
        all(name.startswith("g") and int(name[1:]) for name in data["zones"].values())
        dict(data["before"]), list(data["erased"]), str(data["made"]), bool(data["sure"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise DamagedVault(
            tr("A file of the vault is damaged: {file}").format(file=path.name), restore_help()
        ) from None
    return dict(data)


def _switched(folder: Path, waiting: Mapping[Zone, str], backup: str) -> bool:
    """Whether the generations built from this backup are in use: the switch is one step for all of them. The number alone
    does not say, since a migration gives the same one after a restore that was cut off.
    """
    current = generations.read_current(folder)
    marks_there = [generations.folder_of(folder, zone, name) / FILE for zone, name in waiting.items()]
    return all(current[zone] == name for zone, name in waiting.items()) and all(
        path.exists() and read_json(path).get("backup") == backup for path in marks_there
    )


def _make_good_users(vault: Vault) -> None:
    """Who may sign in did not come back: the records say what the list of users says now."""
    with vault.write("core") as db:
        for entry in vault.unlocked.users.entries.values():
            mirror_user(db, entry)


def _tell(vault: Vault, zone: Zone, data: Mapping[str, Any], before: Head | None) -> None:
    detail: dict[str, Any] = {"made": data["made"]}
    if zone == "core" and data.get("known_to"):
        detail[KNOWN_TO] = str(data["known_to"])
    if before is not None:  # the mark that is now ahead of the log, and why
        detail["before"] = [before.seq, before.hash]
    with vault.write(zone) as db:
        audit.record(db, RESTORED, UUID(data["backup"]), detail)
        audit.checkpoint(db)


def _remove(path: Path) -> None:
    try:
        path.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise translate(error) from None
