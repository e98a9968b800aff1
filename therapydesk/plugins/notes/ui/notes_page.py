"""The Notes page: the list, and in front of it the note that is open."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from therapydesk.api import Link, UserError, get_person, session_day, today, tr
from therapydesk.plugins.notes import lists, service
from therapydesk.plugins.notes.ui.note_columns import note_columns
from therapydesk.plugins.notes.ui.note_editor import NoteWindow
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import FilterBar, ListTable


class NotesPage(BasePage):
    """Links: ("new",) with a person or nothing, ("new", session id) with a person, ("open",) with a note."""

    watches = ("notes_note", "notes_addendum")
    help_name = "notes"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, tr("Notes"))
        self._open: NoteWindow | None = None
        self.add_action_button(tr("Write note"), self.new_note, "notes", primary=True)
        self.filter = FilterBar()
        states = [("", tr("All notes")), ("draft", tr("Drafts")), ("signed", tr("Signed"))]
        self.filter.add_choice("state", tr("State"), states)
        self.filter.changed.connect(self.refresh)
        self.table = ListTable(note_columns(with_name=True), tr("Notes"))
        self.table.opened.connect(lambda row: self.show_note(row.id))
        self.table.set_states(
            empty=(tr("No notes yet. They are written after a session."), tr("Write note"), self.new_note),
            filtered=(tr("No note matches."), tr("Clear filters"), self.filter.clear_filters),
            loading=tr("Reading notes …"),
        )
        self._list = QWidget()
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.filter)
        column.addWidget(self.table, 1)
        self.body.addWidget(self._list, 1)

    def refresh(self) -> None:
        """Read the list afresh, a window of rows at a time."""
        text, state = self.filter.text(), self.filter.value("state")
        with self.desk.vault.read() as db:
            count = lists.count_listed(db, text, state)
            waiting = len(lists.unwritten(db))
        self.set_summary(tr("{n} notes · {m} sessions have no note yet").format(n=count, m=waiting))
        self.table.show_source(
            count, lambda at, n: self._fetch(text, state, at, n), filtered=self.filter.is_filtered()
        )

    def _fetch(self, text: str, state: str, offset: int, limit: int) -> list[lists.NoteRow]:
        with self.desk.vault.read() as db:
            return lists.list_notes(db, text, state, offset=offset, limit=limit)

    def filter_list(self) -> None:
        """Ctrl+F."""
        self.filter.focus_search()

    def focus_first(self) -> None:
        if self._open is not None:
            self._open.focus_first()
        else:
            self.table.setFocus()

    # -- opening a note --------------------------------------------------------------------------------------------

    def open_ref(self, link: Link) -> None:
        """Follow a link to a note, or to a new one."""
        if "open" in link.args and link.ref is not None:
            self.show_note(link.ref)
        elif link.ref is None:
            self.new_note()
        else:
            session = UUID(link.args[1]) if len(link.args) > 1 else None
            self.write(link.ref, session)

    def new_record(self) -> None:
        """Ctrl+N."""
        self.new_note()

    def new_note(self) -> None:
        """The note of the last session that has none."""
        with self.guard():
            with self.desk.vault.read() as db:
                waiting = lists.unwritten(db)
            if not waiting:
                raise UserError(
                    tr("Every session has its note."),
                    tr("For another kind of note, open the person and choose Write note."),
                )
            self.write(waiting[-1].person_id, waiting[-1].appointment_id)

    def write(self, person_id: UUID, session_id: UUID | None) -> None:
        """Begin, or go on with, the note on a person and session; without a session the last one without a note."""
        with self.desk.vault.read() as db:
            mine = [u for u in lists.unwritten(db) if u.person_id == person_id]
            if session_id is None and mine:
                session_id = mine[-1].appointment_id
            day = session_day(db, session_id) if session_id is not None else today()
        with self.desk.vault.write("clinical") as db:
            note = service.start_note(db, person_id, day, appointment_id=session_id)
        self.show_note(note.id)

    def show_note(self, note_id: UUID) -> None:
        """Show one note in front of the list."""
        with self.guard():
            with self.desk.vault.read() as db:
                note = service.read_note(db, note_id)
                name = get_person(db, note.person_id).name
            self.close_note()
            self._open = NoteWindow(self.desk, note, name, tr("Notes"))
            self._open.left.connect(self.close_note)
            self.show_over(self._open)
            self._open.focus_first()

    def close_note(self) -> None:
        """Go back to the list."""
        if self._open is not None:
            self.hide_over(self._open)
            self._open.deleteLater()
            self._open = None
            self.mark_stale()
            self.table.setFocus()

    def save_now(self) -> None:
        """Ctrl+S, and before the vault is locked."""
        if self._open is not None:
            self._open.save_now()
