"""What the tests of all modules share: the day, people by name, a desk for pages, and commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import pytest
from click.testing import CliRunner
from PySide6.QtWidgets import QApplication

from therapydesk.api import CliContext, Link
from therapydesk.testing import add_person, desk_at, open_page, stopped_clock
from therapydesk.ui.kit.messages import undo_list

__all__ = ["open_page", "stopped_clock"]


@pytest.fixture(autouse=True)
def _clock(stopped_clock: datetime) -> None:
    """Wednesday 6 May 2026, 11:02; a module may choose another time."""


@dataclass
class People:
    """People by name, made when first asked for."""

    vault: Any
    people: dict[str, UUID] = field(default_factory=dict)

    def person(self, name: str, **more: Any) -> UUID:
        if name not in self.people:
            self.people[name] = add_person(self.vault, name, **more)
        return self.people[name]


@dataclass
class Window:
    """A desk for pages under test, and the links that were followed."""

    desk: Any
    links: list[Link]

    def wait(self) -> None:
        assert self.desk.jobs.wait_idle(20_000)
        QApplication.processEvents()


OpenDesk = Callable[..., Window]


@pytest.fixture
def open_desk(qtbot: Any, vault: Any, plugins: Any, tmp_path: Path) -> Iterator[OpenDesk]:
    """`open_desk()`: a desk of whoever is signed in now; with a plugin host, that one instead of all modules."""
    undo_list.clear()
    with ExitStack() as until_end:

        def open_desk(host: Any = plugins) -> Window:
            links: list[Link] = []
            desk = until_end.enter_context(desk_at(vault, host, tmp_path))
            return Window(replace(desk, open_link=links.append), links)

        yield open_desk


@pytest.fixture
def window(open_desk: OpenDesk) -> Window:
    return open_desk()


def run_command(group: click.Command, vault: Any, words: tuple[str, ...], as_json: bool = True) -> Any:
    """What a command answers, its JSON read; raises what it raises."""
    context = CliContext(None, json=as_json, _vault=vault)  # type: ignore[arg-type]  # no plugin is asked
    answer = CliRunner().invoke(group, list(words), obj=context, standalone_mode=False)
    if answer.exception is not None:
        raise answer.exception
    return json.loads(answer.output) if as_json else answer.output
