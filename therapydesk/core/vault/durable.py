"""Small files that are wholly old or wholly new: temporary name, fsync, rename, fsync of the folder (security
§3, §5).
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from therapydesk.core.errors import DamagedVault, DiskFull, VaultError
from therapydesk.core.words import tr

# EFBIG: the disk takes no file that large, such as one of more than 4 GB on many a stick.
NO_ROOM = {errno.ENOSPC, errno.EFBIG, *([errno.EDQUOT] if hasattr(errno, "EDQUOT") else [])}
SUM = "sum"
READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}
GONE = {errno.EIO, errno.ENXIO, errno.ENODEV, *([errno.ESTALE] if hasattr(errno, "ESTALE") else [])}


def disk_full() -> DiskFull:
    """The one sentence for a full disk."""
    return DiskFull(
        tr("The disk is full, so this was not saved."),
        tr("Nothing already stored was lost. Make room on the disk, then try again."),
    )


def translate(error: OSError) -> OSError | VaultError:
    """A full, read-only or vanished disk in words; anything else as it is."""
    if error.errno in NO_ROOM:
        return disk_full()
    if error.errno in READ_ONLY:
        return VaultError(
            tr("The vault’s folder cannot be written to."),
            tr("It is read-only for this account. Move it, or ask who looks after the computer."),
        )
    if error.errno in GONE:
        return VaultError(
            tr("The disk that the practice lies on does not answer."),
            tr("Nothing already stored was lost by this. Plug it in or check it, then try again."),
        )
    return error


def in_a_new_folder(error: OSError, folder: Path) -> VaultError:
    """What went wrong in making or filling a folder that somebody named, in words. It is not the vault's own."""
    if error.errno in NO_ROOM:
        return disk_full()
    return VaultError(
        tr("This folder cannot be made or used ({why}): {folder}").format(why=error.strerror, folder=folder),
        tr("Nothing was changed. Choose another folder."),
    )


def sync_folder(folder: Path) -> None:
    """Make a rename or a new file in the folder outlast a power cut (not possible, and not needed, on
    Windows).
    """
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """fsync one file."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def write_bytes(path: Path, content: bytes) -> None:
    """Replace a file in one step. Raises DiskFull or VaultError; the old content stays then."""
    try:
        replace_bytes(path, content, sync_folder)
    except OSError as error:
        raise translate(error) from None


def replace_bytes(path: Path, content: bytes, sync: Callable[[Path], object]) -> None:
    """The same for any folder; `sync` makes its names outlast a power cut. Raises OSError."""
    temporary = path.parent / f".{path.name}.{os.urandom(4).hex()}"
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        sync(path.parent)
    finally:
        with suppress(OSError):  # the disk is gone: what went wrong before is what is told
            temporary.unlink(missing_ok=True)


def write_json(path: Path, data: Mapping[Any, Any]) -> None:
    """Replace a JSON file in one step. A sum over its content goes with it, so that a bad disk is told from a wrong
    passphrase or an older state; it proves nothing against people, who can write another (that is what the MACs are for).
    """
    write_bytes(path, json_bytes(data))


def json_bytes(data: Mapping[Any, Any]) -> bytes:
    """JSON as it is written into a small file, with its sum."""
    whole = {**data, SUM: _sum(data)}
    return (json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def read_json(path: Path, name: str = "") -> Any:
    """A JSON file. Raises DamagedVault, naming the file, when it is missing, is not JSON, or does not fit its sum (files of
    the first versions have none); VaultError when it cannot be read.
    """
    name = name or path.name
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise DamagedVault(
            tr("A file of the vault is missing: {file}").format(file=name), restore_help()
        ) from None
    except (ValueError, RecursionError):
        raise damaged_file(name) from None
    except OSError:
        raise VaultError(
            tr("A file of the vault cannot be opened."),
            tr("This account may not read it, or another program holds it. Nothing was changed."),
        ) from None
    if isinstance(data, dict) and SUM in data and data.pop(SUM) != _sum(data):
        raise damaged_file(name)
    return data


def _sum(data: Mapping[Any, Any]) -> str:
    return hashlib.sha256(canonical(data)).hexdigest()


def damaged_file(name: str) -> DamagedVault:
    """The sentence for a damaged file of the vault."""
    return DamagedVault(tr("A file of the vault is damaged: {file}").format(file=name), restore_help())


def restore_help() -> str:
    """What to do about a damaged or missing file."""
    return tr("Nothing was changed. Keep the folder as it is and bring it back from a backup.")


def canonical(data: Any) -> bytes:
    """JSON in one agreed form, for signatures and hashes."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
