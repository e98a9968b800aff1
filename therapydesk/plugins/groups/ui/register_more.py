"""What is done in a register now and then: the rest came, somebody will be away, in which role people are here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtWidgets import QPushButton

from therapydesk.api import Link, may, ntr, tr
from therapydesk.plugins.groups import register, register_rest, roster
from therapydesk.plugins.groups.register import Register
from therapydesk.plugins.groups.ui import roster_dialogs
from therapydesk.plugins.groups.ui.register_table import Line

if TYPE_CHECKING:
    from therapydesk.plugins.groups.ui.register_page import RegisterPage


class RegisterMore:
    """Buttons of the head, and what the menu of a row has."""

    def __init__(self, page: RegisterPage) -> None:
        self.page = page
        user = page.desk.user
        self.rest_button: QPushButton | None = None
        if may(user, "groups.register"):
            self.rest_button = page.add_action_button(tr("The rest came"), self.mark_rest)
            for state, words in (
                ("came_late", tr("Came late")),
                ("left_early", tr("Left early")),
                ("expected", tr("Take the mark back")),
            ):
                page.table.add_row_action(words, partial(self._mark, state))
            page.table.add_row_action(tr("Give a name"), page.claim)
        if may(user, "groups.edit_roster"):
            page.table.add_row_action(tr("Planned absence"), self.plan_absence)
        meeting = Link("groups.groups", None, ("meeting", str(page.appointment_id)))
        self.meeting_button = page.add_action_button(
            tr("Roles and agreed"), lambda: page.desk.open_link(meeting)
        )
        self.meeting_button.hide()

    def show_for(self, found: Register) -> None:
        """Roles and what was agreed are for meetings; a register that is finished has no rest."""
        if self.rest_button is not None:
            self.rest_button.setEnabled(not found.finished)
        self.meeting_button.setVisible(found.shape == "meeting")

    def _mark(self, state: str, line: Line) -> None:
        """What the keys L, E and Backspace do."""
        self.page.mark_line(line, state)

    def mark_rest(self) -> None:
        """Everybody who is not marked yet came; one step to take back. In the background: there may be hundreds."""
        vault, session = self.page.desk.vault, self.page.appointment_id

        def work(_job: object) -> list[UUID]:
            with vault.write("core") as db:
                return register_rest.mark_rest(db, session)

        self.page.desk.jobs.start(work, self._rest_marked, self.page.job_failed, tr("Marking the rest"))

    def _rest_marked(self, marked: list[UUID]) -> None:
        def undo() -> None:
            with self.page.desk.vault.write("core") as db:
                register_rest.unmark(db, self.page.appointment_id, marked)
            self.page.refresh()

        self.page.refresh()
        if not marked:
            self.page.messages.show_message("info", tr("Everybody has a mark already."))
            return
        words = ntr("One was marked as present", "{n} were marked as present", len(marked))
        self.page.done(words, undo)

    def plan_absence(self, line: Line) -> None:
        """Somebody said that they will be away: it softens the lists of who was not there."""
        found = self.page.register
        members = found.members if found is not None else ()
        member = next((m for m in members if m.person_id == line.row.person_id and m.state != "left"), None)
        if member is None:
            words = tr("{name} is not on the roster.").format(name=line.name)
            self.page.messages.show_message("info", words)
            return

        def planned(made: UUID) -> None:
            session, row = self.page.appointment_id, line.row.attendance_id
            with self.page.desk.vault.write("core") as db:
                told = register_rest.apologise(db, session, row, made)

            def undo() -> None:
                with self.page.desk.vault.write("core") as db:
                    roster.drop_absence(db, made)
                    if told:
                        register.mark(db, session, row, "expected")
                self.page.refresh()

            self.page.refresh()
            self.page.done(tr("{name} will be away").format(name=line.name), undo)

        roster_dialogs.absence_dialog(self.page, member, planned)
