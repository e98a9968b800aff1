"""The set lists, in front of the songs; one of them in front of these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from therapydesk.api import Db, may, ntr, show_day, today, tr
from therapydesk.plugins.groups import music_sets
from therapydesk.plugins.groups.music_sets import SetView
from therapydesk.plugins.groups.ui import music_set_dialogs
from therapydesk.plugins.groups.ui.music_set_page import SetPage
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.list_page import ListPage


class SetsPage(ListPage):
    """Enter opens a set list."""

    watches = ("groups_set_list", "groups_set_item", "groups_group")
    help_name = "songs"

    def __init__(self, desk: Desk) -> None:
        columns = [
            Column(tr("Title"), "title", strong=True),
            Column(tr("Day"), _day, width=20, empty=tr("No day"), sort_key=lambda v: v.on_day),
            Column(tr("Group"), "group", priority=1, empty=tr("No group")),
            Column(tr("Songs"), lambda v: len(v.items), kind="number", width=8, priority=2),
        ]
        super().__init__(desk, tr("Set lists"), columns, hint=tr("Title, group or song"))
        self.filter.add_choice(
            "when", tr("Past or to come"), [("", tr("All days")), ("coming", tr("To come, or no day"))]
        )
        if may(desk.user, "groups.edit"):
            self.add_action_button(tr("Add set list"), self.new_record, "add", primary=True)
            empty = (tr("There are no set lists yet."), tr("Add set list"), self.new_record)
            self.table.set_states(empty=empty)

    def read_rows(self, db: Db) -> Sequence[SetView]:
        """All set lists."""
        return music_sets.list_sets(db)

    def keep(self, row: SetView) -> bool:
        if self.filter.value("when") and row.on_day is not None and row.on_day < today():
            return False
        return self.filter.matches(row.title, row.group, *(title for _, title, _ in row.items))

    def show_count(self, rows: Sequence[Any]) -> None:
        self.set_summary(ntr("One set list", "{n} set lists", len(rows)))

    def open_row(self, row: SetView) -> None:
        """Show it in front."""
        self.open_set(row.id)

    def open_set(self, set_id: UUID) -> None:
        """Show this one in front."""
        self.show_record(SetPage(self.desk, set_id, self.open_set, self._removed))

    def _removed(self, gone: SetView) -> None:
        """Back to the list; undo makes it again."""

        def back() -> None:
            with self.desk.vault.write("core") as db:
                music_sets.save_set(db, gone.title, gone.keys, group_id=gone.group_id, on_day=gone.on_day)
            self.mark_stale()

        self.close_record()
        self.done(tr("Removed: {title}").format(title=gone.title), back)

    def new_record(self) -> None:
        """Ctrl+N: a set list; on an open one, a song."""
        if may(self.desk.user, "groups.edit"):
            music_set_dialogs.set_dialog(self, None, self.open_set)


def _day(view: SetView) -> str:
    return show_day(view.on_day) if view.on_day is not None else ""
