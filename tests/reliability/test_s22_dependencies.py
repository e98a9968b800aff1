"""S22: what the program is made of: pinned with hashes, under licences that go together, with wheels for three systems, and
an SQLCipher that keeps its promises. All of it offline; `requirements/wheels.json` says how the wheels were found.
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import closing
from importlib.metadata import PackageNotFoundError, distribution, metadata
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from tests.conftest import PASSPHRASE
from therapydesk.core.vault.vault import Vault

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
RUN = (ROOT / "requirements" / "run.txt").read_text("utf-8")
SYSTEMS = {"linux", "windows", "macos"}
ENTRY = re.compile(r"^([a-z0-9-]+)==(\S+)(.*(?:\n    .*)*)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")

# Licences that may stand beside our GPL-3.0-or-later. CNRI-Python is that of an old part of `regex`, which others ship with
# programs under the GPL as well; somebody who knows licences should look at it before a release.
ALLOWED = {
    *(
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "ISC",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "0BSD",
        "Apache-2.0",
        "PSF-2.0",
        "Zlib",
    ),
    *(
        "LGPL-3.0-only",
        "GPL-2.0-only",
        "GPL-3.0-only",
        "GPL-2.0-or-later",
        "MPL-2.0",
        "CNRI-Python",
        "Unlicense",
    ),
}
CLASSIFIERS = {
    "MIT License", "BSD License", "Apache Software License", "Python Software Foundation License",
    "GNU General Public License (GPL)", "GNU Library or Lesser General Public License (LGPL)", "zlib/libpng License",
}  # fmt: skip
PLAIN = ("MIT", "BSD", "Apache-2.0", "PSFL", "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only")
BY_PAGE = {"sqlcipher3"}  # its package names none; docs/decisions/0001-dependencies.md does


def locked(text: str) -> dict[str, tuple[str, set[str]]]:
    """Version and hashes by name."""
    return {name: (version, set(HASH.findall(rest))) for name, version, rest in ENTRY.findall(text)}


def licence_problem(name: str) -> str:
    """What is wrong with the licence of a package, or nothing. One that is for another system is not here."""
    try:
        about: Any = metadata(name)
    except PackageNotFoundError:
        return ""
    expression = about.get("License-Expression")
    if expression:
        terms = {term for term in re.split(r"[\s()]+|\bOR\b|\bAND\b", expression) if term}
        return "" if terms <= ALLOWED else f"{name}: {expression}"
    kinds = {
        c.split("::")[-1].strip() for c in about.get_all("Classifier") or [] if c.startswith("License ::")
    }
    kinds -= {"OSI Approved"}
    if kinds:
        return "" if kinds <= CLASSIFIERS else f"{name}: {sorted(kinds)}"
    plain = about.get("License") or ""
    if name in BY_PAGE:
        page = (ROOT / "docs" / "decisions" / "0001-dependencies.md").read_text("utf-8")
        row = next((line for line in page.splitlines() if line.startswith(f"| {name} |")), "")
        return "" if row.split("|")[2].strip() else f"{name}: not on the page"
    return "" if plain.startswith(PLAIN) else f"{name}: {plain[:60]!r}"


def unhashed(text: str) -> list[str]:
    return [name for name, (_version, hashes) in locked(text).items() if not hashes]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_pin_has_a_hash(lock: Path) -> None:
    assert len(locked(lock.read_text("utf-8"))) >= 1
    assert unhashed(lock.read_text("utf-8")) == []


def test_control_a_pin_without_a_hash_is_found() -> None:
    assert unhashed("good==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\nbad==2.0\n") == ["bad"]


def test_every_licence_goes_with_ours() -> None:
    assert [problem for name in locked(RUN) if (problem := licence_problem(name))] == []


def test_control_a_licence_that_does_not_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ALLOWED", ALLOWED - {"MIT"})
    assert "alembic: MIT" in [licence_problem(name) for name in locked(RUN)]


def recorded() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "requirements" / "wheels.json").read_text("utf-8"))
    return found


def is_compiled(name: str) -> bool:
    try:
        wheel = distribution(name).read_text("WHEEL") or ""
    except PackageNotFoundError:
        return False
    return "Root-Is-Purelib: false" in wheel


def test_there_is_a_wheel_for_each_system_of_whatever_is_compiled() -> None:
    compiled = {name for name in locked(RUN) if is_compiled(name)}
    wheels = recorded()["wheels"]
    assert {"sqlcipher3", "pyside6-essentials", "pynacl"} <= compiled
    assert {name for name in compiled if set(wheels.get(name, ())) != SYSTEMS} == set()


def test_the_wheels_that_were_found_are_those_of_the_lock() -> None:
    have = locked(RUN)
    for name, systems in recorded()["wheels"].items():
        version, hashes = have[name]
        for wheel in systems.values():
            assert wheel["sha256"] in hashes, name
            assert wheel["file"].split("-")[1] == version


def test_sqlcipher_in_each_wheel_is_new_enough_keeps_temporary_tables_in_memory_and_searches() -> None:
    found = recorded()["sqlcipher3"]
    assert set(found) == SYSTEMS
    for inside in found.values():
        assert tuple(map(int, inside["sqlcipher"].split("."))) >= (4, 19)
        assert {"ENABLE_FTS5"} <= set(inside["options"])
        assert set(inside["options"]) & {"TEMP_STORE=2", "TEMP_STORE=3"}


def test_what_runs_here_is_the_same_and_searches() -> None:
    with closing(sqlcipher.connect(":memory:")) as raw:
        (version,) = raw.execute("PRAGMA cipher_version").fetchone()
        options = {row[0] for row in raw.execute("PRAGMA compile_options")}
        raw.execute("CREATE VIRTUAL TABLE t USING fts5(words)")
        raw.execute("INSERT INTO t VALUES ('Carys sang')")
        assert raw.execute("SELECT count(*) FROM t WHERE t MATCH 'sang'").fetchone() == (1,)
    assert tuple(map(int, version.split()[0].split("."))) >= (4, 19)
    assert options & {"TEMP_STORE=2", "TEMP_STORE=3"}
    assert "ENABLE_FTS5" in options
    if sys.platform.startswith("linux"):
        assert version.split()[0] == recorded()["sqlcipher3"]["linux"]["sqlcipher"]


def test_the_zones_of_a_vault_search_too(vault: Vault) -> None:
    from sqlalchemy import text

    with vault.read() as db:
        assert db.execute(text("SELECT sqlite_compileoption_used('ENABLE_FTS5')")).scalar() == 1
        assert db.execute(text("PRAGMA temp_store")).scalar() == 2
    vault.lock()
    vault.unlock(vault.user_names()[0], PASSPHRASE)
