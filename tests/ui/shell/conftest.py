"""A desk on a practice of three, for the pages of the shell."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, USER
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import Zone
from therapydesk.core.vault.keys import Kdf
from therapydesk.core.vault.vault import Vault
from therapydesk.testing import desk_at
from therapydesk.ui.kit.desk import Desk

OTHERS: dict[str, tuple[tuple[str, ...], tuple[Zone, ...]]] = {
    "Nia Admin": (("admin",), ()),
    "Tomos Therapist": (("therapist",), ("clinical",)),
}
SignIn = Callable[[str], Desk]


@pytest.fixture(scope="session")
def practice_of_three(plugins: Plugins, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Closed: the owner with every role and key, an admin, a therapist."""
    folder = tmp_path_factory.mktemp("three") / "vault"
    shutil.copytree(template, folder)
    vault = Vault.open(folder, host=plugins)
    vault.kdf = Kdf.minimum()
    vault.unlock(USER, PASSPHRASE)
    for name, (roles, zones) in OTHERS.items():
        vault.add_user(name, roles, PASSPHRASE, zones)
    vault.close()
    return folder


@pytest.fixture
def sign_in(plugins: Plugins, practice_of_three: Path, tmp_path: Path) -> Iterator[SignIn]:
    """`sign_in(name)` is the desk of one of them, in a copy of the practice; `USER` is the owner."""
    folder = tmp_path / "three"
    shutil.copytree(practice_of_three, folder)
    vault = Vault.open(folder, host=plugins)
    vault.kdf = Kdf.minimum()
    with ExitStack() as stack:

        def desk(name: str) -> Desk:
            vault.unlock(name, PASSPHRASE)
            made = stack.enter_context(desk_at(vault, plugins, tmp_path))
            stack.callback(made.jobs.wait_idle)
            return made

        yield desk
    vault.close()
