"""A hub day: check-in by a part of a name and Enter, what each came for, who is on, who waits, short conversations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from therapydesk.api import Link, PeopleQuery, UserError, list_people, may, ntr, show_day, show_time, tr
from therapydesk.plugins.groups import activities, hub_day, register
from therapydesk.plugins.groups.hub_day import Visitor
from therapydesk.plugins.groups.register import Register, Row
from therapydesk.plugins.groups.ui import hub_dialogs
from therapydesk.plugins.groups.ui.hub_came_for import CameForCard
from therapydesk.plugins.groups.ui.hub_check_in import CheckInCard, Choice, choices_for
from therapydesk.plugins.groups.ui.hub_team import HubSide
from therapydesk.plugins.groups.ui.sheet_files import SheetFiles
from therapydesk.ui.kit import style
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.subject import Subject
from therapydesk.ui.kit.tables import ListTable

SIDE, NARROW = 38, 100  # letters of the column beside the list; of a page that has no room for it
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


class HubPage(BasePage):
    """`appointment_id` is a session of a group of shape "hub"."""

    help_name = "hub"

    def __init__(self, desk: Desk, appointment_id: UUID) -> None:
        super().__init__(desk, tr("Hub day"))
        self.appointment_id = appointment_id
        self.register: Register | None = None
        self._opened = self._turned = False
        self._visitors: list[Visitor] = []
        self.check_in = CheckInCard(self._find, self.take, self.add_heads)
        self.table = ListTable(
            [
                Column(tr("Who"), "name", strong=True),
                Column(tr("Came for"), "came_for", width=30, empty=tr("Not said yet")),
            ],
            tr("Here today"),
        )
        self.table.set_states(empty=tr("Nobody is checked in yet."))
        self.table.current_changed.connect(lambda _row: self._show_came_for())
        with desk.vault.read() as db:
            codes, parts = activities.choices(db, "activities"), activities.choices(db, "parts")
        self.for_card = CameForCard(codes, parts, numbered=desk.settings.single_keys)
        self.came_for = self.for_card.activities
        self.for_card.came_for.connect(self._set_came_for)
        self.for_card.took_part.connect(self._set_part)
        self._parts: dict[UUID, str] = {}
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
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.left, 1)
        row.addWidget(self.side)
        self.body.addLayout(row, 1)

    def _add_actions(self) -> None:
        self.sheet_files = SheetFiles(self, self.appointment_id)
        self.side_button = self.add_action_button(tr("Team and waiting"), self.turn)
        if self.side.talks_shown:
            link = Link("groups.groups", None, ("after", str(self.appointment_id)))
            self.add_action_button(tr("Aims and note"), lambda: self.desk.open_link(link), "notes")
        self.close_button = self.add_action_button(
            tr("Close the day"), self.close_day, primary=True, shortcut="Ctrl+Return"
        )
        self.table.add_row_action(tr("Take out"), self.take_out, "Delete")
        self.table.add_row_action(tr("Give a name"), self.claim)
        self.table.add_row_action(tr("They wait for something"), lambda line: self.side.wait(line.row))
        if self.side.talks_kept:
            self.table.add_row_action(tr("Write down a conversation"), lambda line: self.side.talk(line.row))
        self.table.opened.connect(self.open_line)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_side()

    def turn(self) -> None:
        """Where both have no room beside each other: check-in, or the team and who waits."""
        self._turned = not self._turned
        self._fit_side()
        (self.side.shift.add_button if self._turned else self.check_in.field).setFocus()

    def new_record(self) -> None:
        """Ctrl+N: somebody is there."""
        if self.left.isHidden():
            self.turn()
        self.check_in.field.setFocus()

    def _fit_side(self) -> None:
        narrow = self.width() < style.chars(NARROW)
        self.side_button.setVisible(narrow)
        self.side_button.setText(tr("Back to check-in") if self._turned else tr("Team and waiting"))
        self.side.setVisible(not narrow or self._turned)
        self.left.setVisible(not narrow or not self._turned)
        self.side.setMinimumWidth(0 if narrow else style.chars(SIDE))
        self.side.setMaximumWidth(16777215 if narrow else style.chars(SIDE))

    # -- reading -----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the day; the first time it is opened."""
        vault, user = self.desk.vault, self.desk.user
        if not self._opened and may(user, "groups.register"):
            self._opened = True
            with vault.write("core") as db:
                hub_day.open_day(db, self.appointment_id)
        with vault.read() as db:
            found = register.open_register(db, self.appointment_id)
            self._visitors = hub_day.list_visitors(db, found.group_id)
            self._parts = activities.parts_of(db, [row.attendance_id for row in found.rows])
            self.side.read(db, found)
        self.register = found
        self.table.show_rows([Here(row) for row in found.rows if row.came][::-1])
        self.set_title(found.name)
        start, end = show_time(found.starts_at.time()), show_time(found.ends_at.time())
        day = tr("{day}, {start} to {end}").format(day=show_day(found.starts_at.date()), start=start, end=end)
        self.set_summary(" · ".join([day, *([found.where] if found.where else [])]))
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

    def subject(self) -> Subject:
        """Who one is at, and the day: a concern raised from here is about them."""
        line = self.line()
        return Subject(
            line.row.person_id if line is not None else None, ("session", str(self.appointment_id))
        )

    # -- checking in -------------------------------------------------------------------------------------

    def _write(self, work: Callable[..., Any], *args: object) -> Any:
        with self.desk.vault.write("core") as db:
            made = work(db, *args)
        self.refresh()
        return made

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
            made = self._write(hub_day.arrive, self.appointment_id, person)
            self._checked_in(tr("{name} is checked in").format(name=choice.name), made)

    def add_heads(self, heads: int = 1) -> None:
        """Somebody, or so many, without a name."""
        with self.guard():
            made = self._write(register.check_in, self.appointment_id, heads)
            self.check_in.field.clear()
            self._checked_in(
                ntr("One without a name is checked in", "{n} without a name are checked in", heads), made
            )

    def _checked_in(self, words: str, made: UUID | None) -> None:
        self.table.select_key(made)
        self.done(words, lambda: self._write(hub_day.leave_out, self.appointment_id, made))

    def take_out(self, line: Here) -> None:
        """A check-in was a slip; undone, they are here again for what they came for."""
        row = line.row

        def back() -> None:
            if row.person_id is not None:
                made = self._write(hub_day.arrive, self.appointment_id, row.person_id)
            else:
                made = self._write(register.check_in, self.appointment_id, row.headcount)
            self._write(register.set_activities, made, row.activities)

        with self.guard():
            self._write(hub_day.leave_out, self.appointment_id, row.attendance_id)
            self.done(tr("{name} is taken out").format(name=line.name), back)

    def claim(self, line: Here) -> None:
        """Somebody without a name says who they are."""
        if line.row.person_id is not None:
            self.messages.show_message("info", tr("{name} has a name already.").format(name=line.name))
            return

        def give(person: UUID, name: str) -> None:
            made = self._write(hub_day.claim, self.appointment_id, line.row.attendance_id, person)
            self.table.select_key(made)
            self.done(
                tr("{name} was one of those without a name").format(name=name),
                lambda: self._write(hub_day.unclaim, self.appointment_id, made),
            )

        hub_dialogs.claim_dialog(self, line.row.attendance_id, give)

    # -- what they came for ------------------------------------------------------------------------------

    def _show_came_for(self) -> None:
        line = self.line()
        if line is None:
            self.for_card.show_visit("", (), "")
        else:
            part = self._parts.get(line.row.attendance_id, "")
            self.for_card.show_visit(line.name, line.row.activities, part)

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
            self._write(activities.set_part, key, part)
            self.table.select_key(key)
            words = tr("How {name} took part is kept").format(name=line.name)
            self.done(words, lambda: self._write(activities.set_part, key, before))

    def _came_for(self, line: Here, wanted: tuple[str, ...]) -> None:
        before, key = line.row.activities, line.row.attendance_id
        with self.guard():
            self._write(register.set_activities, key, wanted)
            self.table.select_key(key)
            words = tr("What {name} came for is kept").format(name=line.name)
            self.done(words, lambda: self._write(register.set_activities, key, before))

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
            self._write(register.reopen if found.finished else hub_day.close_day, self.appointment_id)
            if not found.finished:
                words = tr("The day is closed: {words}.").format(words=hub_day.in_words(self.register.count))  # type: ignore[union-attr]  # was read
                self.done(words, lambda: self._write(register.reopen, self.appointment_id))
