"""What a register and a hub day have in common: cards beside, the first reading, who one is at, names given later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from therapydesk.api import Link, show_day, show_time, tr
from therapydesk.plugins.groups import hub_day, register
from therapydesk.plugins.groups.register import Register, Row
from therapydesk.plugins.groups.ui import hub_dialogs
from therapydesk.plugins.groups.ui.side_parts import tab_in_order
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.newest import Newest
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.subject import Subject
from therapydesk.ui.kit.tables import ListTable

NARROW = 100  # letters of a page that has no room for the cards
WIDEST = 16777215  # Qt's


class Line(Protocol):
    """A row of the list."""

    @property
    def row(self) -> Row: ...
    @property
    def name(self) -> str: ...


class SessionPage(BasePage):
    """Subclasses make `table`, call `lay_beside`, and say what is read (`reader`) and how it is shown (`show_read`).

    The first reading asks every module, and so it is a job; unless long work is being done, which it would have to wait for.
    """

    claims = staticmethod(register.claim)
    arrivals = 0  # which of the `first_fields` takes whoever arrives
    table: ListTable

    def __init__(self, desk: Desk, title: str, appointment_id: UUID) -> None:
        super().__init__(desk, title)
        self.appointment_id = appointment_id
        self.register: Register | None = None
        self._asked = self._turned = False
        self._reading = Newest(self, desk.jobs, self._show_first, self._not_read)

    # -- two parts ---------------------------------------------------------------------------------------

    def lay_beside(self, main: QWidget, side: QWidget, letters: int, turn: str, back: str) -> None:
        """`side`, so many letters wide, stands beside `main`; without room for both a button turns from one to the other."""
        self._main, self._side, self._letters, self._turn_words = main, side, letters, (turn, back)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(main, 1)
        row.addWidget(side)
        self.body.addLayout(row, 1)
        self.side_button = self.add_action_button(turn, self.turn)

    def first_fields(self) -> tuple[QWidget, QWidget]:
        """Where one begins in the main part, and beside it."""
        raise NotImplementedError

    def turn(self) -> None:
        """Where both have no room beside each other: to the other one."""
        self._turned = not self._turned
        self._fit_side()
        self.first_fields()[self._turned].setFocus()

    def new_record(self) -> None:
        """Ctrl+N: somebody arrives."""
        field = self.first_fields()[self.arrivals]
        if not field.isVisibleTo(self):
            self.turn()
        field.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_side()

    def _fit_side(self) -> None:
        narrow, wide = self.width() < style.chars(NARROW), style.chars(self._letters)
        self.side_button.setVisible(narrow)
        self.side_button.setText(self._turn_words[self._turned])
        self._side.setVisible(not narrow or self._turned)
        self._main.setVisible(not narrow or not self._turned)
        self._side.setMinimumWidth(0 if narrow else wide)
        self._side.setMaximumWidth(WIDEST if narrow else wide)

    def add_after_button(self) -> None:
        """To the aims and the note of this session, for those who read notes."""
        if self.desk.vault.allows("groups.read_notes"):
            link = Link("groups.groups", None, ("after", str(self.appointment_id)))
            self.add_action_button(tr("Aims and note"), lambda: self.desk.open_link(link), "notes")

    # -- reading -----------------------------------------------------------------------------------------

    def reader(self) -> Callable[[], Any]:
        """What reads all that is shown. It may run on another thread, so it holds no widget."""
        raise NotImplementedError

    def show_read(self, found: Any) -> None:
        """Show what was read."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Read and show; what was begun before is not waited for."""
        first, self._asked = not self._asked, True
        if first and not self.desk.jobs.title():
            self.table.show_loading()
            self._reading.start(self.reader())
            return
        self._reading.forget()
        self._show(self.reader()())

    def _show_first(self, found: Any) -> None:
        with self.guard():
            self._show(found)
        self._fit_head()

    def _show(self, found: Any) -> None:
        self.show_read(found)
        tab_in_order(self._main, self._side)

    def _not_read(self, error: Exception) -> None:
        self._asked = False
        self.table.show_error(tr("The list could not be read."), tr("Try again"), self.mark_stale)
        self.job_failed(error)

    def show_head(self, found: Register, *more: str) -> None:
        """Name, day, time and place of the session, then `more`."""
        self.set_title(found.name)
        day = show_day(found.starts_at.date())
        start, end = show_time(found.starts_at.time()), show_time(found.ends_at.time())
        when = tr("{day}, {start} to {end}").format(day=day, start=start, end=end)
        self.set_summary(" · ".join(part for part in (when, found.where, *more) if part))

    def write(self, work: Callable[..., Any], *args: object) -> Any:
        """Do this in one unit of work, and show what there is now."""
        with self.desk.vault.write("core") as db:
            made = work(db, *args)
        self.refresh()
        return made

    # -- the row one is at -------------------------------------------------------------------------------

    def subject(self) -> Subject:
        """Who one is at, and the session: a concern raised from here is about them."""
        line = self.table.current_row()
        return Subject(
            line.row.person_id if line is not None else None, ("session", str(self.appointment_id))
        )

    def claim(self, line: Line) -> None:
        """Somebody without a name says who they are (opening 9)."""
        if line.row.person_id is not None:
            self.messages.show_message("info", tr("{name} has a name already.").format(name=line.name))
            return

        def give(person: UUID, name: str) -> None:
            made = self.write(self.claims, self.appointment_id, line.row.attendance_id, person)
            self.table.select_key(made)
            self.done(
                tr("{name} was one of those without a name").format(name=name),
                lambda: self.write(hub_day.unclaim, self.appointment_id, made),
            )

        hub_dialogs.claim_dialog(self, line.row.attendance_id, give)
