"""The register of a session: P, A and N mark a row and go on to the next; everything is saved at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from therapydesk.api import Link, UserError, local_now, may, ntr, show_time, tr
from therapydesk.plugins.groups import hub, register
from therapydesk.plugins.groups.register import Row
from therapydesk.plugins.groups.rules import count
from therapydesk.plugins.groups.ui import hub_dialogs, register_reading
from therapydesk.plugins.groups.ui.music_card import sung_card
from therapydesk.plugins.groups.ui.register_more import RegisterMore
from therapydesk.plugins.groups.ui.register_reading import Helps, RegisterRead
from therapydesk.plugins.groups.ui.register_side import RoomCard, TeamCard, WalkInCard
from therapydesk.plugins.groups.ui.register_table import Line, RegisterTable
from therapydesk.plugins.groups.ui.session_page import SessionPage
from therapydesk.plugins.groups.ui.sheet_files import SheetFiles
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.messages import Undoable, quiet, undo_list

KEYS = {
    Qt.Key.Key_P: "came",
    Qt.Key.Key_A: "sent_apologies",
    Qt.Key.Key_N: "no_word",
    Qt.Key.Key_L: "came_late",
    Qt.Key.Key_E: "left_early",
    Qt.Key.Key_Backspace: "expected",
}
SIDE = 30  # letters of the column beside the table


class RegisterPage(SessionPage):
    """The session must be one of a group."""

    help_name = "register"
    arrivals = 1
    table: RegisterTable

    def __init__(self, desk: Desk, appointment_id: UUID) -> None:
        super().__init__(desk, tr("Register"), appointment_id)
        self.lines: list[Line] = []
        self._on: set[UUID] = set()
        self.table = RegisterTable(tr("Register"), single_keys=desk.settings.single_keys)
        nobody = tr(
            "Nobody was on the roster then. Write who came below Walk-ins, or say on the roster since when they come."
        )
        self.table.set_states(loading=tr("The register is being read."), empty=nobody)
        self.table.mark_wanted.connect(self.mark_line)
        self.table.opened.connect(lambda _line: self.table.go_on())
        self.room = RoomCard()
        self.walk_ins = WalkInCard(self.add_walk_in, self.take_out)
        self.sung = sung_card(self, appointment_id, narrow=True)
        self.team = TeamCard(self.tick_helper)
        side = QWidget()
        cards = QVBoxLayout(side)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(style.sp(4))
        for card in (self.room, self.walk_ins, self.sung, self.team):
            cards.addWidget(card)
        cards.addStretch(1)
        self.lay_beside(self.table, side, SIDE, tr("Walk-ins"), tr("Back to the rows"))
        self.sheet_files = SheetFiles(self, appointment_id)
        self.more = RegisterMore(self)
        self.add_action_button(tr("Print register"), self.print_page, "print")
        self.add_after_button()
        self.finish_button = self.add_action_button(
            tr("Finish register"), self.finish, primary=True, shortcut="Ctrl+Return"
        )

    def first_fields(self) -> tuple[QWidget, QWidget]:
        """The rows, and who came unexpected."""
        return self.table, self.walk_ins.field

    # -- reading -----------------------------------------------------------------------------------------

    def reader(self) -> Callable[[], RegisterRead]:
        """The first time whoever joined meanwhile is put on the register."""
        start = self.register is None and may(self.desk.user, "groups.register")
        return register_reading.reader(self.desk, self.appointment_id, start=start)

    def show_read(self, read: RegisterRead) -> None:
        """Show the rows, and what stands beside them."""
        found = self.register = read.register
        self.lines, self._on = read.lines, read.on
        self.table.show_lines(self.lines)
        self.more.show_for(found)
        self._show_count()
        self.walk_ins.show_walk_ins([row for row in found.rows if row.walk_in])
        self.sung.refresh()
        self.team.show_team(read.team, self._on)
        self.finish_button.setText(tr("Reopen register") if found.finished else tr("Finish register"))
        for widget in (self.walk_ins, self.team):
            widget.setEnabled(not found.finished)

    def _show_count(self) -> None:
        found = self.register
        if found is None:
            return
        rows = [line.row for line in self.lines]
        marked = sum(row.marked for row in rows if row.person_id is not None)
        named = sum(row.person_id is not None for row in rows)
        self.show_head(found, tr("{n} of {m} marked").format(n=marked, m=named))
        self.room.show_count(count(register.heads_of(rows, self.appointment_id)), len(self._on))

    def focus_first(self) -> None:
        self.table.setFocus()

    # -- marking -----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        state = KEYS.get(Qt.Key(event.key()))
        single = self.desk.settings.single_keys and not event.modifiers()
        line = self.table.current_row()
        if state is None or not single or not isinstance(line, Line):
            super().keyPressEvent(event)
            return
        self.mark_line(line, state)

    def mark_line(self, line: Line, state: str) -> None:
        """Mark a row and go on to the next."""
        if self.register is None or line.row.person_id is None:
            self.table.go_on()
            return
        before = line.row.state
        if self._write(line, state):
            step = tr("Marked {name}").format(name=line.name)
            undo_list.push(
                Undoable(step, lambda: self._again(line, before), lambda: self._again(line, state))
            )
            self.table.go_on()

    def _again(self, line: Line, state: str) -> None:
        if self._write(line, state):
            self.table.select_key(line.id)

    def _write(self, line: Line, state: str) -> bool:
        with self.guard():
            with self.desk.vault.write("core") as db:
                register.mark(db, self.appointment_id, line.row.attendance_id, state)
            for number, each in enumerate(self.lines):
                if each.id == line.id:
                    self.lines[number] = replace(each, row=replace(each.row, state=state))
                    self.table.change_line(number, self.lines[number])
            self._show_count()
            self._say_saved()
            return True
        return False

    def _say_saved(self) -> None:
        """At the foot of the window, for every mark is kept at once."""
        time = show_time(local_now().time())
        quiet.say(tr("Saved {time} · Enter goes to the next row").format(time=time))

    # -- who came unexpected, who is on ------------------------------------------------------------------

    def add_walk_in(self, text: str) -> None:
        """A number is so many heads; a name is somebody, new or known."""
        words = text.strip()
        if not words:
            return
        with self.guard():
            if words.isdigit():
                made = self.write(register.check_in, self.appointment_id, int(words))
                words = ntr("one without a name", "{n} without a name", int(words))
            else:
                person = hub_dialogs.known_or_new(self.desk, words)
                made = self.write(register.add_walk_in, self.appointment_id, person)
            self.walk_ins.field.clear()
            self.done(
                tr("Added {name}").format(name=words),
                lambda: self.write(register.take_out, self.appointment_id, made),
            )

    def take_out(self, row: Row) -> None:
        """A walk-in was a slip."""
        with self.guard():
            self.write(register.take_out, self.appointment_id, row.attendance_id)

    def tick_helper(self, member: Helps, on: bool) -> None:
        """Somebody of the team is on, or is not."""
        with self.guard():
            with self.desk.vault.write("core") as db:
                if on:
                    hub.put_on_shift(db, self.appointment_id, member.person_id, member.skill or member.role)
                else:
                    there = {s.person_id: s.id for s in hub.list_shift(db, self.appointment_id)}
                    if member.person_id in there:
                        hub.take_off_shift(db, there[member.person_id])
            self._on = self._on | {member.person_id} if on else self._on - {member.person_id}
            self._show_count()

    def finish(self) -> None:
        """Close the register, or open it again."""
        found = self.register
        if found is None:
            return
        with self.guard():
            change: Callable[..., object] = register.reopen if found.finished else register.finish
            self.write(change, self.appointment_id)
            if not found.finished:
                total = count(register.heads_of([line.row for line in self.lines], self.appointment_id))
                words = ntr(
                    "Register finished: one was there.", "Register finished: {n} were there.", total.visits
                )
                self.done(words, self.finish)

    def open_person(self) -> None:
        """F2: the record of the row one is at."""
        line = self.table.current_row()
        if isinstance(line, Line) and line.row.person_id is not None:
            self.desk.open_link(Link("person", line.row.person_id))

    def print_page(self) -> None:
        """Ctrl+P: the sheet to take along."""
        from therapydesk.plugins.groups.ui.sheets import print_register

        with self.guard():
            if self.register is None:
                raise UserError(tr("There is no register to print."))
            print_register(self, self.register, self.lines)
