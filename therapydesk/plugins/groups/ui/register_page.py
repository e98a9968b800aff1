"""The register of a session: P, A and N mark a row and go on to the next; everything is saved at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from therapydesk.api import (
    Fact,
    Link,
    PersonDetails,
    UserError,
    add_person,
    hooks,
    may,
    ntr,
    person_called,
    show_day,
    show_time,
    tr,
)
from therapydesk.plugins.groups import hub, lifts, register
from therapydesk.plugins.groups.register import Register, Row
from therapydesk.plugins.groups.roster import MemberView
from therapydesk.plugins.groups.rules import TEAM_ROLES, count
from therapydesk.plugins.groups.ui.music_card import sung_card
from therapydesk.plugins.groups.ui.register_more import RegisterMore
from therapydesk.plugins.groups.ui.register_side import RoomCard, TeamCard, WalkInCard
from therapydesk.plugins.groups.ui.register_table import Line, RegisterTable
from therapydesk.plugins.groups.ui.sheet_files import SheetFiles
from therapydesk.ui.kit import style
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.messages import Undoable, undo_list
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.subject import Subject

KEYS = {
    Qt.Key.Key_P: "came",
    Qt.Key.Key_A: "sent_apologies",
    Qt.Key.Key_N: "no_word",
    Qt.Key.Key_L: "came_late",
    Qt.Key.Key_E: "left_early",
    Qt.Key.Key_Backspace: "expected",
}
SIDE, NARROW = 30, 100  # letters of the column beside the table; of a page that has no room for it


class RegisterPage(BasePage):
    """`leave` is what Back does. The session must be one of a group."""

    help_name = "register"

    def __init__(self, desk: Desk, appointment_id: UUID) -> None:
        super().__init__(desk, tr("Register"))
        self.appointment_id = appointment_id
        self.register: Register | None = None
        self.lines: list[Line] = []
        self._team: list[MemberView] = []
        self._on: set[UUID] = set()
        self._started = self._turned = False
        self.table = RegisterTable(tr("Register"), single_keys=desk.settings.single_keys)
        self.table.mark_wanted.connect(self._mark_line)
        self.table.opened.connect(lambda _line: self.table.go_on())
        self.room = RoomCard()
        self.walk_ins = WalkInCard(self.add_walk_in, self.take_out)
        self.sung = sung_card(self, appointment_id, narrow=True)
        self.team = TeamCard(self.tick_helper)
        self.side = QWidget()
        cards = QVBoxLayout(self.side)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(style.sp(4))
        for card in (self.room, self.walk_ins, self.sung, self.team):
            cards.addWidget(card)
        cards.addStretch(1)
        beside = QHBoxLayout()
        beside.setSpacing(16)
        beside.addWidget(self.table, 1)
        beside.addWidget(self.side)
        self.body.addLayout(beside, 1)
        self.side_button = self.add_action_button(tr("Walk-ins"), self.turn)
        self.sheet_files = SheetFiles(self, appointment_id)
        self.more = RegisterMore(self)
        self.add_action_button(tr("Print register"), self.print_page, "print")
        if desk.vault.allows("groups.read_notes"):
            link = Link("groups.groups", None, ("after", str(appointment_id)))
            self.add_action_button(tr("Aims and note"), lambda: desk.open_link(link), "notes")
        self.finish_button = self.add_action_button(
            tr("Finish register"), self.finish, primary=True, shortcut="Ctrl+Return"
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_side()

    def turn(self) -> None:
        """Where both have no room beside each other: the rows, or who came unexpected."""
        self._turned = not self._turned
        self._fit_side()
        (self.walk_ins.field if self._turned else self.table).setFocus()

    def new_record(self) -> None:
        """Ctrl+N: somebody who was not expected."""
        if self.side.isHidden():
            self.turn()
        self.walk_ins.field.setFocus()

    def _fit_side(self) -> None:
        narrow = self.width() < style.chars(NARROW)
        self.side_button.setVisible(narrow)
        self.side_button.setText(tr("Back to the rows") if self._turned else tr("Walk-ins"))
        self.side.setVisible(not narrow or self._turned)
        self.table.setVisible(not narrow or not self._turned)
        if narrow:
            self.side.setMaximumWidth(16777215)
        else:
            self.side.setFixedWidth(style.chars(SIDE))

    # -- reading -----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the register; the first time whoever joined meanwhile is put on it."""
        vault, user = self.desk.vault, self.desk.user
        if not self._started and may(user, "groups.register"):
            self._started = True
            with vault.write("core") as db:
                register.start_register(db, self.appointment_id)
        with vault.read() as db:
            found = register.open_register(db, self.appointment_id)
            ids = [row.person_id for row in found.rows if row.person_id is not None]
            answers = self.desk.plugins.ask(hooks.person_facts, db=db, person_ids=ids)
            members = [m for m in found.members if m.state != "left"]
            needs = lifts.beside(register.needs_of(db, ids), members)
            self._on = {each.person_id for each in hub.list_shift(db, self.appointment_id)}
        self._team = [m for m in members if m.role in TEAM_ROLES]
        facts: dict[UUID, list[Fact]] = {}
        for each in answers.values:
            for person, said in each.items():
                facts.setdefault(person, []).extend(
                    f for f in said if f.kind in ("alert", "access", "away", "notice")
                )
        self.register = found
        self.lines = _lines(found.rows, facts, needs)
        self.table.show_lines(self.lines)
        self.set_title(found.name)
        self.more.show_for(found)
        self._show_count()
        self.walk_ins.show_walk_ins([row for row in found.rows if row.walk_in])
        self.sung.refresh()
        self.team.show_team(self._team, self._on)
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
        day = show_day(found.starts_at.date())
        start, end = show_time(found.starts_at.time()), show_time(found.ends_at.time())
        parts = [tr("{day}, {start} to {end}").format(day=day, start=start, end=end)]
        parts += [found.where] if found.where else []
        parts.append(tr("{n} of {m} marked").format(n=marked, m=named))
        self.set_summary(" · ".join(parts))
        self.room.show_count(count(register.heads_of(rows, self.appointment_id)), len(self._on))

    def focus_first(self) -> None:
        self.table.setFocus()

    def subject(self) -> Subject:
        """The row one is at, and the session: a concern raised from here is about them."""
        line = self.table.current_row()
        person = line.row.person_id if isinstance(line, Line) else None
        return Subject(person, ("session", str(self.appointment_id)))

    # -- marking -----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        state = KEYS.get(Qt.Key(event.key()))
        single = self.desk.settings.single_keys and not event.modifiers()
        line = self.table.current_row()
        if state is None or not single or not isinstance(line, Line):
            super().keyPressEvent(event)
            return
        self._mark_line(line, state)

    def _mark_line(self, line: Line, state: str) -> None:
        """Mark a row and go on to the next; the same mark again takes it back."""
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
            return True
        return False

    # -- who came unexpected, who is on ------------------------------------------------------------------

    def add_walk_in(self, text: str) -> None:
        """A number is so many heads; a name is somebody, new or known."""
        words = text.strip()
        if not words:
            return
        with self.guard():
            if words.isdigit():
                with self.desk.vault.write("core") as db:
                    made = register.check_in(db, self.appointment_id, int(words))
                words = ntr("one without a name", "{n} without a name", int(words))
            else:
                person = self._person(words)
                with self.desk.vault.write("core") as db:
                    made = register.add_walk_in(db, self.appointment_id, person)
            self.walk_ins.field.clear()
            self.refresh()
            self._undo_arrival(tr("Added {name}").format(name=words), made)

    def _person(self, name: str) -> UUID:
        with self.desk.vault.read() as db:
            found = person_called(db, name)
        if found is not None:
            return found
        with self.desk.vault.write("core") as db:
            return add_person(db, PersonDetails(name), reached_by_others=True).id

    def _undo_arrival(self, words: str, made: UUID) -> None:
        def undo() -> None:
            with self.desk.vault.write("core") as db:
                register.take_out(db, self.appointment_id, made)
            self.refresh()

        self.done(words, undo)

    def take_out(self, row: Row) -> None:
        """A walk-in was a slip."""
        with self.guard():
            with self.desk.vault.write("core") as db:
                register.take_out(db, self.appointment_id, row.attendance_id)
            self.refresh()

    def tick_helper(self, member: MemberView, on: bool) -> None:
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
            with self.desk.vault.write("core") as db:
                change(db, self.appointment_id)
            self.refresh()
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


def _lines(rows: tuple[Row, ...], facts: dict[UUID, list[Fact]], needs: dict[UUID, str]) -> list[Line]:
    """Rows with what is good to know; a pair is a member and those who come with them, one after the other."""
    key = [row.with_row or row.attendance_id for row in rows]
    lines = []
    for n, row in enumerate(rows):
        begins = n == 0 or key[n - 1] != key[n]
        ends = n + 1 == len(rows) or key[n + 1] != key[n]
        said = tuple(facts.get(row.person_id, ())) if row.person_id is not None else ()
        helps = needs.get(row.person_id, "") if row.person_id is not None else ""
        lines.append(Line(row, said, helps, begins, ends, paired=not (begins and ends)))
    return lines
