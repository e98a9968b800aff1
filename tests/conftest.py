"""Fixtures for every test: a vault made once from the real migrations, copied for each test; a clock that is
put back.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.keyrings import Memory
from therapydesk.built_in import BUILT_IN
from therapydesk.core import dates, migrations, secrets
from therapydesk.core.garbage import collect_due
from therapydesk.core.permissions import ROLES
from therapydesk.core.plugins import Owner, Plugins, load_all
from therapydesk.core.tables import Zone
from therapydesk.core.vault.keys import Kdf
from therapydesk.core.vault.vault import NewPractice, Vault

# No test needs a screen; the journeys open a real window in processes of their own.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# No test asks the keyring of whoever runs it; those of the keyring say which one they want.
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")

Users = Mapping[str, tuple[tuple[str, ...], tuple[Zone, ...]]]  # roles and keys by name
PASSPHRASE = "four plain words together"
USER = "Ruth Mallory"
MADE_AT = datetime(
    2026, 1, 5, 9, 0, tzinfo=UTC
)  # before the days that tests work on: the log's clock runs forward


@pytest.fixture(autouse=True)
def _clock_back() -> Iterator[None]:
    """Whatever clock a test sets is put back."""
    yield
    dates.set_clock(None)


@pytest.fixture(autouse=True)
def _garbage() -> Iterator[None]:
    """Where a window was open, nothing looks for garbage by itself any more."""
    yield
    collect_due()


@pytest.fixture
def keyring() -> Iterator[Memory]:
    """The user's keyring, in memory for this test."""
    backend = Memory()
    secrets.use_backend(backend)
    yield backend
    secrets.use_backend(None)


@pytest.fixture(scope="session")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Plugins:
    """The plugin host with all built-in modules."""
    host = load_all(BUILT_IN, {}, (), contrib=False)
    drafts = tmp_path_factory.mktemp("revisions")
    owners = [_with_revisions(owner, drafts) for owner in host.owners()]
    host.owners = lambda: owners  # type: ignore[method-assign]  # the same host, with tables for what has no revision yet
    return host


def _with_revisions(owner: Owner, drafts: Path) -> Owner:
    """The owner; where a zone has no revision yet, one made from the models stands in for it."""
    if all(migrations.newest(owner, zone) for zone in owner.zones):
        return owner
    folder = drafts / owner.id
    if owner.migrations.is_dir():
        shutil.copytree(owner.migrations, folder, ignore=shutil.ignore_patterns("__pycache__"))
    stand_in = replace(owner, migrations=folder)
    for zone in owner.zones:
        if migrations.newest(stand_in, zone) is None:
            migrations.new_revision(stand_in, zone, "make tables")
    return stand_in


@pytest.fixture(scope="session")
def template(plugins: Plugins, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed vault with one user, who has every role. Never open it: use `vault`, or a copy."""
    folder = tmp_path_factory.mktemp("template") / "vault"
    new = NewPractice("Harbour Music Therapy", USER, ROLES, PASSPHRASE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dates, "_clock", lambda: MADE_AT)
        made, _code = Vault.create(folder, new, host=plugins, kdf=Kdf.minimum())
        made.close()
    return folder


@dataclass(frozen=True)
class DemoPractice:
    """The demo practice as the command line made it: closed, in the folder it was made in. `files` are its referrals."""

    folder: Path
    files: Path
    user: str
    passphrase: str

    def copy(self, place: Path) -> DemoPractice:
        """The same in a new folder, to be changed."""
        shutil.copytree(self.folder, place)
        return replace(self, folder=place)


@pytest.fixture(scope="session")
def demo_practice(tmp_path_factory: pytest.TempPathFactory) -> DemoPractice:
    """Made once, with 20 people. Never open it: open a copy."""
    folder = tmp_path_factory.mktemp("demo") / "practice"
    command = [sys.executable, "-m", "therapydesk", "demo", str(folder), "--people", "20", "--json"]
    made = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return DemoPractice(folder, Path(made["files"]), made["user"], made["passphrase"])


def opened_copy(closed: Path, folder: Path, host: Any) -> Vault:
    """A copy of a closed vault in a new folder, locked; it takes no time to unlock."""
    shutil.copytree(closed, folder)
    opened = Vault.open(folder, host=host)
    opened.kdf = Kdf.minimum()
    return opened


def add_users(template: Path, folder: Path, plugins: Plugins, users: Users) -> Path:
    """A copy of the template vault with more people who sign in, closed."""
    vault = opened_copy(template, folder, plugins)
    vault.unlock(USER, PASSPHRASE)
    for name, (roles, zones) in users.items():
        vault.add_user(name, roles, PASSPHRASE, zones)
    vault.close()
    return folder


@pytest.fixture
def vault(plugins: Plugins, template: Path, tmp_path: Path) -> Iterator[Vault]:
    """An unlocked fresh copy of the template: a sole practitioner with all roles and zones."""
    opened = opened_copy(template, tmp_path / "vault", plugins)
    with pytest.MonkeyPatch.context() as patch:  # the test may have set its own clock already
        patch.setattr(dates, "_clock", lambda: MADE_AT)
        opened.unlock(USER, PASSPHRASE)
    yield opened
    opened.close()
