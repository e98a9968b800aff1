"""What the project depends on: locked by version and hash, the same in every list, and a pair of Python and Qt that
keeps its promises.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlcipher3 import dbapi2

ROOT = Path(__file__).parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def pinned(name: str) -> dict[str, str]:
    return dict(PINNED.findall((ROOT / "requirements" / name).read_text("utf-8")))


def wanted() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [Requirement(line) for line in project["dependencies"]]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_file_holds_names_versions_and_hashes_only(lock: Path) -> None:
    entry = re.compile(r"[a-z0-9-]+==[\w.+]+( ; [\w.' =!<>()]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n")
    assert entry.sub("", lock.read_text("utf-8")) == ""


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt"])
def test_every_dependency_is_locked_at_a_version_that_fits(lock: str) -> None:
    have = pinned(lock)
    misfits = [
        str(need)
        for need in wanted()
        if not need.specifier.contains(have.get(canonicalize_name(need.name), "0"))
    ]
    assert misfits == []


def test_tests_run_on_the_versions_that_users_get() -> None:
    dev = pinned("dev.txt")
    assert {name: dev[name] for name in pinned("run.txt")} == pinned("run.txt")


def test_what_is_installed_is_what_is_locked() -> None:
    names = [need.name for need in wanted()]
    assert {name: version(name) for name in names} == {
        name: pinned("run.txt")[canonicalize_name(name)] for name in names
    }


def test_every_dependency_has_its_reason_on_the_page() -> None:
    page = (ROOT / "docs" / "decisions" / "0001-dependencies.md").read_text("utf-8").lower()
    tools = (ROOT / "requirements" / "dev.in").read_text("utf-8").split()
    assert [name for name in (*(n.name for n in wanted()), *tools) if f"| {name.lower()} |" not in page] == []


def test_python_and_qt_are_a_pair_that_keeps_its_references(qtbot: QtBot) -> None:
    """Qt 6.12's bindings lose a reference to None on most calls under Python 3.11, which ends in a crash."""
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for _ in range(20_000):
        label.setText("a")
    assert abs(sys.getrefcount(None) - before) < 1_000


def test_sqlite_comes_with_encryption_full_text_and_temporary_tables_in_memory() -> None:
    db = dbapi2.connect(":memory:")
    options = {name for (name,) in db.execute("PRAGMA compile_options")}
    (cipher,) = db.execute("PRAGMA cipher_version").fetchone()
    db.close()
    assert tuple(int(part) for part in cipher.split()[0].split(".")[:2]) >= (4, 19)
    assert options & {"TEMP_STORE=2", "TEMP_STORE=3"}
    assert "ENABLE_FTS5" in options
