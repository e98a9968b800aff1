"""Making a vault: built beside its place under another name, then moved there in one step."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from therapydesk.core import dates
from therapydesk.core.errors import UserError, VaultError
from therapydesk.core.ids import new_id
from therapydesk.core.tables import ZONES, Zone
from therapydesk.core.vault import generations
from therapydesk.core.vault.durable import in_a_new_folder, sync_file, sync_folder, write_json
from therapydesk.core.vault.grants import Grants
from therapydesk.core.vault.keys import Kdf, KeyRing, ZoneKeys
from therapydesk.core.vault.passphrase import check_passphrase
from therapydesk.core.vault.place import FORMAT, check_place
from therapydesk.core.vault.recovery import RecoveryCode
from therapydesk.core.vault.session import Host
from therapydesk.core.vault.users import KitEntry, UserEntry, Users
from therapydesk.core.words import tr

VERSION_NEEDED = "0.1"  # the oldest version of the program that reads FORMAT


@dataclass(frozen=True, repr=False)
class NewPractice:
    """What a new vault begins with. Whoever makes it holds every zone; `roles` are those of a role each."""

    practice: str
    user_name: str
    roles: tuple[str, ...]
    passphrase: str
    demo: bool = False


def make(folder: Path, who: NewPractice, host: Host, kdf: Kdf) -> tuple[KeyRing, RecoveryCode]:
    """Write a new vault. Raises UserError for a weak passphrase or a bad place; nothing is left
    behind then.
    """
    check_passphrase(who.passphrase)
    if not who.user_name.strip():
        raise UserError(tr("The name of the user is missing."))
    check_place(folder)
    check_empty(folder)
    temporary = folder.parent / f".{folder.name}.{uuid4().hex[:8]}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir(mode=0o700)
        made = _fill(temporary, who, host, kdf)
        if folder.exists():
            folder.rmdir()
        temporary.rename(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise in_a_new_folder(error, folder) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return made


def check_empty(folder: Path) -> None:
    """Raise VaultError when something is in the folder already, or nobody can say."""
    try:
        taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise in_a_new_folder(error, folder) from None
    if taken:
        raise VaultError(
            tr("There is something in this folder already."), tr("Choose a new or an empty folder.")
        )


def _fill(folder: Path, who: NewPractice, host: Host, kdf: Kdf) -> tuple[KeyRing, RecoveryCode]:
    vault = new_id()
    entry, own = UserEntry.make(who.user_name.strip(), frozenset(who.roles), who.passphrase, kdf)
    kit, code = KitEntry.make(entry, own)
    users = Users(vault, {entry.id: entry}, {kit.id: kit})
    ring = KeyRing(own)
    for zone in ZONES:
        ring.zones[zone] = ZoneKeys.new()
        _make_zone(folder, zone, vault, entry, ring, host)
    generations.switch(folder, dict.fromkeys(ZONES, "g1"))
    users.write(folder, ring.zones["core"])
    (folder / "pending").mkdir(mode=0o700)
    (folder / "files").mkdir(mode=0o700)
    about = {"format": FORMAT, "needs": VERSION_NEEDED, "vault": str(vault), "practice": who.practice}
    write_json(folder / "VAULT.json", {**about, "demo": who.demo, "made": dates.now().isoformat()})
    return ring, code


def _make_zone(folder: Path, zone: Zone, vault: UUID, entry: UserEntry, ring: KeyRing, host: Host) -> None:
    keys, target = ring.zones[zone], generations.folder_of(folder, zone, "g1")
    target.mkdir(parents=True, mode=0o700)
    path = target / generations.ZONE_FILE
    generations.build(zone, path, keys, [o for o in host.owners() if zone in o.zones])
    sync_file(path)
    grants = Grants(vault, zone, keys.inbox_key)
    grants.give(entry, keys, entry.id, ring.own)
    grants.write(target, keys)
    sync_folder(target.parent)
