"""A practice with several people in it, for tests of keys, grants and hand-overs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Users, add_users, opened_copy
from therapydesk.core.events import Event
from therapydesk.core.plugins import Plugins
from therapydesk.core.tables import Zone
from therapydesk.core.vault.session import Owner
from therapydesk.core.vault.vault import Vault

Handler = Callable[[Any, Event], None]
TEAM: Users = {
    "Nia Admin": (("admin",), ()),
    "Lowri Link": (("link_worker",), ()),
    "Tomos Therapist": (("therapist",), ("clinical",)),
    "Siân Lead": (("lead", "therapist"), ("clinical", "safeguarding")),
    "Alun Auditor": (("auditor",), ()),
}


class Listening:
    """A plugin host whose listeners a test chooses."""

    def __init__(self, plugins: Plugins) -> None:
        self._plugins = plugins
        self.handlers: dict[Zone, list[tuple[str, Handler]]] = {}

    def owners(self) -> Sequence[Owner]:
        return self._plugins.owners()

    def listeners(self, zone: Zone) -> Sequence[tuple[str, Handler]]:
        return self.handlers.get(zone, [])


@pytest.fixture
def host(plugins: Plugins) -> Listening:
    """A host without listeners, until the test adds some."""
    return Listening(plugins)


@pytest.fixture(scope="session")
def team_template(plugins: Plugins, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template vault with a whole team in it, closed."""
    return add_users(template, tmp_path_factory.mktemp("team") / "vault", plugins, TEAM)


@pytest.fixture
def team(host: Listening, team_template: Path, tmp_path: Path) -> Iterator[Vault]:
    """A locked vault with a whole team; `unlock(name, PASSPHRASE)` signs one of them in."""
    vault = opened_copy(team_template, tmp_path / "team", host)
    yield vault
    vault.close()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A folder for backups."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder
