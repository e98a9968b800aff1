"""Today's card: sessions that have no note yet."""

from __future__ import annotations

from therapydesk.api import Link, relative, show_day, show_time, today, tr
from therapydesk.plugins.notes import lists
from therapydesk.ui.kit.cards import Card, CardRow
from therapydesk.ui.kit.desk import Desk


class UnwrittenCard(Card):
    """Notes to write, oldest first; Enter begins one."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("Notes to write"))
        self._desk = desk
        self.refresh()

    def refresh(self) -> None:
        """Read afresh."""
        with self._desk.vault.read() as db:
            waiting = lists.unwritten(db)
        rows = [self._row(each) for each in waiting[:7]]
        everything = Link("notes.notes")
        self.show_rows(
            rows, len(waiting), lambda: self._desk.open_link(everything), tr("Every session has its note.")
        )

    def _row(self, each: lists.Unwritten) -> CardRow:
        link = Link("notes.notes", each.person_id, ("new", str(each.appointment_id)))
        days = (today() - each.starts_at.date()).days
        day = (
            show_day(each.starts_at.date(), short=True)
            if days > 1
            else relative(each.starts_at.date(), today()).capitalize()
        )
        kind = tr("Draft kept") if each.note_id else tr("No note yet")
        right = f"{day} {show_time(each.starts_at.time())}"
        return CardRow(each.name, kind, right, on_open=lambda: self._desk.open_link(link), two_line=False)
