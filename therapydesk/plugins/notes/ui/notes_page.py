"""The Notes page: the list, and in front of it the note that is open."""

from __future__ import annotations

from uuid import UUID

from therapydesk.api import Link, UserError, appointments, ntr, today, tr
from therapydesk.plugins.notes import lists, service
from therapydesk.plugins.notes.ui.note_columns import note_columns
from therapydesk.plugins.notes.ui.note_editor import DRAFT, NoteWindow
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.list_page import ListPage
from therapydesk.ui.kit.viewing import Viewing


class NotesPage(ListPage):
    """Links: ("new",) with a person or nothing, ("new", session id) with a person, ("open",) with a note."""

    watches = ("notes_note", "notes_addendum")
    help_name = "notes"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, tr("Notes"), note_columns(with_name=True), hint=tr("Name, or words of a note"))
        self._asked = False
        self._searched = ""
        self._viewing = Viewing(self, desk.vault, "note")
        self.add_action_button(tr("Write note"), self.new_note, "notes", primary=True)
        states = [("", tr("All notes")), ("draft", tr("Drafts")), ("signed", tr("Signed"))]
        self.filter.add_choice("state", tr("State"), states)
        self.table.set_states(
            empty=(tr("No notes yet. They are written after a session."), tr("Write note"), self.new_note),
            filtered=(tr("No note matches."), tr("Clear filters"), self.filter.clear_filters),
            loading=tr("Reading notes …"),
        )

    def refresh(self) -> None:
        """Read the list afresh, a window of rows at a time."""
        text, state = self.filter.text(), self.filter.value("state")
        if text not in ("", self._searched):
            self.desk.vault.count_search()
        self._searched = text
        with self.desk.vault.read() as db:
            count = lists.count_listed(db, text, state)
            waiting = len(lists.unwritten(db))
        summary = ntr("one note", "{n} notes", count)
        if waiting:
            missing = ntr("one session has no note yet", "{n} sessions have no note yet", waiting)
            summary = f"{summary} · {missing}"
        self.set_summary(summary[:1].upper() + summary[1:])
        self.table.show_source(
            count, lambda at, n: self._fetch(text, state, at, n), filtered=self.filter.is_filtered()
        )
        self._offer_kept()

    def _offer_kept(self) -> None:
        """Once: a note that was being typed when the program stopped."""
        if self._asked or self.record is not None:
            return
        self._asked = True
        kept = [d.key.removeprefix(DRAFT) for d in self.desk.vault.drafts() if d.key.startswith(DRAFT)]
        if kept:
            text = tr("A note you were writing when TherapyDesk stopped was kept.")
            self.messages.show_message("warn", text, tr("Open it"), lambda: self.show_note(UUID(kept[0])))

    def _fetch(self, text: str, state: str, offset: int, limit: int) -> list[lists.NoteRow]:
        with self.desk.vault.read() as db:
            return lists.list_notes(db, text, state, offset=offset, limit=limit)

    # -- opening a note ----------------------------------------------------------------------

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
        """Begin, or go on with, the note on a person and session; else on their last one without."""
        if not self.close_record():
            return
        with self.desk.vault.read() as db:
            mine = [u for u in lists.unwritten(db) if u.person_id == person_id]
            if session_id is None and mine:
                session_id = mine[-1].appointment_id
            day = appointments.get_session(db, session_id).starts_at.date() if session_id else today()
        with self.desk.vault.write("clinical") as db:
            note = service.start_note(db, person_id, day, appointment_id=session_id)
        self.show_note(note.id)

    def open_row(self, row: lists.NoteRow) -> None:
        """Show one note in front of the list."""
        self.show_note(row.id)

    def show_note(self, note_id: UUID) -> None:
        """Show one note in front of the list; the one before is saved, and stays when it cannot be."""
        with self.guard():
            if not self.close_record():
                return
            with self.desk.vault.read() as db:
                note = service.read_note(db, note_id)
            window = NoteWindow(self.desk, note)
            window.left.connect(self.close_record)
            self.show_record(window)
            self._viewing.look(note.id, note.person_id)

    def close_record(self) -> bool:
        """Back to the list."""
        left = super().close_record()
        if left:
            self._viewing.look(None)
        return left

    def save_now(self) -> None:
        """Ctrl+S, and before the vault is locked."""
        if isinstance(self.record, NoteWindow):
            self.record.save_now()
