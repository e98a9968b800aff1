"""S19: two programs on one vault, a lock left behind, a folder that cannot be written, folders of clouds and networks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, USER
from therapydesk.core.errors import DiskFull, VaultError, VaultInUse
from therapydesk.core.plugins import Plugins
from therapydesk.core.vault import place
from therapydesk.core.vault.instance import InstanceLock
from therapydesk.core.vault.vault import NewPractice, Vault

pytestmark = pytest.mark.timeout(120)

# A window that says what happens to it, one JSON line each.
WINDOW = """
import json, sys
from PySide6.QtCore import QTimer
from therapydesk.app import Program, QApplication, _options

app = QApplication(sys.argv[:1])
program = Program(app, _options().parse_args(sys.argv[1:]))
def say(**what): print(json.dumps(what), flush=True)
if program.is_second():
    say(second=True); sys.exit(0)
fronts = []
program.window.to_front = lambda: fronts.append(1)
program.open_files = lambda files: say(import_of=files)
asked = program._asked_again
program._asked_again = lambda files: (asked(files), say(asked=files, fronts=len(fronts), kept=program.options.files))
listen = program._listen
program._listen = lambda: (listen(), say(listening=program._first_window._server.isListening()))
program.start()
app.exec()
"""


def runtime(home: Path) -> Path:
    """A short name for the folder that holds what lives as long as the account is signed in."""
    folder = Path(tempfile.gettempdir()) / f"td{zlib.crc32(str(home).encode()):08x}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


class Started:
    """A window in a process of its own."""

    def __init__(self, home: Path, *arguments: str) -> None:
        home.mkdir(exist_ok=True)
        folders = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "STATE", "DATA")}
        short = runtime(home)  # the address of a local socket has at most 107 characters
        env = {
            "QT_QPA_PLATFORM": "offscreen",
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(short),
            **folders,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", WINDOW, *arguments], env=env, stdout=subprocess.PIPE, text=True
        )

    def hear(self) -> dict[str, object]:
        assert self.process.stdout is not None
        found: dict[str, object] = json.loads(self.process.stdout.readline())
        return found

    def end(self) -> None:
        assert self.process.stdout is not None
        if not self.process.stdout.closed:
            self.process.kill()
            self.process.communicate()


@contextmanager
def window(home: Path, *arguments: str) -> Iterator[Started]:
    started = Started(home, *arguments)
    try:
        yield started
    finally:
        started.end()
        shutil.rmtree(runtime(home), ignore_errors=True)


@pytest.fixture
def practice(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "practice"))


def test_a_second_start_raises_the_first_window_and_hands_its_files_over(
    practice: Path, tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_text("name\nMary\n")
    with window(tmp_path / "home", "--vault", str(practice)) as first:
        assert first.hear() == {"listening": True}
        with window(tmp_path / "home", "--vault", str(practice), str(tmp_path / "list.csv")) as second:
            assert second.hear() == {"second": True}
            assert second.process.wait(20) == 0
        kept = [str(tmp_path / "list.csv")]
        assert first.hear() == {"asked": kept, "fronts": 1, "kept": kept}, "it is locked, so they wait"


def test_control_another_practice_gets_a_window_of_its_own(practice: Path, tmp_path: Path) -> None:
    other = shutil.copytree(practice, tmp_path / "other")
    with (
        window(tmp_path / "home", "--vault", str(practice)) as first,
        window(tmp_path / "home", "--vault", str(other)) as second,
    ):
        assert first.hear() == {"listening": True}
        assert second.hear() == {"listening": True}


def test_a_window_that_was_killed_is_not_taken_for_a_live_one(practice: Path, tmp_path: Path) -> None:
    with window(tmp_path / "home", "--vault", str(practice)) as first:
        assert first.hear() == {"listening": True}
        first.end()
    with window(tmp_path / "home", "--vault", str(practice)) as second:
        assert second.hear() == {"listening": True}


@pytest.mark.parametrize("line", [b"\n", b"{}\n", b"[3, null]\n", b"[" * 5000 + b"\n", b"no json\n"])
def test_nonsense_brings_the_window_to_the_front_and_nothing_else(
    practice: Path, tmp_path: Path, line: bytes
) -> None:
    import socket

    with window(tmp_path / "home", "--vault", str(practice)) as first:
        assert first.hear() == {"listening": True}
        (where,) = runtime(tmp_path / "home").rglob("window-*")
        assert where.stat().st_mode & 0o077 == 0, "nobody else may ask"
        with socket.socket(socket.AF_UNIX) as other:
            other.connect(str(where))
            other.sendall(line)
            assert first.hear() == {"asked": [], "fronts": 1, "kept": []}
            assert other.recv(100) == b"here\n", "what it answers tells nothing"


HOLDER = """
import sys
from pathlib import Path
from tests.reliability.world import Host, open_vault
vault = open_vault(Path(sys.argv[1]), Host([]))
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program has the vault open."""
    command = [sys.executable, "-c", HOLDER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield holder
        holder.kill()


def test_two_programs_never_have_one_vault(practice: Path, plugins: Plugins) -> None:
    with held(practice) as other, pytest.raises(VaultInUse, match=f"process {other.pid}"):
        Vault.open(practice, host=plugins)
    Vault.open(practice, host=plugins).close()


def test_a_lock_that_was_left_behind_is_told_from_a_live_one_by_the_system(
    practice: Path, plugins: Plugins
) -> None:
    with held(practice) as other:
        other.kill()
        other.wait()
        left = (practice / "LOCK").read_text()
        assert str(other.pid) in left, "its content still names the program that was killed"
        Vault.open(practice, host=plugins).close()
    live = json.dumps({"host": "here", "pid": os.getpid(), "start": time.time()})
    (practice / "LOCK").write_text(live)
    Vault.open(practice, host=plugins).close()


@pytest.fixture
def nobody(tmp_path: Path) -> Iterator[None]:
    """The rights of an ordinary account, which root has not."""
    if os.geteuid() != 0:
        yield
        return
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_cannot_be_written_is_never_called_in_use(
    practice: Path, plugins: Plugins, request: pytest.FixtureRequest
) -> None:
    for path in (practice, *practice.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    request.getfixturevalue("nobody")
    with pytest.raises(VaultError, match="cannot be written to") as refused:
        Vault.open(practice, host=plugins)
    assert not isinstance(refused.value, (VaultInUse, DiskFull))
    assert "read-only for this account" in refused.value.help


def test_control_the_same_folder_opens_when_it_can_be_written(practice: Path, plugins: Plugins) -> None:
    for path in (practice, *practice.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    vault = Vault.open(practice, host=plugins)
    assert vault.unlock(USER, PASSPHRASE)
    vault.close()


CLOUDS = {
    "OneDrive": ("OneDrive", "OneDrive - Harbour Music", "OneDrive-Personal"),
    "Dropbox": ("Dropbox", "Dropbox (Personal)"),
    "iCloud": ("Mobile Documents", "iCloudDrive", "iCloud Drive"),
    "Google Drive": ("Google Drive", "My Drive", "GoogleDrive-ruth@practice.org"),
}


@pytest.mark.parametrize(("service", "name"), [(s, name) for s, names in CLOUDS.items() for name in names])
def test_a_cloud_folder_is_refused_by_its_name_and_a_sentence_says_where_else(
    practice: Path, plugins: Plugins, tmp_path: Path, service: str, name: str
) -> None:
    inside = tmp_path / name / "practice"
    shutil.copytree(practice, inside)
    before = sorted(p.name for p in inside.rglob("*"))
    with pytest.raises(VaultError, match=f"kept in a {service} folder") as refused:
        Vault.open(inside, host=plugins)
    assert "Choose a folder on this computer; backups may go there." in refused.value.help
    assert sorted(p.name for p in inside.rglob("*")) == before, "nothing was touched"
    new = NewPractice("P", "Ruth", ("owner",), PASSPHRASE)
    with pytest.raises(VaultError, match=service):
        Vault.create(tmp_path / name / "new", new, host=plugins)


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "9p2000.u", "fuse.rclone", "davfs", "vboxsf"])
def test_a_network_drive_is_refused(
    practice: Path, plugins: Plugins, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    where = str(practice.parent).replace(" ", "\\040")
    mounts = f"/dev/sda1 / ext4 rw 0 0\nserver:/share {where} {{kind}} rw 0 0\n"
    monkeypatch.setattr(place, "_mount_table", lambda: mounts.format(kind=kind))
    with pytest.raises(VaultError, match="network drive") as refused:
        Vault.open(practice, host=plugins)
    assert "backups may go there" in refused.value.help
    monkeypatch.setattr(place, "_mount_table", lambda: mounts.format(kind="ext4"))
    Vault.open(practice, host=plugins).close()  # the control: a local disk at the same place


def test_a_full_disk_while_the_lock_is_written_is_said_and_the_lock_let_go(
    practice: Path, plugins: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(InstanceLock, "_write", full)
        with pytest.raises(DiskFull, match="full"):
            Vault.open(practice, host=plugins)
    Vault.open(practice, host=plugins).close()
