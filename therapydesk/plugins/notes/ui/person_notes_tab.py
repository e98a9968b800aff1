"""A person's Notes tab."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from therapydesk.api import Link, tr
from therapydesk.plugins.notes import lists
from therapydesk.plugins.notes.ui.note_columns import note_columns
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.tables import ListTable


class PersonNotesTab(QWidget):
    """Notes on one person, newest first; Enter opens one."""

    watches = ("notes_note", "notes_addendum")

    def __init__(self, desk: Desk, person_id: UUID) -> None:
        super().__init__()
        self._desk, self._person_id = desk, person_id
        self.table = ListTable(note_columns(with_name=False), tr("Notes on this person"))
        self.table.opened.connect(lambda row: desk.open_link(Link("notes.notes", row.id, ("open",))))
        new = Link("notes.notes", person_id, ("new",))
        self.table.set_states(empty=(tr("No notes yet."), tr("Write note"), lambda: desk.open_link(new)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        desk.jobs.changed.connect(self._on_changed)
        self.refresh()

    def _on_changed(self, changed: object) -> None:
        if set(self.watches) & set(getattr(changed, "tables", ())):
            self.refresh()

    def refresh(self) -> None:
        """Read the list afresh."""
        with self._desk.vault.read() as db:
            self.table.show_rows(lists.notes_of(db, self._person_id))
