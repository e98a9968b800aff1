"""Where a vault may lie, what format it has, and what may be read of it before it is unlocked
(security §5).
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from therapydesk.core.errors import DamagedVault, NewerFormat, VaultError
from therapydesk.core.vault.durable import read_json, restore_help
from therapydesk.core.words import tr

FORMAT = 1
PINS = "pins"  # of this computer: what lies here is of no use on another
USERS_FILE = "users.json"
NETWORK = {
    *(
        "nfs",
        "nfs4",
        "cifs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "ncpfs",
        "afs",
        "afpfs",
        "coda",
        "davfs",
        "webdav",
        "ceph",
    ),
    *(
        "fuse.sshfs",
        "fuse.rclone",
        "fuse.davfs2",
        "fuse.gvfsd-fuse",
        "fuse.s3fs",
        "fuse.google-drive-ocamlfuse",
    ),
    *("glusterfs", "fuse.glusterfs", "lustre", "beegfs", "9p2000.u", "vboxsf", "fuse.vmhgfs-fuse", "acfs"),
}
# How cloud folders are called; a name counts when it is this or begins with it and a space or a dash.
CLOUD = {
    "OneDrive": ("onedrive",),
    "Dropbox": ("dropbox",),
    "iCloud": ("icloud", "icloud drive", "iclouddrive", "mobile documents", "com~apple~clouddocs"),
    "Google Drive": ("google drive", "googledrive", "my drive", "drivefs"),
}
CLOUD_MARKS = {".dropbox": "Dropbox", ".dropbox.cache": "Dropbox", ".tmp.drivedownload": "Google Drive"}


@dataclass(frozen=True)
class VaultCard:
    """What a locked vault tells: the practice's name, who can sign in, whether it is made up."""

    practice: str
    users: list[str]
    demo: bool
    pins: frozenset[str] = frozenset()  # who of them has a PIN on this computer


def holds_vault(folder: Path) -> bool:
    """Whether a vault is there; also where one may not look, since reading it then says why."""
    try:
        return (folder / "VAULT.json").exists()
    except OSError:
        return True


def read_card(folder: Path) -> VaultCard:
    """Read the two small public files; opens nothing and asks for no lock. Raises VaultError."""
    about = read_format(folder)
    users = _users(folder)
    pins = frozenset(name for user, name in users.items() if pin_file(folder, user).exists())
    return VaultCard(
        str(about.get("practice", "")), list(users.values()), bool(about.get("demo", False)), pins
    )


def pin_file(folder: Path, user: UUID) -> Path:
    """Where what belongs to a user's PIN lies, if there is one."""
    return folder / PINS / f"{user.hex}.json"


def _users(folder: Path) -> dict[UUID, str]:
    """Who can sign in, in the order they were added: `Users.names`, but without its key libraries, which would
    make the start of the program wait. Signing in reads and checks the whole file.
    """
    data = read_json(folder / USERS_FILE)
    try:
        here = [u for u in sorted(data["users"], key=lambda u: str(u["id"])) if not u["left"]]
        return {UUID(u["id"]): str(u["name"]) for u in here}
    except (KeyError, TypeError, ValueError, AttributeError):
        raise DamagedVault(
            tr("A file of the vault is damaged: {file}").format(file=USERS_FILE), restore_help()
        ) from None


def read_format(folder: Path) -> dict[str, object]:
    """VAULT.json, checked. Raises VaultError for a folder that is no vault, NewerFormat for one from the
    future.
    """
    path = folder / "VAULT.json"
    if not holds_vault(folder) and not _was_vault(folder):
        raise VaultError(
            tr("This folder holds no TherapyDesk vault."),
            tr("Choose the folder that has the file VAULT.json in it."),
        )
    about = read_json(path)
    if not isinstance(about, dict) or not isinstance(about.get("format"), int) or "vault" not in about:
        raise DamagedVault(
            tr("A file of the vault is damaged: {file}").format(file="VAULT.json"), restore_help()
        )
    if about["format"] > FORMAT:
        raise NewerFormat(
            tr("This vault was written by a newer TherapyDesk."),
            tr("Nothing was opened. Install version {version} or newer.").format(
                version=about.get("needs", "?")
            ),
        )
    return about


def _was_vault(folder: Path) -> bool:
    """Whether a vault without VAULT.json is there: then something is lost, and the folder is not just the wrong one."""
    return (folder / "CURRENT").is_file() and (folder / USERS_FILE).is_file()


def check_place(folder: Path) -> None:
    """Raise VaultError for a cloud folder or a network drive: a live vault there would be damaged sooner or
    later.
    """
    real = folder.resolve()
    cloud = cloud_service(real)
    if cloud:
        raise VaultError(
            tr("A vault cannot be kept in a {service} folder.").format(service=cloud),
            tr("Copying it while it is written would damage it.") + " " + _elsewhere(),
        )
    if on_network(real):
        raise VaultError(
            tr("A vault cannot be kept on a network drive."),
            tr("Writing over the network would damage it.") + " " + _elsewhere(),
        )


def _elsewhere() -> str:
    return tr("Choose a folder on this computer; backups may go there.")


def cloud_service(real: Path) -> str:
    """The cloud service whose folder this path lies in, or an empty string."""
    for part in (p.casefold() for p in real.parts):
        for service, names in CLOUD.items():
            if any(part == n or part.startswith((f"{n} ", f"{n}-", f"{n}@")) for n in names):
                return service
    for above in real.parents:
        for mark, service in CLOUD_MARKS.items():
            if (above / mark).exists():
                return service
    return ""


def on_network(real: Path, mounts: str | None = None) -> bool:
    """Whether the path lies on a network drive; `mounts` is the text of /proc/mounts (tests)."""
    if sys.platform == "win32":
        import ctypes

        remote = 4
        return str(real).startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(real.anchor) == remote
    if mounts is None:
        mounts = _mount_table()
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), fields[1])
        if real.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind in NETWORK


def _mount_table() -> str:
    if sys.platform == "darwin":
        import subprocess  # elsewhere the start of the program need not load it

        answer = subprocess.run(
            ["/sbin/mount"], capture_output=True, text=True, check=False, timeout=5
        ).stdout
        lines = []
        for line in answer.splitlines():  # device on /point (kind, options)
            device, _, rest = line.partition(" on ")
            point, _, options = rest.rpartition(" (")
            escaped = point.replace(" ", "\\040")
            lines.append(f"{device.replace(' ', '_')} {escaped} {options.split(',')[0]}")
        return "\n".join(lines)
    try:
        return Path("/proc/mounts").read_text("utf-8", "replace")
    except OSError:
        return ""
