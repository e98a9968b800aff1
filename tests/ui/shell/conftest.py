"""A desk on a practice of three, for the pages of the shell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, Users, add_users, opened_copy
from therapydesk.core.plugins import Plugins
from therapydesk.testing import desk_at
from therapydesk.ui.kit.desk import Desk

OTHERS: Users = {
    "Nia Admin": (("admin",), ()),
    "Tomos Therapist": (("therapist",), ("clinical",)),
}
SignIn = Callable[[str], Desk]


@pytest.fixture(scope="session")
def practice_of_three(plugins: Plugins, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Closed: the owner with every role and key, an admin, a therapist."""
    return add_users(template, tmp_path_factory.mktemp("three") / "vault", plugins, OTHERS)


@pytest.fixture
def sign_in(plugins: Plugins, practice_of_three: Path, tmp_path: Path) -> Iterator[SignIn]:
    """`sign_in(name)` is the desk of one of them, in a copy of the practice; `USER` is the owner."""
    vault = opened_copy(practice_of_three, tmp_path / "three", plugins)
    with ExitStack() as stack:

        def desk(name: str) -> Desk:
            vault.unlock(name, PASSPHRASE)
            made = stack.enter_context(desk_at(vault, plugins, tmp_path))
            stack.callback(made.jobs.wait_idle)
            return made

        yield desk
    vault.close()
