"""One person of the team, or the practice: what they hold, and their hours."""

from __future__ import annotations

from typing import Any

from therapydesk.api import may, tr
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import ListTable
from therapydesk.ui.kit.tabs import Tabs
from therapydesk_team import lists, rules
from therapydesk_team.lists import Held, TeamRow
from therapydesk_team.ui import columns, dialogs


class MemberPage(BasePage):
    """Enter on a row changes it, Delete takes it away."""

    watches = ("team_member", "team_credential", "team_hours")
    help_name = "team"

    def __init__(self, desk: Desk, row: TeamRow) -> None:
        super().__init__(desk, row.name)
        self.row = row
        edits = may(desk.user, "team.edit")
        if edits and row.id is not None:
            self.add_action_button(tr("Change details"), lambda: dialogs.edit_member(self, self.row), "edit")
        self.tabs = Tabs(tr("Parts of {name}").format(name=row.name))
        self.credentials = self._table(columns.credentials(), tr("Clearances and training"), _key)
        self.credentials.set_states(empty=tr("Nothing is written down and nothing is needed."))
        if edits:
            add, words = lambda: dialogs.edit_credential(self, row.id), tr("Add clearance or training")
            self.add_action_button(words, add, "add", primary=row.id is None)
            self.credentials.set_states(empty=(tr("Nothing is written down yet."), words, add))
            self.credentials.opened.connect(lambda held: dialogs.edit_credential(self, row.id, held))
            self.credentials.add_row_action(
                tr("Take away"), lambda held: dialogs.remove_credential(self, held), "Delete"
            )
        if row.id is not None:
            member_id = row.id
            self.hours = self._table(columns.entries(), tr("Hours and progress"), "id")
            words, log = tr("Add hours"), lambda: dialogs.add_hours(self, member_id)
            self.add_action_button(words, log, "add", primary=True)
            self.hours.set_states(empty=(tr("No hours are written down yet."), words, log))
            self.hours.add_row_action(
                tr("Take away"), lambda entry: dialogs.remove_hours(self, [entry.id]), "Delete"
            )
        self.body.addWidget(self.tabs, 1)

    def _table(self, shown: list[Any], title: str, key: Any) -> ListTable:
        made = ListTable(shown, title, row_key=key, two_line=True)
        self.tabs.add_tab(made, title)
        return made

    def refresh(self) -> None:
        """Read what they hold and their hours."""
        with self.desk.vault.read() as db:
            self.row = row = lists.find_row(db, self.row.id)
            held = lists.credentials_of(db, row.id, left=row.left)
            entries = lists.hours_of(db, row.id) if row.id is not None else []
        self.set_title(row.name)
        parts = (rules.role_words(row.roles), ", ".join(row.skills), ", ".join(row.languages))
        self.set_summary(" · ".join(part for part in parts if part))
        self.credentials.show_rows(held)
        if row.id is not None:
            self.hours.show_rows(entries)

    def focus_first(self) -> None:
        """The list in view."""
        self.tabs.currentWidget().setFocus()


def _key(held: Held) -> Any:
    return held.id or held.kind.id
