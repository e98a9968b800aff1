"""A person's Notes tab."""

from __future__ import annotations

from uuid import UUID

from therapydesk.api import Link, tr
from therapydesk.plugins.notes import lists
from therapydesk.plugins.notes.ui.note_columns import note_columns
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.person_tab import PersonTabPage
from therapydesk.ui.kit.tables import ListTable


class PersonNotesTab(PersonTabPage):
    """Notes on one person, newest first; Enter opens one."""

    watches = ("notes_note", "notes_addendum")

    def __init__(self, desk: Desk, person_id: UUID) -> None:
        super().__init__(desk, person_id, tr("Notes on this person"))
        self.table = ListTable(note_columns(with_name=False), tr("Notes on this person"))
        self.table.opened.connect(lambda row: desk.open_link(Link("notes.notes", row.id, ("open",))))
        new = Link("notes.notes", person_id, ("new",))
        self.table.set_states(empty=(tr("No notes yet."), tr("Write note"), lambda: desk.open_link(new)))
        self.body.addWidget(self.table)

    def refresh(self) -> None:
        with self.desk.vault.read() as db:
            self.table.show_rows(lists.notes_of(db, self.subject_id))
