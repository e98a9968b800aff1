"""What is installed from a wheel, and that the program finds its manual there."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(180)
ROOT = Path(__file__).parents[1]
NEEDED = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE")
BUILD = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"
BUILD_FROM_SDIST = BUILD.replace("build_wheel", "build_sdist")
READ = """
import therapydesk
from therapydesk.ui.shell.help_window import manual_page
print(therapydesk.__file__)
print(manual_page("settings"), end="")
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a build needs, so that none of its traces are left here."""
    target = tmp_path_factory.mktemp("source")
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "therapydesk", target / "therapydesk", ignore=leave)
    shutil.copytree(ROOT / "docs" / "manual", target / "docs" / "manual")
    for name in NEEDED:
        shutil.copy2(ROOT / name, target)
    return target


def build(source: Path, out: Path, program: str = BUILD) -> Path:
    """The file that the build backend makes, in a fresh process."""
    command = [sys.executable, "-c", program, str(out)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(source, tmp_path_factory.mktemp("wheel"))


def test_the_wheel_carries_every_page_of_the_manual(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        names = file.namelist()
        pages = {Path(name).name for name in names if name.startswith("therapydesk/manual/")}
        assert pages == {page.name for page in (ROOT / "docs" / "manual").glob("*.md")}
        assert file.read("therapydesk/manual/start.md") == (ROOT / "docs/manual/start.md").read_bytes()
    assert not [name for name in names if not name.startswith(("therapydesk/", "therapydesk-"))]


def test_everything_that_is_not_code_goes_along(wheel: Path) -> None:
    """Data files and revisions: what the program opens by its path would be missed only after installing."""
    with zipfile.ZipFile(wheel) as file:
        there = set(file.namelist())
    ours = [p for p in (ROOT / "therapydesk").rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    assert [n for n in (p.relative_to(ROOT).as_posix() for p in ours) if n not in there] == []


def test_an_installed_program_finds_its_manual(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        file.extractall(tmp_path / "site")
    done = subprocess.run(
        [sys.executable, "-c", READ],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site"), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    where, _, page = done.stdout.partition("\n")
    assert Path(where).is_relative_to(tmp_path / "site")
    assert page == (ROOT / "docs" / "manual" / "settings.md").read_text("utf-8")


def test_a_wheel_made_from_the_source_archive_is_the_same(source: Path, wheel: Path, tmp_path: Path) -> None:
    archive = build(source, tmp_path, BUILD_FROM_SDIST)
    shutil.unpack_archive(archive, tmp_path / "unpacked")  # our own; Debian's 3.11.2 knows no filter yet
    again = build(next((tmp_path / "unpacked").iterdir()), tmp_path)
    with zipfile.ZipFile(wheel) as first, zipfile.ZipFile(again) as second:
        assert sorted(second.namelist()) == sorted(first.namelist())
