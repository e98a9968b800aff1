"""The diary: sessions in week, day and list; booking by a typed line. A table of contents."""

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
    Fact,
    HandedOver,
    Link,
    Moment,
    Page,
    PersonTab,
    PluginInfo,
    Setting,
    hookimpl,
    mark,
    tr,
)
from therapydesk.plugins.diary import answers, service
from therapydesk.plugins.diary.models import AbsenceNote

if TYPE_CHECKING:
    import click

    from therapydesk.ui.kit.desk import Desk

INFO = PluginInfo("diary", mark("Diary"), mark("Sessions, rooms and who came"), zone="core", icon="diary")


@hookimpl
def models() -> list[type[Base]]:
    return [AbsenceNote]


@hookimpl
def settings() -> list[Setting]:
    return [
        Setting(
            "diary.session_minutes", tr("Length of a session"), "number", 45, tr("In minutes."), group="Diary"
        ),
        Setting("diary.first_hour", tr("First hour shown"), "number", 9, group="Diary"),
        Setting("diary.last_hour", tr("Last hour shown"), "number", 17, group="Diary"),
        Setting("diary.weekend", tr("Show Saturday and Sunday"), "check", False, group="Diary"),
    ]


def _open_page(desk: Desk) -> Any:
    from therapydesk.plugins.diary.ui.diary_page import DiaryPage

    return DiaryPage(desk)


def _open_tab(desk: Desk, person_id: UUID) -> Any:
    from therapydesk.plugins.diary.ui.person_sessions_tab import PersonSessionsTab

    return PersonSessionsTab(desk, person_id)


def _open_today(desk: Desk) -> Any:
    from therapydesk.plugins.diary.ui.today_card import TodaySessionsCard

    return TodaySessionsCard(desk)


def _open_person_card(desk: Desk, person_id: UUID) -> Any:
    from therapydesk.plugins.diary.ui.person_sessions_card import PersonSessionsCard

    return PersonSessionsCard(desk, person_id)


@hookimpl
def pages() -> list[Page]:
    return [
        Page(
            "diary.diary", tr("Diary"), "work", "appointments.read", _open_page, icon="diary", order=10,
            shortcut="Ctrl+4",
        )
    ]  # fmt: skip


@hookimpl
def person_tabs() -> list[PersonTab]:
    return [PersonTab("diary.sessions", tr("Sessions"), "appointments.read", _open_tab, order=20)]


@hookimpl
def dashboard_cards() -> list[Card]:
    return [
        Card("diary.today", tr("Today’s sessions"), "appointments.read", _open_today, order=10, column=0),
        Card(
            "diary.person",
            tr("Sessions"),
            "appointments.read",
            _open_person_card,
            place="person",
            order=20,
            column=1,
        ),
    ]


def _book(desk: Desk) -> None:
    desk.open_link(Link("diary.diary", args=("new",)))


def _today(desk: Desk) -> None:
    desk.open_link(Link("diary.diary", args=("today",)))


def _rooms(desk: Desk) -> None:
    desk.open_link(Link("diary.diary", args=("rooms",)))


def _cli() -> click.Command:
    from therapydesk.plugins.diary.commands import sessions

    return sessions


@hookimpl
def commands() -> list[Command]:
    read, change = "appointments.read", "appointments.change"

    def on_session(name: str) -> Any:
        return lambda desk: desk.open_link(Link("diary.diary", args=("do", name)))

    return [
        Command(
            "diary.book",
            tr("Book session"),
            "appointments.book",
            _book,
            menu="person",
            icon="diary",
            cli=_cli,
        ),
        Command("diary.today", tr("Diary: this week"), read, _today, menu="go", icon="diary"),
        Command(
            "diary.complete",
            tr("Session: who came"),
            "appointments.complete",
            on_session("complete"),
            menu="edit",
        ),
        Command("diary.change", tr("Session: change or move"), change, on_session("change"), menu="edit"),
        Command("diary.cancel", tr("Session: cancel"), change, on_session("cancel"), menu="edit"),
        Command(
            "diary.reopen", tr("Session: reopen"), "appointments.complete", on_session("reopen"), menu="edit"
        ),
        Command("diary.rooms", tr("Rooms"), "rooms.edit", _rooms, menu="tools", icon="place"),
    ]


@hookimpl
def person_facts(db: Db, person_ids: Sequence[UUID]) -> dict[UUID, list[Fact]]:
    return answers.next_session_facts(db, person_ids)


@hookimpl
def due_items(db: Db, today: date) -> list[DueItem]:
    return answers.due(db, today)


@hookimpl
def timeline(db: Db, person_id: UUID, since: datetime) -> list[Moment]:
    return answers.moments(db, person_id, since)


@hookimpl
def on_event(db: Db, event: Event) -> None:
    if isinstance(event, HandedOver) and event.kind == service.REASON_KIND:
        service.take_in_reason(event, db)


@hookimpl
def sample_data(db: Db, person_id: UUID, seed: int) -> None:
    answers.add_sample(db, person_id, seed)
