"""Safeguarding: concerns raised by anybody, read by the leads alone; notices and risk notes. A table of contents.

At home in core, so that everybody is told what a lead chose to tell; what leads alone may read is asked for by
`db.holds("safeguarding")` (docs/decisions/0012).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from therapydesk.api import (
    Base,
    Card,
    Command,
    Db,
    DueItem,
    Event,
    ExportItem,
    Fact,
    HandedOver,
    Hit,
    Link,
    Moment,
    Page,
    PluginInfo,
    Setting,
    events,
    hookimpl,
    mark,
    tr,
)
from therapydesk.plugins.safeguarding import answers, lists, raising, sample, tasks
from therapydesk.plugins.safeguarding.models import (
    Action,
    Concern,
    ConcernLink,
    Entry,
    Handover,
    Notice,
    PersonLink,
    RiskNote,
    Task,
)

if TYPE_CHECKING:
    import click

    from therapydesk.ui.kit.desk import Desk

RAISE = "safeguarding.raise"

INFO = PluginInfo(
    "safeguarding",
    mark("Safeguarding"),
    mark("Concerns, sealed to the safeguarding leads; what everybody needs to know"),
    zone="core",
    icon="safeguarding",
)


@hookimpl
def models() -> list[type[Base]]:
    return [Concern, Entry, Action, PersonLink, ConcernLink, Handover, Task, Notice, RiskNote]


@hookimpl
def settings() -> list[Setting]:
    group = tr("Safeguarding")
    return [
        Setting(
            "safeguarding.decide_hours",
            tr("Hours until a decision"),
            "number",
            raising.HOURS,
            tr("The practice’s own target, counted from when a concern was raised."),
            group=group,
        ),
        Setting(
            "safeguarding.ask_before_start",
            tr("Health and risk before the start"),
            "check",
            False,
            tr(
                "Today lists people whose support has begun without a risk note “Looked at before the start”."
            ),
            group=group,
        ),
        Setting("safeguarding.council_name", tr("Council, name"), "text", "", group=group),
        Setting("safeguarding.council_phone", tr("Council, telephone"), "text", "", group=group),
        Setting("safeguarding.council_night", tr("Council, out of hours"), "text", "", group=group),
        Setting("safeguarding.lead_phone", tr("Lead, telephone"), "text", "", group=group),
        Setting("safeguarding.police_phone", tr("Police, not urgent"), "text", "101", group=group),
    ]


def _cli() -> click.Command:
    from therapydesk.plugins.safeguarding.commands import concerns

    return concerns


def _open_page(desk: Desk) -> Any:
    from therapydesk.plugins.safeguarding.ui.safeguarding_page import SafeguardingPage

    return SafeguardingPage(desk)


def _open_raise(desk: Desk) -> Any:
    from therapydesk.plugins.safeguarding.ui.raise_page import RaisePage

    return RaisePage(desk)


def _badge(db: Db) -> int:
    return lists.count_undecided(db) if answers.is_lead(db) else 0


@hookimpl
def pages() -> list[Page]:
    return [
        Page(
            answers.PAGE,
            tr("Safeguarding"),
            "care",
            "safeguarding.raise",
            _open_page,
            icon="safeguarding",
            order=10,
            shortcut="Ctrl+7",
            badge=_badge,
        ),
        Page(
            RAISE,
            tr("Raise a concern"),
            "care",
            "safeguarding.raise",
            _open_raise,
            icon="safeguarding",
            in_sidebar=False,
        ),
    ]


def _open_card(desk: Desk) -> Any:
    from therapydesk.plugins.safeguarding.ui.safeguarding_card import SafeguardingCard

    return SafeguardingCard(desk)


def _open_care(desk: Desk, person_id: UUID) -> Any:
    from therapydesk.plugins.safeguarding.ui.care_card import CareCard

    return CareCard(desk, person_id)


@hookimpl
def dashboard_cards() -> list[Card]:
    return [
        Card("safeguarding.today", tr("Safeguarding"), "safeguarding.raise", _open_card, order=5, column=1),
        Card(
            "safeguarding.care",
            tr("To take care of"),
            "safeguarding.read_notices",
            _open_care,
            place="person",
            order=5,
            column=1,
        ),
    ]


def _raise(desk: Desk) -> None:
    desk.open_link(Link(RAISE))


@hookimpl
def commands() -> list[Command]:
    return [
        Command(
            "safeguarding.raise",
            tr("Raise a concern"),
            "safeguarding.raise",
            _raise,
            shortcut="Ctrl+Shift+R",
            menu="care",
            icon="safeguarding",
            cli=_cli,
            anywhere=True,
        )
    ]


@hookimpl
def person_facts(db: Db, person_ids: Sequence[UUID]) -> dict[UUID, list[Fact]]:
    return answers.facts(db, person_ids)


@hookimpl
def record_facts(db: Db, kind: str, ref: UUID, person_id: UUID | None) -> list[Fact]:
    return answers.about_record(db, kind, ref, person_id)


@hookimpl
def due_items(db: Db, today: date) -> list[DueItem]:
    return answers.due(db, today)


@hookimpl
def timeline(db: Db, person_id: UUID, since: datetime) -> list[Moment]:
    return answers.moments(db, person_id, since)


@hookimpl
def search(db: Db, text: str, limit: int) -> list[Hit]:
    return answers.hits(db, text, limit)


@hookimpl
def subject_extras(db: Db, person_id: UUID) -> list[ExportItem]:
    return answers.extras(db, person_id)


@hookimpl
def on_event(db: Db, event: Event) -> None:
    """Joined records and erasing follow from `person_id` and `privacy` by themselves."""
    if isinstance(event, HandedOver) and event.kind == tasks.DONE:
        tasks.take_done(db, event)
    elif isinstance(event, HandedOver):
        raising.take_in(db, event)
    elif isinstance(event, tasks.ActionMoved):
        tasks.follow_action(db, event)
    elif isinstance(event, raising.ConcernMoved):
        raising.follow(db, event)
    elif isinstance(event, events.PersonDied):
        raising.tell_death(db, event.person_id)


@hookimpl
def sample_data(db: Db, person_id: UUID, seed: int) -> None:
    sample.add_sample(db, person_id, seed)
