"""A person's sessions, the latest on top, and what became of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout

from therapydesk.api import Link, appointments, local_now, may, rhythm, tr
from therapydesk.plugins.diary import facts
from therapydesk.plugins.diary.ui.add_line import UnderLine, session_words
from therapydesk.plugins.diary.ui.session_actions import SessionActions
from therapydesk.plugins.diary.ui.session_list import SessionRow, rows_of, session_list
from therapydesk.ui.kit.cards import RhythmLine
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.person_tab import PersonTabPage

MOST = 500


class PersonSessionsTab(PersonTabPage):
    """The rhythm line and its sentence; the list; what can be done with the chosen session."""

    watches = ("appointment", "attendance", "room", "notes_note")
    help_name = "diary"

    def __init__(self, desk: Desk, person_id: UUID) -> None:
        super().__init__(desk, person_id, tr("Sessions"))
        self.actions_ = SessionActions(self)
        self.rhythm = RhythmLine()
        self.sentence = text_label("", "", "text_muted", wrap=True)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.rhythm)
        top.addWidget(self.sentence, 1)
        self.body.addLayout(top)
        self.under = UnderLine()
        self.body.addWidget(self.under)
        self.list = session_list(tr("Sessions"), therapist=True, heading=False)
        book = tr("Book session") if may(desk.user, "appointments.book") else ""
        link = Link("diary.diary", person_id, ("new",))
        empty: Any = tr("No sessions yet.")
        self.list.set_states(empty=(empty, book, lambda: desk.open_link(link)) if book else empty)
        self.body.addWidget(self.list, 1)
        self.body.setSpacing(8)
        self.list.current_changed.connect(self._show_chosen)
        self.list.opened.connect(lambda row: desk.open_link(Link("diary.diary", row.id, ("session",))))

    def refresh(self) -> None:
        now = local_now()
        with self.desk.vault.read() as db:
            views = appointments.sessions_of(db, self.subject_id, MOST)
            around = appointments.sessions_around(db, self.subject_id, now, 8, 8)
            known = facts.session_facts(self.desk.plugins, db, views)
        sentence = rhythm.sentence(around, self.subject_id, now)
        self.rhythm.set_marks(rhythm.marks_of(around, self.subject_id, now), sentence)
        self.rhythm.setVisible(bool(around))
        self.sentence.setText(sentence)
        self.list.show_rows(rows_of(list(reversed(views)), known, titled=True))

    def _show_chosen(self, row: SessionRow | None) -> None:
        if row is None:
            self.under.show_line("", "", "")
            return
        entries = self.actions_.entries(row.view)
        links: list[tuple[str, Callable[[], Any]]] = [e for e in entries if not e[0].startswith(tr("Open"))]
        self.under.show_line("diary", session_words(row.view), "", links[:4])

    def focus_first(self) -> None:
        self.list.view.setFocus()
