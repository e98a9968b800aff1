"""The caseload: people, what matters to them, who is with whom. A table of contents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from therapydesk.api import (
    Base,
    Command,
    Db,
    DueItem,
    Fact,
    Link,
    Moment,
    Page,
    PersonTab,
    PluginInfo,
    hookimpl,
    mark,
    person_word,
    tr,
)
from therapydesk.plugins.caseload import answers
from therapydesk.plugins.caseload.models import Statement

if TYPE_CHECKING:
    import click

    from therapydesk.ui.kit.desk import Desk

INFO = PluginInfo(
    "caseload", mark("People"), mark("Who is with us, what matters to them, who is with whom"), icon="people"
)


@hookimpl
def models() -> list[type[Base]]:
    return [Statement]


def _open_page(desk: Desk) -> Any:
    from therapydesk.plugins.caseload.ui.people_page import PeoplePage

    return PeoplePage(desk)


def _open_overview(desk: Desk, person_id: UUID) -> Any:
    from therapydesk.plugins.caseload.ui.overview_tab import OverviewTab

    return OverviewTab(desk, person_id)


def _open_contacts(desk: Desk, person_id: UUID) -> Any:
    from therapydesk.plugins.caseload.ui.contacts_tab import ContactsTab

    return ContactsTab(desk, person_id)


def _open_consent(desk: Desk, person_id: UUID) -> Any:
    from therapydesk.plugins.caseload.ui.consent_tab import ConsentTab

    return ConsentTab(desk, person_id)


def _open_history(desk: Desk, person_id: UUID) -> Any:
    from therapydesk.plugins.caseload.ui.history_tab import HistoryTab

    return HistoryTab(desk, person_id)


@hookimpl
def pages() -> list[Page]:
    title = person_word(2, capital=True)
    return [
        Page(
            "caseload.people",
            title,
            "people",
            "people.read",
            _open_page,
            icon="people",
            order=10,
            shortcut="Ctrl+2",
        )
    ]


@hookimpl
def person_tabs() -> list[PersonTab]:
    return [
        PersonTab("caseload.overview", tr("Overview"), "people.read", _open_overview, order=10),
        PersonTab("caseload.contacts", tr("Contacts"), "people.read", _open_contacts, order=50),
        PersonTab("caseload.consent", tr("Consent"), "people.read", _open_consent, order=60),
        PersonTab("caseload.history", tr("History"), "people.read", _open_history, order=90),
    ]


def _add(desk: Desk) -> None:
    desk.open_link(Link("caseload.people", args=("new",)))


def _same(desk: Desk) -> None:
    from therapydesk.plugins.caseload.ui.merge_dialog import join_records

    join_records(desk)


def _cli() -> click.Command:
    from therapydesk.plugins.caseload.commands import people

    return people


@hookimpl
def commands() -> list[Command]:
    add = tr("Add {person}").format(person=person_word())
    return [
        Command("caseload.add", add, "people.add", _add, menu="person", icon="add", cli=_cli),
        Command("caseload.same", tr("Join two records"), "people.merge", _same, menu="person", icon="people"),
    ]


@hookimpl
def person_facts(db: Db, person_ids: Sequence[UUID]) -> dict[UUID, list[Fact]]:
    return answers.facts(db, person_ids)


@hookimpl
def due_items(db: Db, today: date) -> list[DueItem]:
    return answers.due(db, today)


@hookimpl
def timeline(db: Db, person_id: UUID, since: datetime) -> list[Moment]:
    return answers.moments(db, person_id, since)


@hookimpl
def sample_data(db: Db, person_id: UUID, seed: int) -> None:
    answers.add_sample(db, person_id, seed)
