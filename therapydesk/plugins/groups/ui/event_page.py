"""One performance: its programme, who performs, and what the programme leaves out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout

from therapydesk.api import Outgoing, may, ntr, pdf, show_day, show_time, tr
from therapydesk.plugins.groups import roster, works_events, works_printed, works_programme
from therapydesk.plugins.groups.rules import MEMBER_ROLES
from therapydesk.plugins.groups.ui import works_dialogs
from therapydesk.plugins.groups.ui.work_page import people_columns
from therapydesk.plugins.groups.works_events import EventView, Item
from therapydesk.plugins.groups.works_printed import Withdrawn
from therapydesk.plugins.groups.works_programme import LeftOut
from therapydesk.plugins.groups.works_service import MakerDetails
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.files import save_file
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.printing import PrintWindow
from therapydesk.ui.kit.tables import ListTable

LEAST_ROWS = 3  # of each table, below which the page scrolls


@dataclass(frozen=True)
class Row:
    """A line of the programme; `at` counts from 0."""

    at: int
    title: str

    @property
    def id(self) -> int:
        """What is chosen stays so by its place."""
        return self.at

    @property
    def number(self) -> int:
        return self.at + 1


class EventPage(BasePage):
    """Enter on a line moves it, as do Alt and the arrows; Enter on a performer says how they are named. `removed` is told of
    a performance that is gone.
    """

    watches = (
        "groups_event",
        "groups_performer",
        "groups_event_item",
        "groups_work",
        "groups_maker",
        "groups_programme_name",
        "consent",
    )
    help_name = "works"
    scrolls = True

    def __init__(
        self, desk: Desk, event_id: UUID, removed: Callable[[EventView], object] = lambda _gone: None
    ) -> None:
        super().__init__(desk, tr("Performance"))
        self._removed = removed
        self.event_id = event_id
        self.view: EventView | None = None
        self.edits = may(desk.user, "groups.edit")
        columns = [
            Column(tr("Number"), "number", kind="number", width=9),
            Column(tr("Title"), "title", strong=True),
        ]
        self.table = self._table(columns, tr("Programme"), self.open_line)
        self.table.set_states(
            empty=self._empty(tr("The programme is empty."), tr("Add a line"), self.new_record)
        )
        self.performers = self._table(people_columns(), tr("Performed by"), self.open_performer)
        self.performers.set_states(
            empty=self._empty(tr("Nobody is named yet."), tr("Add a performer"), self.add_performer)
        )
        left = [Column(tr("Left out"), "what", strong=True), Column(tr("Why"), "why")]
        self.left_out = self._table(left, tr("Left out of the programme"), lambda _row: None)
        tables = QHBoxLayout()
        tables.setSpacing(16)
        tables.addWidget(self.table, 3)
        tables.addWidget(self.performers, 2)
        self.body.addLayout(tables, 3)
        self.body.addWidget(self.left_out, 1)
        if self.edits:
            self.table.add_row_action(tr("Move up"), lambda row: self.shift(row, -1), "Alt+Up")
            self.table.add_row_action(tr("Move down"), lambda row: self.shift(row, 1), "Alt+Down")
            self.add_action_button(tr("Remove"), self.remove)
            self.add_action_button(tr("Change"), self.change, "edit")
            self.add_action_button(tr("Save as CSV"), self.save_csv, "save")
            self.roster_button = self.add_action_button(tr("Add the roster"), self.add_roster, "groups")
            self.add_action_button(tr("Add a performer"), self.add_performer, "add")
            self.add_action_button(tr("Add a line"), self.new_record, "add")
            self.add_action_button(tr("Programme"), self.print_page, "print", primary=True)

    def _table(self, columns: list[Column], name: str, opened: Callable[[Any], object]) -> ListTable:
        table = ListTable(columns, name)
        table.setMinimumHeight((LEAST_ROWS + 1) * table.view.row_height())
        table.opened.connect(opened)
        return table

    def _empty(self, words: str, action: str, slot: Callable[[], object]) -> Any:
        return (words, action, slot) if self.edits else words

    def refresh(self) -> None:
        """Read the performance, and what its programme would leave out today."""
        left: tuple[LeftOut, ...] = ()
        gone: list[Withdrawn] = []
        with self.desk.vault.read() as db:
            view = works_events.get_event(db, self.event_id)
            if self.edits:
                left = works_programme.make_programme(db, self.event_id).left_out
                gone = works_printed.withdrawn_since(db, self.event_id)
        self.view = view
        self.set_title(view.title)
        self.set_summary(" · ".join(summary(view)))
        self.table.show_rows([Row(at, title) for at, title in enumerate(view.titles)])
        self.performers.show_rows(self.people())
        self.left_out.show_rows(list(left))
        self.left_out.setVisible(bool(left))
        if gone:
            self.messages.show_message("warn", withdrawn_words(gone), tr("Programme"), self.print_page)
        if self.edits:
            self.roster_button.setVisible(view.details.group_id is not None)

    def people(self) -> list[tuple[MakerDetails, str]]:
        """The performers with their names."""
        return list(zip(self.view.details.performers, self.view.names, strict=True)) if self.view else []

    def open_performer(self, row: tuple[MakerDetails, str]) -> None:
        """How one of them is named."""
        if self.edits:
            works_dialogs.person_dialog(self, row[1], self.people(), row[0].person_id, self.keep_performers)

    def add_performer(self) -> None:
        """Somebody who performs."""
        works_dialogs.person_dialog(self, tr("Add a performer"), self.people(), None, self.keep_performers)

    def add_roster(self) -> None:
        """Everybody who is in the group performs."""
        if self.view is None or self.view.details.group_id is None:
            return
        with self.guard():
            with self.desk.vault.read() as db:
                members = roster.list_members(db, self.view.details.group_id)
            there = self.view.details.performers
            known = {each.person_id for each in there}
            new = [
                m.person_id
                for m in members
                if m.state in roster.GOES and m.role in MEMBER_ROLES and m.person_id not in known
            ]
            self.keep_performers((*there, *(MakerDetails(each) for each in dict.fromkeys(new))))

    def keep_performers(self, performers: Sequence[MakerDetails]) -> None:
        """Keep who performs."""
        if self.view is not None:
            self._keep(replace(self.view.details, performers=tuple(performers)))

    def keep_items(self, items: Sequence[Item]) -> None:
        """Keep the programme."""
        if self.view is not None:
            self._keep(replace(self.view.details, items=tuple(items)))

    def _keep(self, details: works_events.EventDetails) -> None:
        version = self.view.row_version if self.view is not None else None
        with self.desk.vault.write("core") as db:
            works_events.save_event(db, details, self.event_id, version)
        self.refresh()
        self.done(tr("Saved."))

    def new_record(self) -> None:
        """Ctrl+N: a line of the programme."""
        if self.view is not None:
            works_dialogs.line_dialog(self, self.view.details.items, None, self.keep_items)

    def open_line(self, row: Row) -> None:
        """Move a line, or take it away."""
        if self.edits and self.view is not None:
            works_dialogs.line_dialog(self, self.view.details.items, row.at, self.keep_items)

    def shift(self, row: Row, by: int) -> None:
        """Alt and an arrow: a line one place up (-1) or down (1)."""
        if self.view is None or not 0 <= row.at + by < len(self.view.details.items):
            return
        items = list(self.view.details.items)
        items.insert(row.at + by, items.pop(row.at))
        with self.guard():
            self.keep_items(items)
            self.table.select_key(row.at + by)

    def remove(self) -> None:
        """It was written down by mistake, or did not take place."""
        if self.view is None:
            return
        with self.guard():
            with self.desk.vault.write("core") as db:
                works_events.remove_event(db, self.event_id)
            self._removed(self.view)

    def change(self) -> None:
        """Name, day, place and audience."""
        works_dialogs.event_dialog(self, self.view, lambda _made: self.refresh())

    def print_page(self) -> None:
        """Ctrl+P: the programme as it may be shown today."""
        if not self.edits:
            return

        def build(size: pdf.Size) -> bytes:
            with self.desk.vault.read() as db:
                return works_programme.programme_pdf(db, self.event_id, size)

        with self.guard():
            told = Outgoing("programme", ref=self.event_id)
            window = PrintWindow(self, tr("Programme"), build, told=told)
            window.accepted.connect(self._went_out)
            window.open()

    def _went_out(self) -> None:
        """It was printed or saved: who stands in it is remembered, so that a consent that is withdrawn later is told."""
        with self.guard():
            with self.desk.vault.write("core") as db:
                works_printed.record_printed(db, self.event_id)
            self.messages.clear()

    def save_csv(self) -> None:
        """The programme as a file, with the same rule."""
        with self.guard():
            with self.desk.vault.read() as db:
                content = works_programme.programme_csv(db, self.event_id)
            told = Outgoing("programme", ref=self.event_id)
            saving = save_file(self, tr("Save as CSV"), "programme.csv", content, told=told)
            saving.accepted.connect(self._went_out)


def withdrawn_words(gone: Sequence[Withdrawn]) -> str:
    """Who stands in the programme that went out and does not agree any more, and what to do."""
    told = tr(
        "The programme of {day} went out with somebody who does not agree any more: {names}. "
        "Take it back, and print it anew."
    )
    names = ", ".join(dict.fromkeys(each.name for each in gone))
    return told.format(day=show_day(gone[0].made_on, short=True), names=names)


def summary(view: EventView) -> list[str]:
    """When, where, which group, how many listened."""
    details = view.details
    when = show_day(details.on_day)
    if details.starts_at is not None:
        when = tr("{day}, {time}").format(day=when, time=show_time(details.starts_at))
    known = [when, view.where, view.group]
    if details.audience is not None:
        known.append(ntr("one listened", "{n} listened", details.audience))
    return [each for each in known if each]
