"""Today's sessions: time, note head on the line, name, and the note to write. The next one is current."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from therapydesk.api import Link, appointments, local_now, ntr, show_time, today, tr
from therapydesk.plugins.diary import facts, service
from therapydesk.plugins.diary.ui.session_actions import note_link
from therapydesk.ui.kit.cards import MOST_ROWS, Card, CardRow
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import IconMark, button, text_label

SOON = 90


class TodaySessionsCard(Card):
    """The signed-in therapist's sessions of today, or everybody's for those who are not therapists."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(tr("Today’s sessions"))
        self._desk = desk
        self._next: tuple[CardRow, appointments.AppointmentView] | None = None
        self._minute = QTimer(self)
        self._minute.setInterval(30_000)
        self._minute.timeout.connect(self._tick)
        self._minute.start()
        self.refresh()

    def refresh(self) -> None:
        """Read today again."""
        desk = self._desk
        own = desk.user.id if "therapist" in desk.user.roles else None
        with desk.vault.read() as db:
            views = service.read_days(db, today(), 1, therapist_id=own).sessions
            notes = facts.note_states(desk.plugins, db, views)
            single = {v.id: v.person_ids[0] for v in views if len(v.person_ids) == 1}
            towards = facts.person_facts(desk.plugins, db, list(set(single.values())), "working_towards")
        sessions = [v for v in views if v.kind != "own_time"]
        shown = _around_now(sessions, local_now())
        coming = next((v for v in sessions if v.state == "booked" and v.ends_at > local_now()), None)
        rows = [
            self._row(
                view,
                coming is not None and view.id == coming.id,
                (number > 0, number + 1 < len(shown)),
                towards.get(single.get(view.id, view.id), ""),
                notes.get(view.id),
            )
            for number, view in enumerate(shown)
        ]
        pairs = list(zip(rows, shown, strict=True))
        self._next = next(((r, v) for r, v in pairs if coming is not None and v.id == coming.id), None)
        diary = Link("diary.diary", args=("today",))
        focused = next((n for n, row in enumerate(self.rows()) if row.hasFocus()), None)
        self.show_rows(rows, len(sessions), lambda: desk.open_link(diary), tr("No sessions today."))

        if focused is not None and rows:
            rows[min(focused, len(rows) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)

    def _tick(self) -> None:
        """Time goes on: "in 13 minutes" becomes 12, and when the session is over the list is read again."""
        if self._next is None or not self.isVisible():
            return
        row, view = self._next
        if view.ends_at <= local_now():
            self.refresh()
        else:
            row.set_note(next_words(view.starts_at, view.ends_at, local_now()))

    def focus_next(self) -> bool:
        """Put the focus on the next session; False when there is none."""
        if self._next is None:
            return False
        self._next[0].setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _row(
        self,
        view: appointments.AppointmentView,
        is_next: bool,
        line: tuple[bool, bool],
        towards: str,
        note: tuple[str, Any] | None,
    ) -> CardRow:
        row = CardRow(
            view.heading,
            second_line(view, towards),
            time=show_time(view.starts_at.time()),
            on_open=lambda: self._desk.open_link(open_link(view)),
        )
        row.set_mark(mark_of_today(view, is_next), *line)
        if is_next:
            row.set_note(next_words(view.starts_at, view.ends_at, local_now()))
        if view.stopped:
            row.set_note(tr("stop and ask"))
        if note is not None and note[0] == facts.NOTE_SIGNED:
            row.set_right(_signed())
        elif note is not None:
            link = note[1] or note_link(view)
            made = button(tr("Write note"), lambda: self._desk.open_link(link), "notes")
            made.setAccessibleName(tr("Write note on {name}").format(name=view.heading))
            row.set_right(made)
        elif view.state == "booked" and view.ends_at <= local_now():
            link = Link("diary.diary", view.id, ("complete",))
            made = button(tr("Who came"), lambda: self._desk.open_link(link))
            made.setAccessibleName(tr("Who came: {name}").format(name=view.heading))
            row.set_right(made)
        return row


def _around_now(
    views: Sequence[appointments.AppointmentView], now: datetime
) -> list[appointments.AppointmentView]:
    """At most a card full: when there are more, those that are over go first, but for the last of them."""
    if len(views) <= MOST_ROWS:
        return list(views)
    coming = next((n for n, v in enumerate(views) if v.ends_at > now), len(views))
    first = min(max(0, coming - 2), len(views) - MOST_ROWS)
    return list(views[first : first + MOST_ROWS])


def mark_of_today(view: appointments.AppointmentView, is_next: bool) -> str:
    """The note head of a session of today."""
    if view.state == "completed":
        if not view.attendees or any(a.came for a in view.attendees):
            return "came"
        return "cancelled" if all(a.state == "we_cancelled" for a in view.attendees) else "rest"
    return "next" if is_next else "planned"


def second_line(view: appointments.AppointmentView, towards: str) -> str:
    """Such as “1 to 1 · singing with the choir again · Music room”."""
    parts = [appointments.kind_word(view.kind)]
    if view.kind == "group" and view.expected:
        parts.append(tr("{n} expected").format(n=view.expected))
    if towards:
        parts.append(towards)
    if view.where:
        parts.append(view.where)
    return " · ".join(parts)


def next_words(starts_at: datetime, ends_at: datetime, now: datetime) -> str:
    """Such as “next, in 13 minutes” or “now, until 12:00”."""
    minutes = -int((now - starts_at).total_seconds() // 60)
    if minutes <= 0:
        return tr("now, until {time}").format(time=show_time(ends_at.time()))
    if minutes > SOON:
        return tr("next")
    return ntr("next, in one minute", "next, in {n} minutes", minutes)


def open_link(view: appointments.AppointmentView) -> Link:
    """Enter on a session opens the person; a session without people opens in the diary."""
    person_id: UUID | None = next(
        (a.person_id for a in view.attendees if a.person_id and a.role == "person"), None
    )
    return Link("person", person_id) if person_id is not None else Link("diary.diary", view.id, ("session",))


def _signed() -> QWidget:
    holder = QWidget()
    holder.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(IconMark("s-tick", "ok", small=True))
    row.addWidget(text_label(tr("Note signed")))
    return holder
