"""Moving a session in the grid, by mouse or by keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PySide6.QtCore import QPoint

from therapydesk.plugins.diary.ui.week_layout import Block


@dataclass
class Drag:
    """A session held by the mouse: where it was taken, how far below its top, and where it would go."""

    block: Block
    pressed: QPoint
    grip: int
    target: datetime | None = None


def moved_by_key(at: datetime, days: int, minutes: int, shown: Sequence[date]) -> datetime:
    """Where a session goes for one press of Alt and an arrow: to the next day shown, or on by some minutes.

    Past the last day shown it goes to the day after, so that a weekend that is left out does not hold it up.
    """
    if not days:
        target = at + timedelta(minutes=minutes)
        return target if target.date() == at.date() else at
    number = shown.index(at.date()) + days if at.date() in shown else -1
    day = shown[number] if 0 <= number < len(shown) else at.date() + timedelta(days=days)
    while number >= len(shown) and day.weekday() > 4:
        day += timedelta(days=1)
    while number < 0 and day.weekday() > 4:
        day -= timedelta(days=1)
    return datetime.combine(day, at.time())
