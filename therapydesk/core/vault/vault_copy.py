"""A copy of the vault's folder, done right: of a locked vault, with what has not come into the zone files yet."""

from __future__ import annotations

import filecmp
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from therapydesk.core import audit
from therapydesk.core.errors import VaultError
from therapydesk.core.permissions import require_of
from therapydesk.core.tables import ZONES
from therapydesk.core.vault import generations, ledger
from therapydesk.core.vault.backup_file import no_room
from therapydesk.core.vault.backup_targets import free_bytes
from therapydesk.core.vault.creation import check_empty
from therapydesk.core.vault.durable import in_a_new_folder, sync_file, sync_folder
from therapydesk.core.vault.place import USERS_FILE
from therapydesk.core.words import tr

if TYPE_CHECKING:
    from therapydesk.core.vault.vault import Vault


def export_copy(vault: Vault, to: Path) -> int:
    """Lock the vault and copy it to a new folder, from where it opens like the first; returns the bytes.

    The vault stays locked, and nobody else can open it meanwhile. Raises PermissionDenied, DiskFull, VaultError; nothing
    is left of the copy then.
    """
    require_of(vault.user, "backup.make")
    check_empty(to)
    if to.resolve().is_relative_to(vault.folder.resolve()):
        raise VaultError(tr("The copy cannot lie inside the vault."), tr("Choose a folder somewhere else."))
    with vault.write("core") as db:
        audit.record(db, "vault copied")
    vault.lock()
    found = _files(vault.folder)
    temporary = to.parent / f".{to.name}.{uuid4().hex[:8]}"
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        needed = sum(path.stat().st_size for path in found)
        if free_bytes(to.parent) < needed:
            raise no_room(to.parent, needed)
        temporary.mkdir(mode=0o700)
        for path in found:
            _copy(path, temporary / path.relative_to(vault.folder))
        for folder in ("pending", *(f"files/{zone}" for zone in ZONES)):
            (temporary / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        if to.exists():
            to.rmdir()
        temporary.rename(to)
        sync_folder(to.parent)
    except OSError as error:
        raise in_a_new_folder(error, to) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return needed


def _files(folder: Path) -> list[Path]:
    """All that belongs to the vault as it is now: the generations in use, not those before."""
    current = generations.read_current(folder)
    places = [generations.folder_of(folder, zone, current[zone]) for zone in ZONES]
    places += [folder / "pending", *(folder / "files" / zone for zone in ZONES)]
    names = ("VAULT.json", USERS_FILE, generations.CURRENT, ledger.FILE, "restored.json")
    found = [folder / name for name in names if (folder / name).exists()]
    for place in places:
        found += sorted(path for path in place.iterdir() if path.is_file()) if place.is_dir() else []
    return [path for path in found if not path.name.endswith("-shm")]


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(path, target)
    target.chmod(0o600)
    sync_file(target)
    if not filecmp.cmp(path, target, shallow=False):
        raise VaultError(tr("The copy is not the same as the vault: {file}").format(file=path.name))
