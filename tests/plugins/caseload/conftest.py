"""A practice with people and statements, and a desk for pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from therapydesk.api import Link, PersonDetails, add_person, open_episode
from therapydesk.core import dates
from therapydesk.plugins.caseload import service
from therapydesk.testing import open_page
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.jobs import Runner
from therapydesk.ui.kit.looks import apply_theme
from therapydesk.ui.kit.messages import undo_list

__all__ = ["open_page"]
WORDS = "seven brass bells ringing"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    dates.set_clock(lambda: datetime(2026, 5, 6, 12, 6, tzinfo=UTC))
    yield
    dates.set_clock(None)


@dataclass
class Practice:
    """People by name, with support by the signed-in therapist unless told otherwise."""

    vault: Any
    people: dict[str, UUID] = field(default_factory=dict)

    def person(self, name: str, stage: str = "active", **details: Any) -> UUID:
        details.setdefault("best_way", "ask")
        with self.vault.write("core") as db:
            made = add_person(db, PersonDetails(name, **details)).id
            if stage:
                therapist = self.vault.user.id if stage != "waiting" else None
                open_episode(db, made, therapist_id=therapist, stage=stage)
        self.people[name] = made
        return made

    def say(self, person_id: UUID, kind: str, text: str, **more: Any) -> UUID:
        with self.vault.write("clinical") as db:
            return service.save_statement(db, person_id, service.StatementDetails(kind, text, **more))

    def said(self, person_id: UUID, *, ended: bool = False) -> list[service.StatementView]:
        with self.vault.read() as db:
            return service.statements(db, person_id, ended=ended)

    def sign_in(self, name: str, *roles: str) -> UUID:
        """Add a colleague with these roles and sign them in."""
        zones = ("clinical",) if "therapist" in roles else ()
        user_id: UUID = self.vault.add_user(name, roles, WORDS, zones).id
        self.vault.unlock(name, WORDS)
        return user_id


@pytest.fixture
def practice(vault: Any) -> Practice:
    return Practice(vault)


@dataclass
class Window:
    """A desk for pages under test, and the links that were followed."""

    desk: Any
    links: list[Link] = field(default_factory=list)


@pytest.fixture
def open_desk(qtbot: Any, qapp: Any, vault: Any, plugins: Any) -> Iterator[Callable[[], Window]]:
    """A desk of whoever is signed in now."""
    apply_theme(qapp, style.Theme.LIGHT)
    runners: list[Runner] = []

    def open_desk() -> Window:
        links: list[Link] = []
        jobs = Runner()
        runners.append(jobs)
        jobs.watch(vault.changes)
        machine = SimpleNamespace(single_keys=True)
        return Window(Desk(vault, vault.user, machine, plugins, jobs, vault.changes, links.append), links)

    undo_list.clear()
    yield open_desk
    for each in runners:
        each.close()


@pytest.fixture
def window(open_desk: Callable[[], Window]) -> Window:
    return open_desk()
