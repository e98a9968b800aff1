"""Team: who works here, what they hold and when it ends, supervision and CPD. A table of contents."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from therapydesk.api import (
    Base,
    Command,
    Db,
    DueItem,
    Field,
    Hit,
    Link,
    Page,
    Permission,
    PluginInfo,
    Report,
    Scope,
    hookimpl,
    tr,
)
from therapydesk_team import due, lists, rules, sample
from therapydesk_team.models import Credential, Hours, Member

if TYPE_CHECKING:
    import click

    from therapydesk.ui.kit.desk import Desk

INFO = PluginInfo("team", "Team", "Skills, clearances, training, supervision and CPD", icon="person")
EVERYONE = ("owner", "admin", "link_worker", "therapist", "lead", "auditor")
MANAGERS_ALL: dict[str, Scope] = {**dict.fromkeys(EVERYONE, "own"), "owner": "all", "admin": "all"}


@hookimpl
def models() -> list[type[Base]]:
    return [Member, Credential, Hours]


@hookimpl
def permissions() -> list[Permission]:
    return [
        Permission("team.read", tr("See who works here"), dict.fromkeys(EVERYONE, "all")),
        Permission("team.read_records", tr("See clearances, training and hours"), MANAGERS_ALL),
        Permission("team.log_hours", tr("Write down hours"), MANAGERS_ALL),
        Permission("team.edit", tr("Change the team and what it holds"), {"owner": "all", "admin": "all"}),
    ]


def _open_page(desk: Desk) -> Any:
    from therapydesk_team.ui.team_page import TeamPage

    return TeamPage(desk)


@hookimpl
def pages() -> list[Page]:
    return [Page("team.team", tr("Team"), "practice", "team.read", _open_page, icon="person", order=40)]


def _cli() -> click.Command:
    from therapydesk_team.commands import team

    return team


@hookimpl
def commands() -> list[Command]:
    return [Command("team.cli", tr("Team"), "team.read", cli=_cli)]


@hookimpl
def reports() -> list[Report]:
    fields = (Field("training", tr("Training")), Field("people", tr("People trained")))
    return [Report("team.trained", tr("People trained"), "team.read_records", fields, _trained)]


def _trained(db: Db, start: date, end: date) -> list[dict[str, Any]]:
    return [{"training": kind.title, "people": count} for kind, count in lists.count_trained(db, start, end)]


@hookimpl
def search(db: Db, text: str, limit: int) -> list[Hit]:
    found = [row for row in lists.list_team(db) if row.answers(text)][:limit]
    return [Hit(row.name, rules.role_words(row.roles), Link("team.team", row.id), 40.0) for row in found]


@hookimpl
def due_items(db: Db, today: date) -> list[DueItem]:
    return due.items(db, today)


@hookimpl
def sample_data(db: Db, person_id: UUID, seed: int) -> None:
    sample.add_sample(db, person_id, seed)
