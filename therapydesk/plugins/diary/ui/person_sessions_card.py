"""A person's sessions on their overview: the rhythm line, its sentence, and the next ones."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from therapydesk.api import (
    Link,
    PermissionDenied,
    appointments,
    local_now,
    relative,
    rhythm,
    show_day,
    show_time,
    today,
    tr,
)
from therapydesk.ui.kit import style
from therapydesk.ui.kit.cards import Card, RhythmLine
from therapydesk.ui.kit.desk import Desk
from therapydesk.ui.kit.labels import text_label

BEFORE, AFTER = 8, 4
NEXT = 2


class PersonSessionsCard(Card):
    """Eight sessions back and four on, as notes on a line; below, the next two."""

    def __init__(self, desk: Desk, person_id: UUID) -> None:
        super().__init__(tr("Sessions"))
        self._desk, self._person_id = desk, person_id
        changed = getattr(desk.jobs, "changed", None)
        if changed is not None:
            changed.connect(self._on_changed)
        self.refresh()

    def _on_changed(self, changed: object) -> None:
        tables: frozenset[str] = getattr(changed, "tables", frozenset())
        if tables & {"appointment", "attendance"}:
            self.refresh()

    def refresh(self) -> None:
        """Read the person's sessions again."""
        now = local_now()
        try:
            with self._desk.vault.read() as db:
                views = appointments.sessions_around(db, self._person_id, now, BEFORE, AFTER)
                total = appointments.count_sessions(db, self._person_id)
        except PermissionDenied as error:
            self.clear_rows()
            self.add_text(str(error))
            return
        self.clear_rows()
        sentence = rhythm.sentence(views, self._person_id, now)
        if views:
            self.add_row(_line(views, self._person_id, sentence))
        else:
            self.add_text(sentence)
        coming = [v for v in views if v.state == "booked" and v.ends_at > now][:NEXT]
        if coming:
            self.add_row(_next_rows(coming))
        if total:
            tab = Link("person", self._person_id, ("diary.sessions",))
            self.set_link(tr("All {n}").format(n=total), lambda: self._desk.open_link(tab))


def _next_rows(views: list[appointments.AppointmentView]) -> QWidget:
    """When, where and how far away, on common edges."""
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    for number, view in enumerate(views):
        day, time = show_day(view.starts_at.date(), short=True), show_time(view.starts_at.time())
        grid.addWidget(text_label(tr("{day}, {time}").format(day=day, time=time)), number, 0)
        grid.addWidget(text_label(view.where or appointments.kind_word(view.kind), wrap=True), number, 1)
        away = text_label(relative(view.starts_at.date(), today()), "", "text_muted")
        grid.addWidget(away, number, 2, Qt.AlignmentFlag.AlignRight)
        grid.setRowMinimumHeight(number, style.line_height() + 4)
    return holder


def _line(views: list[appointments.AppointmentView], person_id: UUID, sentence: str) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 4)
    column.setSpacing(4)
    marks = rhythm.marks_of(views, person_id, local_now())
    column.addWidget(RhythmLine(marks, sentence), 0, Qt.AlignmentFlag.AlignLeft)
    column.addWidget(text_label(sentence, "small", "text_muted", wrap=True))
    return holder
