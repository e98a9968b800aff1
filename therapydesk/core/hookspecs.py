"""Every hook a plugin may offer. The list is closed: a new one needs a use, a docstring, a manual entry and a test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pluggy

from therapydesk.core.contributions import (
    Card,
    Command,
    DueItem,
    ExportItem,
    Fact,
    Hit,
    Importer,
    Moment,
    Page,
    Permission,
    PersonTab,
    Report,
    Setting,
)
from therapydesk.core.events import Event
from therapydesk.core.tables import Base

PROJECT = "therapydesk"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def models() -> list[type[Base]]:  # type: ignore[empty-body]  # a specification has no body
    """The plugin's tables. Each is named `<plugin id>_…` and lies in a zone. Asked at start."""


@hookspec
def permissions() -> list[Permission]:  # type: ignore[empty-body]  # a specification has no body
    """Permissions of a contrib plugin with their default roles. Built-ins use permissions.csv. Asked at start."""


@hookspec
def settings() -> list[Setting]:  # type: ignore[empty-body]  # a specification has no body
    """Practice settings; the settings window draws them. Asked at start."""


@hookspec
def pages() -> list[Page]:  # type: ignore[empty-body]  # a specification has no body
    """Pages for the sidebar. Asked once."""


@hookspec
def person_tabs() -> list[PersonTab]:  # type: ignore[empty-body]  # a specification has no body
    """Tabs for the person page. Asked once."""


@hookspec
def dashboard_cards() -> list[Card]:  # type: ignore[empty-body]  # a specification has no body
    """Cards for Today and for a person's overview. Asked once."""


@hookspec
def commands() -> list[Command]:  # type: ignore[empty-body]  # a specification has no body
    """Commands for menus, palette and command line. Asked once."""


@hookspec
def importers() -> list[Importer]:  # type: ignore[empty-body]  # a specification has no body
    """Kinds of file the plugin can take in."""


@hookspec
def reports() -> list[Report]:  # type: ignore[empty-body]  # a specification has no body
    """Reports the plugin offers."""


@hookspec
def person_facts(db: Any, person_ids: Sequence[UUID]) -> dict[UUID, list[Fact]]:  # type: ignore[empty-body]  # spec
    """Facts about each person, with one query for all of them."""


@hookspec
def record_facts(db: Any, kind: str, ref: UUID, person_id: UUID | None) -> list[Fact]:  # type: ignore[empty-body]  # spec
    """What is worth seeing beside a record that is open, such as a session (kind "appointment") or a "note", and what may
    be done about it: a Fact with a link is an offer. `person_id` is whom the record is about, if that is one person.
    """


@hookspec
def due_items(db: Any, today: date) -> list[DueItem]:  # type: ignore[empty-body]  # a specification has no body
    """What is due, for Today's list."""


@hookspec
def timeline(db: Any, person_id: UUID, since: datetime) -> list[Moment]:  # type: ignore[empty-body]  # spec
    """What happened to a person since then."""


@hookspec
def search(db: Any, text: str, limit: int) -> list[Hit]:  # type: ignore[empty-body]  # a specification has no body
    """What the plugin finds for a search text; at most `limit`."""


@hookspec
def on_event(db: Any, event: Event) -> None:
    """Something happened. `db` writes the plugin's home zone; raising in the event's own zone undoes the action."""


@hookspec
def subject_extras(db: Any, person_id: UUID) -> list[ExportItem]:  # type: ignore[empty-body]  # spec
    """Files for a subject access pack beyond the rows of the plugin's tables.

    `db` reads, and holds core alone, then clinical too, then all: what is given once a zone is held and not before belongs
    to the part of that zone, so ask `db.holds(…)` before reading in another zone. When it raises, nothing is collected.
    """


@hookspec
def sample_data(db: Any, person_id: UUID, seed: int) -> None:
    """Put a little made-up data for one person into the zone that `db` writes."""
