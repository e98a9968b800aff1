"""The page of what members made: works and performances in one list, and one of them in front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from therapydesk.api import Db, Link, Outgoing, may, ntr, tr
from therapydesk.plugins.groups import works_events, works_programme, works_service
from therapydesk.plugins.groups.ui import works_dialogs
from therapydesk.plugins.groups.ui.event_page import EventPage
from therapydesk.plugins.groups.ui.work_page import WorkPage
from therapydesk.plugins.groups.works_events import EventView
from therapydesk.plugins.groups.works_rules import kind_words, use_words
from therapydesk.plugins.groups.works_service import PAGE, WorkView
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.files import save_file
from therapydesk.ui.kit.icons import State
from therapydesk.ui.kit.list_page import ListPage


@dataclass(frozen=True)
class Row:
    """A work or a performance as the list shows it."""

    view: WorkView | EventView
    title: str
    kind: str
    people: str
    day: date | None
    state: State | None


def row_of(view: WorkView | EventView) -> Row:
    """What the list and the tab of a person show of a work or a performance."""
    people = ", ".join(view.names)
    if isinstance(view, EventView):
        state = State(tr("See its programme"), "dash", "text_muted")
        return Row(view, view.title, tr("Performance"), people, view.details.on_day, state)
    return Row(view, view.title, kind_words(view.details.kind), people, view.details.made_on, cleared(view))


def cleared(view: WorkView) -> State | None:
    """Whether a work may be used as it is meant to be; None when it is meant for nothing, or who looks may not know."""
    if not view.cleared:
        return None
    missing = [use_words(use) for use, done in view.cleared.items() if not done]
    if missing:
        return State(tr("Missing: {uses}").format(uses=", ".join(missing)), "half", "warn")
    return State(tr("Cleared"), "full", "ok")


def columns(desk: Desk) -> list[Column]:
    """The columns of works and performances; consents for who may read them."""
    shown = [
        Column(tr("Title"), "title", strong=True),
        Column(tr("Kind"), "kind", width=16, priority=2),
        Column(tr("People"), "people", priority=1, empty=tr("Nobody yet")),
        Column(tr("Day"), "day", kind="date", priority=3, empty=tr("Not said")),
        Column(tr("Consents"), "state", kind="state", width=28, empty=tr("No use yet")),
    ]
    return shown if may(desk.user, "consents.read") else shown[:-1]


class WorksPage(ListPage):
    """Links: the id of a work or of a performance."""

    watches = (
        "groups_work",
        "groups_maker",
        "groups_work_use",
        "groups_event",
        "groups_performer",
        "consent",
    )
    help_name = "works"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, tr("Music made"), columns(desk), hint=tr("Title or name"))
        self.filter.add_choice(
            "what",
            tr("Works or performances"),
            [("", tr("Works and performances")), ("works", tr("Works")), ("events", tr("Performances"))],
        )
        if may(desk.user, "groups.edit"):
            self.add_action_button(tr("Save cleared works"), self.save_csv, "save")
            self.add_action_button(tr("Add performance"), self.new_event, "add")
            self.add_action_button(tr("Add work"), self.new_record, "add", primary=True)
            self.table.set_states(empty=(tr("There are no works yet."), tr("Add work"), self.new_record))

    def read_rows(self, db: Db) -> Sequence[Row]:
        """Performances, the last first, then works by title."""
        what = self.filter.value("what") or ""
        events = [] if what == "works" else works_events.list_events(db)
        works = [] if what == "events" else works_service.list_works(db)
        return [*map(row_of, events), *map(row_of, works)]

    def keep(self, row: Row) -> bool:
        return self.filter.matches(row.title, row.people)

    def show_count(self, rows: Sequence[Any]) -> None:
        events = sum(isinstance(row.view, EventView) for row in rows)
        works = ntr("One work", "{n} works", len(rows) - events)
        performances = ntr("one performance", "{n} performances", events)
        self.set_summary(f"{works} · {performances}")

    def open_row(self, row: Row) -> None:
        """Show it in front of the list."""
        if isinstance(row.view, EventView):
            self.show_record(EventPage(self.desk, row.view.id, self._removed))
        else:
            self.show_record(WorkPage(self.desk, row.view.id))

    def open_ref(self, link: Link) -> None:
        """Follow a link."""
        if link.ref is None:
            return
        with self.desk.vault.read() as db:
            is_event = any(view.id == link.ref for view in works_events.list_events(db))
        if is_event:
            self.show_record(EventPage(self.desk, link.ref, self._removed))
        else:
            self.show_record(WorkPage(self.desk, link.ref))

    def _removed(self, gone: EventView) -> None:
        """Back to the list; undo writes the performance down again."""

        def back() -> None:
            with self.desk.vault.write("core") as db:
                works_events.save_event(db, gone.details)
            self.mark_stale()

        self.close_record()
        self.done(tr("Removed: {title}").format(title=gone.title), back)

    def new_record(self) -> None:
        """Ctrl+N: a work; in front of the list, a maker or a line of the programme."""
        if not may(self.desk.user, "groups.edit"):
            return
        if isinstance(self.record, WorkPage | EventPage):
            self.record.new_record()
            return
        works_dialogs.work_dialog(self, None, self._made)

    def new_event(self) -> None:
        """A performance."""
        works_dialogs.event_dialog(self, None, self._made)

    def _made(self, made: UUID) -> None:
        self.open_ref(Link(PAGE, made))

    def save_csv(self) -> None:
        """Save the works that are cleared to be performed, with their makers as they wish to be named."""
        with self.guard():
            with self.desk.vault.read() as db:
                content = works_programme.works_csv(db, "perform")
            save_file(self, tr("Save cleared works"), "works.csv", content, told=Outgoing("works"))
