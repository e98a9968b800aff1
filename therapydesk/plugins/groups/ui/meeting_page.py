"""A meeting or workshop: who was there in which role, what was decided, and actions with who does them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QLineEdit

from therapydesk.api import Db, may, ntr, show_day, today, tr
from therapydesk.plugins.groups import activities, meetings, register
from therapydesk.plugins.groups.meetings import ACTION, DECISION, AgreedView
from therapydesk.plugins.groups.register import Register, Row
from therapydesk.ui.kit.cards import Card, CardRow
from therapydesk.ui.kit.columns import Column
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import text_label
from therapydesk.ui.kit.page import BasePage
from therapydesk.ui.kit.tables import ListTable
from therapydesk.ui.kit.two_columns import TwoColumns


@dataclass(frozen=True)
class There:
    """Somebody who was there, or so many without a name, with their role in words."""

    row: Row
    role: str

    @property
    def id(self) -> UUID:
        return self.row.attendance_id

    @property
    def name(self) -> str:
        return self.row.name or ntr("Without a name", "{n} without a name", self.row.headcount)


class MeetingPage(BasePage):
    """`appointment_id` is a session of a group; F2 or Enter says in which role somebody was there."""

    watches = ("attendance", "groups_visit", "groups_agreed")
    help_name = "meeting"
    scrolls = True

    def __init__(self, desk: Desk, appointment_id: UUID) -> None:
        super().__init__(desk, tr("Meeting"))
        self.appointment_id = appointment_id
        self.found: Register | None = None
        columns = [
            Column(tr("Who"), "name", strong=True),
            Column(tr("In which role"), "role", width=28, empty=tr("Not said yet")),
        ]
        self.table = ListTable(columns, tr("Who was there"))
        self.table.setMinimumHeight(6 * self.table.view.row_height())
        self.table.set_states(empty=tr("Nobody is marked as there yet."))
        self.roles, self.decided, self.todo = Card(tr("By role")), Card(tr("Decided")), Card(tr("Actions"))
        beside = TwoColumns(1, 1)
        beside.left.addWidget(self.table, 1)
        for card in (self.roles, self.decided, self.todo):
            beside.right.addWidget(card)
        beside.right.addStretch(1)
        self.body.addWidget(beside, 1)
        self.writes = may(desk.user, "groups.register")
        if self.writes:
            self.table.opened.connect(self.ask_role)
            self.table.add_row_action(tr("In which role"), self.ask_role, "F2")
            self.add_action_button(tr("Add a decision"), partial(self.ask, DECISION), "add")
            self.add_action_button(tr("Add an action"), partial(self.ask, ACTION), "add", primary=True)

    def refresh(self) -> None:
        """Read who was there, in which role, and what was agreed."""
        with self.desk.vault.read() as db:
            found = register.open_register(db, self.appointment_id)
            at = activities.roles_at(db, self.appointment_id)
            counted = activities.count_roles(db, self.appointment_id)
            agreed = meetings.list_agreed(db, self.appointment_id)
        self.found = found
        self.set_title(found.name)
        self.set_summary(show_day(found.starts_at.date()))
        here = [row for row in found.rows if row.came]
        self.table.show_rows(
            [There(row, activities.word("came_as", at.get(row.attendance_id, ""))) for row in here]
        )
        self.roles.clear_rows()
        for code, n in counted:
            words = activities.word("came_as", code) if code else tr("Not said yet")
            self.roles.add_row(CardRow(words, right=str(n)))
        if not counted:
            self.roles.add_text(tr("Nobody is marked as there yet."))
        self._show_agreed(agreed)

    def _show_agreed(self, agreed: list[AgreedView]) -> None:
        self.decided.clear_rows()
        decisions = [each for each in agreed if each.kind == DECISION]
        for each in decisions:
            self.decided.add_row(text_label(each.text, wrap=True))
        if not decisions:
            self.decided.add_text(tr("Nothing was decided yet."))
        self.todo.clear_rows()
        actions = [each for each in agreed if each.kind == ACTION]
        for each in actions:
            by = tr("by {day}").format(day=show_day(each.due_on, short=True)) if each.due_on else ""
            done = tr("done {day}").format(day=show_day(each.done_on, short=True)) if each.done_on else ""
            words = ", ".join(part for part in (each.owner, done or by) if part)
            act = partial(self.turn, each) if self.writes else None
            self.todo.add_row(CardRow(each.text, words, on_open=act))
        if not actions:
            self.todo.add_text(tr("Nobody has anything to do yet."))

    def focus_first(self) -> None:
        self.table.setFocus()

    def new_record(self) -> None:
        """Ctrl+N: an action."""
        if self.writes:
            self.ask(ACTION)

    def _said(self, words: str, back: Callable[[Db], object]) -> None:
        def undo() -> None:
            with self.desk.vault.write("core") as db:
                back(db)
            self.refresh()

        self.refresh()
        self.done(words, undo)

    def ask_role(self, there: There) -> None:
        """In which role somebody was there."""
        with self.desk.vault.read() as db:
            choices = activities.choices(db, "came_as")

        def save(values: dict[str, Any]) -> None:
            with self.desk.vault.write("core") as db:
                before = activities.set_came_as(db, there.id, values["role"] or "")
            back = partial(activities.set_came_as, attendance_id=there.id, came_as=before)
            self._said(tr("The role of {name} is kept").format(name=there.name), back)
            self.table.select_key(there.id)

        title = tr("{name} was there as").format(name=there.name)
        dialog = FormDialog(self, title, tr("Keep"), save, (there.id, "role"))
        dialog.form.add_choice("role", tr("In which role"), [("", tr("Not said yet")), *choices])
        dialog.form.set_values({"role": next((code for code, words in choices if words == there.role), "")})
        dialog.open()

    def ask(self, kind: str) -> None:
        """A decision, or an action with who does it."""
        with self.guard():
            self._ask(kind)

    def _ask(self, kind: str) -> None:
        def save(values: dict[str, Any]) -> None:
            owner, due_on = values.get("owner") or "", values.get("due_on")
            with self.desk.vault.write("core") as db:
                made = meetings.agree(db, self.appointment_id, kind, values["text"], owner, due_on)
            self._said(tr("Written down"), partial(meetings.drop_agreed, agreed_id=made))

        title = tr("Add an action") if kind == ACTION else tr("Add a decision")
        dialog = FormDialog(self, title, tr("Add"), save, (self.appointment_id, kind))
        dialog.form.add_text("text", tr("What was agreed"), multiline=True, required=True)
        if kind == ACTION:
            hint = tr("Somebody who works here, of the group or of the helpers; or the name of an outsider.")
            _offer(dialog.form.add_text("owner", tr("Who does it"), hint, required=True), self._names())
            dialog.form.add_date("due_on", tr("Until"))
        dialog.open()

    def _names(self) -> list[str]:
        with self.desk.vault.read() as db:
            return [owner.name for owner in meetings.list_owners(db, self.appointment_id)]

    def turn(self, action: AgreedView) -> None:
        """An action is done, or open again."""
        with self.guard():
            day = None if action.done_on is not None else today()
            with self.desk.vault.write("core") as db:
                meetings.action_done(db, action.id, day)
            words = tr("Done: {what}") if day is not None else tr("Open again: {what}")
            back = partial(meetings.action_done, agreed_id=action.id, done_on=action.done_on)
            self._said(words.format(what=action.text), back)


def _offer(field: QLineEdit, names: list[str]) -> None:
    """Offer names while somebody types; any other may be written, too."""
    completer = QCompleter(names, field)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    field.setCompleter(completer)
