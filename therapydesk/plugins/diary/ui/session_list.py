"""The same days as a list: everything the grid says, in rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from therapydesk.api import appointments, show_time, tr
from therapydesk.plugins.diary.ui.grid_paint import attendance_words
from therapydesk.ui.kit.icons import State
from therapydesk.ui.kit.tables import Column, ListTable

STATES = {
    "booked": ("ring", "text_muted"),
    "completed": ("tick", "ok"),
    "cancelled": ("dash", "text_muted"),
}


@dataclass(frozen=True)
class SessionRow:
    """A row of the list."""

    view: appointments.AppointmentView
    fact: str = ""
    titled: bool = False  # the kind says the title too, where no column does

    @property
    def id(self) -> UUID:
        return self.view.id

    @property
    def day(self) -> datetime:
        return self.view.starts_at

    @property
    def time(self) -> str:
        return tr("to {time}").format(time=show_time(self.view.ends_at.time()))

    @property
    def heading(self) -> str:
        return self.view.heading

    @property
    def what(self) -> str:
        kind = appointments.kind_word(self.view.kind)
        if self.titled and self.view.title:
            kind = f"{kind} · {self.view.title}"
        return f"{kind} · {self.fact}" if self.fact else kind

    @property
    def where(self) -> str:
        return self.view.where

    @property
    def therapist(self) -> str:
        return self.view.therapist

    @property
    def state(self) -> State:
        view = self.view
        if view.stopped:
            return State(tr("Stop and ask"), "square", "warn")
        shape, token = STATES[view.state]
        if view.state == "completed":
            if view.attendees and not any(a.came for a in view.attendees):
                shape, token = "dash", "text_muted"
            return State(attendance_words(view) if view.attendees else tr("Completed"), shape, token)
        if view.state == "cancelled":
            return State(appointments.reason_word(view.cancel_reason) or tr("Cancelled"), shape, token)
        return State(appointments.state_word(view.state), shape, token)


def session_list(name: str, *, therapist: bool, heading: bool = True) -> ListTable:
    """A table of SessionRow, the day and time first."""
    columns = [Column(tr("When"), "day", kind="date", second="time", sort_key=lambda r: r.view.starts_at)]
    if heading:
        columns.append(Column(tr("Session"), "heading", strong=True))
    columns += [
        Column(tr("Kind"), "what", priority=2),
        Column(tr("Where"), "where", priority=1, empty=tr("No room"), width=16),
        Column(tr("State"), "state", kind="state"),
    ]
    if therapist:
        columns.insert(-1, Column(tr("With"), "therapist", priority=3, empty=tr("Nobody yet"), width=14))
    return ListTable(columns, name)


def rows_of(
    views: Sequence[appointments.AppointmentView], facts: dict[object, str], *, titled: bool = False
) -> list[SessionRow]:
    """The rows for these sessions."""
    return [SessionRow(v, facts.get(v.id, ""), titled) for v in views]
