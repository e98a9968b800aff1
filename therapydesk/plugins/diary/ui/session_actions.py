"""What can be done with a session: one QAction each, for the bar, the context menu and the menus."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from therapydesk.api import Db, Link, appointments, may, tr
from therapydesk.plugins.diary import service
from therapydesk.plugins.diary.ui import dialogs
from therapydesk.plugins.diary.ui import session_steps as steps
from therapydesk.plugins.diary.ui.attendance_dialog import AttendanceDialog
from therapydesk.ui.kit.page import BasePage

Entry = tuple[str, Callable[[], object]]


class SessionActions:
    """The actions on one session, on behalf of a page.

    The page's message bar says what was done, with Undo.
    """

    def __init__(self, page: BasePage) -> None:
        self._page = page
        self.desk = page.desk

    # -- what there is to do -----------------------------------------------------------------------------

    def entries(self, view: appointments.AppointmentView) -> list[Entry]:
        """Words and calls, the likeliest first."""
        user = self.desk.user
        found: list[Entry] = []
        if may(user, "appointments.complete") and view.kind != "own_time":
            if view.state == "booked":
                found.append((tr("Who came"), lambda: self.complete(view)))
            elif view.state == "completed":
                found.append((tr("Change who came"), lambda: self.complete(view)))
        person = next((a for a in view.attendees if a.person_id and a.role == "person"), None)
        if view.state == "completed" and person is not None and self.desk.vault.allows("notes.write"):
            found.append((tr("Write note"), lambda: self.write_note(view)))
        if view.state == "booked" and may(user, "appointments.change"):
            found.append((tr("Change"), lambda: self.change(view)))
            found += self._take_off(view)
            found.append((tr("Cancel session"), lambda: self.cancel(view)))
        if person is not None and person.person_id is not None:
            link = Link("person", person.person_id)
            found.append((tr("Open {name}").format(name=person.name), lambda: self.desk.open_link(link)))
        if view.state == "completed" and may(user, "appointments.complete"):
            found.append((tr("Reopen"), lambda: self.reopen(view)))
        if view.state == "cancelled" and may(user, "appointments.change"):
            found.append((tr("Bring back"), lambda: self.bring_back(view)))
        return found

    def _take_off(self, view: appointments.AppointmentView) -> list[Entry]:
        if len(view.attendees) < 2:
            return []
        words = tr("Take {name} off")
        return [(words.format(name=a.name), partial(self.take_off, view, a.person_id)) for a in view.stopped]

    def menu(self, view: appointments.AppointmentView, at: QPoint) -> QMenu:
        """The context menu of a session."""
        menu = QMenu(self._page)
        for words, call in self.entries(view):
            action = QAction(words, menu)
            action.triggered.connect(lambda _checked=False, call=call: call())
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)
        return menu

    def do(self, name: str, view: appointments.AppointmentView | None) -> None:
        """Carry out an action by its name, as the menus ask it."""
        if view is None:
            self._page.messages.show_message("info", tr("Choose a session first."))
            return
        calls: dict[str, Callable[[appointments.AppointmentView], object]] = {
            "complete": self.complete,
            "change": self.change,
            "cancel": self.cancel,
            "reopen": self.reopen,
        }
        calls[name](view)

    # -- doing it ----------------------------------------------------------------------------------------

    def complete(self, view: appointments.AppointmentView) -> None:
        """Say who came."""
        if view.state == "cancelled":
            self._page.messages.show_message("info", tr("This session is cancelled."))
            return
        texts: dict[UUID, str] = {}
        if view.state == "completed" and may(self.desk.user, "diary.read_absence_notes"):
            with self.desk.vault.read() as db:
                texts = {n.attendance_id: n.text for n in service.absence_notes(db, view.id)}
        dialog = AttendanceDialog(
            self._page,
            view,
            lambda marks: steps.complete(self.desk.vault, view, marks, self._page.done),
            texts=texts,
            keys=bool(getattr(self.desk.settings, "single_keys", True)),
        )
        dialog.open()

    def change(self, view: appointments.AppointmentView) -> None:
        """Change time, length, room."""
        with self.desk.vault.read() as db:
            rooms = appointments.list_rooms(db)
            following = self._following(view, db)
        dialogs.change_dialog(
            self._page,
            view,
            rooms,
            following,
            lambda wanted, scope: steps.change(self.desk.vault, view, wanted, scope, self._page.done),
        )

    def cancel(self, view: appointments.AppointmentView) -> None:
        """Cancel, with a reason."""
        with self.desk.vault.read() as db:
            following = self._following(view, db)
        dialogs.cancel_dialog(
            self._page,
            view,
            following,
            lambda reason, scope: steps.cancel(self.desk.vault, view, reason, scope, self._page.done),
        )

    @staticmethod
    def _following(view: appointments.AppointmentView, db: Db) -> int:
        if view.series_id is None:
            return 0
        return appointments.count_following(db, view.id)

    def reopen(self, view: appointments.AppointmentView) -> None:
        with self._page.guard():
            steps.reopen(self.desk.vault, view, self._page.done)

    def bring_back(self, view: appointments.AppointmentView) -> None:
        with self._page.guard():
            with self.desk.vault.write("core") as db:
                appointments.restore(db, [view.id])
            self._page.done(tr("{name}: booked again.").format(name=view.heading))

    def take_off(self, view: appointments.AppointmentView, person_id: UUID | None) -> None:
        if person_id is not None:
            with self._page.guard():
                steps.take_off(self.desk.vault, view, person_id, "following", self._page.done)

    def write_note(self, view: appointments.AppointmentView) -> None:
        """Go to the note of a session."""
        self.desk.open_link(note_link(view))

    def move(self, view: appointments.AppointmentView, to: datetime) -> timedelta | None:
        """Move one session; answers by how much, or None when it was refused."""
        with self._page.guard():
            steps.move(self.desk.vault, view, to, self._page.done)
            return to - view.starts_at
        return None


def note_link(view: appointments.AppointmentView) -> Link:
    """Where the note of a session is written."""
    person_id = next((a.person_id for a in view.attendees if a.came and a.person_id), None)
    person_id = person_id or next(iter(view.person_ids), None)
    return Link("notes.notes", person_id, ("new", str(view.id)))
