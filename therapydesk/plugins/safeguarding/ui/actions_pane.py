"""What is to be done about a concern: a table with who and by when, and the forms to add, finish or move something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from therapydesk.api import (
    LONDON,
    UserError,
    now,
    parse_day,
    parse_time,
    show_day,
    show_time,
    to_local,
    today,
    tr,
)
from therapydesk.plugins.safeguarding.rules import CLOSE_OF_DAY, SATURDAY
from therapydesk.plugins.safeguarding.service import ActionView, ConcernView, NewAction
from therapydesk.plugins.safeguarding.ui.words import action_state, instant
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Pane
from therapydesk.ui.kit.forms import FormDialog
from therapydesk.ui.kit.labels import button, text_label
from therapydesk.ui.kit.tables import Column, ListTable

MOST_SHOWN = 8
Users = Sequence[tuple[UUID, str]]


def action_columns(me: UUID) -> list[Column]:
    """What, who, by, state."""
    return [
        Column(tr("What"), "text"),
        Column(tr("Who"), lambda row: tr("You") if row.owner_id == me else row.owner, width=9),
        Column(tr("By"), lambda row: instant(row.due_at), width=16, sort_key=lambda row: row.due_at),
        Column(tr("State"), action_state, kind="state"),
    ]


class ActionsPane(Pane):
    """The actions of a concern. Enter on one that is to do opens `change(action)`."""

    def __init__(
        self,
        view: ConcernView,
        me: UUID,
        add: Callable[[], object],
        change: Callable[[ActionView], object],
    ) -> None:
        super().__init__(tr("Actions"), flush=True)
        self.body.setContentsMargins(0, 0, 0, 0)
        if view.state != "closed":
            tool = button(tr("Add action"), add, "add", kind="quiet")
            tool.setObjectName("add-action")
            self.add_tool(tool)
        if not view.actions:
            label = text_label(tr("Nothing is to be done yet."), "", "text_muted", wrap=True)
            label.setContentsMargins(16, 0, 16, 16)
            self.body.addWidget(label)
            return
        self.table = ListTable(action_columns(me), tr("Actions"))
        self.table.setObjectName("actions")
        self.table.setProperty("part", "")
        self.table.show_rows(view.actions)
        self.table.opened.connect(lambda row: change(row))
        rows = min(len(view.actions), MOST_SHOWN)
        self.table.setFixedHeight(self.table.view.heads.height() + rows * style.row_height() + 4)
        self.body.addWidget(self.table)


def next_working_day() -> datetime:
    """Five o'clock on the next day from Monday to Friday, wall clock: what a form offers first."""
    day = today() + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, CLOSE_OF_DAY)


def by_words(at: datetime) -> str:
    """A wall-clock moment as a form shows it."""
    return f"{show_day(at.date())}, {show_time(at.time())}"


def understand_by(text: str) -> datetime:
    """A day with or without a time ("tomorrow", "thu 10:30") as a moment (UTC); without a time five o'clock.

    Raises UserError for what is no day, and for a moment that is over.
    """
    words = text.replace(",", " ").split()
    at: time = CLOSE_OF_DAY
    if len(words) > 1 and (":" in words[-1] or words[-1].lower().endswith(("am", "pm"))):
        at, words = parse_time(words[-1]), words[:-1]
    day = parse_day(" ".join(words), future=True)
    due = datetime.combine(day, at, ZoneInfo(LONDON)).astimezone(UTC)
    if due < now():
        raise UserError(tr("That is over already. Choose a moment to come."))
    return due


def add_action_dialog(
    parent: QWidget, users: Users, me: UUID, save: Callable[[NewAction], object]
) -> FormDialog:
    """What, who, by when."""

    def on_save(values: dict[str, Any]) -> None:
        owner = values["owner"]
        other = values.get("other", "")
        tell = bool(values.get("tell_owner"))
        save(NewAction(values["text"], values["by"], owner or None, "" if owner else other, tell))

    dialog = FormDialog(parent, tr("Add action"), tr("Add action"), on_save)
    form = dialog.form
    form.add_text("text", tr("What is to be done"), required=True)
    mine = [(me, tr("You"))]
    others = [(key, name) for key, name in users if key != me]
    choices = [*mine, *others, ("", tr("Somebody else"))]
    choice = form.add_choice("owner", tr("Who does it"), choices)
    form.add_text("other", tr("Their name"), required=True)
    form.set_row_visible("other", False)
    told = tr(
        "They see what is written above, sealed to them, and can say what came of it; nothing else of the concern."
    )
    form.add_check("tell_owner", tr("Show it to them on Today"), told)
    form.set_row_visible("tell_owner", False)

    def owner_chosen(at: int) -> None:
        form.set_row_visible("other", choices[at][0] == "")
        form.set_row_visible("tell_owner", choices[at][0] not in ("", me))

    choice.currentIndexChanged.connect(owner_chosen)
    hint = tr("Like: tomorrow, thu 10:30. Otherwise only leads see it: tell whoever does it.")
    form.add_text("by", tr("By when"), hint, required=True, check=understand_by)
    form.set_values({"by": by_words(next_working_day())})
    dialog.open()
    return dialog


def end_action_dialog(
    parent: QWidget, action: ActionView, save: Callable[[str, str, datetime | None], object]
) -> FormDialog:
    """Done, not done after all, or another day: `save(how, words, moment)`."""

    def on_save(values: dict[str, Any]) -> None:
        save(values["how"], values["words"], values.get("by"))

    dialog = FormDialog(parent, tr("What came of it"), tr("Record"), on_save, action.id)
    form = dialog.form
    form.add_widget(text_label(action.text, wrap=True))
    ways = [("done", tr("Done")), ("dropped", tr("Not done after all")), ("moved", tr("Another day"))]
    choice = form.add_choice("how", tr("How it stands"), ways)
    form.add_text("words", tr("What came of it, or why"), multiline=True, required=True)
    form.add_text("by", tr("By when"), tr("Like: tomorrow, thu 10:30."), required=True, check=understand_by)
    form.set_values({"by": by_words(to_local(action.due_at).replace(tzinfo=None))})
    form.set_row_visible("by", False)
    choice.currentIndexChanged.connect(lambda at: form.set_row_visible("by", ways[at][0] == "moved"))
    dialog.open()
    return dialog
