"""A person's Groups tab: the groups they are in, how they came, and what signed notes of groups say of them."""

from __future__ import annotations

from uuid import UUID

from therapydesk.api import Link, may, show_day, tr
from therapydesk.plugins.groups import after, answers, person_groups
from therapydesk.plugins.groups.person_groups import PersonGroup
from therapydesk.plugins.groups.ui import roster_dialogs
from therapydesk.ui.kit.cards import Card
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.person_tab import PersonTabPage
from therapydesk.ui.kit.tables import ListTable

NOTES = 6  # the newest that are shown


class PersonGroupsTab(PersonTabPage):
    """Enter opens a group."""

    watches = ("groups_member", "attendance", "groups_excerpt", "groups_note")

    def __init__(self, desk: Desk, person_id: UUID) -> None:
        super().__init__(desk, person_id, tr("Groups"))
        columns = [
            Column(tr("Group"), "name", strong=True),
            Column(tr("Comes as"), _role, width=24, priority=1),
            Column(tr("Last sessions"), _came, width=20),
        ]
        self.table = ListTable(columns, tr("Groups"))
        self.table.set_states(empty=tr("They are in no group."))
        self.table.opened.connect(lambda row: desk.open_link(Link(answers.PAGE, row.id)))
        self.notes = Card(tr("From notes of groups"))
        self.body.setSpacing(12)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.notes)
        self.reads_notes = may(desk.user, "groups.read_notes") and "clinical" in desk.vault.zones
        self.notes.setHidden(not self.reads_notes)

    def refresh(self) -> None:
        """Read the groups, and for those who may read notes what these say."""
        with self.desk.vault.read() as db:
            rows = person_groups.list_person_groups(db, self.subject_id)
            said = after.excerpts_of(db, self.subject_id)[:NOTES] if self.reads_notes else []
        self.table.show_rows(rows)
        names = {row.id: row.name for row in rows}
        self.notes.clear_rows()
        for day, group, words in said:
            text = tr("{day}, {group}: {words}")
            line = text.format(day=show_day(day, short=True), group=names.get(group, ""), words=words)
            self.notes.add_row(text_label(line, wrap=True))
        if not said:
            self.notes.add_text(tr("Signed notes say nothing of them."))


def _role(row: PersonGroup) -> str:
    if row.left_on is not None:
        return tr("Left {day}").format(day=show_day(row.left_on, short=True))
    if not row.role:
        return tr("Drops in")
    words = dict(roster_dialogs.roles()).get(row.role, row.role)
    return tr("{role}, waiting").format(role=words) if row.state == "waiting" else words


def _came(row: PersonGroup) -> str:
    return tr("came {n} of {m}").format(n=row.came, m=len(row.marks)) if row.marks else ""
