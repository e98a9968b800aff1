"""The add line at work: it understands while one types, shows what it would book, and books."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from therapydesk.api import UserError, appointments, get_person, may, normal_name, show_day, show_time, tr
from therapydesk.plugins.diary import service
from therapydesk.plugins.diary.finding import Candidate
from therapydesk.plugins.diary.ui import session_steps as steps
from therapydesk.plugins.diary.ui.add_line import AddLine, UnderLine, show_understood
from therapydesk.plugins.diary.ui.week_layout import Block, minute_of
from therapydesk.ui.kit.messages import announce
from therapydesk.ui.kit.page import BasePage


class BookingLine(QWidget):
    """The add line and the line under it.

    `planned` tells the blocks to show, `booked` the first session that was booked; `settled` that the line is empty
    again.
    """

    planned = Signal(object)  # list[Block]
    booked = Signal(object)  # UUID
    settled = Signal()

    def __init__(self, page: BasePage, go_to: Callable[[date], object]) -> None:
        super().__init__()
        self._page, self._go_to = page, go_to
        self._chosen: dict[str, UUID] = {}
        self._known: service.Known | None = None
        self.found = service.Understood("")
        self.field = AddLine()
        self.under = UnderLine()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.field)
        column.addWidget(self.under)
        self.field.setVisible(may(page.desk.user, "appointments.book"))
        self.field.typed.connect(self._understand)
        self.field.submitted.connect(self.submit)
        self.field.cleared.connect(self._after)

    def text(self) -> str:
        return self.field.text().strip()

    @property
    def booking(self) -> appointments.Booking | None:
        """What the line would book."""
        return self.found.booking

    def start(self, person_id: UUID | None = None) -> None:
        """Put the focus in the line; with a person, their name stands there."""
        if person_id is not None:
            with self._page.desk.vault.read() as db:
                name = get_person(db, person_id).full_name
            self._chosen[normal_name(name)] = person_id
            self.field.setText(f"{name} ")
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.settle()

    def begin_at(self, at: datetime) -> None:
        """Begin with a day and time chosen in the grid: what is left is the name."""
        if self.field.isHidden():
            return
        self.field.setText(f"{show_day(at.date(), short=True)} {show_time(at.time())} ")
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.settle()

    def _understand(self, text: str) -> None:
        if not text.strip():
            self.found, self._known = service.Understood(""), None
            self.planned.emit([])
            self.settled.emit()
            return
        try:
            with self._page.desk.vault.read() as db:
                self._known = self._known or service.know(db)
                self.found = service.understand(db, text, self._chosen, self._known)
        except UserError as error:
            self.found = service.Understood(text, problem=str(error))
        show_understood(self.under, self.found, self._pick)
        if self.found.booking is not None:
            self._go_to(self.found.booking.starts_at.date())
        self.planned.emit(self._blocks())

    def _blocks(self) -> list[Block]:
        booking = self.found.booking
        if booking is None:
            return []
        blocks = []
        for number, at in enumerate(booking.starts):
            start = minute_of(at, at.date())
            second = tr("Not booked yet")
            if booking.weeks > 1:
                second = tr("{k} of {n}, not booked yet").format(k=number + 1, n=booking.weeks)
            heading = self.found.heading
            blocks.append(
                Block(
                    at.date(),
                    start,
                    start + booking.minutes,
                    None,
                    heading=heading,
                    second=second,
                    room=self.found.room,
                )
            )
        return blocks

    def _pick(self, candidate: Candidate) -> None:
        self._chosen[normal_name(self.found.asked)] = candidate.person_id
        if not candidate.fits:
            self._chosen[normal_name(candidate.full_name)] = candidate.person_id
            self.field.setText(self.field.text().replace(self.found.asked, candidate.full_name))
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.settle()

    def submit(self) -> None:
        """Book, or say what is missing."""
        self.field.settle()
        found = self.found
        if not found.can_book or found.booking is None:
            if found.problem:
                announce(self.field, found.problem, assertive=True)
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        ids: list[UUID] = []
        with self._page.guard():
            ids = steps.book(self._page.desk.vault, found.booking, found.heading, self._page.done)
        if ids:
            self._chosen.clear()
            self.field.clear()
            self.field.settle()
            self.booked.emit(ids[0])

    def _after(self) -> None:
        self._chosen.clear()
        self._page.focus_first()
