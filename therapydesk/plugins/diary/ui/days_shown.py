"""Which days the diary shows, and whose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from PySide6.QtWidgets import QComboBox

from therapydesk.api import appointments, show_day, tr
from therapydesk.plugins.diary.service import Days
from therapydesk.ui.kit.labels import name_choice


@dataclass(frozen=True)
class Period:
    """A mode (week, day or list) and a day in it."""

    mode: str
    day: date

    def days(self) -> tuple[date, int]:
        """First day and how many."""
        if self.mode == "day":
            return self.day, 1
        return self.day - timedelta(days=self.day.weekday()), 7

    def moved(self, way: int) -> Period:
        """The one before or after."""
        return Period(self.mode, self.day + timedelta(days=way * (1 if self.mode == "day" else 7)))

    def summary(self, days: Days) -> str:
        """Such as “4 to 8 May 2026 · 10 sessions and 3 groups”."""
        first, last = days.first, days.last
        if self.mode == "week" and not any(s.starts_at.weekday() > 4 for s in days.sessions):
            last = first + timedelta(days=4)
        words = show_day(first) if first == last else _span(first, last)
        counted = [s for s in days.sessions if s.state != "cancelled"]
        return f"{words} · {appointments.count_words(counted)}"


def _span(first: date, last: date) -> str:
    end = show_day(last).split(" ", 1)[1]
    if (first.year, first.month) == (last.year, last.month):
        start = str(first.day)
    else:
        start = show_day(first).split(" ", 1)[1]
        start = start.rpartition(" ")[0] if first.year == last.year else start
    return tr("{first} to {last}").format(first=start, last=end)


class Whose(QComboBox):
    """Whose diary: everybody's or one therapist's. Hidden when there is only one."""

    def __init__(self, on_change: Callable[[], object]) -> None:
        super().__init__()
        name_choice(self, tr("Whose diary"))
        self._ids: list[UUID | None] = []
        self.hide()
        self.activated.connect(lambda _index: on_change())

    def show_therapists(self, therapists: Sequence[tuple[UUID, str]], own: UUID) -> None:
        """Offer these; the own diary is chosen first."""
        ids: list[UUID | None] = [None, *(t[0] for t in therapists)]
        if ids == self._ids:
            return
        chosen = self.therapist_id() if self._ids else own
        self._ids = ids
        self.clear()
        self.addItems([tr("Everybody"), *(name for _id, name in therapists)])
        self.setCurrentIndex(ids.index(chosen) if chosen in ids else 0)
        self.setVisible(len(therapists) > 1)

    def therapist_id(self) -> UUID | None:
        """The therapist chosen; None for everybody."""
        return self._ids[self.currentIndex()] if 0 <= self.currentIndex() < len(self._ids) else None
