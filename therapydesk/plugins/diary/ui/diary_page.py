"""The diary: the add line, and days as a week, a day or a list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from therapydesk.api import Link, Outgoing, appointments, may, pdf, today, tr
from therapydesk.plugins.diary import facts, service
from therapydesk.plugins.diary.ui import dialogs
from therapydesk.plugins.diary.ui import session_steps as steps
from therapydesk.plugins.diary.ui.add_line import session_words
from therapydesk.plugins.diary.ui.booking_line import BookingLine
from therapydesk.plugins.diary.ui.days_shown import Period, Whose
from therapydesk.plugins.diary.ui.session_actions import SessionActions
from therapydesk.plugins.diary.ui.session_list import SessionRow, rows_of, session_list
from therapydesk.plugins.diary.ui.step_buttons import StepButtons
from therapydesk.plugins.diary.ui.week_view import WeekView
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import SegmentedButtons
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.printing import PrintWindow

LINKS = 4
LARGE = 1.5  # text this much larger than normal


class DiaryPage(BasePage):
    """A week, a day, or the same as a list. Keys: T today, arrows step, D W L day, week, list."""

    watches = ("appointment", "attendance", "series", "room", "person", "notes_note", "practice_setting")
    help_name = "diary"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, tr("Diary"))
        self.period = Period("week", today())
        self.actions_ = SessionActions(self)
        self._views: list[appointments.AppointmentView] = []
        self._moved: tuple[UUID, datetime, timedelta] | None = None
        self._build_head_tools()
        self.line = BookingLine(self, self.go_to)
        self._line_row = QHBoxLayout()
        self._line_row.setSpacing(8)
        self._line_row.addWidget(self.line, 1)
        self.body.addLayout(self._line_row)
        self._place_whose()
        self.week = WeekView()
        self.grid = self.week.grid
        self.list = session_list(tr("Sessions"), therapist=True)
        self.views = QStackedWidget()
        self.views.addWidget(self.week)
        self.views.addWidget(self.list)
        self.body.addWidget(self.views, 1)
        self.body.setSpacing(2)
        self._connect()

    def _build_head_tools(self) -> None:
        self.modes = SegmentedButtons(
            [("day", tr("Day")), ("week", tr("Week")), ("list", tr("List"))], tr("Shown as")
        )
        self.modes.choose("week")
        self.modes.chosen.connect(self.show_as)
        self.steps = StepButtons(self.step, self.go_today)
        self.whose = Whose(self.mark_stale)
        tools = QWidget()
        self._tools = QHBoxLayout(tools)
        self._tools.setContentsMargins(0, 0, 8, 0)
        for widget in (self.steps, self.modes):
            self._tools.addWidget(widget)
        self.add_head_widget(tools)
        self.book_button = self.add_action_button(tr("Book session"), self.book, primary=True)
        self.book_button.setVisible(may(self.desk.user, "appointments.book"))

    def _place_whose(self) -> None:
        """Whose diary it is stands in the head; at large text, which needs the room, beside the add line."""
        large = style.text_scale() > LARGE
        self._tools.setSpacing(8 if large else 16)
        if large:
            self._line_row.addWidget(self.whose, 0, Qt.AlignmentFlag.AlignTop)
        else:
            self._tools.insertWidget(0, self.whose)

    def _connect(self) -> None:
        style.signals.theme_changed.connect(self._place_whose)
        grid = self.grid
        grid.opened.connect(lambda _id: self._open_menu())
        grid.slot_chosen.connect(self.line.begin_at)
        grid.moved.connect(self._on_moved)
        grid.selected.connect(lambda _view: self._show_chosen())
        grid.step_wanted.connect(self._step_from_grid)
        grid.menu_wanted.connect(self._menu)
        self.list.opened.connect(lambda _row: self._open_menu())
        self.list.current_changed.connect(lambda _row: self._show_chosen())
        self.list.view.customContextMenuRequested.disconnect()
        self.list.view.customContextMenuRequested.connect(
            lambda at: self._menu(self.chosen(), self.list.view.viewport().mapToGlobal(at))
        )
        self.line.settled.connect(self._show_chosen)
        self.line.planned.connect(self._show_planned)
        self.line.booked.connect(self._choose)
        nothing = tr("Nothing is booked in these days.")
        self.list.set_states(empty=(nothing, tr("Book session"), self.line.start))
        if bool(getattr(self.desk.settings, "single_keys", True)):
            self._add_key("T", self.go_today)
            for key, mode in (("D", "day"), ("W", "week"), ("L", "list")):
                self._add_key(key, partial(self.show_as, mode))
        self._add_key("F2", lambda: self._on_chosen("change"))
        self._add_key("Del", lambda: self._on_chosen("cancel"))

    def _add_key(self, key: str, call: Callable[[], object]) -> None:
        made = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.activated.connect(call)

    # -- reading -----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the days shown, in one query for the sessions."""
        first, count = self.period.days()
        with self.desk.vault.read() as db:
            hours = service.read_hours(db)
            self.whose.show_therapists(service.list_therapists(db), self.desk.user.id)
            whose = self.whose.therapist_id()
            days = service.read_days(
                db, first, count, therapist_id=whose, cancelled=self.period.mode == "list"
            )
            known = facts.session_facts(self.desk.plugins, db, days.sessions)
        self._views = days.sessions
        self.set_summary(self.period.summary(days))
        if self.period.mode == "list":
            self.list.show_rows(rows_of(days.sessions, known))
            self._show_chosen()
        else:
            self.grid.show_days(days, hours, known, weekend=hours.weekend)

    def _on_days_changed(self) -> None:
        self._moved = None
        with self.guard():
            self.refresh()

    # -- going about -------------------------------------------------------------------------------------

    def show_as(self, mode: str) -> None:
        """Week, day or list. The day view shows the day of the cursor."""
        if self.period.mode == "week" and mode == "day":
            self.period = Period(mode, self.grid.spot.date())
        else:
            self.period = Period(mode, self.period.day)
        self.modes.choose(mode)
        had_focus = self.views.isAncestorOf(self.focusWidget() or self)
        self.views.setCurrentWidget(self.list if mode == "list" else self.week)
        self._on_days_changed()
        if had_focus:
            self.focus_first()

    def step(self, way: int) -> None:
        """To the days before or after."""
        self.period = self.period.moved(way)
        cursor = self.grid.spot
        days = 1 if self.period.mode == "day" else 7
        self.grid.spot = cursor + timedelta(days=way * days)
        self._on_days_changed()

    def _step_from_grid(self, way: int) -> None:
        time = self.grid.spot.time()
        self.step(way)
        shown = self.grid.shown.days
        if shown:
            self.grid.spot = datetime.combine(shown[0] if way > 0 else shown[-1], time)
            self.grid.land()

    def go_today(self) -> None:
        self.go_to(today())
        self.grid.start_at_now()
        self._show_chosen()

    def go_to(self, day: date) -> None:
        """Show the days that `day` is in."""
        if day in self.grid.shown.days and self.period.mode != "list":
            return
        self.period = Period(self.period.mode, day)
        self._on_days_changed()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.modifiers():
            self.step(-1 if event.key() == Qt.Key.Key_Left else 1)
        else:
            super().keyPressEvent(event)

    def focus_first(self) -> None:
        target = self.list.view if self.period.mode == "list" else self.grid
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def new_record(self) -> None:
        """Ctrl+N: to the add line."""
        self.line.start()

    def open_ref(self, link: Link) -> None:
        """Follow a link: a new session (for a person), a session, or something to do with one."""
        what = link.args[0] if link.args else "session"
        if what == "new":
            self.line.start(link.ref)
        elif what == "today":
            self.go_today()
            self.focus_first()
        elif what == "rooms":
            dialogs.room_dialog(self)
        elif what == "do":
            self._on_chosen(link.args[1])
        elif link.ref is not None:
            self.show_session(link.ref)
            if what == "complete":
                self._on_chosen("complete")

    def show_session(self, appointment_id: UUID) -> None:
        """Go to a session and choose it."""
        with self.desk.vault.read() as db:
            view = appointments.get_session(db, appointment_id)
        if view.state == "cancelled":
            self.show_as("list")
        self.period = Period(self.period.mode, view.starts_at.date())
        self._on_days_changed()
        self._choose(appointment_id)
        self.focus_first()

    def _choose(self, appointment_id: UUID) -> None:
        """Put the cursor on a session of the days shown."""
        if self.period.mode == "list":
            self.list.select_key(appointment_id)
        else:
            self.grid.choose(appointment_id)

    # -- the chosen session ------------------------------------------------------------------------------

    def chosen(self) -> appointments.AppointmentView | None:
        """The session under the cursor, in whichever view."""
        if self.period.mode == "list":
            row: SessionRow | None = self.list.current_row()
            return row.view if row is not None else None
        return self.grid.chosen()

    def _show_chosen(self) -> None:
        """Under the add line: what is chosen, and what can be done with it."""
        if self.line.text():
            return
        view = self.chosen()
        if view is None:
            self.line.under.show_line("", "", tr("Arrow keys go through the days, Enter opens or books."))
            return
        links: list[tuple[str, Callable[[], Any]]] = list(self.actions_.entries(view))
        if self._moved is not None and self._moved[0] == view.id and view.series_id is not None:
            links = [
                (tr("Move the ones after it too"), lambda: self._move_others("following")),
                (tr("Move all of the series"), lambda: self._move_others("all")),
                *links[:1],
            ]
        elif len(links) > LINKS:
            links = [*links[: LINKS - 1], (tr("More"), self._open_menu)]
        mark = "warn" if view.stopped else "diary"
        self.line.under.show_line(mark, session_words(view), "", links)

    def _show_planned(self, blocks: list[Any]) -> None:
        self.grid.show_planned(blocks)
        booking = self.line.booking
        many = (
            tr("Book {n} sessions").format(n=booking.weeks)
            if booking is not None and booking.weeks > 1
            else ""
        )
        self.book_button.setText(many or tr("Book session"))

    def book(self) -> None:
        """The primary button: book what is typed, or start to type."""
        if self.line.text():
            self.line.submit()
        else:
            self.line.start()

    def _on_moved(self, appointment_id: UUID, to: datetime) -> None:
        view = next((v for v in self._views if v.id == appointment_id), None)
        if view is None or not may(self.desk.user, "appointments.change"):
            return
        step = self.actions_.move(view, to)
        if step is None:
            return
        before = self._moved
        same = before is not None and before[0] == appointment_id
        self._moved = (appointment_id, before[1], before[2] + step) if same and before else (
            appointment_id, view.starts_at, step
        )  # fmt: skip
        if to.date() not in self.grid.shown.days and self.period.mode != "list":
            self.period = Period(self.period.mode, to.date())
        with self.guard():
            self.refresh()
        self.grid.choose(appointment_id)
        self._show_chosen()

    def _move_others(self, scope: appointments.Scope) -> None:
        if self._moved is None:
            return
        appointment_id, was_at, step = self._moved
        self._moved = None
        with self.guard():
            if not steps.move_others(self.desk.vault, appointment_id, was_at, step, scope, self.done):
                self.messages.show_message("info", tr("There are no others to move."))
            self.refresh()
        self.focus_first()

    def _on_chosen(self, name: str) -> None:
        self.actions_.do(name, self.chosen())

    def _open_menu(self) -> None:
        view = self.chosen()
        if view is None:
            return
        if self.period.mode == "list":
            rect = self.list.view.visualRect(self.list.view.currentIndex())
            at = self.list.view.viewport().mapToGlobal(rect.bottomLeft() + QPoint(12, 0))
        else:
            block = self.grid.chosen_block()
            rect = self.grid.rect_of(block) if block is not None else self.grid.rect()
            at = self.grid.viewport().mapToGlobal(rect.bottomLeft())
        self._menu(view, at)

    def _menu(self, view: appointments.AppointmentView | None, at: QPoint) -> None:
        if view is None:
            self.line.begin_at(self.grid.spot)
            return
        menu = self.actions_.menu(view, at)
        if menu.actions():
            menu.setActiveAction(menu.actions()[0])

    def print_page(self) -> None:
        """Ctrl+P: the days shown, of whoever is chosen."""
        first, count = self.period.days()
        whose = self.whose.therapist_id()

        def build(size: pdf.Size, *, names: bool = True) -> bytes:
            with self.desk.vault.read() as db:
                return service.days_pdf(db, first, count, therapist_id=whose, size=size, names=names)

        title, nameless = service.paper_title(first, count), partial(build, names=False)
        PrintWindow(self, title, build, nameless, told=Outgoing("week")).open()
