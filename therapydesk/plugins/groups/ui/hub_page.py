"""A hub day: check-in by a part of a name and Enter, what each came for, who is on, who waits, short conversations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from therapydesk.api import Link, PeopleQuery, UserError, list_people, may, ntr, tr
from therapydesk.plugins.groups import activities, hub_day, register
from therapydesk.plugins.groups.hub_day import Visitor
from therapydesk.plugins.groups.register import Row
from therapydesk.plugins.groups.ui import hub_dialogs, hub_reading
from therapydesk.plugins.groups.ui.hub_came_for import CameForCard
from therapydesk.plugins.groups.ui.hub_check_in import CheckInCard, Choice, choices_for
from therapydesk.plugins.groups.ui.hub_reading import HubRead
from therapydesk.plugins.groups.ui.hub_team import HubSide
from therapydesk.plugins.groups.ui.session_page import SessionPage
from therapydesk.plugins.groups.ui.sheet_files import SheetFiles
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.tables import ListTable

SIDE = 38  # letters of the column beside the list
LEAST_ROWS = 3  # of the list, below which the column scrolls
FEWEST, MOST = 2, 6  # letters from which others are looked for; names of them


@dataclass(frozen=True)
class Here:
    """A visit, as a line of the list."""

    row: Row

    @property
    def id(self) -> object:
        return self.row.attendance_id

    @property
    def name(self) -> str:
        """The name, or how many without one."""
        return self.row.name or ntr("Without a name", "{n} without a name", self.row.headcount)

    @property
    def came_for(self) -> str:
        """What they came for, in words."""
        return ", ".join(activities.word("activities", code) for code in self.row.activities)


class HubPage(SessionPage):
    """`appointment_id` is a session of a group of shape "hub"."""

    help_name = "hub"
    claims = staticmethod(hub_day.claim)

    def __init__(self, desk: Desk, appointment_id: UUID) -> None:
        super().__init__(desk, tr("Hub day"), appointment_id)
        self._visitors: list[Visitor] = []
        self._parts: dict[UUID, str] = {}
        self.check_in = CheckInCard(self._find, self.take, self.add_heads)
        self.table = ListTable(
            [
                Column(tr("Who"), "name", strong=True),
                Column(tr("Came for"), "came_for", width=30, empty=tr("Not said yet")),
            ],
            tr("Here today"),
        )
        self.table.set_states(empty=tr("Nobody is checked in yet."), loading=tr("The day is being read."))
        self.check_in.field.left_down.connect(self.table.setFocus)
        self.table.current_changed.connect(lambda _row: self._show_came_for())
        with desk.vault.read() as db:
            codes, parts = activities.choices(db, "activities"), activities.choices(db, "parts")
        self.for_card = CameForCard(codes, parts, numbered=desk.settings.single_keys)
        self.came_for = self.for_card.activities
        self.for_card.came_for.connect(self._set_came_for)
        self.for_card.took_part.connect(self._set_part)
        self.for_card.name_wanted.connect(lambda: self._do_here(self.claim))
        self.for_card.out_wanted.connect(lambda: self._do_here(self.take_out))
        self.side = HubSide(self, appointment_id)
        self._lay_out()
        self._add_actions()

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.check_in)
        column.addWidget(self.table, 1)
        column.addWidget(self.for_card)
        self.table.setMinimumHeight((LEAST_ROWS + 1) * self.table.view.row_height())
        self.left = QScrollArea()
        self.left.setWidgetResizable(True)
        self.left.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.left.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.left.setWidget(left)
        self.lay_beside(self.left, self.side, SIDE, tr("Team and waiting"), tr("Back to check-in"))

    def _add_actions(self) -> None:
        self.sheet_files = SheetFiles(self, self.appointment_id)
        self.add_after_button()
        self.close_button = self.add_action_button(
            tr("Close the day"), self.close_day, primary=True, shortcut="Ctrl+Return"
        )
        self.table.add_row_action(tr("Take out"), self.take_out, "Delete")
        self.table.add_row_action(tr("Give a name"), self.claim)
        self.table.add_row_action(tr("They wait for something"), lambda line: self.side.wait(line.row))
        if self.side.talks_kept:
            self.table.add_row_action(tr("Write down a conversation"), lambda line: self.side.talk(line.row))
        self.table.opened.connect(self.open_line)

    def first_fields(self) -> tuple[QWidget, QWidget]:
        """Check-in, and the team."""
        return self.check_in.field, self.side.shift.add_button

    # -- reading -----------------------------------------------------------------------------------------

    def reader(self) -> Callable[[], HubRead]:
        """The first time the day is opened."""
        opens = self.register is None and may(self.desk.user, "groups.register")
        return hub_reading.reader(self.desk, self.appointment_id, opens=opens, talks=self.side.talks_shown)

    def show_read(self, read: HubRead) -> None:
        """Show who is here, and what stands beside them."""
        found = self.register = read.register
        self._visitors, self._parts = read.visitors, read.parts
        self.side.show_read(read)
        self.table.show_rows([Here(row) for row in found.rows if row.came][::-1])
        self.show_head(found)
        self.close_button.setText(tr("Open the day again") if found.finished else tr("Close the day"))
        self.check_in.setEnabled(not found.finished)
        self.check_in.show_choices()
        self._show_came_for()

    def _find(self, text: str) -> list[Choice]:
        rows = self.register.rows if self.register is not None else ()
        here = {row.person_id for row in rows if row.person_id is not None and row.came}
        others: list[tuple[UUID, str]] = []
        if len(text.strip()) >= FEWEST and not text.strip().isdigit():
            with self.desk.vault.read() as db:
                others = [(p.id, p.name) for p in list_people(db, PeopleQuery(text.strip()), 0, MOST)]
        return choices_for(text, self._visitors, others, here)

    def focus_first(self) -> None:
        (self.check_in.field if self.check_in.isEnabled() else self.table).setFocus()

    def line(self) -> Here | None:
        """The visit one is at."""
        found = self.table.current_row()
        return found if isinstance(found, Here) else None

    def _do_here(self, work: Callable[[Here], object]) -> None:
        line = self.line()
        if line is not None:
            work(line)

    # -- checking in -------------------------------------------------------------------------------------

    def take(self, choice: Choice) -> None:
        """Check in whom one means."""
        if choice.heads:
            self.add_heads(choice.heads)
            return
        rows = self.register.rows if self.register is not None else ()
        there = [row.attendance_id for row in rows if row.person_id == choice.person_id and row.came]
        if choice.person_id is not None and there:
            self.check_in.field.clear()
            self.table.select_key(there[0])
            return
        with self.guard():
            person = choice.person_id or hub_dialogs.known_or_new(self.desk, choice.name)
            self.check_in.field.clear()
            made = self.write(hub_day.arrive, self.appointment_id, person)
            self._checked_in(tr("{name} is checked in").format(name=choice.name), made)

    def add_heads(self, heads: int = 1) -> None:
        """Somebody, or so many, without a name."""
        with self.guard():
            made = self.write(register.check_in, self.appointment_id, heads)
            self.check_in.field.clear()
            self._checked_in(
                ntr("One without a name is checked in", "{n} without a name are checked in", heads), made
            )

    def _checked_in(self, words: str, made: UUID | None) -> None:
        self.table.select_key(made)
        self.done(words, lambda: self.write(hub_day.leave_out, self.appointment_id, made))

    def take_out(self, line: Here) -> None:
        """A check-in was a slip; undone, they are here again for what they came for."""
        row = line.row

        def back() -> None:
            if row.person_id is not None:
                made = self.write(hub_day.arrive, self.appointment_id, row.person_id)
            else:
                made = self.write(register.check_in, self.appointment_id, row.headcount)
            self.write(register.set_activities, made, row.activities)

        with self.guard():
            self.write(hub_day.leave_out, self.appointment_id, row.attendance_id)
            self.done(tr("{name} is taken out").format(name=line.name), back)

    # -- what they came for ------------------------------------------------------------------------------

    def _show_came_for(self) -> None:
        line = self.line()
        if line is None:
            self.for_card.show_visit("", (), "", named=True)
        else:
            part = self._parts.get(line.row.attendance_id, "")
            named = line.row.person_id is not None
            self.for_card.show_visit(line.name, line.row.activities, part, named=named)

    def _set_came_for(self, wanted: tuple[str, ...]) -> None:
        line = self.line()
        if line is not None:
            self._came_for(line, wanted)

    def _set_part(self, part: str) -> None:
        """How they took part in what they came for; the same again takes it away."""
        line = self.line()
        if line is None:
            return
        before, key = self._parts.get(line.row.attendance_id, ""), line.row.attendance_id
        with self.guard():
            self.write(activities.set_part, key, part)
            self.table.select_key(key)
            words = tr("How {name} took part is kept").format(name=line.name)
            self.done(words, lambda: self.write(activities.set_part, key, before))

    def _came_for(self, line: Here, wanted: tuple[str, ...]) -> None:
        before, key = line.row.activities, line.row.attendance_id
        with self.guard():
            self.write(register.set_activities, key, wanted)
            self.table.select_key(key)
            words = tr("What {name} came for is kept").format(name=line.name)
            self.done(words, lambda: self.write(register.set_activities, key, before))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """In the list: 1 to 9 tick what they came for, + adds somebody without a name, C gives one a name, T, W."""
        line, text = self.line(), event.text().upper()
        single = self.desk.settings.single_keys and self.table.view.hasFocus()
        codes = self.for_card.codes
        if single and text == "+":
            self.add_heads()
        elif single and line is not None and text.isdigit() and 0 < int(text) <= len(codes):
            code, there = codes[int(text) - 1], line.row.activities
            more = tuple(c for c in there if c != code) if code in there else (*there, code)
            self._came_for(line, more)
        elif single and line is not None and text == "C":
            self.claim(line)
        elif single and text == "W":
            self.side.wait(line.row if line is not None else None)
        elif single and text == "T" and self.side.talks_kept:
            self.side.talk(line.row if line is not None else None)
        else:
            super().keyPressEvent(event)

    def open_line(self, line: Here) -> None:
        """Enter: the person, or who one without a name was."""
        if line.row.person_id is None:
            self.claim(line)
        else:
            self.desk.open_link(Link("person", line.row.person_id))

    # -- closing -----------------------------------------------------------------------------------------

    def close_day(self) -> None:
        """Close the day and say what it came to, or open it again."""
        with self.guard():
            found = self.register
            if found is None:
                raise UserError(tr("There is no day to close."))
            self.write(register.reopen if found.finished else hub_day.close_day, self.appointment_id)
            if not found.finished:
                words = tr("The day is closed: {words}.").format(words=hub_day.in_words(self.register.count))  # type: ignore[union-attr]  # was read
                self.done(words, lambda: self.write(register.reopen, self.appointment_id))
