"""Notes: drafts, signing, what is added after. A table of contents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from therapydesk.api import (
    Base,
    Card,
    Command,
    Db,
    DueItem,
    Fact,
    Hit,
    Link,
    Moment,
    Page,
    PermissionDenied,
    PersonTab,
    PluginInfo,
    ZoneClosed,
    hookimpl,
    mark,
    show_day,
    to_utc,
    tr,
)
from therapydesk.plugins.notes import lists, sample
from therapydesk.plugins.notes.models import Addendum, Answer, Music, Note

if TYPE_CHECKING:
    import click

    from therapydesk.ui.kit.desk import Desk

FEW = 20
INFO = PluginInfo(
    "notes", mark("Notes"), mark("Session notes: drafts, signing, additions"), zone="clinical", icon="notes"
)


@hookimpl
def models() -> list[type[Base]]:
    return [Note, Answer, Music, Addendum]


def _open_page(desk: Desk) -> Any:
    from therapydesk.plugins.notes.ui.notes_page import NotesPage

    return NotesPage(desk)


def _open_tab(desk: Desk, person_id: UUID) -> Any:
    from therapydesk.plugins.notes.ui.person_notes_tab import PersonNotesTab

    return PersonNotesTab(desk, person_id)


def _open_card(desk: Desk) -> Any:
    from therapydesk.plugins.notes.ui.unwritten_card import UnwrittenCard

    return UnwrittenCard(desk)


def _badge(db: Db) -> int:
    return lists.count_unwritten(db)


@hookimpl
def pages() -> list[Page]:
    return [
        Page(
            "notes.notes",
            tr("Notes"),
            "work",
            "notes.read",
            _open_page,
            icon="notes",
            order=20,
            shortcut="Ctrl+5",
            badge=_badge,
        )
    ]


@hookimpl
def person_tabs() -> list[PersonTab]:
    return [PersonTab("notes.notes", tr("Notes"), "notes.read", _open_tab, order=30)]


@hookimpl
def dashboard_cards() -> list[Card]:
    title = tr("Notes to write")
    return [Card("notes.unwritten", title, "notes.write", _open_card, order=10, column=1)]


def _write_note(desk: Desk) -> None:
    desk.open_link(Link("notes.notes", args=("new",)))


def _cli() -> click.Command:
    from therapydesk.plugins.notes.commands import notes

    return notes


@hookimpl
def commands() -> list[Command]:
    return [
        Command(
            "notes.write",
            tr("Write note"),
            "notes.write",
            _write_note,
            shortcut="Ctrl+Shift+N",
            menu="person",
            icon="notes",
            cli=_cli,
        )
    ]


@hookimpl
def person_facts(db: Db, person_ids: Sequence[UUID]) -> dict[UUID, list[Fact]]:
    if len(person_ids) > FEW:
        return {}  # a list shows nothing of notes: only where few people are shown is the last one a help
    try:
        found = lists.last_notes(db, person_ids)
    except PermissionDenied:
        return {}
    return {person_id: [_last_note(row)] for person_id, row in found.items()}


def _last_note(row: lists.NoteRow) -> Fact:
    state = tr("draft") if row.state == "draft" else tr("signed")
    text = tr("{day}, {state}.").format(day=show_day(row.happened_on, short=True), state=state)
    if row.first_words:
        text = tr("{start} “{words}”").format(start=text, words=row.first_words)
    if row.warning:
        text = tr("{start} This note is about: {what}").format(start=text, what=row.warning)
    return Fact("last_note", text, link=Link("notes.notes", row.id, ("open",)), order=60)


@hookimpl
def due_items(db: Db, today: date) -> list[DueItem]:
    rows = lists.unwritten(db)
    return [
        DueItem(
            r.name,
            r.starts_at.date(),
            r.person_id,
            Link("notes.notes", r.person_id, ("new", str(r.appointment_id))),
            kind="note",
        )
        for r in rows
    ]


@hookimpl
def timeline(db: Db, person_id: UUID, since: datetime) -> list[Moment]:
    rows = lists.notes_of(db, person_id)
    made = [
        Moment(
            to_utc(datetime.combine(r.happened_on, time(12))),
            "note",
            f"{r.kind}, {r.author or tr('draft')}",
            Link("notes.notes", r.id, ("open",)),
        )
        for r in rows
    ]
    return [m for m in made if m.at >= since]


@hookimpl
def search(db: Db, text: str, limit: int) -> list[Hit]:
    """Notes with these words in them: whose, which day and what kind, and nothing of what they say."""
    try:
        rows = lists.find_notes(db, text, limit)
    except (PermissionDenied, ZoneClosed):
        return []
    return [
        Hit(
            tr("Note: {name}").format(name=row.name),
            tr("{day} · {kind}").format(day=show_day(row.happened_on), kind=row.kind),
            Link("notes.notes", row.id, ("open",)),
            30.0,
            "notes",
        )
        for row in rows
    ]


@hookimpl
def sample_data(db: Db, person_id: UUID, seed: int) -> None:
    sample.add_sample(db, person_id, seed)
