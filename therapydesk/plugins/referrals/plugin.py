"""Referrals: import, triage, answers. A table of contents."""

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
    Importer,
    Link,
    Moment,
    Page,
    PluginInfo,
    hookimpl,
    mark,
    tr,
)
from therapydesk.plugins.referrals import answers, service
from therapydesk.plugins.referrals.models import Batch, Mapping, Reason, Referral
from therapydesk.plugins.referrals.reasons import take_in
from therapydesk.plugins.referrals.rules.fields import FIELDS

if TYPE_CHECKING:
    import click

    from therapydesk.ui.kit.desk import Desk

INFO = PluginInfo(
    "referrals",
    mark("Referrals"),
    mark("Import, answers and what became of them"),
    zone="core",
    icon="referrals",
)
PAGE = "referrals.referrals"


@hookimpl
def models() -> list[type[Base]]:
    return [Batch, Referral, Mapping, Reason]


def _open_page(desk: Desk) -> Any:
    from therapydesk.plugins.referrals.ui.referrals_page import ReferralsPage

    return ReferralsPage(desk)


def _open_card(desk: Desk) -> Any:
    from therapydesk.plugins.referrals.ui.to_answer_card import ToAnswerCard

    return ToAnswerCard(desk)


@hookimpl
def pages() -> list[Page]:
    return [
        Page(
            PAGE,
            tr("Referrals"),
            "people",
            "referrals.read",
            _open_page,
            icon="referrals",
            order=20,
            shortcut="Ctrl+3",
            badge=service.count_to_answer,
        )
    ]


@hookimpl
def dashboard_cards() -> list[Card]:
    return [
        Card(
            "referrals.to_answer",
            tr("Referrals to answer"),
            "referrals.triage",
            _open_card,
            order=20,
            column=1,
        )
    ]


def _answer(name: str) -> Any:
    return lambda desk: desk.open_link(Link(PAGE, args=("do", name)))


def _cli() -> click.Command:
    from therapydesk.plugins.referrals.commands import referrals

    return referrals


@hookimpl
def commands() -> list[Command]:
    triage = "referrals.triage"
    return [
        Command("referrals.accept", tr("Referral: accept"), triage, _answer("accept"), menu="edit", cli=_cli),
        Command("referrals.ask_more", tr("Referral: ask for more"), triage, _answer("ask_more"), menu="edit"),
        Command(
            "referrals.not_for_us",
            tr("Referral: not for us just now"),
            triage,
            _answer("not_for_us"),
            menu="edit",
        ),
        Command(
            "referrals.talk_first", tr("Referral: talk first"), triage, _answer("talk_first"), menu="edit"
        ),
        Command(
            "referrals.batches",
            tr("Imports of referrals"),
            "referrals.read",
            lambda desk: desk.open_link(Link(PAGE, args=("imports",))),
            menu="tools",
            icon="import",
        ),
    ]


@hookimpl
def importers() -> list[Importer]:
    from therapydesk.plugins.referrals import importers as files

    return [
        Importer(
            "referrals.file",
            tr("Referrals"),
            "referrals",
            files.FILE_TYPES,
            "referrals.import",
            FIELDS,
            read=files.read,
            guess=service.guess_columns,
            plan=service.plan,
            compare=service.compare_row,
            save=service.carry_out,
            undo=service.undo_batch,
            unread=files.unread_csv,
            done=Link(PAGE),
        )
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
def on_event(db: Db, event: Event) -> None:
    if isinstance(event, HandedOver):
        take_in(event, db)


@hookimpl
def sample_data(db: Db, person_id: UUID, seed: int) -> None:
    answers.add_sample(db, person_id, seed)
