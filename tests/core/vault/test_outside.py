"""Copies for other programs: in a place that is the user's alone, taken back at lock and after a crash."""

from __future__ import annotations

import errno
import io
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from therapydesk.core.errors import DiskFull, UserError
from therapydesk.core.jobs import Cancelled
from therapydesk.core.vault.outside import Outside
from therapydesk.core.vault.vault import Vault

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes of files are those of POSIX")
SONG = b"la la la " * 1000


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """The two places that there are, empty."""
    made = {"memory": tmp_path / "run", "disk": tmp_path / "cache"}
    for place in made.values():
        place.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(made["memory"]))
    monkeypatch.setenv("XDG_CACHE_HOME", str(made["disk"]))
    return made


def files_in(places: dict[str, Path]) -> list[Path]:
    return [path for place in places.values() for path in place.rglob("*") if path.is_file()]


def lend(found: Outside, name: str = "take.ogg") -> Path:
    return found.lend(io.BytesIO(SONG), name, len(SONG))


@posix
def test_a_copy_lies_where_nobody_else_looks_and_says_nothing_in_its_name(
    places: dict[str, Path], tmp_path: Path
) -> None:
    copy = lend(Outside(tmp_path / "vault"), "Winifred Probert sings.ogg")
    assert copy.read_bytes() == SONG
    assert copy.is_relative_to(places["memory"])
    assert copy.suffix == ".ogg"
    assert "winifred" not in str(copy).casefold()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o400
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name", ["a.exe", "a.desktop", "a.sh", "a.html", "a.docm", "a", "a.lnk", "a.mp3.bat"]
)
def test_what_may_run_is_not_handed_over(places: dict[str, Path], tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="does not hand files of this kind"):
        lend(Outside(tmp_path / "vault"), name)
    assert files_in(places) == []


def test_locking_takes_all_copies_back(places: dict[str, Path], vault: Vault) -> None:
    vault.outside = Outside(vault.folder)
    lend(vault.outside)
    lend(vault.outside, "b.mp3")
    assert len(files_in(places)) == 2  # the control: they are there until then
    vault.lock()
    assert files_in(places) == []


def test_what_a_crash_left_goes_when_the_vault_is_opened_again_and_no_other_ones(
    places: dict[str, Path], tmp_path: Path
) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    script = (
        "import io, os, sys; from pathlib import Path; from therapydesk.core.vault.outside import Outside\n"
        "for folder in sys.argv[1:]: Outside(Path(folder)).lend(io.BytesIO(b'la'), 'a.ogg', 2)\n"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(mine), str(other)], check=False)
    assert len(files_in(places)) == 2
    Outside(mine)
    assert len(files_in(places)) == 1
    Outside(other)
    assert files_in(places) == []


def test_with_too_little_memory_it_goes_to_the_disk_and_with_none_it_is_said(
    places: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Outside(tmp_path / "vault")
    free = {"run": 10, "cache": 10**12}

    def usage(path: Path) -> Any:
        return shutil._ntuple_diskusage(0, 0, free[path.relative_to(tmp_path).parts[0]])

    monkeypatch.setattr(shutil, "disk_usage", usage)
    assert lend(found).is_relative_to(places["disk"])
    free["cache"] = 10
    with pytest.raises(UserError, match="no room for a copy"):
        lend(found)
    found.take_back()
    assert files_in(places) == []


def test_a_copy_that_was_stopped_or_had_no_room_left_is_gone(places: dict[str, Path], tmp_path: Path) -> None:
    found = Outside(tmp_path / "vault")

    class Full(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError(errno.ENOSPC, "no room")
            return super().read(10)

    def stop(_done: int) -> None:
        raise Cancelled("stop")

    with pytest.raises(DiskFull):
        found.lend(Full(SONG), "a.ogg", len(SONG))
    with pytest.raises(Cancelled):
        found.lend(io.BytesIO(SONG), "a.ogg", len(SONG), stop)
    assert files_in(places) == []


@posix
@pytest.mark.parametrize("trap", ["open to all", "a link"])
def test_a_place_that_somebody_prepared_is_not_used(
    places: dict[str, Path], tmp_path: Path, trap: str
) -> None:
    found = Outside(tmp_path / "vault")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "theirs.txt").write_text("not ours")
    for place in found._places:
        place.parent.mkdir(parents=True, exist_ok=True)
        if trap == "a link":
            place.symlink_to(elsewhere)
        else:
            place.mkdir(mode=0o777)
            place.chmod(0o777)
    with pytest.raises(UserError, match="no room for a copy"):
        lend(found)
    found.take_back()
    assert os.listdir(elsewhere) == ["theirs.txt"]


def test_without_a_place_in_memory_the_folder_of_the_account_is_used(
    places: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert lend(Outside(tmp_path / "vault")).is_relative_to(places["disk"])
